"""Text to symbols of the International Phonetic Alphabet, by the program espeak-ng."""

import re
import subprocess
from functools import cache

from ...errors import MissingDependencyError

_PUNCTUATION = re.compile(r"([.,!?;:—…]+)")
_ASIDE = re.compile(r"\([a-z-]+\)")  # "(en)": espeak-ng's mark for a switch of language


def phonemes(text: str, language: str) -> str:
    """Return the IPA symbols of a text, with its punctuation, in a language that espeak-ng supports.

    Raises MissingDependencyError if espeak-ng is not installed.
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
