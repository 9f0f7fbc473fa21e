"""Plain text: its paragraphs, which empty lines part. SSML is one piece."""

import re
from pathlib import Path
from typing import Final

from ..ssml import is_ssml
from .decoding import decoded
from .line import Line

_PARAGRAPH: Final = re.compile(r"\S(?:(?!\n[^\S\n]*\n).)*", re.DOTALL)


def read(path: Path) -> list[Line]:
    """Return the paragraphs of a text."""
    text = decoded(path)
    if is_ssml(text):
        return [Line(text=text, place="line 1")]
    out: list[Line] = []
    number, at = 1, 0
    for match in _PARAGRAPH.finditer(text):
        number, at = number + text.count("\n", at, match.start()), match.start()
        out.append(Line(text=match[0].rstrip(), place=f"line {number}"))
    return out
