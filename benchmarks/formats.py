"""What files of curves cost a processor, of ten minutes of speech: `python -m benchmarks.formats`."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import numpy as np

import audio2blend
import usd_export
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from usd_export.reduction import curves

MINUTES = 10
HELLO = Path(__file__).resolve().parents[1] / "examples" / "hello.wav"


def speech() -> Clip:
    """Return minutes of 52 shapes at 60 frames a second, as the network moves them."""
    clip = audio2blend.animate(audio2blend.load(HELLO)).select(ARKIT)
    n_frames = MINUTES * 3600
    values = np.tile(clip.values, (-(-n_frames // len(clip)), 1))[:n_frames]
    return replace(clip, values=values, metadata={"source": "line.wav"})


def took(what: Callable[[], object]) -> float:
    """Return how many seconds of a processor something takes: the same on a machine that does other work as well."""
    started = process_time()
    what()
    return process_time() - started


def main() -> None:
    """Print a row for every format of curves."""
    clip, notes = speech(), list[str]()
    print(f"{MINUTES} minutes of {len(ARKIT)} shapes at 60 frames a second\n")
    print(f"keys reduced in {took(lambda: curves(clip, 0.002, notes.append)):.2f} s: {notes[0]}\n")
    print("| | written, s | MB | read, s |\n|---|---|---|---|")
    with TemporaryDirectory() as folder:
        for form in usd_export.formats():
            if form.needs_rig or not form.reader or form.needs_blender:
                continue
            path = Path(folder, f"line{form.suffix}")
            written = min(took(lambda path=path: usd_export.write(clip, path)) for _ in range(2))  # type: ignore[misc]
            read = min(took(lambda path=path: usd_export.read(path)) for _ in range(2))  # type: ignore[misc]
            print(f"| `{form.suffix}` | {written:.2f} | {path.stat().st_size / 1e6:.1f} | {read:.2f} |")


if __name__ == "__main__":
    main()
