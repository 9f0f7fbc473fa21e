"""The poster: one picture that stands for the film."""

import shutil
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.files import draft, local

from ..process import run

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp")
_LIDS = ("eyeBlinkLeft", "eyeBlinkRight")


def calm_s(clip: Clip, opening: NDArray[np.float64], rate: Fraction) -> float:
    """Return a time in seconds at which the eyes are open and the mouth is nearly shut, of those near the middle.

    Args:
        clip: in ARKit's channels.
        opening: how open the mouth is in each frame of the film, shape (n_frames,).
        rate: of these frames.
    """
    times = np.arange(len(opening)) / float(rate)
    clip_s = clip.start_s + np.arange(len(clip)) / float(clip.frame_rate)
    lids = [clip.values[:, clip.channels.index(name)] for name in _LIDS if name in clip.channels]
    shut = np.interp(times, clip_s, np.max(lids, axis=0)) if lids else np.zeros(len(times))
    mouth = opening / max(float(opening.max()), 1e-9)
    away = np.abs(np.linspace(-1, 1, len(times)))
    return float(times[np.argmin(3 * np.clip(shut - 0.1, 0, None) + np.abs(mouth - 0.1) + 0.3 * away)])


def check(path: Path) -> Path:
    """Return a path that a poster can be written to; raises InputError for another suffix."""
    if local(path).suffix.lower() not in SUFFIXES:
        raise InputError(f"{path}: a poster is a .jpg, .png or .webp picture; give it such a suffix")
    return path


def write(film: Path, path: Path, number: int, *, codec: str, folder: Path) -> Path:
    """Write picture `number` of a film, from 0, and return the path. `codec` is the film's, for alpha."""
    whole = folder / f"poster{path.suffix.lower()}"
    decoder = ("-c:v", "libvpx-vp9") if codec.startswith(("vp9", "libvpx")) else ()
    run(
        (
            *decoder, "-i", f"file:{film}", "-map", "0:v:0", "-vf", f"select=eq(n\\,{number})", "-frames:v", "1",
            "-update", "1", "-q:v", "2", "-bitexact", f"file:{whole}",
        ),
        f"{path}: the poster cannot be made",
    )  # fmt: skip
    if not whole.exists():
        raise InputError(f"{path}: the film has no picture {number} for a poster; choose an earlier time")
    with draft(path) as target:
        shutil.copyfile(whole, target)
    return path
