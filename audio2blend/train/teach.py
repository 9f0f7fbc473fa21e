"""Faces for recordings that have none, from what the teacher heard in them."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio import Speech
from ..audio.activity import envelope_db
from ..channels import ARKIT
from ..phones import PHONES
from ..visemes import Visemes, articulate_frames
from .corpora import Sample, frame_times
from .teacher_features import Listening

_TAPS: Final = (-9, -6, -3, 0, 3, 6, 9)
"""Frames at 60 Hz that the regression reads: ±150 ms."""
_STRENGTH: Final = 300.0
_ARTICULATION: Final = 3.0
"""How much the articulation model counts, all the regressions together being 1."""
_BILABIALS: Final = tuple(PHONES.index(name) for name in ("p", "b", "m"))

Floats = NDArray[np.float32]


class FaceRidge:
    """A ridge regression from ±150 ms of the teacher's components to the 52 weights."""

    def __init__(self, examples: Sequence[tuple[Floats, Floats]]) -> None:
        inputs = np.concatenate([_windows(components) for components, _ in examples])
        target = np.concatenate([weights for _, weights in examples])
        self._mean, self._scale = inputs.mean(axis=0), inputs.std(axis=0) + 1e-6
        self._offset = target.mean(axis=0)
        inputs = (inputs - self._mean) / self._scale
        gram = inputs.T @ inputs + _STRENGTH * np.eye(inputs.shape[1], dtype=np.float32)
        self._slope = np.linalg.solve(gram, inputs.T @ (target - self._offset))

    def __call__(self, components: Floats) -> Floats:
        """Return weights [frame, 52] in [0, 1]."""
        inputs = (_windows(components) - self._mean) / self._scale
        return np.asarray(np.clip(inputs @ self._slope + self._offset, 0, 1), np.float32)


def _windows(components: Floats) -> Floats:
    reach = max(_TAPS)
    padded = np.pad(components, ((reach, reach), (0, 0)), mode="edge")
    return np.concatenate([padded[reach + tap : reach + tap + len(components)] for tap in _TAPS], axis=1)


def ridges_of(samples: Sequence[Sample], listening: Listening) -> dict[str, FaceRidge]:
    """Return a regression to the faces of each corpus that has some."""
    by_corpus: dict[str, list[tuple[Floats, Floats]]] = {}
    for sample in samples:
        if sample.weights is not None:
            by_corpus.setdefault(sample.corpus, []).append((listening.frames(sample), sample.weights))
    return {corpus: FaceRidge(examples) for corpus, examples in sorted(by_corpus.items())}


def with_faces(
    samples: Sequence[Sample], listening: Listening, ridges: dict[str, FaceRidge], visemes: Visemes | None = None
) -> list[Sample]:
    """Return the samples, those without faces with what several teachers agree on.

    Where phones are known, the articulation model, with `visemes`, says how a mouth forms them. Each of the
    regressions, one for a corpus with faces, says how its speaker would move. A voice without a face gets the mean of
    them, made as lively as they are themselves: their habits cancel, what speech asks of any mouth stays. The
    articulation model counts most, as it foretells a filmed speaker whom it does not know better than a regression to
    another speaker does. In a recording with phones the mouth is closed where nobody speaks and in the closures of p, b
    and m, whose times are known better than the teachers hear them.
    """
    means = {}
    liveliness = []
    jaw = ARKIT.index("jawOpen")
    for sample in samples:
        if sample.weights is None:
            heard = listening.frames(sample)
            said = [with_closures(ridge(heard), sample.phones) for ridge in ridges.values()]
            counts = [1.0] * len(said)
            if (sample.phones > 0).any():
                loudness = envelope_db(Speech(samples=sample.samples), frame_times(len(sample.samples)))
                said.append(articulate_frames(sample.phones, loudness_db=loudness, visemes=visemes).values)
                counts.append(_ARTICULATION * max(1, len(ridges)))
            mean = np.average(said, axis=0, weights=counts).astype(np.float32)
            means[id(sample)] = mean
            liveliness.append((np.average([face[:, jaw].std() for face in said], weights=counts), mean[:, jaw].std()))
    each, together = np.sum(liveliness, axis=0)
    return [
        replace(s, weights=np.clip(means[id(s)] * (each / together), 0, 1)) if s.weights is None else s for s in samples
    ]


def with_closures(weights: Floats, phones: NDArray[np.int64]) -> Floats:
    """Return weights [frame, 52] that rest in silence and have the lips closed in p, b and m.

    The lips of a plosive part before its burst is over: they are held for two thirds of a p, and all of b and m.
    """
    edges = np.flatnonzero(np.diff(phones, prepend=-9, append=-9))
    held = np.zeros(len(phones), np.float32)
    silent = np.zeros(len(phones), np.float32)
    for first, last in pairwise(edges):
        if phones[first] in _BILABIALS:
            share = 0.67 if PHONES[phones[first]] == "p" else 1.0
            held[first : first + max(2, round(share * (last - first)))] = 1
        elif phones[first] == 0:
            # Lips begin to part about 80 ms before the first sound, and have closed 120 ms after the last.
            silent[first + (7 if first > 0 else 0) : last - (5 if last < len(phones) else 0)] = 1
    held, silent = _softened(held, 2), _softened(silent, 4)
    closed = np.zeros_like(weights)
    jaw = 0.5 * weights[:, ARKIT.index("jawOpen")]
    closed[:, ARKIT.index("jawOpen")] = jaw
    closed[:, ARKIT.index("mouthClose")] = 0.95 * jaw + 0.03
    for name in ("mouthPucker", "mouthFunnel", "mouthPressLeft", "mouthPressRight"):
        closed[:, ARKIT.index(name)] = weights[:, ARKIT.index(name)]
    closed[:, ARKIT.index("mouthFunnel")] *= 0.2
    out = weights * (1 - held[:, None]) + closed * held[:, None]
    return np.asarray(out * (1 - silent[:, None]), np.float32)


def guided(samples: Sequence[Sample], listening: Listening, ridges: dict[str, FaceRidge]) -> list[Sample]:
    """Return the samples with filmed faces halfway between what was seen and what the regression to it says.

    What cannot be heard with the teacher's context, a network with less had better not be asked for.
    """
    return [
        s if s.weights is None else replace(s, weights=(s.weights + ridges[s.corpus](listening.frames(s))) / 2)
        for s in samples
    ]


def _softened(mask: Floats, reach: int) -> Floats:
    """Return a mask [frame] with ramps of `reach` frames outside of where it is 1."""
    distance = np.full(len(mask), np.inf)
    inside = np.flatnonzero(mask > 0)
    if len(inside):
        at = np.arange(len(mask))
        right = np.clip(np.searchsorted(inside, at), 0, len(inside) - 1)
        left = np.clip(right - 1, 0, len(inside) - 1)
        distance = np.minimum(np.abs(inside[right] - at), np.abs(inside[left] - at)).astype(float)
    return np.clip(1 - distance / (reach + 1), 0, 1).astype(np.float32)
