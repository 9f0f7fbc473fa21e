"""The network's phone confusions, by which the aligner weighs its posteriors."""

from pathlib import Path

import numpy as np

from ..align.evidence import HABITS
from ..audio import Speech
from ..files import draft, write_arrays
from ..network import Network
from ..phones import PHONES
from .corpora import kokoro

_EVERY = 10
"""One training utterance in ten is enough to count."""


def count_habits(data: Path, output: Path = HABITS) -> None:
    """Sum the posteriors over all frames of each spoken phone, and write them to `output`: [spoken, predicted].

    Held-out voices and the held-out language do not count, so that alignment can be evaluated on them.
    """
    network = Network.load()
    counts = np.zeros((len(PHONES), len(PHONES)))
    samples = [*kokoro.load(data, part="held"), *list(kokoro.load(data, part="train"))[::_EVERY]]
    for sample in samples:
        said = network.predict(Speech(samples=sample.samples))[1].probabilities
        n_frames = min(len(said), len(sample.phones))
        spoken = sample.phones[:n_frames]
        for phone in np.unique(spoken[spoken >= 0]):
            counts[phone] += said[:n_frames][spoken == phone].sum(axis=0)
    with draft(output) as target:
        write_arrays(target, {"counts": counts.astype(np.float32)})
