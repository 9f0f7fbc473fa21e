"""Regenerating parts of a recording, where a person corrected its phones."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .errors import InputError
from .intervals import Interval, to_text
from .phones import PHONES, classes
from .prediction import Prediction
from .visemes import articulate_frames

_REACH_FRAMES: Final = 6
"""For how many frames before and after a corrected phone the face passes from the one motion to the other: 0.1 s."""
_SAID_BY: Final = ("jaw", "mouth", "tongue")
"""What the names of the shapes begin with that phones move."""


def with_phones(prediction: Prediction, phones: Sequence[tuple[str, float, float]]) -> Prediction:
    """Return `prediction` with these phones: where they differ from its own, the articulation model says them.

    Args:
        prediction: of the recording.
        phones: (name, start, end) in ascending order, names from `audio2blend.phones.PHONES`, times in seconds; where
            there is none, or "sil", nobody speaks.

    The face passes from the network's motion to the model's and back within 0.1 s around each difference; further away
    it is what it was to the last bit, and with `prediction.phones` all of it is. Raises InputError for a phone that is
    not known, ends before it starts, or begins before the recording or before the one before it ends.
    """
    _check(phones)
    half_s = 0.5 / float(prediction.face.frame_rate)  # borders lie between frames, where rounding is harmless
    times_s = prediction.face.times_s + half_s
    now, before = classes(phones, times_s), classes(prediction.phones, times_s)
    changed = now != before
    if not changed.any():
        return prediction
    share = _spread(changed)[:, None]
    names = [name for name in prediction.face.channels if name.startswith(_SAID_BY)]
    model = articulate_frames(now).select(names).values
    network = prediction.face.select(names).values
    values = np.where(share > 0, network + share.astype(np.float32) * (model - network), network)
    posteriors = prediction.posteriors.probabilities.copy()
    posteriors[changed] = 0
    posteriors[changed, [prediction.posteriors.phones.index(PHONES[number]) for number in now[changed]]] = 1
    face = prediction.face.with_channels(dict(zip(names, values.T, strict=True)))
    face = replace(face, metadata={**face.metadata, "phones": to_text(Interval(*phone) for phone in phones)})
    return replace(prediction, face=face, posteriors=replace(prediction.posteriors, probabilities=posteriors))


def _check(phones: Sequence[tuple[str, float, float]]) -> None:
    until = 0.0
    for name, start, end in phones:
        if name not in PHONES:
            raise InputError(f"there is no phone '{name}' at {start:.2f} s; the known ones are {' '.join(PHONES)}")
        if not start < end:
            raise InputError(f"the phone '{name}' at {start:.2f} s ends at {end:.2f} s; it must end after it starts")
        if start < -1e-4:
            raise InputError(f"the phone '{name}' starts at {start:.2f} s, before the recording; give a time from 0 on")
        if start < until - 1e-4:
            raise InputError(
                f"the phone '{name}' starts at {start:.2f} s, before the one before it ends at {until:.2f} s; "
                "change one of the two times"
            )
        until = end


def _spread(changed: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return 1 where something changed, falling to 0 beside it by a raised cosine, shape (n_frames,)."""
    ramp = np.hanning(2 * _REACH_FRAMES + 3)[1:-1]
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(changed.astype(float), _REACH_FRAMES), len(ramp))
    return np.asarray(np.max(windows * ramp, axis=1))
