"""What an artist may ask of the motion of jaw and lips."""

from dataclasses import asdict, dataclass

from .. import wording
from ..errors import InputError


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

    def __post_init__(self) -> None:
        for name, most, cure in (
            *((gain, 10, "a number from 0 to 10, where 1 changes nothing") for gain in ("strength", "jaw", "lips")),
            *((time, 200, "milliseconds from 0 to 200, where 0 changes nothing") for time in ("smooth_ms", "lead_ms")),
        ):
            if not 0 <= (value := getattr(self, name)) <= most:
                raise InputError(f"{wording.current().setting(name, value)} is out of range; give {cure}")

    @property
    def metadata(self) -> dict[str, str]:
        """What clips say about it."""
        return {name: f"{value:g}" for name, value in asdict(self).items()}
