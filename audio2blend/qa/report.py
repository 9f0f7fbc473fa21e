"""Measures as a page shows them: the verdict in a line, and tables of HTML."""

from collections.abc import Iterable, Mapping
from html import escape

from ..wording import listed
from .checks import REFERENCE, SOUND, TEXT, Check
from .format import limits, shown
from .judge import Judgement
from .measure import Measure


def headline(found: Judgement) -> tuple[str, str]:
    """Return how many checks pass, and "pass" or "fail" for all of them."""
    judged = [measure for measure in found.measures if measure.verdict != "info"]
    failed = sum(measure.verdict == "fail" for measure in judged)
    if failed:
        return f"{failed} of {len(judged)} checks fail", "fail"
    return f"All {len(judged)} checks pass", "pass"


def tables(found: Judgement) -> str:
    """Return a section of HTML: where lips stay open and words are missing, and all measures with what they mean."""
    by_name = {measure.name: measure for measure in found.measures}
    titles = {"Against the sound": SOUND, "Against the text": TEXT, "Against the reference": REFERENCE}
    open_ = [f"{closing.label} at {closing.start_s:.2f} s" for closing in found.closings() if not closing.closed]
    missing = [
        f"{word.text} at {word.start_s:.2f} s"
        for word in (found.reading.words if found.reading else ())
        if word.missing
    ]
    lists = (("Lips stay open on", open_), ("Not detected:", missing))
    places = "".join(f'<p class="place">{what} {escape(listed(which))}.</p>' for what, which in lists if which)
    body = "".join(_table(title, checks, by_name) for title, checks in titles.items())
    definition = (
        '<p class="note">Opening is the visible gap of the inner lips, and width the distance of the mouth corners, '
        "both over the distance of the outer eye corners. Below 0.02 lips count as closed, above 0.04 as open.</p>"
    )
    return f'<section class="checks" aria-label="Checks">{places}{body}{definition}</section>'


def _table(title: str, checks: Iterable[Check], by_name: Mapping[str, Measure]) -> str:
    rows = "".join(_row(check, by_name[check.name]) for check in checks if check.name in by_name)
    if not rows:
        return ""
    names = ("Measure", "Value", "Target", "Verdict", "What it measures")
    head = "".join(f'<th scope="col">{text}</th>' for text in names)
    return (
        f'<h2>{title}</h2><div class="sheet" tabindex="0" role="group" aria-label="{title}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(check: Check, measure: Measure) -> str:
    value = "–" if measure.value is None else shown(check, measure.value)
    verdict = "" if measure.verdict == "info" else f'<span class="verdict {measure.verdict}">{measure.verdict}</span>'
    note = f"<b>Not judged: {escape(measure.note)}.</b> " if measure.note and measure.verdict == "info" else ""
    cells = (value, limits(check), verdict, note + escape(check.why))
    heading = f'<th scope="row">{escape(check.label)}</th>'
    return f"<tr>{heading}{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"
