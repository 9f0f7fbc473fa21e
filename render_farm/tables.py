"""Tables of TOML into dataclasses: every wrong key or value is one sentence with its place and its cure."""

import difflib
import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from audio2blend.clip import parse_frame_rate
from audio2blend.errors import InputError

T = TypeVar("T")
_NAMES = {
    str: "a text", int: "a whole number", float: "a number", bool: "true or false", Fraction: "a frame rate",
    Path: "a path as text", datetime: "a date and time such as 2027-01-31T18:00:00Z",
}  # fmt: skip


def filled(kind: type[T], table: object, place: str, *, given: Mapping[str, Any] | None = None) -> T:
    """Return a dataclass with the values of a table.

    Args:
        kind: its fields are texts, numbers, booleans, paths, frame rates, dates, Literals, or tuples of those.
        table: what TOML holds at `place`.
        place: "job.toml: [look]", for messages.
        given: values that do not come from the table, and may not.

    Raises InputError for keys that are unknown or missing, and values of another type.
    """
    if not isinstance(table, Mapping):
        raise InputError(f"{place} is no table; write it as {place.rpartition(' ')[2]} and its keys below")
    given = given or {}
    known = {field.name: field for field in fields(kind) if field.name not in given}  # type: ignore[arg-type]
    hints = get_type_hints(kind)
    for key in table:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            cure = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise InputError(f"{place} has a key {key!r} that means nothing here; {cure}")
    for name, field in known.items():
        if name not in table and field.default is MISSING and field.default_factory is MISSING:
            raise InputError(f"{place} lacks {name}; add {name} = …")
    values = {name: value(hints[name], table[name], f"{place} {name}") for name in known if name in table}
    return kind(**values, **given)


def value(hint: Any, found: object, place: str) -> Any:
    """Return a value of TOML as the type that `hint` names. Raises InputError if it is none."""
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        (hint,) = [one for one in inner if one is not type(None)]  # None is for what is left out
        return value(hint, found, place)
    if origin is Literal:
        if found not in inner:
            raise InputError(f"{place} is {_shown(found)}; there are {', '.join(map(str, inner))}")
        return found
    if origin is tuple:
        if not isinstance(found, list):
            raise InputError(f"{place} is {_shown(found)}, and a list is wanted; write [{_shown(found)}]")
        return tuple(value(inner[0], one, f"{place}[{number}]") for number, one in enumerate(found))
    if hint is Fraction and isinstance(found, int | float | str) and not isinstance(found, bool):
        try:
            return parse_frame_rate(str(found))
        except InputError as error:
            raise InputError(f"{place}: {error}") from None
    if hint is Path and isinstance(found, str) and found and "\0" not in found:
        return Path(found)
    if hint is float and isinstance(found, int | float) and not isinstance(found, bool) and math.isfinite(found):
        return float(found)
    if hint in (str, int, bool, datetime) and type(found) is hint:
        return found
    raise InputError(f"{place} is {_shown(found)}, and {_NAMES[hint]} is wanted")


def _shown(found: object) -> str:
    text = repr(found)
    return text if len(text) <= 60 else f"{text[:57]}…"
