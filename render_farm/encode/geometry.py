"""Boxes in pictures, and how a picture fits into one of another shape so that the mouth stays free."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from audio2blend.errors import InputError

from .profile import Profile

_CLOSEST: Final = 0.6
"""A cut is no closer than this share of the largest, for what frames show of a person beside the mouth."""


class Box(NamedTuple):
    """A rectangle in pixels, from the picture's top left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height

    def holds(self, other: "Box") -> bool:
        """Return whether another lies wholly in it."""
        return self.x <= other.x and self.y <= other.y and other.right <= self.right and other.bottom <= self.bottom

    def meets(self, other: "Box") -> bool:
        """Return whether they share a part."""
        return self.x < other.right and other.x < self.right and self.y < other.bottom and other.y < self.bottom

    def within(self, window: "Box", size: tuple[int, int]) -> "Box":
        """Return where it lies once `window` is scaled to a picture of `size`."""
        across, down = size[0] / window.width, size[1] / window.height
        x, y = (self.x - window.x) * across, (self.y - window.y) * down
        return Box(x, y, self.width * across, self.height * down)

    def __str__(self) -> str:
        return f"{self.x:.0f},{self.y:.0f},{self.width:.0f},{self.height:.0f}"


def parse_box(text: str) -> Box:
    """Return the box that a text such as "200,340,120,80" names; raises InputError for another.

    >>> parse_box("200,340,120,80")
    Box(x=200.0, y=340.0, width=120.0, height=80.0)
    """
    try:
        x, y, width, height = map(float, text.split(","))
    except ValueError:
        width = height = 0.0
    if not (0 < width < 1e5 and 0 < height < 1e5 and abs(x) < 1e5 and abs(y) < 1e5):
        raise InputError(f"'{text}' is no box; write its left, top, width and height in pixels, as 200,340,120,80")
    return Box(x, y, width, height)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """What of the frames is seen, and at which size."""

    window: Box
    """In pixels of the frames; whole numbers."""
    size: tuple[int, int]
    """Of the film."""
    safe: Box
    """The part of the film that nothing covers."""
    mouth: Box | None
    """Where the mouth is in the film, all the time."""

    @property
    def mouth_is_free(self) -> bool:
        """Whether nothing covers the mouth; also where nobody knows where it is."""
        return self.mouth is None or self.safe.holds(self.mouth)


def fit(width: int, height: int, profile: Profile, mouth: Box | None) -> Fit:
    """Return how frames fit a profile: cut to its shape, around the mouth as far as the frames reach.

    Raises InputError if the mouth lies outside the frames, or they are too small for a film.
    """
    if mouth is not None and not Box(0, 0, width, height).holds(mouth):
        raise InputError(f"the mouth's box {mouth} leaves the picture of {width} × {height} pixels; correct it")
    if min(width, height) < 16:
        raise InputError(f"pictures of {width} × {height} pixels are too small for a film; 16 are the least")
    size = (profile.size[0], profile.size[1]) if profile.size else (width // 2 * 2, height // 2 * 2)
    top, right, bottom, left = profile.safe
    safe = Box(left * size[0], top * size[1], (1 - left - right) * size[0], (1 - top - bottom) * size[1])
    whole = Box(0, 0, *size) if not profile.size else None
    window = whole or _window(width, height, size, safe, mouth)
    return Fit(window=window, size=size, safe=safe, mouth=None if mouth is None else mouth.within(window, size))


def _window(width: int, height: int, size: tuple[int, int], safe: Box, mouth: Box | None) -> Box:
    """Return the part of the frames that is seen: the largest in which the mouth is free, or else the largest."""
    most = min(width / size[0], height / size[1])
    middle = safe.x + safe.width / 2, safe.y + 0.6 * safe.height
    largest = None
    for closer in np.arange(1.0, _CLOSEST, -0.02):
        scale = most * float(closer)
        wide, high = min(width, round(size[0] * scale)), min(height, round(size[1] * scale))
        x, y = (width - wide) / 2, (height - high) / 2
        if mouth is not None:  # its middle over that of what is free, as far as the frames reach
            x = mouth.x + mouth.width / 2 - middle[0] * scale
            y = mouth.y + mouth.height / 2 - middle[1] * scale
        window = Box(min(max(0, round(x)), width - wide), min(max(0, round(y)), height - high), wide, high)
        if mouth is None or safe.holds(mouth.within(window, size)):
            return window
        largest = largest or window
    assert largest is not None
    return largest
