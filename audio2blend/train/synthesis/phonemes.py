"""Text as the symbols of the International Phonetic Alphabet, by the program espeak-ng."""

import re
import subprocess
from functools import cache

from ...errors import MissingDependencyError

_PUNCTUATION = re.compile(r"([.,!?;:—…]+)")
_ASIDE = re.compile(r"\([a-z-]+\)")  # "(en)" where espeak-ng takes a word for one of another language


def phonemes(text: str, language: str) -> str:
    """Return the symbols of a text in a language that espeak-ng knows, with its punctuation.

    Raises MissingDependencyError if there is no espeak-ng.
    """
    parts = _PUNCTUATION.split(text)
    said = [_spoken(part.strip(), language) if index % 2 == 0 else part[0] + " " for index, part in enumerate(parts)]
    return "".join(said).strip()


@cache
def _spoken(words: str, language: str) -> str:
    if not words:
        return ""
    command = ["espeak-ng", "-q", "--ipa", "-v", language, "--", words]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    except FileNotFoundError:
        raise MissingDependencyError(
            "there is no espeak-ng to turn text into phones; install it (Debian: espeak-ng)"
        ) from None
    return " ".join(_ASIDE.sub("", done.stdout).split())
