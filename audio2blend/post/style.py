"""`Style`: how one person moves the mouth, against what the network says of everybody; a file to read and edit."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..channels import MOUTH
from ..clip import Clip
from ..errors import InputError
from ..files import draft
from .lip_opening import kept_closed

OPENING: Final = (
    "jawOpen", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight",
)  # fmt: skip
"""The channels that open the lips."""
WIDTH: Final = (
    "mouthSmileLeft", "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthDimpleLeft",
    "mouthDimpleRight",
)  # fmt: skip
"""Those that widen the mouth."""
ROUNDING: Final = ("mouthFunnel", "mouthPucker")
"""Those that round it."""
PAIRS: Final = tuple(
    (name, f"{name.removesuffix('Left')}Right") for name in MOUTH if name.endswith("Left") and name != "mouthLeft"
)
"""The channels of the mouth that there are for either side."""
_MOST: Final = 3.0
_ABOUT: Final = {
    "opening": "how far the lips open; 1 is what the network says",
    "width": "how far the mouth widens",
    "rounding": "how far the lips round",
    "pauses": "how far the mouth stays open in pauses, on top of its opening",
    "left": "the left side's share of the motion; 0.5 is even",
    "rest": "weights of the mouth at rest",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One person's habits; the defaults change nothing. Raises InputError for a value out of range.

    >>> Style(opening=1.2) == Style()
    False
    """

    opening: float = 1.0
    """How far the lips open, 0 to 3: a factor."""
    width: float = 1.0
    """How far the mouth widens, 0 to 3."""
    rounding: float = 1.0
    """How far the lips round, 0 to 3."""
    pauses: float = 1.0
    """How far the mouth stays open where nobody speaks, on top of `opening`, 0 to 3."""
    left: float = 0.5
    """The left side's share of what moves on both, 0.2 to 0.8."""
    rest: Mapping[str, float] = field(default_factory=dict)
    """Weights of the mouth's channels at rest, -0.2 to 0.5, added to its motion."""

    def __post_init__(self) -> None:
        limits = dict.fromkeys(("opening", "width", "rounding", "pauses"), (0.0, _MOST)) | {"left": (0.2, 0.8)}
        for name, (least, most) in limits.items():
            if not least <= getattr(self, name) <= most:
                raise InputError(f"{name} = {getattr(self, name):g} is out of range; give {least:g} to {most:g}")
        for name, weight in self.rest.items():
            if name not in MOUTH:
                raise InputError(f"'{name}' in rest is no channel of the mouth, such as mouthSmileLeft")
            if not -0.2 <= weight <= 0.5:
                raise InputError(f"{name} = {weight:g} in rest is out of range; give -0.2 to 0.5")

    @classmethod
    def read(cls, path: Path) -> "Style":
        """Return the style in a .toml file. Raises InputError with the file's name for what is wrong with it."""
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise InputError(f"there is no style {path}; make one with: audio2blend style fit") from None
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise InputError(f"{path} is no style ({error}); make one with: audio2blend style fit") from None
        return cls._of(table, path)

    @classmethod
    def _of(cls, table: Mapping[str, Any], path: Path) -> "Style":
        known = [one.name for one in fields(cls)]
        for name, value in table.items():
            if name not in known:
                raise InputError(f"{path}: a style has no '{name}'; it has {', '.join(known)}")
            if name == "rest" and not isinstance(value, dict):
                raise InputError(f"{path}: rest is no table; write [rest] and lines such as mouthSmileLeft = 0.05")
            numbers = list(value.values()) if name == "rest" and isinstance(value, dict) else [value]
            if not all(isinstance(number, int | float) and not isinstance(number, bool) for number in numbers):
                raise InputError(f"{path}: {name} is no number; it says {_ABOUT[name]}")
        try:
            return cls(**table)
        except InputError as error:
            raise InputError(f"{path}: {error}") from None

    def write(self, path: Path, *, about: str = "") -> None:
        """Write a .toml file, with a comment on every value and `about` in its first line."""
        lines = [f"# {about}"] if about else []
        lines += [f"{name} = {getattr(self, name):.3g}  # {_ABOUT[name]}" for name in _ABOUT if name != "rest"]
        lines += ["", f"[rest]  # {_ABOUT['rest']}", *(f"{name} = {weight:.3f}" for name, weight in self.rest.items())]
        with draft(path) as target:
            target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def styled(clip: Clip, style: Style, silence: NDArray[np.floating[Any]]) -> Clip:
    """Return `clip` as a person of a style moves; lips that are closed stay closed.

    `silence` (n_frames,) in [0, 1] says where nobody speaks. A factor below 1 multiplies weights; one above 1 raises
    what they lack to a power, as the dials of `dialled` do.
    """
    if style == Style():
        return clip
    pauses = 1 + (style.pauses - 1) * np.asarray(silence, np.float32)
    gains: dict[str, NDArray[np.float32]] = dict.fromkeys(OPENING, style.opening * pauses)
    gains |= dict.fromkeys(WIDTH, np.full(len(clip), style.width, np.float32))
    gains |= dict.fromkeys(ROUNDING, np.full(len(clip), style.rounding, np.float32))
    one = np.ones(len(clip), np.float32)
    for left, right in PAIRS:
        gains[left] = gains.get(left, one) * 2 * style.left
        gains[right] = gains.get(right, one) * 2 * (1 - style.left)
    curves = {name: _scaled(clip[name], gain) for name, gain in gains.items() if name in clip.channels}
    if {"jawOpen", "mouthClose"} <= set(clip.channels):  # it shuts the lips over the jaw, and so follows it
        share = np.divide(curves["jawOpen"], clip["jawOpen"], out=one.copy(), where=clip["jawOpen"] > 0)
        curves["mouthClose"] = np.clip(share * clip["mouthClose"], 0, 1)
    for name, weight in style.rest.items():
        if name in clip.channels:
            moved = curves.get(name, clip[name])
            curves[name] = np.clip(moved + weight * (1 - moved), 0, 1)
    return kept_closed(clip.with_channels(curves), clip)


def _scaled(weights: NDArray[np.float32], gain: NDArray[np.float32]) -> NDArray[np.float32]:
    grown = 1 - (1 - weights) ** np.maximum(gain, 1)
    return np.asarray(np.where(gain > 1, grown, gain * weights), np.float32)
