"""Where the mouth is in the pictures of our own renders, and how open it is in those of a film."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.lips import Lips
from audio2blend.qa.offset import Offset, offset
from rigs import Rig, builtin
from rigs.retarget import landmarks

from ..framing import frame
from .frames import Frames
from .geometry import Box

LENS, SENSOR = 85.0, 36.0
"""Of the portrait camera, in millimetres."""
_ROUND: Final = 0.15
"""How much wider and higher than the inner lips the mouth with its lips is, on each side, in its widths."""
_GRID: Final = 48


def mouth_box(rig: Rig, clip: Clip, size: tuple[int, int]) -> Box | None:
    """Return what the mouth covers over a whole clip, in pixels of a picture by the portrait camera.

    Args:
        rig: with the landmarks of its lips.
        clip: in the channels of the rig; others are left out.
        size: width and height of the pictures.

    Returns None if the rig does not say where its lips are.
    """
    lips = _lips(rig)
    if lips is None:
        return None
    place = frame(rig)
    points = lips.lip_vertices(_weights(rig, clip)).reshape(-1, 3).astype(np.float64) - place.centre
    wide = size[0] / size[1]
    depth = place.side * max(wide, 1.0) * LENS / SENSOR - points[:, 2]
    pixels = size[0] * LENS / SENSOR / depth
    x, y = size[0] / 2 + points[:, 0] * pixels, size[1] / 2 - points[:, 1] * pixels
    more = _ROUND * (x.max() - x.min())
    left, top = max(0.0, x.min() - more), max(0.0, y.min() - more)
    right, bottom = min(size[0], x.max() + more), min(size[1], y.max() + more)
    return Box(float(left), float(top), float(right - left), float(bottom - top))


def opening(rig: Rig, clip: Clip, rate: Fraction, n_frames: int) -> NDArray[np.float64] | None:
    """Return how open the mouth ought to be in each picture, shape (n_frames,), from time 0 on; None as above."""
    lips = _lips(rig)
    if lips is None or len(clip) < 2:
        return None
    open_ = lips.opening(_weights(rig, clip))
    times = clip.start_s + np.arange(len(clip)) / float(clip.frame_rate)
    return np.interp(np.arange(n_frames) / float(rate), times, open_)


def darkness(film: Path, box: Box) -> tuple[NDArray[np.float64], Fraction]:
    """Return how dark the box is in each picture of a film, shape (n_frames,), and their rate.

    An open mouth is a dark place: what is a good deal darker than the box usually is counts, by how much.
    """
    frames = Frames.of(film)
    part = f"crop={max(2, round(box.width))}:{max(2, round(box.height))}:{round(box.x)}:{round(box.y)}"
    cut = replace(frames, filters=(*frames.filters, part))
    with cut.pixels(size=(_GRID, _GRID)) as pictures:
        grey = np.stack([one[..., :3].mean(axis=2) for one in pictures])
    usual = np.median(grey)
    return np.clip(0.7 * usual - grey, 0, None).mean(axis=(1, 2)), frames.frame_rate


def mouth_offset(film: Path, box: Box, wanted: NDArray[np.float64]) -> Offset | None:
    """Return by how much the mouth in a film lags the curve that it was to follow; None where they are unrelated.

    Args:
        film: of a second at least.
        box: what the mouth covers in it, in pixels.
        wanted: how open it was to be in each picture, shape (n_frames,).
    """
    seen, rate = darkness(film, box)
    n = min(len(seen), len(wanted))
    if n < rate or np.ptp(seen[:n]) < 1e-3 or np.ptp(wanted[:n]) < 1e-6:
        return None
    return offset(seen[:n], wanted[:n], frame_rate=rate)


def _lips(rig: Rig) -> Lips | None:
    if rig.mesh is None:
        return None
    try:
        places = rig.landmarks or landmarks.locate(builtin(), rig)
        return Lips.of(rig.mesh.vertices, rig.mesh.deltas, places)
    except (InputError, KeyError):
        return None


def _weights(rig: Rig, clip: Clip) -> NDArray[np.float32]:
    row = {name: index for index, name in enumerate(clip.channels)}
    out = np.zeros((len(clip), len(rig.shapes)), np.float32)
    for index, shape in enumerate(rig.shapes):
        if shape in row:
            out[:, index] = clip.values[:, row[shape]]
    return out
