"""Whether lips close where they should, by language: on labelled German, and on synthetic voices never trained on."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np

from ...align.builtin import align
from ...audio import Speech, load
from ...clip import FRAME_RATE
from ...hybrid import MODES, with_alignment
from ...intervals import Interval
from ...network import Network
from ...phones import BILABIALS, merged
from ...pipeline import predict
from ...post import Controls
from ...qa import CLOSED, Lips, closes_on
from ...text import words
from ..corpora import kokoro
from ..lips import load_lips
from .motion import motion_of
from .on_alignment import LANGUAGES, emodb_phones

_MOST: Final = 60
"""So many lines of a language are enough."""
_OPEN: Final = ("a", "ɑ", "æ")


class Line(NamedTuple):
    """A line of which everything is known."""

    text: str
    language: str
    """A BCP 47 tag."""
    speech: Speech
    phones: Sequence[Interval]
    """As they were labelled; classes of the network."""


def report(data: Path) -> str:
    """Return figures by language and mode, as a table in Markdown.

    - closed: share of the labelled p, b and m on which the lips close, within 33 ms.
    - open vowels closed: share of a, ɑ and æ in which they never open.
    """
    network = Network.load()
    lips = load_lips(data / "ict_facekit" / "lip_vertices.npz")
    heading = [
        "",
        "lines",
        "p b m",
        *(f"closed, {mode}" for mode in MODES),
        *(f"open vowels closed, {m}" for m in MODES),
    ]
    rows = [heading, ["---"] * len(heading)]
    for name, lines in (("German, EmoDB", _emodb(data)), *_kokoro(data)):
        found = [_closed(line, network, lips) for line in islice(lines, _MOST)]
        shut, open_ones = (np.concatenate([one[part] for one in found], axis=1) for part in (0, 1))
        shares = [*shut.mean(axis=1), *open_ones.mean(axis=1)]
        rows.append([name, str(len(found)), str(shut.shape[1]), *(f"{share:.3f}" for share in shares)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _closed(line: Line, network: Network, lips: Lips) -> tuple[Any, Any]:
    """Return, [mode, phone], on which p, b and m lips close, and in which open vowels they never open."""
    prediction = predict(line.speech, network=network, performance=False)
    alignment = align(words(line.text, line.language).words, prediction.posteriors, line.speech)
    shut, never = [], []
    for mode in MODES:
        clip = with_alignment(prediction, alignment, line.speech, mode=mode).to_clip(Controls())
        opening = motion_of(clip, lips).opening
        shut.append(closes_on(opening, _spans(line, BILABIALS), frame_rate=FRAME_RATE))
        never.append([opening[round(a * 60) : round(b * 60) + 1].max() < CLOSED for a, b in _spans(line, _OPEN)])
    return np.array(shut, bool), np.array(never, bool).reshape(len(MODES), -1)


def _spans(line: Line, names: Sequence[str]) -> list[tuple[float, float]]:
    end_s = line.speech.duration_s
    return [(p.start_s, p.end_s) for p in line.phones if p.label in names and p.start_s < p.end_s <= end_s]


def _emodb(data: Path) -> Iterator[Line]:
    for text in (data / "emodb" / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(text)
        if row.get("labels"):
            yield Line(row["text"], "de", load(data / "emodb" / f"{row['id']}.ogg"), emodb_phones(row["labels"]))


def _kokoro(data: Path) -> Iterator[tuple[str, Iterator[Line]]]:
    rows = [json.loads(text) for text in (data / "kokoro" / "labels.jsonl").read_text(encoding="utf-8").splitlines()]
    kept: dict[str, list[dict[str, Any]]] = {}
    for number, row in enumerate(rows):
        if kokoro.part_of(number, voice=row["voice"], language=row["lang"]) != "train":
            kept.setdefault(LANGUAGES.get(row["lang"], row["lang"]), []).append(row)
    for language, its in sorted(kept.items()):
        yield (
            f"{language}, Kokoro",
            (
                Line(row["text"], language, load(data / "kokoro" / f"{row['id']}.ogg"), merged(row["phones"]))
                for row in its
            ),
        )
