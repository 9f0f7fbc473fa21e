"""A render with alpha laid over filmed footage: place, size, colour match, grain; blended in linear light."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError
from audio2blend.files import local

from ..process import run
from .frames import _SIZE, PICTURES, Frames
from .geometry import Box

Pixels = NDArray[np.uint8]
Colour = NDArray[np.float32]
_SAMPLES: Final = 6
"""Pictures that colours and grain are measured on, spread over the film."""
_MOST: Final = 4.0
"""How many times light may be changed, either way, to match colours: two stops."""
_STEPS: Final = 4096
_CODE = np.arange(256) / 255
LINEAR: Final = np.where(_CODE <= 0.04045, _CODE / 12.92, ((_CODE + 0.055) / 1.055) ** 2.4).astype(np.float32)
"""Linear light of each value of sRGB, IEC 61966-2-1."""
_LIGHT = np.arange(_STEPS + 1) / _STEPS
_CODED: Final = (255 * np.where(_LIGHT <= 0.0031308, 12.92 * _LIGHT, 1.055 * _LIGHT ** (1 / 2.4) - 0.055) + 0.5).astype(
    np.uint8
)
_LUMA: Final = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""Of RGB, by BT.709."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """Footage, and how a render lies on it."""

    path: Path
    """A video or a picture."""
    at: tuple[float, float] | None = None
    """Where the middle of the render lies, in pixels of the plate; None for its middle."""
    scale: float = 1.0
    """Pixels of the plate a pixel of the render."""
    match: Box | None = None
    """A part of the plate, such as skin, whose colours the render takes on; None leaves its own."""
    grain: bool = False
    """Whether the render gets as much grain as the plate has."""


def opened(plate: Plate, rate: Fraction, n_frames: int) -> tuple[Frames, list[str]]:
    """Return a plate's pictures at a rate, and what a person should know; raises InputError if it cannot be read."""
    path = local(plate.path)
    if not path.is_file():
        raise InputError(f"{path}: there is no such plate; check the name")
    if not 0.01 <= plate.scale <= 20:
        raise InputError(f"a render is scaled by 0.01 to 20, not by {plate.scale:g}; name another scale")
    notes = []
    if path.suffix.lower() in PICTURES:
        log = run(("-i", f"file:{path}", "-frames:v", "1", "-f", "null", "-"), f"{path}")
        size = _SIZE.search(log)
        if size is None:
            raise InputError(f"{path} is no picture; name another plate")
        frames = Frames(
            source=path, width=int(size[1]), height=int(size[2]), frame_rate=rate, n_frames=1, has_alpha=False,
            arguments=("-i", f"file:{path}"),
        )  # fmt: skip
    else:
        frames = Frames.of(path, frame_rate=rate)
        if frames.n_frames < n_frames:
            lacking_s = float((n_frames - frames.n_frames) / rate)
            notes.append(f"{path} ends {lacking_s:.2f} s before the render; its last picture stays")
    if plate.match is not None and not Box(0, 0, frames.width, frames.height).holds(plate.match):
        raise InputError(f"the box {plate.match} leaves the plate of {frames.width} × {frames.height}; correct it")
    return frames, notes


@contextmanager
def composite(render: Frames, plate: Plate, footage: Frames, mouth: Box | None) -> Iterator[Iterator[Pixels]]:
    """Yield an iterator over pictures of the plate's size, shape (height, width, 4), with the render on them.

    `mouth` is where it is in the render: colours are matched around it, or else on all that is seen.
    """
    size = max(1, round(render.width * plate.scale)), max(1, round(render.height * plate.scale))
    at = plate.at or (footage.width / 2, footage.height / 2)
    left, top = round(at[0] - size[0] / 2), round(at[1] - size[1] / 2)
    if left >= footage.width or top >= footage.height or left + size[0] <= 0 or top + size[1] <= 0:
        raise InputError(f"the render lies beside the plate of {footage.width} × {footage.height}; name another place")
    gain, deviation = _measured(render, plate, footage, size, mouth)
    with render.pixels(size=size) as rendered, footage.pixels() as filmed:

        def pictures() -> Iterator[Pixels]:
            ground = next(filmed, None)
            if ground is None:
                raise InputError(f"{plate.path} has no pictures; name another plate")
            for number, over in enumerate(rendered):
                yield _laid(over, ground, left, top, gain, deviation, number)
                ground = next(filmed, ground)

        yield pictures()


def moved(box: Box, render: Frames, plate: Plate, footage: Frames) -> Box:
    """Return where a box of the render lies on the plate."""
    at = plate.at or (footage.width / 2, footage.height / 2)
    size = round(render.width * plate.scale), round(render.height * plate.scale)
    left, top = round(at[0] - size[0] / 2), round(at[1] - size[1] / 2)
    times = plate.scale
    return Box(left + box.x * times, top + box.y * times, box.width * times, box.height * times)


