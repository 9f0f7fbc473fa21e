"""The words of captions: those of an alignment as the text has them, with its punctuation."""

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher
from typing import Final

from ..align.alignment import AlignedWord, Alignment
from .caption import CaptionWord

_LONGEST_UNSPACED: Final = 8
"""Letters of a word of a language without spaces."""
_NEARBY: Final = 64
"""Words in which a text and what is spoken are compared first, where they differ."""
_SURE: Final = 3
_CLOSING: Final = ("Pe", "Pf", "Po")


def caption_words(alignment: Alignment, text: str | None = None) -> list[CaptionWord]:
    """Return the words of an alignment, in order and with times that never go back.

    Args:
        alignment: its words without a text, such as phones alone, are left out.
        text: what is said, with punctuation; where its words differ from those of the alignment, as "2024" does from
            "twenty twenty-four", the text's are shown in the time of the others. None for the words as they are.
    """
    words = [replace(word, text=" ".join(word.text.split())) for word in alignment.words if word.text.strip()]
    if text is None or not (tokens := text.split()):
        shown = [_word(one.text, one.start_s, one.end_s) for one in words]
        return _in_time([replace(w, space=not _close(b, w)) for b, w in zip([None, *shown], shown, strict=False)])
    if pieces := _same_letters(words, text):
        return _in_time(_whole(pieces))
    return _in_time(list(_matched(words, tokens)))


def agreement(alignment: Alignment, text: str) -> float:
    """Return how much of a text is in the words of an alignment, from 0 to 1: the share of its runs of three letters.

    Texts of the same language that have nothing to do with one another share a tenth or two.
    """
    mine, theirs = (Counter(map("".join, zip(s, s[1:], s[2:], strict=False))) for s in _letters_of(alignment, text))
    return (mine & theirs).total() / mine.total() if mine else 1.0


def _letters_of(alignment: Alignment, text: str) -> tuple[str, str]:
    return letters(text), "".join(letters(word.text) for word in alignment.words)


def _word(text: str, start_s: float, end_s: float, *, space: bool = True) -> CaptionWord:
    shown = "".join(character for character in text if unicodedata.category(character) not in ("Cc", "Cs", "Cn"))
    return CaptionWord(text=shown, start_s=start_s, end_s=end_s, space=space)


def _in_time(words: Sequence[CaptionWord]) -> list[CaptionWord]:
    out: list[CaptionWord] = []
    at = 0.0
    for part in (part for word in words if word.text for part in _divided(word)):
        start = max(at, part.start_s)
        out.append(replace(part, start_s=start, end_s=max(start, part.end_s)))
        at = out[-1].end_s
    return out


def _divided(word: CaptionWord) -> list[CaptionWord]:
    """Return the letters of a stretch without spaces that is too long for one word, as an aligner of sentences gives.

    Each takes an even share of its time. What closes a bracket or a sentence stays with the letter before it.
    """
    if len(word.text) <= _LONGEST_UNSPACED or not all(map(_unspaced, word.text)):
        return [word]
    parts: list[str] = []
    for character in word.text:
        kind = unicodedata.category(character)
        opened = parts and unicodedata.category(parts[-1][-1]) in ("Ps", "Pi")
        if parts and (opened or kind[0] == "M" or kind in _CLOSING):
            parts[-1] += character
        else:
            parts.append(character)
    step = (word.end_s - word.start_s) / len(parts)
    return [
        _word(part, word.start_s + n * step, word.start_s + (n + 1) * step, space=word.space and not n)
        for n, part in enumerate(parts)
    ]


def letters(text: str) -> str:
    """Return the letters, marks and digits of a text, without regard to capitals.

    >>> letters("Don't!")
    'dont'
    """
    return "".join(c for c in text.casefold() if unicodedata.category(c)[0] in "LNM")


def _same_letters(words: Sequence[AlignedWord], text: str) -> list[CaptionWord]:
    """Return the text cut where the words begin, if both have the same letters; else nothing."""
    owners: list[int] = []
    for number, character in enumerate(text):
        owners += [number] * len(letters(character))
    if letters(text) != "".join(letters(word.text) for word in words) or len(owners) != len(letters(text)):
        return []
    out: list[CaptionWord] = []
    cut = used = 0
    spoken = [word for word in words if letters(word.text)]
    for number, word in enumerate(spoken):
        used += len(letters(word.text))
        end = len(text) if number == len(spoken) - 1 else _boundary(text, owners[used - 1] + 1, owners[used])
        piece = text[cut:end]
        out.append(_word(" ".join(piece.split()), word.start_s, word.end_s, space=piece[:1].isspace() or not cut))
        cut = end
    return [word for word in out if word.text]


