"""What runs the tasks of a job: an engine by entry point under `audio2blend.engines`."""

from typing import cast

from audio2blend import plugins

from .engine import Engine, Fate, Work

__all__ = ["Engine", "Fate", "Work", "load", "names"]


def load(name: str) -> Engine:
    """Return an engine. Raises InputError if none has that name, MissingDependencyError if a library is missing."""
    return cast(Engine, plugins.load("engines", name))


def names() -> tuple[str, ...]:
    """Return the names of the engines that are installed."""
    return plugins.names("engines")
