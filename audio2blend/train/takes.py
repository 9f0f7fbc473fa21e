"""Filmed speech with its phones, to fit and evaluate the articulation model."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..align.free import free_phones
from ..audio import Speech
from ..audio.activity import envelope_db
from ..channels import ARKIT
from ..clip import FRAME_RATE
from ..intervals import Interval
from ..network import Network
from ..qa import Lips, closure_recall, correlation, false_closure, offset
from ..visemes import Visemes, articulate
from .align import in_words
from .corpora import facegood, grid
from .corpora.sample import Sample

CORPORA: Final = ("grid", "facegood")
"""The corpora of filmed speech, one speaker each."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Filmed:
    """A recording with its phones and its tracked mouth, at 60 frames a second."""

    phones: Sequence[Interval]
    times_s: Floats
    """[frame]"""
    loudness_db: Floats
    """[frame] relative to the loudness of the recording."""
    speech: NDArray[np.bool_]
    """[frame] where the face counts: not in silence, in which GRID's speaker opens his mouth to breathe."""
    seen: Mapping[str, Floats]
    """[frame] curves: "opening" beyond that of a face at rest, "jaw", "rounding" and "width"."""


def takes(data: Path, corpus: str, network: Network, lips: Lips, *, held: bool) -> Iterator[Filmed]:
    """Yield the takes of one of the `CORPORA`: those held out of training, or the others.

    GRID's words are known, and their phones aligned to the network's posteriors; FACEGOOD's are recognised from them.
    """
    load = {"grid": grid.load, "facegood": facegood.load}[corpus]
    return (_take(sample, data, network, lips) for sample in load(data, held=held))


def _take(sample: Sample, data: Path, network: Network, lips: Lips) -> Filmed:
    assert sample.weights is not None
    speech = Speech(samples=sample.samples)
    posteriors = network.predict(speech)[1]
    if sample.corpus == "grid":
        tracks = grid.load_tracks(data)
        phones = in_words(tracks.words[tracks.ids.index(sample.name)], posteriors)
    else:
        phones = free_phones(posteriors)
    times = np.arange(len(sample.weights)) / float(FRAME_RATE)
    return Filmed(
        phones=phones,
        times_s=times,
        loudness_db=envelope_db(speech, times).astype(float),
        speech=sample.voice != 0,
        seen=seen(sample.weights, lips),
    )


def seen(weights: NDArray[np.float32], lips: Lips) -> dict[str, Floats]:
    """Return the visible curves of a mouth under ARKit weights [frame, 52], [frame] each; see `Filmed.seen`."""
    jaw, pucker, funnel = weights[:, [ARKIT.index(name) for name in ("jawOpen", "mouthPucker", "mouthFunnel")]].T
    at_rest = lips.gap(np.zeros((1, len(ARKIT)), np.float32))
    return {
        "opening": lips.gap(weights) - at_rest,
        "jaw": jaw.astype(float),
        "rounding": (pucker + funnel).astype(float),
        "width": lips.width(weights),
    }


def report(visemes: Visemes, lines: Sequence[Filmed], lips: Lips, *, loudness: bool) -> dict[str, float]:
    """Return how well the model's mouth follows the filmed one, over all frames of speech; `r` is the opening's."""
    said, true = (
        {what: np.concatenate([curves[what] for curves in side]) for what in side[0]}
        for side in zip(*(_compared(visemes, take, lips, loudness) for take in lines), strict=True)
    )
    late = offset(said["opening"], true["opening"], frame_rate=FRAME_RATE, reach_s=0.1)
    scores = {
        "r": correlation(said["opening"], true["opening"]),
        "jaw_r": correlation(said["jaw"], true["jaw"]),
        "width_r": correlation(said["width"], true["width"]),
        "closure_recall": closure_recall(said["opening"], true["opening"]),
        "false_closure": false_closure(said["opening"], true["opening"]),
        "scale": float(said["opening"].std() / true["opening"].std()),
        "late_s": late.ms / 1000 if late else np.nan,
    }
    return {name: round(score, 3) for name, score in scores.items()}


def _compared(
    visemes: Visemes, take: Filmed, lips: Lips, loudness: bool
) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return the modelled and the filmed curves in the frames of speech, openings at least 0."""
    level = take.loudness_db if loudness else None
    duration_s = len(take.times_s) / float(FRAME_RATE)
    clip = articulate(take.phones, duration_s=duration_s, loudness_db=level, visemes=visemes)
    at_rest = lips.gap(np.zeros((1, len(ARKIT)), np.float32))
    sides = (seen(clip.values, lips), take.seen)
    shown = ({**curves, "opening": np.maximum(0, curves["opening"] + at_rest)} for curves in sides)
    said, true = ({what: curve[take.speech] for what, curve in curves.items()} for curves in shown)
    return said, true
