"""How near shapes made by transfer come to those a rig has: `python -m benchmarks.transfer FaceXModel.tar.xz`.

The rig's own shapes are taken away, the built-in head's are transferred to what is left, and both are compared, vertex
by vertex. Writes docs/transfer.md.
"""

import sys
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import rigs
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from rigs import Rig
from rigs.retarget import by_name, transfer
from rigs.retarget.lip_contact import crossing_depths
from rigs.surface.anatomy import Anatomy
from rigs.surface.face_finder import frame

ROOT = Path(__file__).resolve().parents[1]
EYES_M = 0.062
"""How far apart the eyes of a head of 0.2 m are."""
JAW, CLOSE = ARKIT.index("jawOpen"), ARKIT.index("mouthClose")


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A rig with shapes of its own, and with those made for it."""

    own: Rig
    """With the 52 shapes as the rig's own shapes show them; 0 where it has none."""
    made: Rig
    anatomy: Anatomy

    def errors_mm(self, where: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the mean distance of made vertices from the rig's own, in mm of a 0.2 m head, (52,)."""
        assert self.own.mesh is not None
        assert self.made.mesh is not None
        return self._mean_mm(self.made.mesh.deltas - self.own.mesh.deltas, where)

    def motions_mm(self, where: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the mean distance by which the rig's own shapes move vertices, in mm of a 0.2 m head, (52,)."""
        assert self.own.mesh is not None
        return self._mean_mm(self.own.mesh.deltas, where)

    def _mean_mm(self, moves: NDArray[np.float32], where: NDArray[np.bool_]) -> NDArray[np.float64]:
        size = 1000 * EYES_M * self.anatomy.frame.scale
        out: NDArray[np.float64] = size * np.linalg.norm(moves[:, where], axis=2).mean(axis=1, dtype=np.float64)
        return out


def compare(rig: Rig) -> Comparison:
    """Return a rig with its own shapes beside the same head with shapes made for it."""
    assert rig.mesh is not None
    poses = Clip(values=np.eye(len(ARKIT), dtype=np.float32), channels=ARKIT, frame_rate=Fraction(60))
    weights = by_name(rig).retarget(poses).select(rig.shapes).values
    own = replace(rig.mesh, deltas=np.tensordot(weights, rig.mesh.deltas, axes=1).astype(np.float32))
    bare = replace(rig, shapes=(), mesh=replace(rig.mesh, deltas=rig.mesh.deltas[:0]))
    made = transfer(rigs.builtin(), bare)
    return Comparison(replace(rig, shapes=ARKIT, mesh=own), made, Anatomy(made, frame(made)))


def poses(seed: int = 1) -> NDArray[np.float32]:
    """Return the rest, the 52 shapes alone, with mouthClose on its jawOpen, and 20 random mixes: (73, 52)."""
    random = np.random.default_rng(seed)
    alone = np.eye(len(ARKIT))
    alone[CLOSE, JAW] = 1
    mixes = random.random((20, 52)) * (random.random((20, 52)) < 0.25)
    mixes[:, CLOSE] = np.minimum(mixes[:, CLOSE], mixes[:, JAW])
    return np.asarray(np.concatenate([np.zeros((1, 52)), alone, mixes]), np.float32)


def page(found: Comparison, name: str) -> str:
    """Return the page about a comparison with the rig called `name`."""
    head = found.anatomy
    seen = head.seen
    every = np.ones(len(seen), bool)
    columns = [found.errors_mm(seen), found.motions_mm(seen), found.errors_mm(every), found.motions_mm(every)]
    has = columns[3] > 0
    depths, own = (1000 * crossing_depths(head, rig, poses()) for rig in (found.made, found.own))
    lines = [
        "# Deformation transfer, measured",
        "",
        f"Made by `python -m benchmarks.transfer`. The shapes of {name} were taken away, those of the built-in head",
        "transferred to the bare neutral, and each vertex compared with where the rig's own shape takes it: mean",
        "distances in millimetres of a head of 0.2 m. The two heads do not mean quite the same by every name, so this",
        "is the distance between two ideas of a shape as well as an error. Eyeballs turn in ours; where a rig turns",
        "them by bones instead, they count as an error in all vertices and do not show in the skin.",
        "",
        f"Over the {has.sum()} shapes that the rig has: seen skin {columns[0][has].mean():.2f} mm off, moving "
        f"{columns[1][has].mean():.2f} mm; all vertices {columns[2][has].mean():.2f} mm off, moving "
        f"{columns[3][has].mean():.2f} mm.",
        "",
        f"Lips, in the 52 shapes and 20 random mixes: at rest the neutral's own go {depths[0]:.2f} mm into each other;",
        f"those moved by the made shapes at most {depths[1:].max():.2f} mm, those moved by the rig's own at most "
        f"{own[1:].max():.2f} mm.",
        "",
        "| shape | seen skin off | moves | all vertices off | move |",
        "|---|---|---|---|---|",
    ]
    for shape, row, there in zip(ARKIT, np.transpose(columns), has, strict=True):
        cells = [f"{value:.2f}" for value in row] if there else ["the rig has none", "", "", ""]
        lines.append(f"| {shape} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def main(path: Path) -> None:
    """Compare and write the page."""
    text = page(compare(rigs.load(path)), path.name)
    (ROOT / "docs" / "transfer.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
