"""Target values for the scores of a network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Aim:
    """The smallest and the greatest acceptable value; None where there is no such limit."""

    at_least: float | None = None
    at_most: float | None = None

    def met_by(self, value: float) -> bool:
        """Return whether a value is within the limits."""
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)

    def __str__(self) -> str:
        if self.at_least is not None and self.at_most is not None:
            return f"{self.at_least:g} to {self.at_most:g}"
        return f"≥ {self.at_least:g}" if self.at_least is not None else f"≤ {self.at_most:g}"


_IN_TIME: Final = Aim(-20, 20)
_STILL: Final = Aim(at_least=0.99)
_NO_WORSE: Final = Aim(at_most=0.1)

AIMS: Final[Mapping[str, Mapping[str, Aim]]] = {
    "grid": {
        "lip opening r": Aim(at_least=0.9),
        "jawOpen r": Aim(at_least=0.85),
        "closures found": Aim(at_least=0.85),
        "open taken for closed": Aim(at_most=0.05),
        "jitter ratio": Aim(0.7, 1.1),
        "A/V offset, ms": _IN_TIME,
    },
    "strangers": {
        "lip opening r": Aim(at_least=0.66),
        "lip opening r, in sync": Aim(at_least=0.71),
        "width r": Aim(at_least=0.5),
        "size of width": Aim(0.7, 1.3),
    },
    "facegood": {"lip opening r": Aim(at_least=0.8), "A/V offset, ms": _IN_TIME},
    "noise": {"cost of noise at 10 dB": Aim(at_most=0.05)},
    "silence": {
        "around GRID's sentences": _STILL,
        "digital silence": _STILL,
        "hiss at -50 dBFS": _STILL,
        "hum at -40 dBFS": _STILL,
    },
    "kokoro": {
        "phone error, worse in new voices by": _NO_WORSE,
        "p b m closed, worse in new voices by": _NO_WORSE,
        "pauses still": _STILL,
    },
    "live against best": {
        "greatest loss of r as recorded": Aim(at_most=0.05),
        "greatest loss of r in noise": Aim(at_most=0.05),
    },
}
"""By section and score."""

_STRANGER: Final[Mapping[str, Mapping[str, Aim]]] = {
    "grid": {"lip opening r": Aim(at_least=0.6), "A/V offset, ms": _IN_TIME},
    "facegood": {"lip opening r": Aim(at_least=0.65), "A/V offset, ms": _IN_TIME},
}
"""For networks that were trained without the corpus."""


def aims(section: str, *, quality: str, left_out: str | None) -> Mapping[str, Aim]:
    """Return the aims of a section by score, for quality "best" or "live"; baselines, of quality "", have none."""
    if not quality:
        return {}
    if section == left_out:
        return _STRANGER.get(section, {})
    found = AIMS.get(section, {})
    if section == "grid" and quality == "live":
        return {**found, "lip opening r": Aim(at_least=0.865)}
    if section == "strangers" and quality == "live":
        return {**found, "lip opening r": Aim(at_least=0.62)}
    return found
