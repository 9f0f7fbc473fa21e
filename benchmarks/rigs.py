"""How fast clips go onto rigs: `python -m benchmarks.rigs`."""

from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np

import rigs
from audio2blend.audio import load
from audio2blend.clip import Clip
from audio2blend.network import Network
from audio2blend.pipeline import animate
from rigs import Rig
from rigs.retarget import by_name, fit, transfer

ROOT = Path(__file__).resolve().parents[1]
MINUTES, SHAPES = 10, 100


def clip() -> Clip:
    """Return some minutes of speech at 60 frames a second: the example, again and again."""
    line = animate(load(ROOT / "examples" / "hello.wav"), network=Network.load())
    return replace(line, values=np.resize(line.values, (MINUTES * 60 * 60, len(line.channels))))


def stranger(n_shapes: int) -> Rig:
    """Return a head whose shapes have no names: ours, and halves of ours until there are enough."""
    head = rigs.builtin()
    assert head.mesh is not None
    sides = 1 / (1 + np.exp(head.mesh.vertices[:, 0] / 0.005))
    halves = head.mesh.deltas[: n_shapes - len(head.shapes)] * sides[:, None]
    deltas = np.concatenate([head.mesh.deltas, halves.astype(np.float32)])
    names = tuple(f"shape_{number:03}" for number in range(len(deltas)))
    return replace(head, name="stranger", shapes=names, mesh=replace(head.mesh, deltas=deltas), landmarks=None)


def rows() -> list[tuple[str, float, str]]:
    """Return what was done, the seconds it took, and the aim."""
    line, out = clip(), []

    def timed(label: str, aim: str, started: float) -> None:
        out.append((label, perf_counter() - started, aim))

    head = rigs.builtin()
    started = perf_counter()
    by_name(head).retarget(line)
    timed(f"{MINUTES} minutes by names, set-up and all", "", started)
    target = stranger(SHAPES)
    started = perf_counter()
    held = fit(target)
    timed(f"set-up by shape: faces found and laid onto each other, {SHAPES} shapes", "", started)
    started = perf_counter()
    held(line)
    timed(f"{MINUTES} minutes at 60 fps by shape onto {SHAPES} shapes", "5 at most", started)
    assert head.mesh is not None
    bare = replace(head, shapes=(), mesh=replace(head.mesh, deltas=head.mesh.deltas[:0]))
    started = perf_counter()
    transfer(head, bare)
    timed(f"the 52 shapes made for a mesh of {len(head.mesh.vertices):,} vertices without any", "", started)
    return out


def section() -> str:
    """Return the page's part about rigs."""
    lines = [f"| {label} | {seconds:.1f} | {aim} |" for label, seconds, aim in rows()]
    return "\n".join(["## Rigs", "", "Once each.", "", "| | seconds | aim |", "|---|---|---|", *lines])


if __name__ == "__main__":
    print(section())
