"""What an artist may ask of the motion of a face."""

from dataclasses import dataclass, field, fields
from typing import Final

from .. import wording
from ..emotion import NEUTRAL, EmotionTrack
from ..errors import InputError
from .style import Style

AUTO: Final = "auto"
"""The emotion that the voice is taken to have."""
_GAINS: Final = ("strength", "jaw", "lips", "blinks", "gaze", "head", "brows")


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """The controls; at their defaults nothing changes.

    Raises InputError for a value out of range.

    >>> Controls(jaw=1.2, lips=0.9).metadata["jaw"]
    '1.2'
    """

    strength: float = 1.0
    """How far jaw, lips and tongue move, from 0, still, to 10."""
    jaw: float = 1.0
    """How far the jaw moves, on top of that; the lips that were closed over it stay closed."""
    lips: float = 1.0
    """How far the lips move, on top of that, with nothing to close or open by it."""
    smooth_ms: float = 0.0
    """How much of the time around a frame is averaged, in milliseconds up to 200; 0 is none."""
    lead_ms: float = 0.0
    """By how many milliseconds the face is early, up to 200, to the nearest frame."""
    emotion: str = NEUTRAL
    """What the face shows besides, as `EmotionTrack.parse` reads it, or "auto": what the voice says."""
    blinks: float = 1.0
    """How deep blinks are, from 0, none, to 10; more than 1 is as 1."""
    gaze: float = 1.0
    """How far the eyes move, from 0 to 10."""
    head: float = 1.0
    """How far the head moves, from 0 to 10."""
    brows: float = 1.0
    """How far the voice raises the brows, from 0 to 10."""
    style: Style = field(default_factory=Style)
    """How one person moves the mouth, before all else."""

    def __post_init__(self) -> None:
        for name, most, cure in (
            *((gain, 10, "a number from 0 to 10, where 1 changes nothing") for gain in _GAINS),
            *((time, 200, "milliseconds from 0 to 200, where 0 changes nothing") for time in ("smooth_ms", "lead_ms")),
        ):
            if not 0 <= (value := getattr(self, name)) <= most:
                raise InputError(f"{wording.current().setting(name, value)} is out of range; give {cure}")
        if self.emotion != AUTO:
            EmotionTrack.parse(self.emotion)

    @property
    def metadata(self) -> dict[str, str]:
        """What clips say about it."""
        values = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "style"}
        texts = {name: value if isinstance(value, str) else f"{value:g}" for name, value in values.items()}
        return texts if self.style == Style() else texts | {"style": str(self.style)}
