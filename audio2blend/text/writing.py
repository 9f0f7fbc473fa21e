"""Scripts, and who reads them."""

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path


@cache
def script(letter: str) -> str:
    """Return the script of a letter, such as "LATIN"; "" of a mark that belongs to several.

    >>> script("ß"), script("你"), script("Ｂ"), script("\u0301")
    ('LATIN', 'CJK', 'LATIN', '')
    """
    if unicodedata.category(letter)[0] == "M":
        letter = unicodedata.normalize("NFD", letter)[0]
        name = unicodedata.name(letter, "").split(" ")[0]
        return name if name in _languages() else ""
    name = unicodedata.name(unicodedata.normalize("NFKC", letter)[0], "?").split(" ")[0].split("-")[0]
    return {"HIRAGANA": "KANA", "KATAKANA": "KANA", "MODIFIER": "", "IDEOGRAPHIC": "CJK"}.get(name, name)


def reader(written: str, language: str) -> str | None:
    """Return the language that a script is read in, in a text of a language: that one, if it is written so.

    None if nobody reads the script.

    >>> reader("CYRILLIC", "uk"), reader("CYRILLIC", "de"), reader("LATIN", "ru"), reader("RUNIC", "de")
    ('uk', 'ru', 'ru', None)
    """
    if written in ("LATIN", ""):
        return language
    languages = _languages().get(written)
    if not languages:
        return None
    return language if language in languages else languages[0]


@cache
def _languages() -> Mapping[str, list[str]]:
    table: dict[str, list[str]] = tomllib.loads(
        (Path(__file__).parent / "languages" / "scripts.toml").read_text("utf-8")
    )
    return table