def grain(pictures: NDArray[Any]) -> float:
    """Return the deviation of the noise in grey pictures, shape (n, height, width), in their unit.

    By the median of the Laplacian difference of Immerkær (1996), "Fast noise variance estimation", which lines and
    slopes do not pass; the median, as most of a picture is plain.
    """
    p = pictures
    second = p[:, :-2] - 2 * p[:, 1:-1] + p[:, 2:]
    mixed = second[..., :-2] - 2 * second[..., 1:-1] + second[..., 2:]
    return float(np.median(np.abs(mixed)) / 0.6745 / 6)


def _measured(
    render: Frames, plate: Plate, footage: Frames, size: tuple[int, int], mouth: Box | None
) -> tuple[Colour, float]:
    """Return the gain of each colour, shape (3,), and the deviation of the grain that the render lacks."""
    gain = np.ones(3, np.float32)
    if plate.match is None and not plate.grain:
        return gain, 0.0
    over, ground = _sampled(render, size), _sampled(footage, (footage.width, footage.height))
    if plate.match is not None:
        face = _part(over, None if mouth is None else _skin(mouth, size[0] / render.width))
        seen = face[face[..., 3] > 250][:, :3]
        if not len(seen):
            raise InputError(f"{render.source} shows nothing that is not transparent; there is nothing to match")
        gain = matched(seen, _part(ground, plate.match)[..., :3].reshape(-1, 3))
    deviation = 0.0
    if plate.grain:
        own, wanted = grain(over[..., :3] @ _LUMA), grain(ground[..., :3] @ _LUMA)
        deviation = float(np.sqrt(max(0.0, wanted**2 - own**2)))
    return gain, deviation


def matched(own: NDArray[np.uint8], wanted: NDArray[np.uint8]) -> Colour:
    """Return the gains in linear light, shape (3,), that give colours (n, 3) the mean light of others (m, 3).

    As another exposure and white balance would: what is dark stays dark, and blue stays blue.
    """
    ratio = LINEAR[wanted].mean(axis=0) / np.maximum(LINEAR[own].mean(axis=0), 1e-4)
    return np.asarray(np.clip(ratio, 1 / _MOST, _MOST), np.float32)


def _skin(mouth: Box, scale: float) -> Box:
    """Return a box of cheeks, nose and chin around a mouth."""
    wide, high = mouth.width, mouth.width
    around = Box(mouth.x - 0.3 * wide, mouth.y - 0.6 * high, 1.6 * wide, 1.2 * high)
    return Box(*(scale * value for value in around))


def _part(pictures: NDArray[np.uint8], box: Box | None) -> NDArray[np.uint8]:
    """Return what a box holds of pictures, shape (n, height, width, 4)."""
    if box is None:
        return pictures
    return pictures[:, max(0, int(box.y)) : int(np.ceil(box.bottom)), max(0, int(box.x)) : int(np.ceil(box.right))]


def _sampled(frames: Frames, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return some pictures over the whole length, shape (n, height, width, 4), 0 to 255."""
    every = max(1, frames.n_frames // _SAMPLES)
    thinned = replace(frames, filters=(*frames.filters, f"select=not(mod(n\\,{every}))", "setpts=N/TB"))
    with thinned.pixels(size=size) as pictures:
        return np.stack([one for one, _ in zip(pictures, range(_SAMPLES), strict=False)])


def _laid(over: Pixels, ground: Pixels, left: int, top: int, gain: Colour, deviation: float, number: int) -> Pixels:
    """Return a picture of the plate with one of the render on it; what lies beyond its edges is cut."""
    out = ground.copy()
    out[..., 3] = 255
    x, y = max(0, -left), max(0, -top)
    part = over[y : y + out.shape[0] - max(0, top), x : x + out.shape[1] - max(0, left)]
    seen = part[..., 3] > 0
    if not seen.any():
        return out
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    colours, alpha = part[box][..., :3], part[box][..., 3:].astype(np.float32) / 255
    light = LINEAR[colours] * gain
    if deviation:
        noise = np.random.default_rng(number).standard_normal(colours.shape[:2], np.float32)
        coded = _CODED[(np.clip(light, 0, 1) * _STEPS).astype(np.int32)] + deviation * noise[..., None]
        light = LINEAR[np.clip(coded + 0.5, 0, 255).astype(np.uint8)]
    target = out[max(0, top) :, max(0, left) :][box]
    light = np.clip(light, 0, 1) * alpha + LINEAR[target[..., :3]] * (1 - alpha)
    target[..., :3] = _CODED[(light * _STEPS + 0.5).astype(np.int32)]
    return out
