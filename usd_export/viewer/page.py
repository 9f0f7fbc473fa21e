"""The page itself: a skeleton, a style and a script, and what they show as data that nothing in it can break out of.

The script is made from source/ and three.js (scripts/build_viewer.py). It and the style are allowed by their hashes
in the page's Content-Security-Policy, which forbids every other script, frame and address: a character or a name can
neither run anything nor fetch anything. Text reaches the page as JSON without a single '<', or escaped.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from html import escape
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.align.alignment import AlignedWord
from audio2blend.audio import Speech
from audio2blend.channels import MOUTH
from audio2blend.clip import Clip
from audio2blend.errors import InputError, MissingDependencyError
from audio2blend.files import draft
from audio2blend.intervals import Interval

from .character import PageCharacter
from .sound import MIME, compact, outline

MOST_BYTES: Final = 256 << 20
"""How much a page may carry: browsers hold it as one text, which has an end at 512 MB."""
_MOST_CHOSEN: Final = 4
"""How many channels are drawn at first."""
_SLIGHT: Final = 1e-3
"""Channels that are closer than this in two clips are alike."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Lane:
    """Something that was measured over time, one curve for each clip, drawn above the channels."""

    label: str
    about: str
    """A sentence that defines it."""
    curves: tuple[NDArray[np.float64], ...]
    """Shape (n_frames,) each."""
    start_s: float
    frame_rate: float
    unit: str = ""
    digits: int = 3
    low: float | None = None
    """The value at the bottom of the lane; None for the least."""
    closed: float | None = None
    """Below this value lips count as closed."""
    area: bool = False
    """Whether it is a difference of two clips, of which there is one curve."""
    zones: bool = False
    """Whether the page's `closings` are drawn behind it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Page:
    """What a page shows."""

    title: str
    clips: Mapping[str, Clip]
    """One clip or two that are compared, by what they are called."""
    facts: Mapping[str, str]
    """What it is about, under the title."""
    character: PageCharacter
    focus: tuple[Sequence[float], float]
    """The middle of the character's head, and the side of a square around it, in metres."""
    speech: Speech | None = None
    words: tuple[AlignedWord, ...] = ()
    """Those that were not found last 0 s."""
    phones: tuple[Interval, ...] = ()
    """Silence is "sil"."""
    lanes: tuple[Lane, ...] = ()
    closings: tuple[tuple[float, float, str, bool], ...] = ()
    """Where lips should close: start and end in seconds, what is said, and whether they do."""
    difference: str = ""
    """A sentence on how far two clips are apart."""
    differences: Mapping[str, float] | None = None
    """The same by channel."""
    notes: tuple[str, ...] = ()
    report: str = ""
    """HTML below the timeline, of this project's own making."""
    verdict: str = ""
    """"pass" or "fail", before the title; "" where nothing is judged."""


def write(page: Page, path: Path) -> None:
    """Write a page to `path`, so that an interrupted run leaves the old file or none.

    Raises InputError if it is larger than browsers open, and MissingDependencyError where this installation has
    no script for it.
    """
    html = render(page).encode("utf-8", "backslashreplace")  # names need not be Unicode
    with draft(path) as target:
        target.write_bytes(html)


def render(page: Page) -> str:
    """Return the page as HTML."""
    script, style = _script(), _read("page.css")
    duration = _duration(page)
    curves = [clip.values.ravel() for clip in page.clips.values()]
    parts = {"character": page.character.glb, "curves": np.concatenate(curves).astype("<f4").tobytes()}
    if page.speech is not None:
        parts["sound"] = compact(page.speech)
    _refuse_large(parts)
    return Template(_read("page.html")).substitute(
        policy=_policy(script, style),
        title=escape(page.title),
        verdict=f' class="{page.verdict}"' if page.verdict else "",
        heading=escape(page.title),
        facts="".join(
            f"<div><dt>{escape(what)}</dt><dd>{escape(fact)}</dd></div>" for what, fact in page.facts.items()
        ),
        seen=escape(f"{page.character.name}, animated"),
        chips="".join(f"<span>{escape(name)}</span>" for name in page.clips),
        lanes=escape(f"Curves over {duration:.2f} seconds; the slider reads them out"),
        duration=f"{duration:.6f}",
        legend=_legend(page),
        words='<section id="words" aria-label="Words"><h2>Words</h2><div class="sheet"><p></p></div></section>'
        if _words(page)
        else "",
        report=page.report,
        footer="Made by audio2blend. The page is one file: it fetches nothing and sends nothing.",
        data=_json(_data(page, duration)),
        parts="\n".join(
            f'<script type="text/plain" id="{name}">{_packed(data)}</script>' for name, data in parts.items()
        ),
        style=style,
        script=script,
    )


@cache
def _read(name: str) -> str:
    return (files(__package__) / name).read_text("utf-8")


def _script() -> str:
    try:
        return _read("viewer.js").replace("</script", "<\\/script")
    except OSError:
        raise MissingDependencyError(
            "this installation lacks the viewer's script, which is made from three.js where npm is in reach; "
            "pip install --force-reinstall audio2blend, or in the repository: make viewer"
        ) from None


