"""The held-out recording of FACEGOOD, against the tracked rig weights."""

from pathlib import Path

import numpy as np

from ...audio import Speech
from ...audio.activity import envelope_db, voice_activity
from ...channels import ARKIT
from ...clip import FRAME_RATE
from ...qa import correlation
from ..corpora import facegood
from ..lips import load_lips
from .baselines import Contender
from .compare import Compared, Scores, compare
from .motion import FILM_RATE, MouthMotion, film_times


def on_facegood(data: Path, contender: Contender) -> Scores:
    """Return the scores of the whole recording, and r within speech alone.

    The recording is of single syllables with pauses between them: over the whole of it, telling sound from silence is
    nearly enough.
    """
    lips = load_lips(data / "ict_facekit" / "lip_vertices.npz")
    takes, spoken = [], []
    samples = list(facegood.load(data, held=True))
    for sample, motion in zip(samples, contender.motions([one.samples for one in samples]), strict=True):
        assert sample.weights is not None
        weights = sample.weights
        jaw = weights[:, ARKIT.index("jawOpen")].astype(float)
        target = MouthMotion(
            np.arange(len(weights)) / float(FRAME_RATE), lips.opening(weights), lips.width(weights), jaw
        )
        speech = Speech(samples=sample.samples)
        times = film_times(speech.duration_s)
        takes.append(Compared(motion, target, times))
        spoken.append(voice_activity(envelope_db(speech, times), FILM_RATE))
    pairs = [(take.pred.at(take.times_s).opening, take.target.at(take.times_s).opening) for take in takes]
    said_opening, true_opening = (np.concatenate(curves) for curves in zip(*pairs, strict=True))
    within = correlation(said_opening, true_opening, where=np.concatenate(spoken))
    scores = compare(takes)
    del scores["lip opening r, mean of recordings"]  # there is only one
    return {"lip opening r": scores["lip opening r"], "lip opening r, within speech": within} | scores
