"""A self-contained HTML report on an animated line: measures, verdicts and plots."""

from collections.abc import Iterable, Mapping
from html import escape
from typing import Final

from ...audio import Speech
from ...clip import FRAME_RATE
from ...wording import listed
from ..checks import REFERENCE, SOUND, TEXT, Check
from ..format import limits, shown
from ..judge import Closing, Judgement
from ..measure import Measure
from .plot import strips

_STYLE: Final = """
:root { color-scheme: light dark;
  --paper: #f6f5f2; --sheet: #ffffff; --ink: #1d2228; --soft: #69717c; --line: #e4e2dc;
  --clip: #1f63d6; --reference: #d07a12; --wave: #b9c0c9; --phone: #7a5af0; --pass: #1b7f4d; --fail: #c8322b; }
@media (prefers-color-scheme: dark) { :root {
  --paper: #14171b; --sheet: #1c2026; --ink: #e8eaed; --soft: #98a1ad; --line: #2d333b;
  --clip: #6ea8ff; --reference: #f0a94a; --wave: #4d5661; --phone: #a893ff; --pass: #52c58a; --fail: #ff7b72; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 36px 24px 56px; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 1120px; margin: 0 auto; }
h1 { margin: 0; font-size: 27px; line-height: 1.2; letter-spacing: -0.01em; text-wrap: balance; }
h1.fail::before, h1.pass::before { content: ""; display: inline-block; width: 15px; height: 15px; margin-right: 12px;
  border-radius: 50%; background: var(--pass); }
h1.fail::before { background: var(--fail); }
h2 { margin: 34px 0 8px; font-size: 17px; }
dl { display: flex; flex-wrap: wrap; gap: 4px 28px; margin: 12px 0 22px; color: var(--soft); }
dl div { display: flex; gap: 7px; min-width: 0; } dd { margin: 0; color: var(--ink); overflow-wrap: anywhere; }
.sheet { padding: 16px 18px; background: var(--sheet); border: 1px solid var(--line); border-radius: 10px;
  overflow-x: auto; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 22px; margin-bottom: 12px; color: var(--soft); font-size: 13px; }
.legend span::before { content: ""; display: inline-block; width: 20px; height: 9px; margin-right: 7px;
  border-radius: 2px; background: var(--of); vertical-align: 0; }
.legend .stroke::before { height: 0; border-top: 2px solid var(--of); border-radius: 0; background: none;
  vertical-align: 4px; }
.legend .dash::before { border-top-style: dashed; } .legend .tint::before { opacity: 0.3; }
svg { display: block; width: 100%; min-width: 760px; height: auto; } svg + svg { margin-top: 20px; }
svg text { fill: var(--soft); font-size: 11px; font-variant-numeric: tabular-nums; }
svg .pane, svg .tick { text-anchor: end; } svg .time { text-anchor: middle; } svg .name { font-weight: 600; }
.wave { fill: var(--wave); } .grid { stroke: var(--line); } .second { stroke: var(--line); stroke-dasharray: 1 4; }
.band { fill: var(--soft); opacity: 0.13; } .closing.kept { fill: var(--phone); opacity: 0.2; }
.closing.missed { fill: var(--fail); opacity: 0.3; }
svg .cross { fill: var(--fail); font-weight: 700; text-anchor: middle; }
svg .phone { text-anchor: middle; } svg .phone.lips { fill: var(--phone); font-weight: 700; }
svg .word { fill: var(--ink); font-size: 12px; } svg .word.missing { fill: var(--fail); text-decoration: line-through; }
polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round; }
polyline.clip { stroke: var(--clip); } polyline.reference { stroke: var(--reference); stroke-dasharray: 5 3; }
.closure.clip { fill: var(--clip); } .closure.reference { fill: var(--reference); }
table { width: 100%; min-width: 820px; border-collapse: collapse; table-layout: fixed; }
th:nth-child(1) { width: 222px; } th:nth-child(2) { width: 104px; } th:nth-child(3) { width: 126px; }
th:nth-child(4) { width: 70px; }
th { padding: 4px 14px 8px 0; color: var(--soft); font-size: 13px; font-weight: 500; text-align: left; }
td { padding: 8px 14px 8px 0; border-top: 1px solid var(--line); vertical-align: top; }
td:nth-child(1) { white-space: nowrap; font-weight: 600; }
td:nth-child(2), td:nth-child(3) { white-space: nowrap; font-variant-numeric: tabular-nums; }
th:nth-child(2), td:nth-child(2) { text-align: right; }
td:nth-child(3) { color: var(--soft); } td:nth-child(5) { color: var(--soft); font-size: 13.5px; }
td:last-child, th:last-child { padding-right: 0; } td b { color: var(--ink); font-weight: 600; }
.verdict { padding: 1px 9px; border-radius: 99px; font-size: 13px; font-weight: 600; }
.verdict.pass { color: var(--pass); background: color-mix(in srgb, var(--pass) 14%, transparent); }
.verdict.fail { color: var(--fail); background: color-mix(in srgb, var(--fail) 16%, transparent); }
p.place { margin: 14px 0 0; color: var(--fail); } p.place + p.place { margin-top: 2px; }
footer { margin-top: 24px; color: var(--soft); font-size: 13px; }
"""


