"""Where a take plays: its NLA strips say it, wherever an artist has put, scaled or trimmed them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from . import actions
from .actions import Place
from .timing import Timing

_OFF: Final = 1e-3
"""A take that is faster or slower than its sound by less than this share is in time."""
_NEAR: Final = 0.51
"""Frames by which two places may differ and be the same."""


@dataclass(frozen=True, slots=True)
class Placing:
    """Where the times of a take's sound lie in the scene, in its frames."""

    start: float
    """Where the sound starts."""
    pace: float
    """How many frames a second of it takes."""
    first: float
    """Where the take begins to be seen; after `start` where the strip was trimmed."""
    last: float
    """Where it ends."""

    @classmethod
    def of(cls, scene: Any, take: Any, places: Sequence[Place] | None = None) -> Self:
        """Return where a take plays in its scene; without an Action, where its keys would lie.

        `places` are those of its Action, where they are known.
        """
        timing, now = Timing.of_take(scene, take), float(Timing.of(scene, 0).stretch)
        found = places if places is not None else actions.places(take.action) if take.action else ()
        strip = next((place.strip for place in found), None)

        def seen(position: float) -> float:
            if strip is not None:
                position = strip.frame_start + (position - strip.action_frame_start) * strip.scale
            return float(position / now)

        start, end = seen(timing.position(0.0)), seen(timing.position(take.duration_s))
        pace = seen(timing.position(1.0)) - start
        if strip is None:
            return cls(start, pace, start, end)
        return cls(start, pace, strip.frame_start / now, strip.frame_end / now)

    def frame(self, seconds: float) -> float:
        """Return the frame at which a time of the sound is seen."""
        return self.start + seconds * self.pace


def why_off_time(scene: Any, take: Any, places: Sequence[Place]) -> str:
    """Return why a take, which is shown at these places, does not run as fast as its sound; "" when it does."""
    timing, now = Timing.of_take(scene, take), Timing.of(scene, 0)
    strips = [place.strip for place in places]
    if any(strip.use_reverse or strip.use_animated_time for strip in strips):
        return f"the NLA strip of '{take.name}' plays backwards or by a time of its own, and its sound does not"
    if any(abs(strip.frame_start - strips[0].frame_start) > _NEAR for strip in strips) or any(
        abs(strip.scale - strips[0].scale) > _OFF for strip in strips
    ):
        return f"the NLA strips of '{take.name}' on face and bones lie at different places or scales"
    pace = Placing.of(scene, take, places).pace
    if abs(pace / float(now.rate) - 1) < _OFF:
        return ""
    if (timing.rate, timing.stretch) != (now.rate, now.stretch) and (not strips or abs(strips[0].scale - 1) < _OFF):
        return (
            f"'{take.name}' was animated at {_told(timing)} and the scene runs at {_told(now)}, "
            "so that face and sound part"
        )
    return f"the NLA strip of '{take.name}' is scaled to {float(now.rate) / pace:.0%} of the speed of its sound"


def _told(timing: Timing) -> str:
    stretched = f", stretched by {float(1 / timing.stretch):g}" if timing.stretch != 1 else ""
    return f"{float(timing.rate):.5g} fps{stretched}"


def same(one: float, other: float) -> bool:
    """Return whether two places in frames are one."""
    return abs(one - other) < _NEAR


def move(scene: Any, take: Any, start: float) -> None:
    """Move the strips of a take so that its sound starts at a frame; scale and trim stay."""
    now = float(Timing.of(scene, 0).stretch)
    by = (start - Placing.of(scene, take).start) * now
    for place in list(actions.places(take.action)):
        first, last = place.strip.frame_start + by, place.strip.frame_end + by
        place.strip.frame_start_raw, place.strip.frame_end_raw = first, last


def scale(scene: Any, take: Any, pace: float) -> None:
    """Scale the strips of a take so that a second takes so many frames and its sound starts where it did."""
    before = Placing.of(scene, take)
    for place in list(actions.places(take.action)):
        place.strip.scale *= pace / before.pace
    move(scene, take, before.start)
