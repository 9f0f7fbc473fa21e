"""The files of a panel: the key, which stays with its maker, and what raters send back."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

from ..errors import InputError
from ..files import local
from .plan import Plan

KEY: Final = "audio2blend panel key 1"
RATINGS: Final = "audio2blend panel ratings 1"
SCALES: Final = ("naturalness", "lip_sync")
CHOICES: Final = ("left", "right", "same")
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """Which anonymous name is which video."""

    panel: str
    folders: tuple[str, ...]
    clips: dict[str, tuple[int, str]]
    """The folder's number and the stem of each video, by its anonymous name."""
    n_raters: int
    n_pairs: int
    """How many each rater sees, checks among them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What one rater answered to one pair; of a refused or unfinished one, nothing."""

    left: str
    right: str
    refused: bool = False
    preference: str | None = None
    """"left", "right" or "same"."""
    scores: dict[str, tuple[int, int]] | None = None
    """From 1 to 5, left and right, by scale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """What one rater sent back."""

    rater: int
    ratings: tuple[Rating, ...]


def key_text(plan: Plan, folders: tuple[str, ...]) -> str:
    """Return the key of a plan as JSON."""
    key = {
        "format": KEY,
        "panel": plan.panel,
        "folders": folders,
        "raters": len(plan.trials),
        "pairs": len(plan.trials[0]),
        "clips": {name: {"folder": folder, "stem": stem} for name, (folder, stem) in plan.clips.items()},
    }
    return json.dumps(key, indent=1)


def read_key(path: Path) -> Key:
    """Return the key of a panel. Raises InputError for a file that is none."""

    def parse(data: Any) -> Key:
        folders = tuple(str(one) for one in data["folders"])
        clips = {str(name): (int(one["folder"]), str(one["stem"])) for name, one in data["clips"].items()}
        if not all(0 <= folder < len(folders) for folder, _ in clips.values()):
            raise ValueError
        return Key(
            panel=str(data["panel"]),
            folders=folders,
            clips=clips,
            n_raters=int(data["raters"]),
            n_pairs=int(data["pairs"]),
        )

    return _read(path, KEY, "the key of a panel; name the .json file that was written beside it", parse)


def read_ratings(path: Path, key: Key) -> Ratings:
    """Return what a rater sent back. Raises InputError if the file is damaged or of another panel."""

    def parse(data: Any) -> Ratings:
        if data["panel"] != key.panel:
            raise InputError(f"{path}: these are ratings of another panel; name the key of that one, or leave them out")
        found = Ratings(rater=_within(data["rater"], 1, key.n_raters), ratings=tuple(map(_rating, data["ratings"])))
        seen = [frozenset((one.left, one.right)) for one in found.ratings]
        known = all(name in key.clips for pair in seen for name in pair)
        alike = all(key.clips[one.left][1] == key.clips[one.right][1] for one in found.ratings) if known else False
        if not alike or len(set(seen)) < len(seen) or any(len(pair) < 2 for pair in seen):
            raise ValueError
        return found

    return _read(path, RATINGS, "a whole file of ratings; ask the rater to save and send it again", parse)


def _rating(data: Any) -> Rating:
    """Return one rating; raises what a wrong one brings about."""
    left, right = str(data["left"]), str(data["right"])
    if data.get("refused") is True:
        return Rating(left=left, right=right, refused=True)
    if data.get("preference") is None:
        return Rating(left=left, right=right)
    scores = {scale: (_within(data[scale][0], 1, 5), _within(data[scale][1], 1, 5)) for scale in SCALES}
    return Rating(left=left, right=right, preference=CHOICES[CHOICES.index(data["preference"])], scores=scores)


def _within(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise ValueError
    return value


def _read(path: Path, form: str, what: str, parse: Callable[[Any], _T]) -> _T:
    try:
        data = json.loads(local(path).read_bytes())
        if data["format"] != form:
            raise ValueError
        return parse(data)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}; check the name") from None
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        raise InputError(f"{path} is not {what}") from None