def _policy(script: str, style: str) -> str:
    """Return what the page may do: run its own script, and read what it carries."""

    def hashed(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"

    return (
        f"default-src 'none'; script-src {hashed(script)} 'wasm-unsafe-eval'; style-src {hashed(style)}; "
        "img-src blob: data:; media-src blob:; connect-src blob: data:; base-uri 'none'; form-action 'none'"
    )


def _refuse_large(parts: Mapping[str, bytes]) -> None:
    """Raise InputError before the memory is full of a page that no browser opens."""
    size, most = sum(map(len, parts.values())), max(parts, key=lambda name: len(parts[name]))
    if size > MOST_BYTES:
        raise InputError(
            f"the page would carry {size >> 20} MB, most of it {most}, and {MOST_BYTES >> 20} MB is the most; "
            "cut the recording into lines, or use a smaller character"
        )


def _packed(data: bytes) -> str:
    return base64.b64encode(gzip.compress(data, 6, mtime=0)).decode()


def _json(data: Mapping[str, Any]) -> str:
    """Return JSON that may stand in a <script> element: no text in it ends that, or begins a comment."""
    return json.dumps(data, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c").replace(">", "\\u003e")


def _duration(page: Page) -> float:
    ends = [clip.start_s + clip.duration_s for clip in page.clips.values()]
    if page.speech is not None:
        ends.append(page.speech.duration_s)
    return max(ends)


def _data(page: Page, duration: float) -> dict[str, Any]:
    data: dict[str, Any] = {
        "duration": duration,
        "clips": [
            {
                "name": name,
                "channels": clip.channels,
                "rate": float(clip.frame_rate),
                "start": clip.start_s,
                "frames": len(clip),
            }
            for name, clip in page.clips.items()
        ],
        "chosen": _chosen(page),
        "differences": page.differences,
        "words": _words(page),
        "phones": [_span(*phone) for phone in page.phones],
        "closings": page.closings,
        "lanes": [_lane(lane) for lane in page.lanes],
        "sound": None if page.speech is None else MIME,
        "wave": None,
        "character": {
            "animations": page.character.animations,
            "space": page.character.space.ravel().tolist(),
            "centre": [float(at) for at in page.focus[0]],
            "side": float(page.focus[1]),
        },
    }
    if page.speech is not None:
        rate, peaks = outline(page.speech)
        data["wave"] = {"rate": rate, "peaks": base64.b64encode(peaks.tobytes()).decode()}
    return data


def _span(label: str, start_s: float, end_s: float) -> list[Any]:
    return [label, round(start_s, 4), round(end_s, 4)]


def _words(page: Page) -> list[list[Any]]:
    """Return text, start, end, confidence, and whether it was found, of every word that has a text."""
    return [
        [*_span(word.text, word.start_s, word.end_s), round(word.confidence, 3), word.found]
        for word in page.words
        if word.text
    ]


def _lane(lane: Lane) -> dict[str, Any]:
    values = np.concatenate(lane.curves)
    low = float(values.min()) if lane.low is None else lane.low
    return {
        "label": lane.label,
        "about": lane.about,
        "unit": lane.unit,
        "digits": lane.digits,
        "low": low,
        "high": max(float(values.max()), low + 1e-3),
        "closed": lane.closed,
        "area": lane.area,
        "zones": lane.zones,
        "start": lane.start_s,
        "rate": lane.frame_rate,
        "curves": [np.round(curve, 5).tolist() for curve in lane.curves],
    }


def _chosen(page: Page) -> list[str]:
    """Return the channels that are drawn at first, the mouth's before others.

    Of two clips those that differ most, of one jawOpen and those that move most.
    """
    if (apart := page.differences) is not None:
        unlike = [name for name in apart if apart[name] > _SLIGHT]
        return sorted(unlike, key=lambda name: (name not in MOUTH, -apart[name]))[:_MOST_CHOSEN]
    clip = next(iter(page.clips.values()))
    if not len(clip):
        return list(clip.channels[:_MOST_CHOSEN])
    moved = dict(zip(clip.channels, np.ptp(clip.values, axis=0).tolist(), strict=True))
    order = sorted(moved, key=lambda name: (name != "jawOpen", name not in MOUTH, -moved[name]))
    return order[:_MOST_CHOSEN]


def _legend(page: Page) -> str:
    entries: list[tuple[str, str]] = []
    if len(page.clips) > 1:
        entries += list(zip(("clip", "other"), page.clips, strict=True))
    if any(lane.area for lane in page.lanes):
        entries.append(("difference", "difference"))
    if page.closings:
        entries += [("kept", "p, b or m: lips close"), ("missed", "✕ they do not")]
    elif page.phones:
        entries.append(("lips", "p, b or m: lips should close"))
    if any(lane.closed is not None for lane in page.lanes):
        entries.append(("closed", "counts as closed"))
    items = "".join(f'<li class="{kind}">{escape(text)}</li>' for kind, text in entries)
    legend = f'<ul class="legend">{items}</ul>' if items else ""
    notes = [f'<p class="apart">{escape(page.difference)}</p>'] if page.difference else []
    notes += [f'<p class="note">{escape(note)}</p>' for note in page.notes]
    return legend + "".join(notes)
