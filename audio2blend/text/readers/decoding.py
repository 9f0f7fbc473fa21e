"""Text of a file in whatever encoding it is."""

from pathlib import Path
from typing import Final

from ...errors import InputError

MOST_BYTES: Final = 50_000_000
_MARKS: Final = {
    b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe\x00\x00": "utf-32", b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16",
}  # fmt: skip


def content(path: Path) -> bytes:
    """Return the bytes of a file. Raises InputError if it cannot be read or is too large."""
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise InputError(f"{path}: this has {size / 1e6:.0f} MB; a text may have {MOST_BYTES / 1e6:.0f}: split it")
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}; name a file that can be read") from None
    except ValueError as error:  # a name with a zero
        raise InputError(f"{str(path)!r}: {error}") from None


def decoded(path: Path) -> str:
    """Return the text of a file in UTF-8, or in UTF-16 or UTF-32 with a byte order mark.

    Raises InputError, naming the line, if it is in another encoding.
    """
    data = content(path)
    encoding = next((name for mark, name in _MARKS.items() if data.startswith(mark)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(f"{path}, line {line}: this is not {encoding.upper()}; save the file as UTF-8") from None
    if "\0" in text:
        raise InputError(f"{path}: this is no text; save it as UTF-8")
    return text.replace("\r\n", "\n").replace("\r", "\n")