def page(found: Judgement, speech: Speech, names: Mapping[str, str]) -> str:
    """Return an HTML page with inline styles and SVG plots, for light and dark screens.

    Args:
        found: the result of `judge`.
        speech: the sound, for the waveform.
        names: the inputs by kind, such as {"curves": "line.csv", "sound": "line.wav"}.
    """
    judged = [measure for measure in found.measures if measure.verdict != "info"]
    failed = sum(measure.verdict == "fail" for measure in judged)
    headline = f"{failed} of {len(judged)} checks fail" if failed else f"All {len(judged)} checks pass"
    duration = f"{len(found.times_s) / float(FRAME_RATE):.2f} s"
    facts = "".join(
        f"<div><dt>{escape(what)}</dt><dd>{escape(name)}</dd></div>" for what, name in {**names, "": duration}.items()
    )
    by_name = {measure.name: measure for measure in found.measures}
    titles = {"Against the sound": SOUND, "Against the text": TEXT, "Against the reference": REFERENCE}
    tables = "".join(_table(title, checks, by_name) for title, checks in titles.items())
    closings = found.closings()
    open_ = [f"{closing.label} at {closing.start_s:.2f} s" for closing in closings if not closing.closed]
    missing = [
        f"{word.text} at {word.start_s:.2f} s"
        for word in (found.reading.words if found.reading else ())
        if word.missing
    ]
    lists = (("Lips stay open on", open_), ("Not detected:", missing))
    places = "".join(f'<p class="place">{what} {escape(listed(which))}.</p>' for what, which in lists if which)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(headline)} – {escape(next(iter(names.values()), ""))}</title>
<style>{_STYLE}</style>
</head>
<body>
<main>
<h1 class="{"fail" if failed else "pass"}">{headline}</h1>
<dl>{facts}</dl>
<div class="sheet">
<div class="legend">{_legend(found, closings)}</div>
{"".join(strips(found, speech))}
{places}</div>
{tables}
<footer>Opening is the visible gap of the inner lips, and width the distance of the mouth corners, both over the
distance of the outer eye corners. Below 0.02 lips count as closed, above 0.04 as open.</footer>
</main>
</body>
</html>
"""


def _legend(found: Judgement, closings: list[Closing]) -> str:
    entries = [("stroke", "clip", "clip")]
    if found.reference is not None:
        entries.append(("stroke dash", "reference", "reference"))
    if closings:
        entries += [("tint", "phone", "p, b or m: lips close"), ("tint", "fail", "✕ they do not")]
    entries.append(("tint", "soft", "counts as closed"))
    return "".join(f'<span class="{kind}" style="--of: var(--{color})">{text}</span>' for kind, color, text in entries)


def _table(title: str, checks: Iterable[Check], by_name: Mapping[str, Measure]) -> str:
    rows = "".join(_row(check, by_name[check.name]) for check in checks if check.name in by_name)
    if not rows:
        return ""
    head = "".join(f"<th>{text}</th>" for text in ("Measure", "Value", "Target", "", "What it measures"))
    return f'<h2>{title}</h2><div class="sheet"><table><tr>{head}</tr>{rows}</table></div>'


def _row(check: Check, measure: Measure) -> str:
    value = "–" if measure.value is None else shown(check, measure.value)
    verdict = "" if measure.verdict == "info" else f'<span class="verdict {measure.verdict}">{measure.verdict}</span>'
    note = f"<b>Not judged: {escape(measure.note)}.</b> " if measure.note and measure.verdict == "info" else ""
    cells = (escape(check.label), value, limits(check), verdict, note + escape(check.why))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
