"""The files beside a glTF file that it names: buffers and images."""

import filecmp
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from audio2blend.errors import InputError
from audio2blend.files import beside, same_file
from rigs.readers.gltf_file import Json

from .container import opened


def names_of(content: Json) -> Iterator[tuple[str, str]]:
    """Yield what each file beside it is ("buffer" or "image") and its path, which is relative."""
    for group in ("buffers", "images"):
        for about in content.get(group, ()):
            uri = str(about.get("uri", "data:"))
            if not uri.startswith("data:") and "://" not in uri:
                yield group[:-1], unquote(uri)


def neighbours(path: Path) -> list[Path]:
    """Return the files beside a glTF file that it names, whether they are there or not; none if it is damaged."""
    return [path.parent / name for name in sorted(_known(path))]


def bring(content: Json, source: Path, target: Path, place: Path) -> None:
    """Copy what a file names to where it will be looked for, unless it lies there already.

    Raises InputError for what is missing, lies outside the file's folder, or would replace somebody else's file.
    """
    if same_file(source.parent) == same_file(place.parent):
        return
    for kind, name in dict.fromkeys(names_of(content)):
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise InputError(f"{source}: its {kind} '{name}' does not lie beside it; write to the folder it is in")
        if not (source.parent / name).is_file():
            raise InputError(f"{source}: its {kind} '{name}' is missing; put it there, or write to the folder it is in")
        add(source.parent / name, name, target, place)


def add(file: Path, name: str, target: Path, place: Path) -> None:
    """Copy a file to `name` beside a draft's target.

    Raises InputError if what lies there is another one, of which the file that is replaced knows nothing.
    """
    refuse_other(file, name, place)
    copy = beside(target) / name
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, copy)


def refuse_other(file: Path, name: str, place: Path) -> None:
    """Raise InputError if `file` would replace one that is neither like it nor named by what lies at `place`."""
    there = place.parent / name
    if there.is_file() and not filecmp.cmp(file, there, shallow=False) and name not in _known(place):
        raise InputError(f"{there} already exists with other content; write to a folder of its own")


def _known(place: Path) -> set[str]:
    """Return what the file at a place names beside it; nothing if there is none, or it is damaged."""
    try:
        return {name for _, name in names_of(json.loads(opened(place).text))}
    except (OSError, ValueError, AttributeError, TypeError, StopIteration):
        return set()
