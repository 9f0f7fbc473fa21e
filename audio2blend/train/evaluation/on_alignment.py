"""Accuracy of the aligner: against hand labels of German, and on synthetic voices held out of training."""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...align.alignment import Alignment
from ...align.builtin import align
from ...audio import load
from ...intervals import Interval
from ...network import Network
from ...phones import merged, segments
from ...text import words
from ..corpora import kokoro
from ..lips import load_lips
from .compare import Scores
from .on_words import by_words

_IPA: Final = {
    "I": "ɪ", "a": "a", "A": "a", "i": "i", "e": "e", "U": "ʊ", "E": "ɛ", "@": "ə", "6": "ɐ", "O": "ɔ", "o": "o",
    "Y": "ʏ", "y": "y", "9": "œ", "8": "œ", "u": "u", "N": "ŋ", "C": "ç", "S": "ʃ", "x": "x", "X": "ʁ", "4": "ʁ",
    "R": "ʁ", "r": "ʁ", "z": "z", "s": "s", "v": "v", "f": "f", "h": "h", "H": "h", "B": "b", "V": "v", "D": "ð",
    "G": "ɡ", "g": "ɡ", "L": "l", "l": "l", "j": "j", "J": "j", "n": "n", "m": "m", "t": "t", "d": "d", "k": "k",
    "p": "p", "b": "b", "?": "ʔ",
}  # fmt: skip
"""IPA of EmoDB's symbols, one character each; two in a row are a diphthong."""
LANGUAGES: Final = {"en-us": "en-US", "en-gb": "en-GB", "fr-fr": "fr", "cmn": "zh"}
"""Language tags of Kokoro's languages, where they differ from its own."""


class _Pair(NamedTuple):
    """A boundary as aligned and as labelled, in seconds."""

    found_s: float
    labelled_s: float


