"""Which recordings are meant, and which files are made of each."""

import glob
import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from audio2blend.errors import InputError
from audio2blend.files import local, same_file, spare
from usd_export.registry import format_of

from ..marks import MARKS, filled


class _Spoken(NamedTuple):
    """A recording and who says it."""

    recording: Path
    character: str
    """A name that file systems take."""


def expand(patterns: Iterable[str]) -> list[Path]:
    """Return the recordings that are meant; wildcards are expanded for shells that leave them, such as Windows'.

    Raises InputError for the address of something elsewhere.
    """
    paths: dict[str, Path] = {}  # by absolute name: a file named twice is one recording
    for pattern in patterns:
        local(pattern)
        matches = [] if os.path.exists(pattern) else sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207
        for match in matches or [pattern]:
            paths.setdefault(os.path.abspath(match), Path(match))  # noqa: PTH100
    return list(paths.values())


def targets(
    spoken: Iterable[tuple[Path, str]],
    templates: Iterable[str],
    *,
    holds_several: Callable[[Path], bool] = lambda _output: False,
) -> list[tuple[Path, ...]]:
    """Return the files to make of every recording, a path for each template.

    `spoken` are recordings and what those who say them are called in files' names.
    In a template {stem} stands for the recording's name without its suffix, {parent} for the name of its folder and
    {character} for who says it. `holds_several` says whether a file can hold several recordings, by their names.
    Raises InputError for a suffix that nobody writes, for an address, for two recordings
    that would share a file, and for an output that would replace a recording.
    """
    wanted, templates = [_Spoken(*pair) for pair in spoken], list(dict.fromkeys(templates))
    for template in templates:
        local(template)
        format_of(template)
        if unknown := _unknown_mark(Path(template)):
            known = f"{', '.join(MARKS[:-1])} and {MARKS[-1]}"
            raise InputError(f"{template}: {unknown} is not a placeholder; there are {known}")
    found = [tuple(Path(filled(template, *who)) for template in templates) for who in wanted]
    owner: dict[str, _Spoken] = {}
    for who, outputs in zip(wanted, found, strict=True):
        for template, output in zip(templates, outputs, strict=True):
            other = owner.setdefault(same_file(output), who)
            if other != who and (other.recording.stem == who.recording.stem or not holds_several(output)):
                raise InputError(_clash(other, who, template, output))
    spare({who.recording for who in wanted}, (output for outputs in found for output in outputs))
    return found


def _clash(one: _Spoken, two: _Spoken, template: str, output: Path) -> str:
    """Return that two would be written to one file, with the cure."""
    if one.recording == two.recording:
        names = f"{one.recording} of {one.character} and of {two.character}"
        return f"{names} would both be written to {output}; put {{character}} into the output's name"
    cure = "rename one" if "{stem}" in template else "put {stem} into the output's name"
    return f"{one.recording} and {two.recording} would both be written to {output}; {cure}"


def _unknown_mark(template: Path) -> str | None:
    """Return what in a template looks like a mark and is neither one nor in the name of a folder that is there."""
    for path in (template, *template.parents):
        if os.path.isdir(path):
            return None
        if unknown := set(re.findall(r"\{\w+\}", path.name)) - {*MARKS}:
            return str(min(unknown))
    return None
