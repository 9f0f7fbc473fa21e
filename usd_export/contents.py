"""What a file holds, whichever format it has: what moves in it, what rests, and facts that importers care about."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import FRAME_RATE, Clip
from audio2blend.errors import InputError

Fact = bool | float | str | tuple[str, ...]

_EVEN_S: Final = 1e-4
"""How far a key may lie from a whole frame."""
_RATES: Final = (
    *(Fraction(rate) for rate in (24, 25, 30, 48, 50, 60, 90, 100, 120)),
    *(Fraction(rate * 1000, 1001) for rate in (24, 30, 60, 120)),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curves:
    """Curves with keys at the same times: those of one mesh in one animation."""

    animation: str
    """What the file calls the animation; "" where it has no name."""
    target: str
    """The mesh or object that moves; "" for bare curves."""
    channels: tuple[str, ...]
    times_s: NDArray[np.float64]
    """Of the keys, shape (n_keys,)."""
    values: NDArray[np.float32]
    """Shape (n_keys, n_channels); rotations are degrees."""

    @property
    def frame_rate(self) -> Fraction | None:
        """The rate of its keys, exact where it is a usual one; None if they are not evenly spaced."""
        return even_rate(self.times_s)

    @property
    def is_sound(self) -> bool:
        """Whether it has keys, one after the other, and all of them are numbers."""
        rising = len(self.times_s) > 0 and bool((np.diff(self.times_s) > 0).all())
        return rising and bool(np.isfinite(self.times_s).all() and np.isfinite(self.values).all())

    def to_clip(self, frame_rate: Fraction | None = None) -> Clip:
        """Return the curves as a clip, interpolated linearly; by default at their own rate, else at 60."""
        rate = frame_rate or self.frame_rate or FRAME_RATE
        count = round(float(self.times_s[-1] - self.times_s[0]) * float(rate)) + 1
        at = self.times_s[0] + np.arange(count) / float(rate)
        columns = [np.interp(at, self.times_s, curve) for curve in self.values.T]
        values = np.stack(columns, axis=1) if columns else np.zeros((count, 0))
        start_s = float(self.times_s[0])
        return Clip(values=values.astype(np.float32), channels=self.channels, frame_rate=rate, start_s=start_s)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Contents:
    """What was found in a file."""

    curves: tuple[Curves, ...] = ()
    """What moves by weights."""
    n_joints_moved: int = 0
    """How many bones turn."""
    rest: Mapping[str, float] = field(default_factory=dict)
    """The weight of every shape where no animation moves it, by "mesh/shape"."""
    unbound: tuple[str, ...] = ()
    """Names that an animation moves and no mesh has, in a sentence each."""
    missing: tuple[str, ...] = ()
    """Files that it names, such as textures, and that are not there."""
    astray: tuple[str, ...] = ()
    """Files that are not where it says, and that whoever opens it looks for elsewhere or asks for."""
    events: bool = False
    """Whether it holds events, such as mouth cues, the last of which need not be where the sound ends."""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    """What importers care about, by the names in docs/validate.md; a fact that is not known is absent."""

    @classmethod
    def of(cls, clip: Clip) -> "Contents":
        """Return what a file of bare curves holds."""
        group = Curves(
            animation="", target="", channels=clip.channels, times_s=clip.times_s, values=clip.values
        )  # fmt: skip
        return cls(curves=(group,) if len(clip) else ())

    @property
    def animations(self) -> tuple[str, ...]:
        """The names of what moves, each once."""
        return tuple(dict.fromkeys(group.animation for group in self.curves))


def joined(groups: Iterable[Curves]) -> Clip:
    """Return the curves of an animation of several meshes as one clip; of a name that several have, the first.

    Raises InputError if no curve can be played.
    """
    groups = [group for group in groups if group.is_sound]
    if not groups:
        raise InputError("nothing in it moves by weights; export it with its animation")
    longest = max(groups, key=lambda group: float(group.times_s[-1] - group.times_s[0]))
    whole = replace(longest, channels=(), values=longest.values[:, :0]).to_clip()
    curves: dict[str, NDArray[np.float32]] = {}
    for group in groups:
        for name, curve in zip(group.channels, group.values.T, strict=True):
            curves.setdefault(name, np.interp(whole.times_s, group.times_s, curve).astype(np.float32))
    return whole.with_channels(curves)


def even_rate(times_s: NDArray[np.float64]) -> Fraction | None:
    """Return the rate of evenly spaced times, exact where it is a usual one; None for others and for fewer than two.

    >>> even_rate(np.arange(200) * 1001 / 30000), even_rate(np.array([0.0, 0.1, 0.5]))
    (Fraction(30000, 1001), None)
    """
    if len(times_s) < 2 or times_s[-1] <= times_s[0]:
        return None
    measured = (len(times_s) - 1) / float(times_s[-1] - times_s[0])
    usual = min(_RATES, key=lambda rate: abs(float(rate) - measured))
    for rate in (usual, Fraction(measured).limit_denominator(1001)):
        if rate > 0 and np.abs(times_s - times_s[0] - np.arange(len(times_s)) / float(rate)).max() < _EVEN_S:
            return rate
    return None
