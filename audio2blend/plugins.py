"""Finding commands, formats and rig readers by entry point, so that a studio can add its own from outside."""

import sys
from functools import cache
from importlib.metadata import EntryPoints, entry_points
from typing import Any

from .errors import InputError, MissingDependencyError


def _points(group: str) -> EntryPoints:
    """Return what is registered under `audio2blend.<group>`."""
    return _installed(group, tuple(sys.path))


@cache
def _installed(group: str, _path: tuple[str, ...]) -> EntryPoints:
    """Return the same for one path; listing takes milliseconds, and a command asks some twenty times."""
    return entry_points(group=f"audio2blend.{group}")


def names(group: str) -> tuple[str, ...]:
    """Return the sorted names that are registered under `audio2blend.<group>`."""
    return tuple(sorted({point.name for point in _points(group)}))


def load(group: str, name: str) -> Any:
    """Return what is registered as `name` under `audio2blend.<group>`, imported now.

    Raises InputError if nothing has that name, MissingDependencyError if it cannot be imported.
    """
    for point in _points(group).select(name=name):
        try:
            return point.load()
        except Exception as error:  # what somebody else wrote may fail in any way
            raise MissingDependencyError(
                f"the {group[:-1]} {name!r} cannot be loaded ({type(error).__name__}: {error}); reinstall it"
            ) from error
    raise InputError(f"there is no {name!r} among the {group}; there are {', '.join(names(group)) or 'none'}")


def load_all(group: str) -> dict[str, Any]:
    """Return everything that is registered under `audio2blend.<group>`, by sorted name; what fails is left out."""
    out = {}
    for point in sorted(_points(group), key=lambda point: point.name):
        try:
            out[point.name] = point.load()
        except Exception:  # what somebody else wrote may fail in any way, and must not take the rest away
            continue
    return out
