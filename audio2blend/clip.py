"""`Clip`: blendshape weights sampled at a constant rate, the only animation type of the project."""

import math
import operator
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .errors import InputError
from .intervals import Interval, from_text
from .owned import Texts, owned

FRAME_RATE: Final = Fraction(60)
"""Frames a second of the networks, of training and of the measures; clips, files and scenes may have others."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)  # eq=False: two arrays have no single truth value
class Clip:
    """Animation curves sampled at a constant rate. Immutable; every step of the pipeline is `Clip → Clip`.

    >>> clip = Clip(values=[[0.0], [1.0]], channels=("jawOpen",), frame_rate=Fraction(60))
    >>> clip["jawOpen"]
    array([0., 1.], dtype=float32)
    """

    values: NDArray[np.float32]
    """Shape (n_frames, n_channels). Blendshapes: 0 is rest, 1 the full shape; rotations: degrees. Read-only."""
    channels: tuple[str, ...]
    """One name per column, such as "jawOpen"."""
    frame_rate: Fraction
    """Frames per second, exact: Fraction(24000, 1001), never 23.976."""
    start_s: float = 0.0
    """Time of the first frame in seconds; the sound starts at 0."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """What is known about the clip: "source", "model", "phones", … Read-only."""

    def __post_init__(self) -> None:
        values = owned(np.asarray(self.values, dtype=np.float32))
        if values.ndim != 2 or values.shape[1] != len(self.channels):
            raise ValueError(f"values {values.shape} do not fit {len(self.channels)} channels")
        if not np.isfinite(values).all():
            raise ValueError("values hold a NaN or an infinity")
        if len(set(self.channels)) != len(self.channels):
            raise ValueError("two channels share a name")
        rate = Fraction(self.frame_rate)
        if rate <= 0:
            raise ValueError(f"frame rate {rate} is not positive")
        if not math.isfinite(self.start_s):
            raise ValueError(f"the start at {self.start_s} s is no time")
        object.__setattr__(self, "values", values)
        object.__setattr__(self, "channels", tuple(self.channels))
        object.__setattr__(self, "frame_rate", rate)
        object.__setattr__(self, "metadata", Texts(self.metadata))

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.values)

    def __iter__(self) -> Iterator[NDArray[np.float32]]:
        """Yield the frames, each of shape (n_channels,) in the order of `channels`."""
        return iter(self.values)

    def __contains__(self, channel: object) -> bool:
        """Return whether there is a channel of that name."""
        return channel in self.channels

    def __getitem__(self, which: str | int) -> NDArray[np.float32]:
        """Return one channel's curve, shape (n_frames,), by name, or one frame, shape (n_channels,), by number.

        Raises ValueError if there is no channel of that name, IndexError if there is no such frame.
        """
        if not isinstance(which, str):
            return np.asarray(self.values[operator.index(which)], np.float32)
        if which not in self.channels:
            raise ValueError(f"the clip has no channel '{which}', only {', '.join(self.channels)}")
        return self.values[:, self.channels.index(which)]

    @property
    def duration_s(self) -> float:
        """Length in seconds; every frame lasts 1 / frame_rate."""
        return float(len(self) / self.frame_rate)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """Time of every frame in seconds, shape (n_frames,)."""
        return self.start_s + np.arange(len(self)) * (self.frame_rate.denominator / self.frame_rate.numerator)

    @property
    def phones(self) -> list[Interval]:
        """What is said when, in the IPA and in seconds of the sound, silence left out; nothing where nobody knows."""
        return [phone for phone in from_text(self.metadata.get("phones", "[]")) if phone.label != "sil"]

    def with_channels(self, curves: Mapping[str, ArrayLike]) -> "Clip":
        """Return a clip in which the given curves, each of shape (n_frames,), replace or join the present ones."""
        place = {name: column for column, name in enumerate(self.channels)}
        for name in curves:
            place.setdefault(name, len(place))
        values = np.empty((len(self), len(place)), np.float32)
        values[:, : len(self.channels)] = self.values
        for name, curve in curves.items():
            if np.shape(curve) != (len(self),):
                raise ValueError(f"a curve of shape {np.shape(curve)} does not fit {len(self)} frames")
            values[:, place[name]] = curve
        return replace(self, values=values, channels=tuple(place))

    def select(self, channels: Iterable[str]) -> "Clip":
        """Return a clip with just these channels, in this order; a channel that is absent is 0 throughout."""
        channels = tuple(channels)
        place = {name: column for column, name in enumerate(self.channels)}
        there = [column for column, name in enumerate(channels) if name in place]
        values = np.zeros((len(self), len(channels)), np.float32)
        values[:, there] = self.values[:, [place[channels[column]] for column in there]]
        return replace(self, values=values, channels=channels)

    def resampled(self, frame_rate: Fraction) -> "Clip":
        """Return the clip at another rate, linearly interpolated in time; no frame lies past the last one.

        >>> clip = Clip(values=[[0.0], [1.0], [0.0]], channels=("jawOpen",), frame_rate=Fraction(60))
        >>> clip.resampled(Fraction(120))["jawOpen"]
        array([0. , 0.5, 1. , 0.5, 0. ], dtype=float32)
        """
        last = len(self) - 1
        if frame_rate == self.frame_rate or last < 1:
            return replace(self, frame_rate=frame_rate)
        ratio = self.frame_rate / frame_rate
        count = int(last / ratio) + 1  # exact
        at = np.arange(count) * (ratio.numerator / ratio.denominator)  # (count,) in source frames
        left = np.minimum(at.astype(np.int64), last - 1)
        mix = (at - left).astype(np.float32)[:, None]
        low, high = self.values[left], self.values[left + 1]
        values = low + (high - low) * mix
        values = np.clip(values, np.minimum(low, high), np.maximum(low, high))  # rounding must not pass 1
        return replace(self, values=values, frame_rate=frame_rate)


def parse_frame_rate(text: str) -> Fraction:
    """Return the exact rate that a person means: "29.97" is 30000/1001, "23.976" is 24000/1001.

    Takes a whole number, a decimal number or a fraction such as "30000/1001". Raises InputError for anything else, and
    for rates below 1 or above 1000.

    >>> parse_frame_rate("29.97"), parse_frame_rate("60"), parse_frame_rate("12.5")
    (Fraction(30000, 1001), Fraction(60, 1), Fraction(25, 2))
    """
    try:
        if len(text) > 40 or "e" in text.lower():  # Fraction would take a year over 1e99999999
            raise ValueError
        rate = Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise InputError(f"'{text}' is no frame rate; write a number such as 24, 29.97 or 30000/1001") from None
    if not 1 <= rate <= 1000:
        raise InputError(f"{text} is out of range; a frame rate must lie between 1 and 1000")
    nearest = Fraction(round(rate * Fraction(1001, 1000)) * 1000, 1001)
    if rate.denominator != 1 and abs(rate - nearest) < Fraction(1, 100):
        return nearest
    return rate
