"""`EmotionTrack`: which emotions a face shows when, and how strongly."""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..files import local
from .faces import EMOTIONS

NEUTRAL: Final = "neutral"
_SYNONYMS: Final = {
    "happy": "joy", "happiness": "joy", "sad": "sadness", "angry": "anger", "afraid": "fear", "fearful": "fear",
    "disgusted": "disgust", "surprised": "surprise", "amazement": "surprise", "bored": "boredom", "grief": "sadness",
}  # fmt: skip
"""What other programs call them; Audio2Face-3D's amazement and grief among them."""
_CURE: Final = (
    "write neutral, or emotions such as joy=0.7,surprise=0.2, or entries with times such as '0:joy 2.5:neutral'"
)
_TIMES: Final = ("time", "time_s", "seconds", "start", "time_code")
_CHANGE_S: Final = 0.4
"""How long a face takes from one entry to the next. Onsets of posed and spontaneous expressions take 0.3 to 0.7 s
(Schmidt, Cohn and Tian, "Signal characteristics of spontaneous facial expressions", 2003)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmotionTrack:
    """Entries in order of time: each holds from its time on, the first from the beginning.

    >>> track = EmotionTrack.parse("0:joy=0.5 2:neutral")
    >>> track.at(np.array([1.0, 2.2, 3.0]))[:, 0].round(2).tolist()
    [0.5, 0.25, 0.0]
    >>> track.text
    '0:joy=0.5 2:neutral'
    """

    times_s: tuple[float, ...] = (0.0,)
    amounts: tuple[tuple[float, ...], ...] = ((0.0,) * len(EMOTIONS),)
    """An amount in [0, 1] of each of `EMOTIONS`, for each time."""

    @classmethod
    def parse(cls, text: str) -> "EmotionTrack":
        """Return the track that text says: "joy=0.7,surprise=0.2", or entries "TIME:EMOTIONS" with spaces between.

        A name alone is full strength. Raises InputError for anything else.
        """
        entries = re.sub(r"\s*([=,:])\s*", r"\1", text.strip()).split()
        if len(entries) == 1 and ":" not in entries[0]:
            entries = [f"0:{entries[0]}"]
        if not entries:
            raise InputError(f"no emotion is named; {_CURE}")
        rows = []
        for entry in entries:
            time, colon, emotions = entry.partition(":")
            if not colon:
                raise InputError(f"emotion '{entry}' has no time; {_CURE}")
            rows.append((_seconds(time), dict(map(_pair, emotions.split(",")))))
        return cls.of(rows)

    @classmethod
    def of(cls, rows: Iterable[tuple[float, Mapping[str, float]]]) -> "EmotionTrack":
        """Return a track of (seconds, amounts by name). Raises InputError for unknown names and amounts."""
        ordered = sorted(((time, _amounts(named)) for time, named in rows), key=lambda row: row[0])
        if not ordered:
            raise InputError(f"the emotion track has no entry; {_CURE}")
        return cls(times_s=tuple(time for time, _ in ordered), amounts=tuple(row for _, row in ordered))

    @classmethod
    def read(cls, path: Path) -> "EmotionTrack":
        """Return the track in a .csv, with a column of seconds and one an emotion, or a .json, a list of such rows.

        Raises InputError if the file is missing or no such track.
        """
        try:
            text = local(path).read_text("utf-8-sig")
            if path.suffix.lower() == ".json":
                rows = json.loads(text)
                if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                    raise InputError("it is no list of objects")
            else:
                rows = list(csv.DictReader(io.StringIO(text)))
            return cls.of(map(_entry, rows))
        except OSError as error:
            raise InputError(f"{path} cannot be read ({error.strerror}); name a .csv or .json file") from None
        except (InputError, ValueError, csv.Error, RecursionError) as error:
            cure = "give rows with time and an amount for each emotion, such as: time,joy,anger"
            raise InputError(f"{path} is no emotion track ({error}); {cure}") from None

    @property
    def text(self) -> str:
        """What `parse` makes the same track of."""
        rows = zip(self.times_s, self.amounts, strict=True)
        return " ".join(f"{time:g}:{_text(row)}" for time, row in rows)

    @property
    def is_neutral(self) -> bool:
        """Whether it shows nothing."""
        return not any(map(any, self.amounts))

    def followed_by(self, other: "EmotionTrack", start_s: float) -> "EmotionTrack":
        """Return this track up to a time, and from there on another, whose entries before it count as at that time.

        Entries of this one whose change is over by then are left out, so that a stream may set its emotion for ever.

        >>> EmotionTrack.parse("joy").followed_by(EmotionTrack.parse("neutral"), 2.0).text
        '0:joy=1 2:neutral'
        """
        settled = max((t for t in self.times_s if t <= start_s - _CHANGE_S), default=0.0)
        before = [(t, row) for t, row in zip(self.times_s, self.amounts, strict=True) if settled <= t < start_s]
        after = [(max(t, start_s), row) for t, row in zip(other.times_s, other.amounts, strict=True)]
        times, rows = zip(*(before + after), strict=True)
        return EmotionTrack(times_s=times, amounts=rows)

    def at(self, times_s: NDArray[np.float64]) -> NDArray[np.float32]:
        """Return the amounts at some times, shape (n_times, n_emotions); changes begin at an entry and take 0.4 s."""
        rows = np.array(self.amounts, np.float32)
        shown = np.repeat(rows[:1], len(times_s), axis=0)
        for start_s, row in zip(self.times_s[1:], rows[1:], strict=True):
            since = np.clip((times_s - start_s) / _CHANGE_S, 0, 1)[:, None]
            shown = shown + (row - shown) * since * since * (3 - 2 * since)
        return np.asarray(shown, np.float32)


def _entry(row: Mapping[str, Any]) -> tuple[float, dict[str, float]]:
    """Return the time in a row and its amounts; an empty cell is nothing."""
    time = next((name for name in row if name in _TIMES), None)
    if time is None:
        raise InputError(f"it has no column '{_TIMES[0]}'")
    if None in row:
        raise InputError("a row has more cells than there are columns")
    return _seconds(row[time]), {name: _number(value or 0) for name, value in row.items() if name != time}


def _seconds(text: Any) -> float:
    value = _number(text)
    if not 0 <= value < 1e6:
        raise InputError(f"'{text}' is no time in seconds")
    return value


def _number(text: Any) -> float:
    try:
        return float(text)
    except (TypeError, ValueError):
        raise InputError(f"'{text}' is no number") from None


def _pair(text: str) -> tuple[str, float]:
    name, equals, amount = text.partition("=")
    return name, _number(amount) if equals else 1.0


def _amounts(named: Mapping[str, float]) -> tuple[float, ...]:
    found = dict.fromkeys(EMOTIONS, 0.0)
    for name, amount in named.items():
        known = _SYNONYMS.get(name.lower(), name.lower())
        if known not in found and known != NEUTRAL:
            raise InputError(f"there is no emotion '{name}'; there are {', '.join((NEUTRAL, *EMOTIONS))}")
        if not 0 <= amount <= 1:
            raise InputError(f"{name}={amount:g} is out of range; give an amount from 0 to 1")
        if known != NEUTRAL:
            found[known] = max(found[known], amount)
    return tuple(found.values())


def _text(row: tuple[float, ...]) -> str:
    shown = [f"{name}={amount:g}" for name, amount in zip(EMOTIONS, row, strict=True) if amount]
    return ",".join(shown) or NEUTRAL
