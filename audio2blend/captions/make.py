"""From an alignment to captions, and what of the rules could not be kept."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from ..align.alignment import Alignment, Problem
from .caption import Caption, columns, joined
from .phrases import Breaker
from .rules import Rules
from .timing import shown
from .written import caption_words


def captions(
    alignment: Alignment,
    rules: Rules,
    *,
    text: str | None = None,
    frame_rate: Fraction | None = None,
    shots_s: Sequence[float] = (),
) -> list[Caption]:
    """Return the captions of an alignment.

    Of all ways to cut the words into captions, the one is taken whose breaks, silences and haste cost the least as a
    whole: breaks are best after sentences, then after commas, then at pauses, and worst after an article. Lines within
    a caption are balanced in the same way (D. Knuth, M. Plass, *Breaking paragraphs into lines*, 1981). Every word is
    in one caption, in order; captions neither overlap nor come closer than the rules' gap.

    Args:
        alignment: with at least one word that has a text.
        rules: such as `rules("netflix-en")`.
        text: what is said, with its punctuation; None for the words as they are in the alignment.
        frame_rate: of the picture, on whose frames captions begin and end; None for milliseconds.
        shots_s: when new shots begin, in seconds.

    Raises:
        ValueError: if there are no words.
    """
    words = caption_words(alignment, text)
    if not words:
        raise ValueError("there are no words to show")
    breaker = Breaker(words, rules, alignment.language or rules.language)
    spans = breaker.captions()
    rows = [tuple(tuple(words[begin:end]) for begin, end in breaker.lines(*span)) for span in spans]
    times = shown(
        [(words[first].start_s, words[last - 1].end_s) for first, last in spans],
        [_width([joined(line) for line in lines]) for lines in rows],
        rules,
        frame_rate=frame_rate,
        shots_s=shots_s,
    )
    return [Caption(start_s=start, end_s=end, lines=lines) for (start, end), lines in zip(times, rows, strict=True)]


def _width(lines: Sequence[str]) -> int:
    """Return the columns that are read: a new line counts as a space."""
    return columns(" ".join(lines))


def violations(shown: Iterable[Caption], rules: Rules) -> list[Problem]:
    """Return what could not be kept to, and when: speech that is too fast to be read, words that are too wide."""
    out = []
    for caption in shown:
        lasts = caption.end_s - caption.start_s
        lines = caption.text.split("\n")
        speed = _width(lines) / lasts
        found = []
        if speed > rules.columns_per_second + 0.5:
            limit = rules.columns_per_second
            found.append(f"is said too fast to be read: {speed:.0f} columns a second, above {limit:g}")
        if lasts < rules.min_s - 0.002:
            found.append(f"stays {lasts:.2f} s, below {rules.min_s:.2f}: the next one follows")
        if (spoken := caption.words[-1].end_s - caption.words[0].start_s) > rules.max_s:
            found.append(f"is said in {spoken:.1f} s, and stays {rules.max_s:g} s at most")
        if (widest := max(map(columns, lines))) > rules.line_columns:
            found.append(f"has a word of {widest} columns, above {rules.line_columns}")
        out += [
            Problem(start_s=caption.start_s, end_s=caption.end_s, text=f"'{' '.join(lines)}' {what}") for what in found
        ]
    return out
