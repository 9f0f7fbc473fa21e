"""`Rules`: what captions have to keep to, as data."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any, Final

from ..errors import InputError
from ..files import local

PRESETS: Final = Path(__file__).with_name("rules.toml")
_KINDS: Final[Mapping[Any, str]] = {str: "text", int: "whole number", float: "number"}
_WORDS: Final = Path(__file__).with_name("words.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What a house asks of captions. A column is the width of a Latin letter."""

    title: str
    line_columns: int
    """Columns of a line at most; a single word that is wider stands alone."""
    lines: int
    """Lines of a caption at most."""
    columns_per_second: float
    """How fast people are asked to read."""
    min_s: float
    max_s: float
    """How long a caption stays, in seconds."""
    gap_frames: int
    """Frames between two captions at least."""
    chain_s: float
    """A shorter gap is closed to `gap_frames`."""
    shot_s: float
    """An end or a start so near a change of shot moves onto it."""
    tail_s: float
    """How long a caption may stay after what it says, so that it can be read."""
    language: str = ""
    """That of the text, where nothing else says it."""


def names() -> tuple[str, ...]:
    """Return the names of the presets."""
    return tuple(_presets())


def rules(name: str) -> Rules:
    """Return a preset, or the rules of a .toml file with the same keys; raises InputError if there are none such."""
    if name in _presets():
        return _presets()[name]
    if not name.lower().endswith(".toml"):
        raise InputError(f"there are no rules '{name}'; name {', '.join(names())}, or a .toml file")
    try:
        return _checked(tomllib.loads(local(name).read_text("utf-8")), name)
    except OSError as error:
        raise InputError(f"{name}: {error.strerror}; check the name") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{name}: no TOML ({error}); see docs/captions.md") from None


@cache
def _presets() -> Mapping[str, Rules]:
    return {name: _checked(values, name) for name, values in tomllib.loads(PRESETS.read_text("utf-8")).items()}


def _checked(values: Mapping[str, Any], place: str) -> Rules:
    wanted = {field.name: field.type for field in fields(Rules)}
    values = {"language": "", **values}
    if wrong := values.keys() ^ wanted.keys():
        name = sorted(wrong)[0]
        what = "is missing" if name in wanted else f"is not known; there are {', '.join(wanted)}"
        raise InputError(f"{place}: '{name}' {what}")
    for name, kind in wanted.items():
        value: Any = values[name]
        allowed = (int, float) if kind is float else (kind,)
        if isinstance(value, bool) or type(value) not in allowed:
            raise InputError(f"{place}: {name} = {value!r} is no {_KINDS[kind]}")
        if kind is not str and not (isfinite(value) and 0 <= value < 1e4):
            raise InputError(f"{place}: {name} = {value} is out of range; give a number from 0 to 10000")
    for name in ("line_columns", "lines", "columns_per_second", "max_s"):
        if not values[name] > 0:
            raise InputError(f"{place}: {name} = {values[name]} must be above 0")
    if values["min_s"] > values["max_s"]:
        raise InputError(f"{place}: min_s = {values['min_s']} is above max_s = {values['max_s']}")
    return Rules(**values)


@cache
def leading(language: str) -> frozenset[str]:
    """Return the words of a language that belong to the one after them; none where nobody wrote them down.

    >>> "the" in leading("en-GB"), leading("xx")
    (True, frozenset())
    """
    lists: dict[str, str] = tomllib.loads(_WORDS.read_text("utf-8"))
    return frozenset(lists.get(language.lower().replace("_", "-").split("-")[0], "").split())
