"""What formats written as JSON share: reading an object and its numbers, with a sentence for all that is wrong."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError


def read_object(path: Path, needs: str) -> dict[str, Any]:
    """Return the object that a file holds; raises InputError, naming the place, if it holds none.

    `needs` says what must be in it, such as "names, fps and frames".
    """
    content = parse(read_text(path, needs), path, needs)
    if not isinstance(content, dict):
        raise InputError(f"{path}: holds no JSON object; it needs {needs}")
    return content


def read_text(path: Path, needs: str) -> str:
    """Return the text of a file; raises InputError if it is none."""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: not a text file; give a {path.suffix} file that holds {needs}") from None


def parse(text: str, path: Path, needs: str) -> Any:
    """Return what a text holds; raises InputError, naming the place, if it is no JSON."""
    try:
        return json.loads(text)
    except RecursionError:
        raise InputError(f"{path}: nested too deeply to be a clip; it needs {needs}") from None
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InputError(f"{path}: {place}: not JSON ({error.msg}); the file is damaged, write it again") from None
    except ValueError:
        raise InputError(f"{path}: holds a number that is too long to be read; correct the file") from None


def names_in(content: dict[str, Any], key: str, path: Path) -> tuple[str, ...]:
    """Return a list of names; raises InputError if it is none."""
    names = content.get(key)
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise InputError(f"{path}: '{key}' must be a list of channel names, such as \"jawOpen\"")
    return tuple(names)


def frames_in(frames: object, key: str, count: int, path: Path) -> NDArray[np.float32]:
    """Return rows of numbers as an array of shape (n_frames, count); raises InputError if they are none."""
    if not isinstance(frames, list):
        raise InputError(f"{path}: '{key}' must be a list that holds a list of {count} numbers for each frame")
    for number, frame in enumerate(frames):
        if not isinstance(frame, list) or len(frame) != count:
            found = f"{len(frame)} values" if isinstance(frame, list) else "no list"
            raise InputError(f"{path}: frame {number} holds {found}, but there are {count} names; correct it")
        if not all(type(value) in (int, float) for value in frame):
            raise InputError(f"{path}: frame {number} holds something that is no number; correct it")
    try:
        with np.errstate(over="ignore"):  # what is too large becomes infinite
            values = np.array(frames, dtype=np.float32).reshape(len(frames), count)
    except OverflowError:
        raise InputError(f"{path}: holds a number that is too large; correct the file") from None
    if (endless := ~np.isfinite(values).all(axis=1)).any():
        raise InputError(f"{path}: frame {int(endless.argmax())} holds a NaN or an infinity; correct it")
    return values


def number_in(content: dict[str, Any], key: str, path: Path) -> float:
    """Return a finite number; raises InputError if it is none."""
    value = content.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) < 1e300:
        raise InputError(f"{path}: '{key}' must be a number, not {value!r}"[:300] + "; correct the file")
    return float(value)


def write_frames(path: Path, head: Mapping[str, Any], name: str, values: NDArray[np.float32]) -> None:
    """Write an object: `head`, a member a line, then values [frame, channel] under a name, a frame a line."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write("{" + ",\n ".join(f"{json.dumps(key)}: {json.dumps(value)}" for key, value in head.items()))
        file.write(f",\n {json.dumps(name)}: [")
        for number, frame in enumerate(values):
            file.write(("\n[" if number == 0 else ",\n[") + ", ".join(map(str, frame)) + "]")
        file.write("]}\n")
