"""Measuring a network on recordings that it was not trained on, beside what it has to beat."""

from collections.abc import Callable
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..audio import Speech
from ..channels import ARKIT
from ..clip import Clip
from ..network import Network
from ..post import closed_on_bilabials
from ..qa import CLOSED, Lips, correlation
from .baselines import MelRidge, at_25, grid_examples, loudness
from .corpora import facegood, grid, kokoro
from .lips import load_lips
from .measures import Curve, OpeningScores, lag_ms, score
from .phones import PHONES

Predictor = Callable[[NDArray[np.float32], int], Curve]
"""From samples to opening at 25 fps, so many frames of it."""

Report = dict[str, dict[str, float]]


def evaluate(data: Path, network: Network) -> Report:
    """Return all scores of a network on what is held out of the corpora in `data`.

    Lip opening is read off the ICT face mesh that the weights drive, over the distance of the eye corners, at zero
    lag; on GRID it is compared, within speech, with the opening measured from landmarks.
    """
    lips = load_lips(data / "ict_facekit" / "lip_vertices.npz")

    def opening(clip: Clip) -> Curve:
        return lips.opening(clip.values).astype(float)

    def shut(speech: Speech) -> Clip:
        face, heard = network.listen(speech)
        return closed_on_bilabials(face, heard.probability(["p", "b", "m"]))

    def network_opening(samples: NDArray[np.float32], count: int) -> Curve:
        return at_25(opening(network.run(Speech(samples=samples))), 60, count)

    report: Report = {}
    known = [(samples, true) for _, samples, true, _ in grid_examples(data, held=False)]
    predictors: dict[str, Predictor] = {
        "loudness-driven jaw": loudness,
        "mel ridge": MelRidge(known),
        "network": network_opening,
        "network, lips shut on p b m": lambda samples, n: at_25(opening(shut(Speech(samples=samples))), 60, n),
    }
    for name, predictor in predictors.items():
        report[f"grid, {name}"] = _grid(data, predictor)
    report["grid, network, less sound"] = _grid(data, lambda samples, n: network_opening(samples * 0.25, n))
    report["grid, network, 10 dB noise"] = _grid(data, lambda samples, n: network_opening(_noisy(samples), n))
    report["grid, network, other weights"] = _grid_weights(data, network, lips)
    report["grid, silence"] = _silence(data, network_opening)
    for sample in facegood.load(data, held=True):
        assert sample.weights is not None
        true = lips.opening(sample.weights).astype(float)
        clip = network.run(Speech(samples=sample.samples))
        n = len(true)
        loud = np.interp(np.arange(n) / 60, np.arange(n) / 25, loudness(sample.samples, n))
        report["facegood, loudness-driven jaw"] = {"r": round(correlation(loud, true), 4)}
        said = opening(clip)
        report["facegood, network"] = {
            "r": round(correlation(said, true), 4),
            "jaw_r": round(
                correlation(clip["jawOpen"].astype(float), sample.weights[:, ARKIT.index("jawOpen")].astype(float)), 4
            ),
            "lag_ms": round(lag_ms([(said, true)], 60), 1),
            "scale": round(float(said.std() / true.std()), 3),
        }
    report["kokoro, network"] = _kokoro(data, network.run, opening)
    report["kokoro, network, lips shut on p b m"] = _kokoro(data, shut, opening)
    return report


def _noisy(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return samples with white noise 10 dB below them."""
    noise = np.random.default_rng(0).standard_normal(len(samples)).astype(np.float32)
    return np.asarray(samples + noise * np.sqrt(np.mean(samples**2) / 10), np.float32)


def _grid(data: Path, predictor: Predictor) -> dict[str, float]:
    pairs = []
    for _, samples, true, (start, end) in grid_examples(data, held=True):
        said = predictor(samples, len(true))
        times = np.arange(len(true)) / grid.FPS
        speech = (times >= start) & (times <= end)
        pairs.append((said[speech], true[speech]))
    scores: OpeningScores = score(pairs)
    return {**asdict(scores), "lag_ms": round(lag_ms(pairs, grid.FPS), 1)}


def _grid_weights(data: Path, network: Network, lips: Lips) -> dict[str, float]:
    """Return the pooled r, within speech, of the mouth's width and of jawOpen with the tracker's."""
    tracks = grid.load_tracks(data)
    times = np.arange(tracks.opening.shape[1]) / grid.FPS
    widths, jaws = [], []
    for name, samples, _, (start, end) in grid_examples(data, held=True):
        index = tracks.ids.index(name)
        clip = network.run(Speech(samples=samples))
        speech = (times >= start) & (times <= end)
        width = np.interp(times, clip.times_s, lips.width(clip.values))
        jaw = np.interp(times, clip.times_s, clip["jawOpen"])
        widths.append((width[speech], tracks.width[index][speech]))
        jaws.append((jaw[speech], tracks.scores[index][speech, ARKIT.index("jawOpen")]))
    both = [np.concatenate(column) for pairs in (widths, jaws) for column in zip(*pairs, strict=True)]
    return {"width_r": round(correlation(*both[:2]), 4), "jaw_r": round(correlation(*both[2:]), 4)}


def _silence(data: Path, predictor: Predictor) -> dict[str, float]:
    """Return the opening that 99 % of the frames stay below, 0.3 s away from speech and in no sound at all."""
    quiet = []
    for _, samples, true, (start, end) in grid_examples(data, held=True):
        times = np.arange(len(true)) / grid.FPS
        quiet.append(predictor(samples, len(true))[(times < start - 0.3) | (times > end + 0.3)])
    hiss = np.random.default_rng(0).standard_normal(160_000).astype(np.float32) * 0.003
    return {
        "around_speech_p99": round(float(np.percentile(np.concatenate(quiet), 99)), 4),
        "digital_silence_p99": round(float(np.percentile(predictor(np.zeros(160_000, np.float32), 250), 99)), 4),
        "hiss_p99": round(float(np.percentile(predictor(hiss, 250), 99)), 4),
    }


def _kokoro(data: Path, animate: Callable[[Speech], Clip], opening: Callable[[Clip], Curve]) -> dict[str, float]:
    """Return how often the lips close somewhere within p, b and m and 30 ms around, and what vowels open them to."""
    closures, vowels, silences, jaws = [], [], [], []
    stops = [PHONES.index(name) for name in ("p", "b", "m")]
    open_vowels = [PHONES.index(name) for name in ("a", "ɑ", "æ")]
    for sample in kokoro.load(data, part="held"):
        clip = animate(Speech(samples=sample.samples))
        said = opening(clip)
        edges = np.flatnonzero(np.diff(sample.phones, prepend=-2, append=-2))
        for first, last in pairwise(edges):
            phone = sample.phones[first]
            if phone in stops:
                closures.append(said[max(0, first - 2) : last + 2].min() < CLOSED)
            elif phone in open_vowels:
                vowels.append(said[first:last].max())
                jaws.append(clip["jawOpen"][first:last].max())
            elif phone == 0 and last - first > 24:
                silences.append(said[first + 9 : last - 9])
    return {
        "closures_on_pbm": round(float(np.mean(closures)), 4),
        "open_vowels_closed": round(float(np.mean(np.array(vowels) < CLOSED)), 4),
        "open_vowel_opening": round(float(np.median(vowels)), 3),
        "open_vowel_jaw": round(float(np.median(jaws)), 3),
        "silence_p99": round(float(np.percentile(np.concatenate(silences), 99)), 4),
    }
