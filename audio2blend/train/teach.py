"""Pseudo-labels: faces of recordings that were not filmed, regressed from the teacher's features."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..channels import ARKIT
from ..lips import Lips
from ..phones import BILABIALS, PHONES
from .corpora import Sample
from .corpora.fitting import funnelled, parted, spread
from .teacher_features import Listening

_TAPS: Final = (-8, -4, 0, 4, 8)
"""Input frames of the regression, relative to the output frame at 60 Hz: ±130 ms."""
_COMPONENTS: Final = 128
"""How many of the teacher's components the regression sees; with more of them it transfers to strangers less well."""
_STRENGTH: Final = 1e4
"""Ridge penalty. From 3e3 to 3e4 a regression to one speaker's lips transfers to strangers about equally well; with
less, worse."""
_CLOSED: Final = tuple(PHONES.index(name) for name in BILABIALS)
_WIDTH_GAIN: Final = 1.7
"""A regression to one speaker's mouth predicts when a stranger's is narrow or wide, but at two fifths of its size
(0.42 on filmed strangers, where the opening has 0.75): of what it is unsure, it says little."""
LEADER: Final = "grid"
"""The corpus whose speaker the pseudo-labels imitate: a regression to his lips predicts those of strangers best."""

Floats = NDArray[np.float32]


class FaceRidge:
    """A ridge regression from ±130 ms of the teacher's components to the 52 weights and the lips' opening and width."""

    def __init__(self, examples: Sequence[tuple[Floats, Floats]], lips: Lips) -> None:
        inputs = np.concatenate([_windows(components) for components, _ in examples])
        weights = np.concatenate([weights for _, weights in examples])
        target = np.column_stack([weights, lips.opening(weights), lips.width(weights)]).astype(np.float32)
        self._lips = lips
        self._mean, self._scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
        self._offset = target.mean(axis=0)
        inputs = (inputs - self._mean) / self._scale
        gram = inputs.T @ inputs + _STRENGTH * np.eye(inputs.shape[1], dtype=np.float32)
        self._slope = np.linalg.solve(gram, inputs.T @ (target - self._offset))

    def __call__(self, components: Floats, *, width_gain: float = 1.0) -> Floats:
        """Return weights [frame, 52] in [0, 1], adjusted to the predicted opening, and to the width times a gain."""
        inputs = (_windows(components) - self._mean) / self._scale
        said = inputs @ self._slope + self._offset
        weights, gap = np.clip(said[:, :-2], 0, 1), np.maximum(0, said[:, -2])
        width = self._offset[-1] + width_gain * (said[:, -1] - self._offset[-1])
        wider = (width - self._lips.width(weights)) / self._lips.width(0 * weights[:1])
        return parted(funnelled(spread(weights, wider, self._lips), gap, self._lips), gap, self._lips)


def _windows(components: Floats) -> Floats:
    reach = max(_TAPS)
    padded = np.pad(components[:, :_COMPONENTS], ((reach, reach), (0, 0)), mode="edge")
    return np.concatenate([padded[reach + tap : reach + tap + len(components)] for tap in _TAPS], axis=1)


def ridges_of(samples: Sequence[Sample], listening: Listening, lips: Lips) -> dict[str, FaceRidge]:
    """Return, for each corpus with filmed faces, a regression to them."""
    by_corpus: dict[str, list[tuple[Floats, Floats]]] = {}
    for sample in samples:
        if sample.weights is not None:
            by_corpus.setdefault(sample.corpus, []).append((listening.frames(sample), sample.weights))
    return {corpus: FaceRidge(examples, lips) for corpus, examples in sorted(by_corpus.items())}


def with_faces(samples: Sequence[Sample], listening: Listening, ridge: FaceRidge) -> list[Sample]:
    """Return the samples, those without faces with weights predicted by `ridge`.

    Lips are closed on p, b and m, whose labelled times are more exact than the teacher's features. In silence the
    prediction stands: people keep the mouth open through stops and short pauses and close it slowly.
    """
    return [
        replace(s, weights=with_closures(ridge(listening.frames(s), width_gain=_WIDTH_GAIN), s.phones))
        if s.weights is None
        else s
        for s in samples
    ]


def with_closures(weights: Floats, phones: NDArray[np.int64]) -> Floats:
    """Return weights [frame, 52] with the lips closed on p, b and m.

    Lips part before a plosive's burst is over: they stay closed for two thirds of a p, and for all of b and m.
    """
    edges = np.flatnonzero(np.diff(phones, prepend=-9, append=-9))
    held = np.zeros(len(phones), np.float32)
    for first, last in pairwise(edges):
        if phones[first] in _CLOSED:
            share = 0.67 if PHONES[phones[first]] == "p" else 1.0
            held[first : first + max(2, round(share * (last - first)))] = 1
    held = _softened(held, 2)
    closed = np.zeros_like(weights)
    jaw = 0.5 * weights[:, ARKIT.index("jawOpen")]
    closed[:, ARKIT.index("jawOpen")] = jaw
    closed[:, ARKIT.index("mouthClose")] = 0.95 * jaw + 0.03
    for name in ("mouthPucker", "mouthFunnel", "mouthPressLeft", "mouthPressRight"):
        closed[:, ARKIT.index(name)] = weights[:, ARKIT.index(name)]
    closed[:, ARKIT.index("mouthFunnel")] *= 0.2
    return np.asarray(weights * (1 - held[:, None]) + closed * held[:, None], np.float32)


def guided(samples: Sequence[Sample], listening: Listening, ridges: dict[str, FaceRidge]) -> list[Sample]:
    """Return the samples with filmed weights averaged with the regression's prediction of them.

    What cannot be predicted from the teacher's wide context should not be asked of a network with less.
    """
    return [
        s if s.weights is None else replace(s, weights=(s.weights + ridges[s.corpus](listening.frames(s))) / 2)
        for s in samples
    ]


def _softened(mask: Floats, reach: int) -> Floats:
    """Return a mask [frame] with linear ramps of `reach` frames on either side of its ones."""
    distance = np.full(len(mask), np.inf)
    inside = np.flatnonzero(mask > 0)
    if len(inside):
        at = np.arange(len(mask))
        right = np.clip(np.searchsorted(inside, at), 0, len(inside) - 1)
        left = np.clip(right - 1, 0, len(inside) - 1)
        distance = np.minimum(np.abs(inside[right] - at), np.abs(inside[left] - at)).astype(float)
    return np.clip(1 - distance / (reach + 1), 0, 1).astype(np.float32)
