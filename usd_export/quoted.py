"""Texts in files that quote as JSON does: YAML, Godot's resources, Unity's assets."""

import json
import re
from typing import Final

_PLAIN: Final = re.compile(r"[A-Za-z_][\w.]*(?:[ /\-][\w.]+)*")
_WORDS: Final = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
"""What YAML takes for something else than a text."""


def quoted(text: str) -> str:
    """Return a text as YAML has it: as it is where that is safe, else in double quotes.

    >>> quoted("blendShape.jawOpen"), quoted("口: 1"), quoted("")
    ('blendShape.jawOpen', '"口: 1"', '')
    """
    if not text or (text.isascii() and _PLAIN.fullmatch(text) and text.lower() not in _WORDS):
        return text
    return json.dumps(text, ensure_ascii=False)


def unquoted(text: str) -> str:
    """Return the text that YAML has on one line: plain, or in quotes of either kind."""
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        return str(json.loads(re.sub(r"\\x([0-9A-Fa-f]{2})", r"\\u00\1", text)))
    if len(text) > 1 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text
