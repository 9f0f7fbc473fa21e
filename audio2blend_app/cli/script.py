"""The transcript of a recording: the words themselves, or a document that contains them."""

import os
from pathlib import Path
from typing import Final

from audio2blend.align.letters import spell
from audio2blend.errors import InputError
from audio2blend.text.readers import read
from audio2blend.wording import listed

_READ: Final = (".txt", ".docx", ".odt", ".srt", ".vtt", ".fountain")
_OTHERS: Final = (
    ".doc", ".rtf", ".pdf", ".pages", ".html", ".htm", ".md", ".ass", ".csv", ".tsv", ".json", ".xml",
    ".xlsx", ".xls", ".ods", ".pptx", ".fdx", ".tex", ".epub", ".textgrid", ".lab", ".wav", ".mp3",
)  # fmt: skip
"""Suffixes of other files; no spoken word ends so."""


def words(argument: str) -> str:
    """Return the words that an argument of a command is, or those of the document that it names.

    Raises InputError if it names a file that is not there or is no such document, or there are no words.
    """
    suffix = Path(argument).suffix.lower()
    text = argument
    if suffix in _READ:
        try:
            text = "\n".join(line.text for line in read(argument))
        except InputError as error:
            raise InputError(f"--text {error}") from None
    elif suffix and (os.path.isfile(argument) or (suffix in _OTHERS and not argument[: -len(suffix)].endswith(" "))):
        raise InputError(f"--text {argument}: no {suffix} file is read; save it as {listed(_READ)}")
    if not spell(text):
        raise InputError(f"--text {argument}: it contains no words; give those of the line")
    return text
