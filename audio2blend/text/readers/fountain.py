"""Fountain, the plain text of screenplays: dialogue by character. All else is not said.

Source: the syntax at fountain.io, version 1.1.
"""

import re
from pathlib import Path
from typing import Final

from .decoding import decoded
from .line import Line

_HIDDEN: Final = re.compile(r"/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)|\[\[[^\[\]]*\]\]")
_SCENE: Final = re.compile(r"\.[^.]|(INT|EXT|EST|INT\.?/EXT|I/E)[. ]", re.IGNORECASE)
_EXTENSION: Final = re.compile(r"\s*\([^()]*\)")
_EMPHASIS: Final = re.compile(r"(?<!\\)[*_]")
_TITLE_PAGE: Final = re.compile(r"\s*[A-Za-z][A-Za-z ]*:.*?(\n\s*\n|\Z)", re.DOTALL)


def read(path: Path) -> list[Line]:
    """Return the dialogue of a screenplay; a parenthetical stands in it as a direction in brackets."""
    text = _HIDDEN.sub(lambda match: "\n" * match[0].count("\n"), decoded(path))
    if title := _TITLE_PAGE.match(text):
        text = "\n" * title[0].count("\n") + text[title.end() :]
    out: list[Line] = []
    lines = ["", *text.split("\n"), ""]
    number = 1
    while number < len(lines) - 1:
        speaker = _character(lines[number]) if not lines[number - 1].strip() and lines[number + 1].strip() else ""
        number += 1
        if not speaker:
            continue
        first, said = number, []
        while lines[number].strip() or lines[number] == "  ":  # two spaces keep a pause in the dialogue
            line = _EMPHASIS.sub("", lines[number].strip()).replace("\\", "")
            said.append(f"[{line[1:-1]}]" if line.startswith("(") and line.endswith(")") else line.removeprefix("~"))
            number += 1
        out.append(Line(text="\n".join(said), place=f"line {first}", speaker=speaker))
    return out


def _character(line: str) -> str:
    """Return the name of the character that a line announces; "" if it does not."""
    line = line.strip()
    if line.startswith("@"):
        return _EXTENSION.sub("", line[1:]).rstrip(" ^")
    name = _EXTENSION.sub("", line).rstrip(" ^")
    shouted = name == name.upper() and any(letter.isalpha() for letter in name)
    if not shouted or _SCENE.match(line) or line.startswith(("!", ">", "~", "#", "=")) or name.endswith(("TO:", ".")):
        return ""
    return name