def on_emodb(data: Path, network: Network) -> Scores:
    """Return the scores on EmoDB's eight actors, none of whom is in the training data."""
    pairs, ends = [], []
    for line in (data / "emodb" / "labels.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row.get("labels"):
            speech = load(data / "emodb" / f"{row['id']}.ogg")
            found = align(words(row["text"], "de").words, network.predict(speech)[1], speech)
            one, other = matched(found, emodb_phones(row["labels"]))
            pairs += one
            ends += other
    return {**_figures("boundaries", pairs), **_figures("word boundaries", ends)}


def on_new_voices(data: Path, network: Network) -> dict[str, Scores]:
    """Return the scores on Kokoro's held-out voices and held-out language, by language."""
    rows = (data / "kokoro" / "labels.jsonl").read_text(encoding="utf-8").splitlines()
    by_language: dict[str, tuple[list[_Pair], list[_Pair]]] = {}
    for number, line in enumerate(rows):
        row = json.loads(line)
        if kokoro.part_of(number, voice=row["voice"], language=row["lang"]) not in ("voices", "language"):
            continue
        speech = load(data / "kokoro" / f"{row['id']}.ogg")
        said = words(row["text"], LANGUAGES.get(row["lang"], row["lang"])).words
        found = align(said, network.predict(speech)[1], speech)
        for kept, new in zip(
            by_language.setdefault(row["lang"], ([], [])), matched(found, merged(row["phones"])), strict=True
        ):
            kept += new
    return {
        language: {**_figures("boundaries", pairs), **_figures("word boundaries", ends)}
        for language, (pairs, ends) in by_language.items()
    }


def report(data: Path) -> str:
    """Return all scores as two Markdown tables."""
    network = Network.load()
    lips = load_lips(data / "ict_facekit" / "lip_vertices.npz")
    rows = {"EmoDB, German, by hand": on_emodb(data, network), **on_new_voices(data, network)}
    names = ("n", "median ms", "within 25 ms", "within 50 ms")
    lines = [f"| | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    lines += [
        f"| {who}: {what} | {' | '.join(format(scores[f'{what}, {name}'], '.3g') for name in names)} |"
        for who, scores in rows.items()
        for what in ("boundaries", "word boundaries")
    ]
    modes = by_words(data, network, lips)
    lines += ["", f"| GRID | {' | '.join(modes)} |", "|---" * (len(modes) + 1) + "|"]
    lines += [
        f"| {name} | {' | '.join(format(scores[name], '.3g') for scores in modes.values())} |"
        for name in next(iter(modes.values()))
    ]
    return "\n".join(lines)


def emodb_phones(labels: Sequence[tuple[float, str]]) -> list[Interval]:
    """Return EmoDB's labels as phones in IPA, with "sil".

    A label is a time and a symbol with diacritics. The time is the start of the phone: the sound shows it, although the
    corpus's documentation says otherwise. "_t" is the closure of a "t", "!t" and "tasp" its release, and what begins
    with + or - a change within a phone. "." and labels in brackets are not speech.
    """
    out: list[Interval] = []
    edges = [*(start for start, _ in labels), labels[-1][0]]
    for (start, label), end in zip(labels, edges[1:], strict=True):
        symbol = re.split(r"[\t +\[]", label)[0]
        if symbol.startswith((".", "(")):
            out.append(Interval("sil", start, end))
            continue
        name = "".join(_IPA.get(letter, "") for letter in symbol.lstrip("_"))
        if not name or symbol.startswith(("!", "-")) or symbol.endswith(("asp", "sap")):
            name = out[-1].label if out else "sil"
        if out and out[-1].label == name:
            out[-1] = out[-1]._replace(end_s=end)
        else:
            out.append(Interval(name, start, end))
    return out


def matched(found: Alignment, labelled: Sequence[Interval]) -> tuple[list[_Pair], list[_Pair]]:
    """Return the phone starts, and the word starts and ends, that both alignments have.

    Phones are matched by minimum edit distance between the two sequences of classes. A word boundary between two phones
    of one class, as in "am Mittwoch", is skipped: no label could show it.
    """
    ours = list(_phones(found))
    theirs = [(phone, name) for phone in labelled for _, name in segments(phone.label) if phone.label != "sil"]
    partner = dict(_aligned([name for _, name, _ in ours], [name for _, name in theirs]))
    starts = [
        _Pair(ours[i][0].start_s, theirs[j][0].start_s)
        for i, j in partner.items()
        if j == 0 or theirs[j - 1][0] is not theirs[j][0]
    ]
    ends: list[_Pair] = []
    for i, (phone, name, word) in enumerate(ours):
        if i not in partner:
            continue
        other = theirs[partner[i]][0]
        if (i == 0 or ours[i - 1][2] != word) and (i == 0 or ours[i - 1][1] != name):
            ends.append(_Pair(phone.start_s, other.start_s))
        last = i + 1 == len(ours)
        if (last or ours[i + 1][2] != word) and (last or ours[i + 1][1] != name):
            ends.append(_Pair(phone.end_s, other.end_s))
    return starts, ends


def _phones(found: Alignment) -> Iterator[tuple[Interval, str, int]]:
    for number, word in enumerate(found.words):
        for phone in word.phones:
            for _, name in segments(phone.label)[:1]:
                yield phone, name, number


def _aligned(one: Sequence[str], other: Sequence[str]) -> list[tuple[int, int]]:
    """Return the pairs of equal or substituted entries in a minimum edit alignment of two sequences."""
    cost: NDArray[np.float64] = np.zeros((len(one) + 1, len(other) + 1))
    cost[:, 0], cost[0] = np.arange(len(one) + 1), np.arange(len(other) + 1)
    change = np.array([[0.0 if a == b else 1.1 for b in other] for a in one]).reshape(len(one), len(other))
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            cost[i, j] = min(cost[i - 1, j - 1] + change[i - 1, j - 1], cost[i - 1, j] + 1, cost[i, j - 1] + 1)
    i, j = len(one), len(other)
    out = []
    while i and j:
        if cost[i, j] == cost[i - 1, j - 1] + change[i - 1, j - 1]:
            i, j = i - 1, j - 1
            out.append((i, j))
        elif cost[i, j] == cost[i - 1, j] + 1:
            i -= 1
        else:
            j -= 1
    return out[::-1]


def _figures(name: str, pairs: Sequence[_Pair]) -> dict[str, Any]:
    away = np.abs([pair.found_s - pair.labelled_s for pair in pairs])
    return {
        f"{name}, n": float(len(away)),
        f"{name}, median ms": float(np.median(away) * 1000),
        f"{name}, within 25 ms": float(np.mean(away <= 0.025)),
        f"{name}, within 50 ms": float(np.mean(away <= 0.05)),
    }
