"""The transcript of a recording: the words themselves, or a document that contains them."""

import os
import re
import zipfile
from pathlib import Path
from typing import Final
from xml.etree import ElementTree

from audio2blend.align.letters import spell
from audio2blend.errors import InputError
from audio2blend.files import local

_BODY: Final = {".docx": "word/document.xml", ".odt": "content.xml"}
"""The part of a zipped document that holds its text."""
_ENDS: Final = {"p", "h", "br", "line-break", "tab", "tc", "table-cell"}
"""Elements of either format at which a word ends."""
_OTHERS: Final = (
    ".doc", ".rtf", ".pdf", ".pages", ".html", ".htm", ".md", ".srt", ".vtt", ".ass", ".csv", ".tsv", ".json", ".xml",
    ".xlsx", ".xls", ".ods", ".pptx", ".fountain", ".fdx", ".tex", ".epub", ".textgrid", ".lab", ".wav", ".mp3",
)  # fmt: skip
"""Suffixes of other files; no spoken word ends so."""
_LARGEST: Final = 100_000_000
"""Bytes of text that a document may hold."""


def words(argument: str) -> str:
    """Return the words that an argument of a command is, or those of the document that it names.

    Raises InputError if it names a file that is not there or is no such document, or there are no words.
    """
    suffix = Path(argument).suffix.lower()
    text = argument
    if suffix == ".txt":
        text = _plain(argument)
    elif suffix in _BODY:
        text = _zipped(argument, _BODY[suffix])
    elif suffix and (os.path.isfile(argument) or (suffix in _OTHERS and not argument[: -len(suffix)].endswith(" "))):
        raise InputError(f"--text {argument}: no {suffix} file is read; save it as .txt, .docx or .odt")
    if not spell(text):
        raise InputError(f"--text {argument}: it contains no words; give those of the line")
    return text


def _plain(name: str) -> str:
    try:
        return local(name).read_text("utf-8-sig")
    except OSError as error:
        raise _missing(name, error) from None
    except UnicodeDecodeError as error:
        raise InputError(f"--text {name}: byte {error.start} is not UTF-8; save the file as UTF-8") from None


def _zipped(name: str, part: str) -> str:
    try:
        with zipfile.ZipFile(local(name)) as archive:
            if archive.getinfo(part).file_size > _LARGEST:
                raise InputError(f"--text {name}: the document is too large; give the words of the line alone")
            root = ElementTree.fromstring(archive.read(part))
    except OSError as error:
        raise _missing(name, error) from None
    except (zipfile.BadZipFile, KeyError, RuntimeError, ElementTree.ParseError, NotImplementedError):
        kind = Path(name).suffix.lower()
        raise InputError(f"--text {name}: this is no {kind} document, or a locked one; save its text as .txt") from None
    return re.sub(r"[ \t]*\n\s*", "\n", "".join(_texts(root, inside=part == "word/document.xml"))).strip()


def _texts(element: ElementTree.Element, *, inside: bool) -> list[str]:
    """Return the text of an element and those within it, words apart.

    `inside` is whether text lies in elements of its own, as in .docx, where deleted text has others.
    """
    name = element.tag.rpartition("}")[2]
    if name in ("tracked-changes", "annotation"):  # what was deleted or remarked
        return []
    texts = [element.text or ""] if not inside or name == "t" else []
    for child in element:
        texts += _texts(child, inside=inside)
        texts += [] if inside else [child.tail or ""]
    if name in _ENDS or name == "s":
        texts.append(" " if name == "s" else "\n")
    return texts


def _missing(name: str, error: OSError) -> InputError:
    return InputError(f"--text {name}: {error.strerror}; name a file, or give the words in quotes")
