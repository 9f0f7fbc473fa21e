"""Where text may be broken, how well, and the captions and lines that follow."""

from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import Final

from .caption import CaptionWord, columns
from .rules import Rules, leading
from .written import letters

_SENTENCE: Final = tuple(".!?…。！？؟۔।")
_CLAUSE: Final = tuple(",;:—–،؛、，；：")
_TITLES: Final = frozenset({"mr", "mrs", "ms", "dr", "st", "prof", "sr", "sra", "mme", "fr", "hr"})
"""Abbreviations whose full stop ends no sentence."""
_PAUSE_S: Final = 0.3
"""A pause that is heard as the end of a phrase …"""
_SILENCE_S: Final = 2.5
"""… and one that no caption goes on through."""
_SENTENCE_WITHIN: Final = 1.5
"""What the end of a sentence within a caption costs; a caption costs 1."""
_MOST_WORDS: Final = 120
"""Words of a caption that are tried at most."""


def break_cost(before: CaptionWord, after: CaptionWord, together: frozenset[str]) -> float:
    """Return how bad it is to break here: 0 after a sentence, 1 in a phrase, 2 in a name, 3 after an article."""
    bare = before.text.rstrip("\"'”’»)]」』）")
    name = letters(before.text)
    if bare.endswith(_SENTENCE) and not (bare.endswith(".") and name in _TITLES):
        return 0.0
    if bare.endswith(_CLAUSE):
        return 0.3
    pause = after.start_s - before.end_s
    if name in together or name in _TITLES or before.text.endswith(("'", "’")):
        return 3.0
    if before.text[0].isupper() and after.text[0].isupper():  # a name
        return 2.0
    if pause >= _PAUSE_S:
        return max(0.1, 0.7 - 0.6 * pause)
    return 0.7 if letters(after.text) in together else 1.0


class Breaker:
    """Cuts words into captions, and captions into lines, by the costs of all breaks together."""

    def __init__(self, words: Sequence[CaptionWord], rules: Rules, language: str) -> None:
        """Prepare for a text in a language, a BCP 47 tag or ""."""
        self._words, self._rules = words, rules
        together = leading(language)
        self._cost = [break_cost(one, other, together) for one, other in pairwise(words)]
        self._cost.append(0.0)
        widths = [columns(word.text) for word in words]
        self._ends = list(accumulate(widths, initial=0))
        self._spaces = list(accumulate((int(word.space) for word in words), initial=0))

    def _width(self, first: int, last: int) -> int:
        """Return the columns of words [first, last) in one line."""
        return self._ends[last] - self._ends[first] + self._spaces[last] - self._spaces[first + 1]

    def captions(self) -> list[tuple[int, int]]:
        """Return the words of each caption, first and after the last: those of the least cost as a whole."""
        best: list[tuple[float, int]] = [(0.0, 0)]
        for last in range(1, len(self._words) + 1):
            best.append(
                min(
                    (best[first][0] + cost, first)
                    for first in range(last - 1, max(-1, last - 1 - _MOST_WORDS), -1)
                    if (cost := self._caption_cost(first, last)) is not None
                )
            )
        out: list[tuple[int, int]] = []
        at = len(self._words)
        while at:
            out.append((best[at][1], at))
            at = best[at][1]
        return out[::-1]

    def _caption_cost(self, first: int, last: int) -> float | None:
        """Return how bad a caption of words [first, last) is; None if it cannot be."""
        rules, words = self._rules, self._words
        start, end = words[first].start_s, words[last - 1].end_s
        if last - first > 1:
            too_wide = self._width(first, last) > rules.lines * (rules.line_columns + 1)
            if too_wide or end - start > rules.max_s or not self._n_lines(first, last):
                return None
        cost = 1.0 + 3 * self._cost[last - 1]
        for number in range(first, last - 1):
            pause = words[number + 1].start_s - words[number].end_s
            if pause > _SILENCE_S:
                return None
            cost += 2 * pause if pause >= _PAUSE_S else 0.0
            cost += 0.0 if self._cost[number] else _SENTENCE_WITHIN
        until = min(start + rules.max_s, end + rules.tail_s)
        if last < len(words):
            until = min(until, words[last].start_s)
        needed = max(rules.min_s, self._width(first, last) / rules.columns_per_second)
        return cost + 6 * max(0.0, 1 - (until - start) / needed) if needed else cost

    def _n_lines(self, first: int, last: int) -> int:
        """Return how many lines words [first, last) take at least; 0 if they do not fit."""
        lines, begin = 1, first
        for number in range(first, last):
            if self._width(begin, number + 1) > self._rules.line_columns:
                lines, begin = lines + 1, number
                if lines > self._rules.lines or self._width(begin, number + 1) > self._rules.line_columns:
                    return 0
        return lines

    def lines(self, first: int, last: int) -> list[tuple[int, int]]:
        """Return the words of each line of a caption: as few lines as can be, balanced, and broken at phrases."""
        n_lines = self._n_lines(first, last) or 1
        limit = self._rules.line_columns
        best: list[dict[int, tuple[float, list[tuple[int, int]]]]] = [{first: (0.0, [])}]
        for number in range(1, n_lines + 1):
            reached: dict[int, tuple[float, list[tuple[int, int]]]] = {}
            for begin, (cost, rows) in best[-1].items():
                ends = range(begin + 1, last + 1) if number < n_lines else [last]
                for end in ends:
                    width = self._width(begin, end) if end > begin else limit + 1
                    if width > limit and n_lines > 1:
                        continue
                    total = cost + 3 * (1 - width / limit) ** 2 + (self._cost[end - 1] if end < last else 0.0)
                    total += 0.05 * width / limit * (n_lines - number)  # of two, the upper one is rather shorter
                    if end not in reached or total < reached[end][0]:
                        reached[end] = (total, [*rows, (begin, end)])
            best.append(reached)
        return best[-1][last][1]
