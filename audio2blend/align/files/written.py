"""Words as a text has them: with the punctuation that stands beside them."""

import unicodedata
from collections.abc import Sequence


def with_punctuation(text: str, spans: Sequence[tuple[int | None, int | None]], words: Sequence[str]) -> list[str]:
    """Return words with the punctuation before and after them in a text.

    Args:
        text: all of it.
        spans: first character of each word and the one after its last; None where nobody knows.
        words: what to return where the text has no such place.

    >>> with_punctuation('"Yes," he said.', [(1, 4), (7, 9), (10, 14)], ["yes", "he", "said"])
    ['"Yes,"', 'he', 'said.']
    """
    out = []
    ends = 0
    for number, ((start, end), word) in enumerate(zip(spans, words, strict=True)):
        if start is None or end is None or not 0 <= start < end <= len(text) or start < ends:
            out.append(word)
            continue
        after = spans[number + 1][0] if number + 1 < len(spans) else None
        following = after if after is not None and end <= after <= len(text) else len(text)
        first, last = start, end
        while first > ends and _joins(text[first - 1]):
            first -= 1
        while last < following and _joins(text[last]) and not _opens(text[last]):
            last += 1
        ends = last
        out.append(text[first:last])
    return out


def _joins(character: str) -> bool:
    """Return whether a character is no space and no letter or digit of another word."""
    return not character.isspace() and not character.isalnum()


def _opens(character: str) -> bool:
    return unicodedata.category(character) in ("Ps", "Pi")
