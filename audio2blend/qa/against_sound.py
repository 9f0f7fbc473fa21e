"""Measures of an animated line against its sound alone."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio import Speech
from ..audio.activity import envelope_db, voice_activity
from ..clip import FRAME_RATE, Clip
from ..intervals import runs
from ..lips import CLOSED, OPEN
from ..phones import BILABIALS, LABIODENTALS
from ..posteriors import PhonePosteriors
from .measure import Measure, mean, measured, median
from .offset import offset
from .phone_closures import closed_phones, closure_timing_ms, explained_closures
from .sampled import MeasuredFace, Sampled
from .silence import stillness
from .symmetry import asymmetry
from .upper_face import upper_face_dynamics

SURE: Final = 0.7
"""A phone counts as detected from this probability on; in held-out voices 95 % of such phones are correct."""
POSSIBLE: Final = 0.1
"""From this probability on a phone may explain a closure."""
FEWEST_PHONES: Final = 3
"""Fewest phones that are judged: of three, two may close by chance, but none or one is a fault."""

_NEAR_SPEECH_S: Final = 0.3  # lips open before the sound begins and close after it ends
_SILENCE_S: Final = 0.2
_FEWEST_CLOSURES: Final = 4  # one of four may lack a cause
_JUDGED_SOUND_S: Final = 6.0
_JUDGED_SOUND_R: Final = 0.4


def coverage(clip: Clip, speech: Speech) -> Measure:
    """Return the share of the speech that the clip covers."""
    times = np.arange(int(speech.duration_s * FRAME_RATE)) / float(FRAME_RATE)
    spoken = times[voice_activity(envelope_db(speech, times), float(FRAME_RATE))]
    inside = (spoken >= clip.start_s - 1 / FRAME_RATE) & (spoken <= clip.start_s + clip.duration_s)
    return measured("coverage", lambda: mean(inside, otherwise="nobody speaks"))


def alone(take: Sampled, face: MeasuredFace, active: NDArray[np.bool_]) -> Iterator[Measure]:
    """Yield the measures that need only voice activity, `active` of shape (n_frames,)."""
    silent = ~_widened(active, _NEAR_SPEECH_S)
    few = f"only {silent.sum() / float(FRAME_RATE):.2f} s of silence" if silent.sum() < _SILENCE_S * FRAME_RATE else ""
    yield measured("stillness", lambda: stillness(take.opening, silent), unjudged=few)
    yield measured("jitter", lambda: take.jitter(active))
    names = face.shapes
    pairs = [
        (left, names.index(name.removesuffix("Left") + "Right"))
        for left, name in enumerate(names)
        if name.startswith("mouth") and name.endswith("Left") and name.removesuffix("Left") + "Right" in names
    ]
    left, right = (np.maximum(0, take.weights[:, [pair[side] for pair in pairs]]) for side in (0, 1))
    yield measured("asymmetry", lambda: asymmetry(left, right))
    dynamics = upper_face_dynamics(take.driven, face.upper)
    yield measured("upper_face", lambda: mean(dynamics, otherwise="the face has no brows and lids"))


def closures(
    take: Sampled,
    active: NDArray[np.bool_],
    posteriors: PhonePosteriors,
    closing_s: NDArray[np.float64],
    times_s: NDArray[np.float64],
) -> Iterator[Measure]:
    """Yield the measures of closures against the detected phones.

    `closing_s`, shape (n, 2), are the intervals of surely detected p, b and m, relative to the first of `times_s`.
    """
    opening = take.opening
    few = f"only {len(closing_s)} detected" if len(closing_s) < FEWEST_PHONES else ""
    yield measured("phones_closed", lambda: closed_phones(opening, closing_s, frame_rate=FRAME_RATE), unjudged=few)

    at = np.minimum(
        len(posteriors.probabilities) - 1, np.round(times_s * float(posteriors.frame_rate)).astype(np.int64)
    )
    excused = posteriors.probability((*BILABIALS, *LABIODENTALS, "sil"))[at] >= POSSIBLE
    spoken = np.where(active, opening, OPEN)  # closures in silence need no cause
    count = len(runs(spoken < CLOSED))
    few = f"only {count} closures" if count < _FEWEST_CLOSURES else ""
    causes = runs(excused | ~active) / float(FRAME_RATE)
    yield measured(
        "closures_explained", lambda: explained_closures(spoken, causes, frame_rate=FRAME_RATE), unjudged=few
    )

    late = closure_timing_ms(opening, closing_s, frame_rate=FRAME_RATE)
    few = f"only {len(late)} closures" if len(late) < FEWEST_PHONES else ""
    yield measured("closure_timing", lambda: median(late, otherwise="no p, b or m meets a closure"), unjudged=few)

    teeth = posteriors.intervals(LABIODENTALS, at_least=SURE, min_frames=2) - times_s[0]
    teeth = teeth[(teeth[:, 0] >= 0) & (teeth[:, 1] <= len(times_s) / FRAME_RATE)]
    yield measured("lip_teeth", lambda: _near_closed(opening, teeth))


def behind_loudness(take: Sampled, level_db: NDArray[np.float32]) -> Measure:
    """Return the lag of the mouth opening behind the level of the sound, shape (n_frames,)."""
    name = "sound_offset"
    loudness = np.clip(
        level_db, -30, 5
    )  # anything softer is not speech, and dB correlate with lips better than amplitude
    try:
        found = offset(take.opening, loudness, frame_rate=FRAME_RATE)
    except ValueError as error:
        return Measure(name, None, "info", str(error))
    if found is None:
        return Measure(name, None, "info", "opening and loudness fit nowhere within 250 ms")
    short = len(level_db) < _JUDGED_SOUND_S * FRAME_RATE or found.correlation < _JUDGED_SOUND_R
    why = f"too little to go by: {len(level_db) / float(FRAME_RATE):.1f} s, r {found.correlation:.2f}" if short else ""
    return measured(name, lambda: found.ms, unjudged=why)


def _widened(mask: NDArray[np.bool_], by_s: float) -> NDArray[np.bool_]:
    out = mask.copy()
    reach = round(by_s * FRAME_RATE)
    for start, end in runs(mask):
        out[max(0, start - reach) : end + reach] = True
    return out


def _near_closed(opening: NDArray[np.float64], teeth_s: NDArray[np.float64]) -> float:
    if not len(teeth_s):
        raise ValueError("no f or v was surely detected")
    return closed_phones(opening, teeth_s, frame_rate=FRAME_RATE, closed=OPEN)
