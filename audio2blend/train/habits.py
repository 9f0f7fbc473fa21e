"""What the network says for each phone that is spoken, which the aligner reads its posteriors by."""

from pathlib import Path

import numpy as np

from ..align.evidence import HABITS
from ..audio import Speech
from ..files import draft, write_arrays
from ..network import Network
from ..phones import PHONES
from .corpora import kokoro

_EVERY = 10
"""One utterance in so many of those that are trained on is enough to count."""


def count_habits(data: Path, output: Path = HABITS) -> None:
    """Sum the posteriors of all frames in which each phone is spoken, and keep them in `output`: [spoken, said].

    New voices and the new language are left out, so that alignment can be judged by them.
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
