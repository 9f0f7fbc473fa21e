"""Edits of curves by hand, kept apart from the curves: a plain file that survives making the animation again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .channels import ARKIT
from .clip import Clip
from .errors import InputError
from .files import draft
from .intervals import runs

Way = Literal["add", "set"]
Face = Literal["arkit", "character"]
WAYS: Final[tuple[Way, ...]] = get_args(Way)
FACES: Final[tuple[Face, ...]] = get_args(Face)
_KIND: Final = "audio2blend edits"
_VERSION: Final = 1
_SLIGHT: Final = 1e-4
"""Values that differ by less were not edited; keys that a straight line meets so nearly are left out."""
_LONGEST_S: Final = 1e6
_WEIGHTS: Final = frozenset(ARKIT)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Edit:
    """What was done to one channel, from its first key to its last; before and after, the curve is as it was made."""

    channel: str
    way: Way
    """"add" puts the values on top of the curve, "set" puts them in its place."""
    times_s: NDArray[np.float64]
    """Shape (n_keys,), ascending."""
    values: NDArray[np.float64]
    """Shape (n_keys,), with straight lines between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edits:
    """A layer of edits, in the order in which they are applied.

    >>> from fractions import Fraction
    >>> made = Clip(values=[[0.1], [0.1], [0.1], [0.1]], channels=("jawOpen",), frame_rate=Fraction(10))
    >>> edited = Clip(values=[[0.1], [0.3], [0.1], [0.1]], channels=("jawOpen",), frame_rate=Fraction(10))
    >>> edits = Edits.between(made, edited)
    >>> [round(float(value), 3) for value in edits.applied(made)["jawOpen"]]
    [0.1, 0.3, 0.1, 0.1]
    """

    edits: tuple[Edit, ...]
    of: Face = "arkit"
    """Whose channels they name: ARKit's, or those of the character."""

    def applied(self, clip: Clip) -> Clip:
        """Return a clip with the edits on top; frames that none reaches are the same to the last bit.

        ARKit's weights stay in [0, 1]. Raises InputError for a channel that the clip has not.
        """
        curves: dict[str, NDArray[np.floating[Any]]] = {}
        for edit in self.edits:
            if edit.channel not in clip.channels:
                raise InputError(
                    f"an edit is of the channel '{edit.channel}', which the face has not; correct its name, or leave "
                    "the edit out"
                )
            curve = curves.get(edit.channel, clip[edit.channel])
            reached = (clip.times_s >= edit.times_s[0]) & (clip.times_s <= edit.times_s[-1])
            values = np.interp(clip.times_s, edit.times_s, edit.values)
            changed = values + curve if edit.way == "add" else values
            if edit.channel in _WEIGHTS:
                changed = np.clip(changed, 0, 1)
            curves[edit.channel] = np.where(reached, changed, curve).astype(np.float32)
        return clip.with_channels(curves) if curves else clip

    @classmethod
    def between(cls, made: Clip, edited: Clip, *, of: Face = "arkit") -> "Edits":
        """Return the edits that turn `made` into `edited`, of any frame rate and some of the channels.

        They are differences, so that an edit keeps its meaning where the curve beneath is made anew. Each falls to 0
        a frame before and after what differs. Raises InputError for channels that were not made.
        """
        if unknown := [name for name in edited.channels if name not in made.channels]:
            raise InputError(f"the edited curves have the channel '{unknown[0]}', and the curves before them have not")
        found = []
        for name in edited.channels:
            more = edited[name] - np.interp(edited.times_s, made.times_s, made[name])
            near = np.convolve(np.abs(more) > _SLIGHT, np.ones(3), mode="same") > 0 if len(more) else more > 0
            for start, end in runs(near):
                kept = start + _corners(more[start:end])
                found.append(Edit(channel=name, way="add", times_s=edited.times_s[kept], values=more[kept]))
        return cls(edits=tuple(found), of=of)

    def write(self, path: Path) -> None:
        """Keep them in a file, an edit a line. Raises InputError if it cannot be written."""
        lines = ",\n".join(f"    {json.dumps(_plain(edit), ensure_ascii=False)}" for edit in self.edits)
        head = f'  "format": "{_KIND}",\n  "version": {_VERSION},\n  "of": "{self.of}"'
        with draft(path) as target:
            target.write_text(f'{{\n{head},\n  "edits": [\n{lines}\n  ]\n}}\n', encoding="utf-8", newline="\n")

    @classmethod
    def read(cls, path: Path) -> "Edits":
        """Return what a file holds. Raises InputError if it is missing or something else, with the place."""
        try:
            data = json.loads(path.read_text("utf-8-sig"))
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: it cannot be read ({getattr(error, 'strerror', None) or error})") from None
        except (ValueError, RecursionError) as error:
            raise InputError(f"{path}: no JSON ({error}); correct it there") from None
        if not isinstance(data, Mapping) or data.get("format") != _KIND:
            raise InputError(f'{path}: no file of edits: its "format" is not "{_KIND}"')
        if data.get("version") != _VERSION:
            raise InputError(f"{path}: of version {data.get('version')}, and this program reads {_VERSION}; update it")
        of, edits = data.get("of", "arkit"), data.get("edits")
        if of not in FACES or not isinstance(edits, Sequence) or isinstance(edits, str):
            raise InputError(f'{path}: "of" has to be one of {", ".join(FACES)}, and "edits" a list')
        return cls(edits=tuple(_edit(path, number, entry) for number, entry in enumerate(edits, 1)), of=of)


def _corners(values: NDArray[np.floating[Any]]) -> NDArray[np.int64]:
    """Return which values are needed so that straight lines meet all others."""

    def between(first: int, last: int) -> Iterator[int]:
        pending = [(first, last)]
        while pending:
            first, last = pending.pop()
            line = np.interp(np.arange(first, last + 1), [first, last], values[[first, last]])
            away = np.abs(line - values[first : last + 1])
            worst = first + int(away.argmax())
            if away.max() > _SLIGHT / 2:
                yield worst
                pending += [(first, worst), (worst, last)]

    last = len(values) - 1
    return np.array(sorted({0, last, *between(0, last)}), np.int64)


def _plain(edit: Edit) -> dict[str, Any]:
    keys = np.round(np.stack([edit.times_s, edit.values], axis=1), 5)
    return {"channel": edit.channel, "way": edit.way, "keys": keys.tolist()}


def _edit(path: Path, number: int, entry: Any) -> Edit:
    """Return an edit of a file. Raises InputError, with its place, for what is none."""
    place = f"{path}, edit {number}"
    try:
        channel, way = str(entry["channel"]), entry["way"]
        keys = np.array(entry["keys"], float)
    except (KeyError, TypeError, ValueError):
        raise InputError(f'{place}: it needs a "channel", a "way" and "keys", a list of [seconds, value]') from None
    if way not in WAYS:
        raise InputError(f"{place}: there is no way {way!r} of editing; there are {', '.join(WAYS)}")
    if keys.ndim != 2 or keys.shape[1] != 2 or not np.isfinite(keys).all() or np.abs(keys).max() > _LONGEST_S:
        raise InputError(f"{place}: each key has to be a time in seconds and a value")
    if (np.diff(keys[:, 0]) <= 0).any():
        raise InputError(f"{place}: the times of its keys have to ascend")
    return Edit(channel=channel, way=way, times_s=keys[:, 0], values=keys[:, 1])
