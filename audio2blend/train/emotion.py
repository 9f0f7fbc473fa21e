"""Fitting the emotions of voices: `python -m audio2blend.train emotion --data DATA`."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio import Speech
from ..emotion.prosody import Numbers, Prosody
from ..emotion.voice import CLASSES, WEIGHTS, Regression, classified
from ..files import draft, write_arrays
from .corpora import emodb, librispeech

_RIDGE: Final = 0.01
"""Weight of the squared coefficients; from 0.003 to 0.03 it gives much the same."""
_COPIES: Final = 3
"""So many copies of each recording through other microphones, lines and noise."""
_READERS_EVERY: Final = 2
_STEPS: Final = 400


@dataclass(frozen=True, slots=True, eq=False)
class _Rows:
    features: Numbers
    """Shape (n, n_features)."""
    classes: NDArray[np.int64]
    people: NDArray[np.str_]
    clean: NDArray[np.bool_]


def fit_emotions(data: Path, output: Path = WEIGHTS) -> str:
    """Fit the regression to EmoDB, write it, and return a table of how right it is for actors that it does not know.

    Readers of LibriSpeech count as neutral, so that a microphone or a language is no emotion; they are in no table.
    """
    rows = _rows(data)
    table = _left_out(rows)
    model = _fitted(rows.features, rows.classes, rows.people)
    with draft(output) as target:
        kept = {"mean": model.mean, "scale": model.scale, "weights": model.weights}
        write_arrays(target, {name: value.astype(np.float32) for name, value in kept.items()})
    return table


def _rows(data: Path) -> _Rows:
    rng = np.random.default_rng(0)
    features, classes, people, clean = [], [], [], []
    for person, emotion, speech in _recordings(data):
        for copy in range(1 + _COPIES):
            changed = speech if copy == 0 else _elsewhere(speech, rng)
            row = Prosody.of(changed).describe(0, changed.duration_s)
            if row is not None:
                features.append(row)
                classes.append(CLASSES.index(emotion))
                people.append(person)
                clean.append(copy == 0)
    return _Rows(np.array(features), np.array(classes), np.array(people), np.array(clean))


def _recordings(data: Path) -> Iterator[tuple[str, str, Speech]]:
    yield from emodb.load(data)
    for number, sample in enumerate(librispeech.load(data)):
        if number % _READERS_EVERY == 0:
            yield "reader", "neutral", Speech(samples=sample.samples[: 4 * 16_000])


def _elsewhere(speech: Speech, rng: np.random.Generator) -> Speech:
    """Return speech as another microphone takes it: coloured by up to some 6 dB, with noise 15 to 40 dB below."""
    spectrum = np.fft.rfft(speech.samples)
    knots = rng.normal(0, 3, 8)
    warped = np.log1p(np.arange(len(spectrum)) / len(spectrum) * 30)
    gain_db = np.interp(warped, np.linspace(0, warped[-1], len(knots)), knots)
    coloured = np.fft.irfft(spectrum * 10 ** (gain_db / 20), len(speech.samples))
    level = np.sqrt(np.mean(coloured**2)) * 10 ** (-rng.uniform(15, 40) / 20)
    return Speech(samples=(coloured + rng.normal(0, level, len(coloured))).astype(np.float32))


def _left_out(rows: _Rows) -> str:
    """Return a table of EmoDB's classes: each actor judged by a regression that was fitted to the others."""
    confusion = np.zeros((len(CLASSES), len(CLASSES)), int)
    for actor in sorted({*rows.people} - {"reader"}):
        mine = rows.people == actor
        model = _fitted(rows.features[~mine], rows.classes[~mine], rows.people[~mine])
        for row, true in zip(rows.features[mine & rows.clean], rows.classes[mine & rows.clean], strict=True):
            confusion[true, int(classified(row, model).argmax())] += 1
    recall = confusion.diagonal() / confusion.sum(axis=1)
    lines = [f"| acted | {' | '.join(CLASSES)} | right |", "|---" * (len(CLASSES) + 2) + "|"]
    for name, row, share in zip(CLASSES, confusion, recall, strict=True):
        lines.append(f"| {name} | {' | '.join(map(str, row))} | {share:.0%} |")
    right = confusion.trace() / confusion.sum()
    return "\n".join([*lines, "", f"{right:.1%} right; {recall.mean():.1%} on average over the classes"])


def _fitted(features: Numbers, classes: NDArray[np.int64], people: NDArray[np.str_]) -> Regression:
    """Return the regression of least cross-entropy, each class counting alike; readers count as one class more."""
    import torch

    mean, scale = features.mean(axis=0), features.std(axis=0) + 1e-9
    inputs = torch.tensor(np.c_[(features - mean) / scale, np.ones(len(features))])
    groups = np.where(people == "reader", len(CLASSES), classes)
    share = 1 / np.maximum(1, np.bincount(groups, minlength=len(CLASSES) + 1))[groups]
    importance, target = torch.tensor(share / share.sum()), torch.tensor(classes)
    weights = torch.zeros(inputs.shape[1], len(CLASSES), dtype=torch.float64, requires_grad=True)
    optimiser = torch.optim.LBFGS([weights], max_iter=_STEPS, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimiser.zero_grad()
        entropy = torch.nn.functional.cross_entropy(inputs @ weights, target, reduction="none")
        value = (importance * entropy).sum() + _RIDGE * weights[:-1].square().sum()
        value.backward()
        return value

    optimiser.step(loss)
    return Regression(mean, scale, weights.detach().numpy())
