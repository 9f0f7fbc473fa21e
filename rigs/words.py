"""The words that the name of a shape or of a bone is made of."""

import re
from typing import Final

_WORD: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\W\d_A-Za-z]+|[^\w\s.,;\-()\[\]{}]")


def words(name: str) -> list[str]:
    """Return the words of a name in small letters: those of camelCase and snake_case, numbers and symbols each.

    >>> words("J_Bip_C_Head"), words("eyeBlinkLeft2"), words("あ:MTH")
    (['j', 'bip', 'c', 'head'], ['eye', 'blink', 'left', '2'], ['あ', ':', 'mth'])
    """
    return [word.lower() for word in _WORD.findall(name)]