def _boundary(text: str, end: int, start: int) -> int:
    """Return where a text is cut between two words: before the last space, or before what opens a bracket or quote."""
    between = text[end:start]
    spaces = [number for number, character in enumerate(between) if character.isspace()]
    if spaces:
        return end + spaces[-1]
    opening = (number for number, character in enumerate(between) if unicodedata.category(character) in ("Ps", "Pi"))
    return end + next(opening, len(between)) if end < start else max(end, start)


def _close(before: CaptionWord | None, word: CaptionWord) -> bool:
    """Return whether two words are written without a space between, as in Chinese, Japanese and Thai."""
    return before is not None and _unspaced(before.text[-1]) and _unspaced(word.text[0])


def _unspaced(character: str) -> bool:
    code = ord(character)
    hangul = 0x1100 <= code <= 0x11FF or 0xAC00 <= code <= 0xD7FF
    return (unicodedata.east_asian_width(character) in "WF" and not hangul) or 0x0E00 <= code <= 0x0EFF


def _whole(pieces: Sequence[CaptionWord]) -> list[CaptionWord]:
    """Return pieces that may be on two lines: those of a word that an aligner took apart, as in "don|'t", are one."""
    out: list[CaptionWord] = []
    for piece in pieces:
        if out and not piece.space and not _close(out[-1], piece):
            out[-1] = replace(out[-1], text=out[-1].text + piece.text, end_s=max(out[-1].end_s, piece.end_s))
        else:
            out.append(piece)
    return out


def _matched(words: Sequence[AlignedWord], tokens: Sequence[str]) -> Iterator[CaptionWord]:
    """Yield the words of a text with the times of those of the alignment that are the same, or stand in their place."""
    tokens = _with_letters(tokens)
    at = 0.0
    for first, last, begin, end in _pairs([letters(t) for t in tokens], [letters(w.text) for w in words]):
        if last - first == end - begin:
            for token, word in zip(tokens[first:last], words[begin:end], strict=True):
                yield _word(token, word.start_s, word.end_s)
        else:
            own = words[begin:end]
            start_s, end_s = (own[0].start_s, own[-1].end_s) if own else (at, at)
            total = sum(map(len, tokens[first:last]))
            shared = 0
            for token in tokens[first:last]:
                edges = [start_s + (end_s - start_s) * part / total for part in (shared, shared + len(token))]
                shared += len(token)
                yield _word(token, *edges)
        at = words[end - 1].end_s if end else at


def _pairs(text: Sequence[str], spoken: Sequence[str]) -> Iterator[tuple[int, int, int, int]]:
    """Yield which tokens [first, last) of a text stand for which words [begin, end) that are spoken.

    Where they differ, the next place is searched where `_SURE` in a row are the same, first nearby: texts of hours are
    matched in time that grows with their length alone.
    """
    i = j = 0
    size = _NEARBY
    while i < len(text) or j < len(spoken):
        same = 0
        while i + same < min(len(text), i + len(spoken) - j) and text[i + same] == spoken[j + same]:
            same += 1
        if same:
            yield i, i + same, j, j + same
            i, j = i + same, j + same
            size = _NEARBY
            continue
        matcher = SequenceMatcher(None, text[i : i + size], spoken[j : j + size], autojunk=False)
        found = matcher.get_opcodes()
        equal = (n for n, (kind, first, last, *_) in enumerate(found) if kind == "equal" and last - first >= _SURE)
        sure = next(equal, 0)
        if not sure and (i + size < len(text) or j + size < len(spoken)):
            size *= 8
            continue
        before = found[:sure] if sure else found
        for _, first, last, begin, end in before:
            yield i + first, i + last, j + begin, j + end
        i, j = i + before[-1][2], j + before[-1][4]


def _with_letters(tokens: Sequence[str]) -> list[str]:
    """Return tokens in which dashes and the like that stand alone belong to the word before, the first to the next."""
    out: list[str] = []
    for token in tokens:
        if out and (not letters(token) or not letters(out[-1])):
            out[-1] = f"{out[-1]} {token}"
        else:
            out.append(token)
    return out
