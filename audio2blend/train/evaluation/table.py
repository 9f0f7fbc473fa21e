"""Evaluation reports as tables."""

from collections.abc import Sequence

from .aims import Aim, aims
from .baselines import Contender
from .evaluate import Section

MISSED = "!"
"""Mark behind a score that misses its aim."""


def table(section: Section, networks: Sequence[Contender], *, left_out: str | None, markdown: bool) -> str:
    """Return a section as a table of text or Markdown: a row for each score, a column for each contender."""
    columns = list(section.scores)
    wanted = {who.name: aims(section.name, quality=who.quality, left_out=left_out) for who in networks}
    fullest = sorted(section.scores.values(), key=len, reverse=True)
    figures = list(dict.fromkeys(figure for scores in fullest for figure in scores))
    rows = [[section.name, *columns, "aim"]]
    for figure in figures:
        cells = [figure]
        for column in columns:
            value = section.scores.get(column, {}).get(figure)
            aim = wanted.get(column, {}).get(figure)
            cells.append("" if value is None else _number(figure, value) + _mark(value, aim))
        targets = {who.quality: str(wanted[who.name][figure]) for who in networks if figure in wanted[who.name]}
        same = len(set(targets.values())) < 2
        shown = set(targets.values()) if same else [f"{quality} {aim}" for quality, aim in targets.items()]
        rows.append([*cells, ", ".join(shown)])
    return _markdown(rows) if markdown else _text(rows)


def _number(figure: str, value: float) -> str:
    return f"{value:.1f}" if figure.endswith(", ms") else f"{value:.3f}"


def _mark(value: float, aim: Aim | None) -> str:
    return MISSED if aim is not None and not aim.met_by(value) else ""


def _markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, "|---" * len(rows[0]) + "|", *body, ""])


def _text(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = []
    for row in rows:
        first, *others = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join([first, *others]).rstrip())
    return "\n".join([*lines, ""])
