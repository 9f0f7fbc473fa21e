"""A file and those who know its format."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from audio2blend.errors import Audio2BlendError, InputError
from audio2blend.files import local

from ..contents import Contents
from ..format import Format
from ..outcome import Outcome
from ..registry import format_of, formats

_Found = TypeVar("_Found")


def validated(path: str | Path) -> list[Outcome]:
    """Return what the validators of a file's format find. Raises InputError if it cannot be read at all."""
    return _guarded(path, lambda form, file: form.validate(file))


def inspected(path: str | Path) -> Contents | None:
    """Return what a file holds; None where nobody can look into such files. Raises InputError if it is damaged."""
    return _guarded(path, lambda form, file: form.inspect(file))


def suffix_of(path: str | Path) -> str:
    """Return the suffix of a file's format, of one part or two; the name's own where only its family has a format."""
    try:
        return format_of(path).suffix
    except InputError:
        return Path(path).suffix.lower()


def _guarded(path: str | Path, look: Callable[[Format, Path], _Found]) -> _Found:
    """Return what a format makes of a file; whichever way a file contradicts itself, it becomes one sentence."""
    path = local(path)
    if os.path.isdir(path):
        raise InputError(f"{path} is a folder; name a file in it")
    if not os.path.isfile(path):
        raise InputError(f"{path}: no such file; check the name")
    if not path.stat().st_size:
        raise InputError(f"{path}: the file is empty; write it again")
    form = _format(path)
    try:
        return look(form, path)
    except InputError as error:
        raise error if str(path) in str(error) else InputError(f"{path}: {error}") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}; check the file and its permissions") from None
    except Audio2BlendError:
        raise
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RuntimeError) as error:
        words = f"{type(error).__name__}: {error}".splitlines()[0][:120]
        raise InputError(f"{path}: the file contradicts itself ({words}); export it again") from None
    except MemoryError:
        raise InputError(f"{path}: it says that it is larger than the memory; export it again") from None


def _format(path: Path) -> Format:
    """Return the format of a file, by its suffix, or by its family's where only others are written, such as .usd."""
    try:
        return format_of(path)
    except InputError:
        suffix = path.suffix.lower()
        if (form := next((form for form in formats() if suffix in form.sources), None)) is None:
            raise
        return form
