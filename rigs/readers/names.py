"""Plain lists of names: a rig without a mesh, for names alone.

.txt holds one name a line; empty lines and lines that begin with "#" do not count. .json holds a list of names, or
an object with such a list under one of `KEYS`, or one whose keys are the names and whose values are numbers.
"""

import json
from pathlib import Path
from typing import Any, Final

from audio2blend.errors import InputError

from ..rig import Rig

KEYS: Final = ("shapes", "names", "blendshapes", "blendShapes", "expressions", "morphs", "targetNames", "curves")
MOST: Final = 100_000
_LONGEST: Final = 1000


def read(path: Path) -> Rig:
    """Return a rig of these names without a mesh; raises InputError if the file holds no names."""
    text, notes = _text(path)
    names = _json_names(path, text) if path.suffix.lower() == ".json" else _lines(text)
    if not names:
        raise InputError(f"{path}: no names in it; write the name of one shape a line")
    if len(names) > MOST or max(map(len, names)) > _LONGEST:
        raise InputError(f"{path}: this is no list of shape names; write the name of one shape a line")
    unique = tuple(dict.fromkeys(names))
    if len(unique) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1}) if len(names) < 1000 else ["some"]
        notes.append(f"named more than once, counted once: {', '.join(twice[:8])}")
    return Rig(name=path.stem, shapes=unique, notes=tuple(notes))


def _text(path: Path) -> tuple[str, list[str]]:
    """Return the text of a file: UTF-8, UTF-16 with its mark, or Japanese Windows'."""
    content = path.read_bytes()
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if not marked and b"\0" in content:
        raise InputError(f"{path}: this is no text; write the name of one shape a line")
    try:
        return content.decode("utf-16" if marked else "utf-8-sig"), []
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp932"), ["the file is not UTF-8; it was read as Shift JIS"]
    except UnicodeDecodeError:
        raise InputError(f"{path}: the text is neither UTF-8 nor Shift JIS; save it as UTF-8") from None


def _lines(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _json_names(path: Path, text: str) -> list[str]:
    try:
        content: Any = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path}: damaged JSON ({error}); write a list of names") from None
    if isinstance(content, dict):
        lists = [content[key] for key in KEYS if isinstance(content.get(key), list | dict)]
        numbers = all(isinstance(value, int | float) for value in content.values())
        content = lists[0] if lists else list(content) if numbers else None
        content = list(content) if isinstance(content, dict) else content
    if not isinstance(content, list) or not all(isinstance(name, str) for name in content):
        raise InputError(f'{path}: holds no list of names; write ["jawOpen", …] or {{"shapes": ["jawOpen", …]}}')
    return [name.strip() for name in content if name.strip()]
