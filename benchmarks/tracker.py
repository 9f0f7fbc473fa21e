"""What a face tracker reads from the built-in head, beside another rig: `python -m benchmarks.tracker RIG MODEL`.

RIG is ICT FaceKit's FaceXModel.tar.xz or any other character, MODEL is MediaPipe's face_landmarker.task. Either head is
rendered in each of the 52 shapes alone and at rest, with one camera, light and size; a shape is read if its own score
is among those two that rise most. No tracker sees everything: the other rig tells what this one can see.
Writes docs/tracker.md.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

import rigs
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from render_farm import RenderSettings, stills
from rigs import Rig
from rigs.retarget import by_name

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv-mediapipe" / "bin" / "python"
"""The environment that has mediapipe; `make test` makes it."""
SIZE = 256
"""Width and height of the pictures in pixels."""
AMONG = 2
Scores = dict[str, float] | None
"""The tracker's scores by shape; None where it sees no face."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the tracker makes of one shape."""

    rise: float
    """How much more the shape's own score is than at rest."""
    place: int
    """1 if no score rises more."""
    highest: str
    """The shape whose score rises most."""

    @property
    def own(self) -> bool:
        """Whether the shape is read as itself."""
        return self.place <= AMONG and self.rise > 0


def seen(rig: Rig, weights: NDArray[np.float32], model: Path, *, size: int = SIZE) -> list[Scores]:
    """Return the tracker's scores for a rig from the front, in each pose of weights (n, n_shapes)."""
    with TemporaryDirectory() as name:
        pictures = stills(rig, weights, Path(name), look=RenderSettings(width=size, height=size))
        program = [PYTHON, ROOT / "tests" / "support" / "face_tracker.py", model, *pictures]
        done = subprocess.run([str(word) for word in program], capture_output=True, text=True, check=True)
    found: list[Scores] = json.loads(done.stdout.splitlines()[-1])
    return found


def in_each_shape(rig: Rig, model: Path) -> list[Scores]:
    """Return the tracker's scores in each of the 52 shapes alone and, last, at rest."""
    poses = np.eye(len(ARKIT) + 1, len(ARKIT), dtype=np.float32)
    clip = by_name(rig).retarget(Clip(values=poses, channels=ARKIT, frame_rate=Fraction(60)))
    return seen(rig, clip.select(rig.shapes).values, model)


def readings(found: list[Scores]) -> dict[str, Reading]:
    """Return what the tracker reads in each of the 52 shapes that it knows, from its scores in each of them.

    Raises ValueError if it sees no face at rest; a shape in which it sees none is left out.
    """
    *alone, rest = found
    if rest is None:
        raise ValueError("the tracker sees no face at rest")
    out = {}
    for shape, scores in zip(ARKIT, alone, strict=True):
        if scores is not None and shape in rest:
            rises = {other: scores[other] - rest[other] for other in ARKIT if other in rest}
            order = sorted(rises, key=lambda other: -rises[other])
            out[shape] = Reading(rises[shape], order.index(shape) + 1, order[0])
    return out


def page(ours: dict[str, Reading], theirs: dict[str, Reading], name: str) -> str:
    """Return the page about what the tracker reads from our head and from the one called `name`."""
    seen = [shape for shape in ARKIT if shape in theirs and theirs[shape].own]
    held = [shape for shape in seen if shape in ours and ours[shape].own]
    lines = [
        "# What a face tracker reads",
        "",
        f"Made by `python -m benchmarks.tracker` with MediaPipe's face landmarker and {name}. Both heads are rendered",
        f"in each shape alone, {SIZE} pixels wide, with one camera and light; a score counts from what it is at rest.",
        f"A shape is read as itself if its own score is among the {AMONG} that rise most.",
        "",
        f"Of {len(seen)} shapes that are read as themselves from {name}, {len(held)} are from the built-in head "
        f"({100 * len(held) / max(len(seen), 1):.0f} %).",
        f"The built-in head has {sum(reading.own for reading in ours.values())} such shapes in all.",
        "",
        f"| shape | built-in head | | {name} | |",
        "|---|---|---|---|---|",
    ]
    for shape in ARKIT:
        cells = [_cells(reading.get(shape)) for reading in (ours, theirs)]
        lines.append(f"| {shape} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cells(reading: Reading | None) -> str:
    """Return how much a shape's own score rises, and what it is read as."""
    if reading is None:
        return "| no score"
    told = "itself" if reading.own else f"place {reading.place}, {reading.highest} first"
    return f"{reading.rise:+.2f} | {told}"


def main(other: Path, model: Path) -> None:
    """Read both heads and write the page."""
    rig = rigs.load(other)
    ours, theirs = (readings(in_each_shape(head, model)) for head in (rigs.builtin(), rig))
    text = page(ours, theirs, other.name)
    (ROOT / "docs" / "tracker.md").write_text(text, "utf-8")
    print(text)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
