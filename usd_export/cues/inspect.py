"""What a file of mouth cues holds: events, of which the last need not be where the sound ends."""

from dataclasses import replace
from pathlib import Path

from ..contents import Contents
from .read import read


def inspect(path: Path) -> Contents:
    """Return the curves that the cues make. Raises InputError if the file is damaged."""
    return replace(Contents.of(read(path)), events=True)
