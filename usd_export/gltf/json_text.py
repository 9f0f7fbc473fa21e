"""Editing a JSON text in place: what is not touched keeps its bytes, numbers and order, whoever wrote it."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

Span = tuple[int, int]
Path = tuple[str | int, ...]

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_DECODER: Final = json.JSONDecoder()


class JsonText:
    """A JSON object as text, and the edits that are to be made in it.

    Places are paths of keys and indices. Edits must not overlap.

    >>> text = JsonText('{ "asset": {"version": "2.0"}, "nodes": [ {"mesh": 0} ] }')
    >>> text.append(("nodes",), [{"name": "head"}])
    >>> text.put(("scene",), 0)
    >>> str(text)
    '{ "asset": {"version": "2.0"}, "nodes": [ {"mesh": 0},{"name":"head"} ],"scene":0 }'
    """

    def __init__(self, text: str) -> None:
        """Take a text that is known to hold an object."""
        self._text = text
        self._edits: list[tuple[int, int, str]] = []
        self._known: dict[Path, dict[str | int, Span]] = {}
        self._grown: set[Path] = set()

    def append(self, path: Path, items: Iterable[Any], *, keep: int | None = None) -> None:
        """Add items to the end of an array, or behind the first `keep` of it in place of the others.

        A member of an object that is absent is made.
        """
        *above, key = path
        if key not in self._parts(tuple(above)):
            self.put(path, list(items))
            return
        if self._text[self._span(path)[0]] != "[":
            raise ValueError(f"{key} is no array")
        spans = list(self._parts(path).values())
        first = self._span(path)[0] + 1
        n_kept = len(spans) if keep is None else keep
        start = spans[n_kept - 1][1] if n_kept else first
        new = ",".join(map(dump, items))
        self._edits.append((start, spans[-1][1] if spans else first, ("," if n_kept and new else "") + new))

    def put(self, path: Path, value: Any) -> None:
        """Set a member of an object, or an item of an array that is there."""
        *above, key = path
        span = self._parts(tuple(above)).get(key)
        if span is not None:
            self._edits.append((*span, dump(value)))
        else:
            self._add(tuple(above), f"{dump(key)}:{dump(value)}")

    def __str__(self) -> str:
        """Return the text with all edits made."""
        out, at = [], 0
        for start, end, new in sorted(self._edits, key=lambda edit: edit[:2]):  # stable: as they were asked for
            out += [self._text[at:start], new]
            at = end
        return "".join([*out, self._text[at:]])

    def _add(self, path: Path, member: str) -> None:
        """Add a member to the end of an object."""
        spans = self._parts(path).values()
        end = max(end for _, end in spans) if spans else self._span(path)[0] + 1
        comma = "," if spans or path in self._grown else ""
        self._grown.add(path)
        self._edits.append((end, end, comma + member))

    def _span(self, path: Path) -> Span:
        if not path:
            start = _after_space(self._text, 0)
            return start, len(self._text)
        return self._parts(path[:-1])[path[-1]]

    def _parts(self, path: Path) -> dict[str | int, Span]:
        """Return where the values of an object or the items of an array lie, by key or index."""
        if path not in self._known:
            self._known[path] = dict(_parts(self._text, self._span(path)[0]))
        return self._known[path]


def dump(value: Any) -> str:
    """Return a value as the shortest JSON."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


def _parts(text: str, at: int) -> Iterator[tuple[str | int, Span]]:
    """Yield key or index and place of what an object or array that starts at `at` holds."""
    keyed = text[at] == "{"
    at, index = _after_space(text, at + 1), 0
    while text[at] not in "]}":
        key: str | int = index
        if keyed:
            key, at = _DECODER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)
        _, end = _DECODER.raw_decode(text, at)
        yield key, (at, end)
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)
        index += 1


def _after_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    assert found is not None
    return found.end()
