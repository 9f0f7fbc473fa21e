"""The phones of a recording of which no text is known."""

from itertools import groupby
from typing import Final

import numpy as np

from ..audio import Speech
from ..intervals import Interval
from ..phones import PHONES, timed
from ..posteriors import PhonePosteriors
from .alignment import SILENCE, AlignedWord, Alignment

_SWITCH: Final = 2.0
"""What going on to another phone costs, in nats."""
_FLOOR: Final = 1e-3


def free_phones(posteriors: PhonePosteriors) -> list[Interval]:
    """Return the most probable phones, one after the other without gaps; silence is "sil".

    Source:
        A. J. Viterbi, *Error bounds for convolutional codes and an asymptotically optimum decoding algorithm*, IEEE
        Transactions on Information Theory 13(2), 1967, over phones any of which may follow any other at one cost.

    >>> from fractions import Fraction
    >>> each = np.eye(3)[[0, 0, 1, 1, 2, 1, 1, 0, 0]]
    >>> posteriors = PhonePosteriors(probabilities=each, phones=("sil", "m", "a"), frame_rate=Fraction(10))
    >>> [tuple(phone) for phone in free_phones(posteriors)]
    [('sil', 0.0, 0.2), ('m', 0.2, 0.4), ('a', 0.4, 0.5), ('m', 0.5, 0.7), ('sil', 0.7, 0.9)]
    """
    fits = np.log(posteriors.probabilities.astype(float) + _FLOOR)
    if not len(fits):
        return []
    best = fits[0].copy()
    came_from = np.zeros(fits.shape, np.int64)
    for frame in range(1, len(fits)):
        other = int(best.argmax())
        stay = best >= best[other] - _SWITCH
        came_from[frame] = np.where(stay, np.arange(len(best)), other)
        best = np.where(stay, best, best[other] - _SWITCH) + fits[frame]
    path = np.zeros(len(fits), np.int64)
    path[-1] = best.argmax()
    for frame in range(len(path) - 1, 0, -1):
        path[frame - 1] = came_from[frame, path[frame]]
    return timed(np.array([PHONES.index(name) for name in posteriors.phones])[path], float(posteriors.frame_rate))


def without_text(posteriors: PhonePosteriors, speech: Speech) -> Alignment:
    """Return the phones that the network predicts as an alignment: a word without text for each run between pauses."""
    words = []
    for spoken, run in groupby(free_phones(posteriors), lambda phone: phone.label != SILENCE):
        if spoken:
            end_s = speech.duration_s  # the last frame may be longer than the sound
            phones = tuple(phone._replace(end_s=min(phone.end_s, end_s)) for phone in run)
            words.append(AlignedWord(text="", start_s=phones[0].start_s, end_s=phones[-1].end_s, phones=phones))
    return Alignment(words=tuple(words), duration_s=speech.duration_s, aligner="none")
