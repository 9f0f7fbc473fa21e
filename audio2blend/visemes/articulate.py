"""The articulation model: from timed phones to the curves of jaw and mouth."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..channels import ARKIT
from ..clip import FRAME_RATE, Clip
from ..errors import InputError
from ..ipa import Phone, unknown
from ..ipa import phones as phones_of
from ..phones import PHONES, timed
from . import gestures
from .gestures import Floats, Score
from .mouth import weights
from .table import GROUPS, VARIABLES, Visemes, known

LOUD: Final = ("opening", "jaw")
"""Of the variables those that grow with the loudness of the voice."""
_LEAST_EFFORT: Final = 0.4
_GREATEST_EFFORT: Final = 1.8


def articulate(
    phones: Iterable[Sequence[Any]],
    *,
    duration_s: float,
    loudness_db: ArrayLike | None = None,
    jaw: float = 1.0,
    lips: float = 1.0,
    visemes: Visemes | None = None,
) -> Clip:
    """Return the mouth that says `phones`: the 52 ARKit weights at 60 frames a second, ceil(60 · duration) of them.

    Args:
        phones: (name, start, end) in ascending order, in the IPA of any language, times in seconds; the parts of a
            diphthong or an affricate that is one of them share its time. Where there is none, or "sil", nobody speaks.
        duration_s: length of the clip in seconds.
        loudness_db: level of the voice at every frame, shape (n_frames,), in dB relative to the speech as a whole
            (`audio2blend.audio.activity.envelope_db`): louder phones open the mouth further. By default all are alike.
        jaw: how far the jaw moves; 1 as people do on average.
        lips: how far the lips move by themselves.
        visemes: targets and timing; by default those that ship.

    Vowels that are marked as stressed open the mouth further. Lips meet on p, b and m, rest in silence, and begin to
    move before the first sound; at the table's strengths neighbours share their shapes. Raises InputError for a phone
    that is not known or ends before it starts, and ValueError for a loudness of another shape.

    Source:
        M. Cohen, D. Massaro, *Modeling coarticulation in synthetic visual speech*, 1993, for the blending;
        P. Edwards, C. Landreth, E. Fiume, K. Singh, *JALI: an animator-centric viseme model for expressive lip
        synchronization*, 2016, for what lips must and must not do and for the two parameters.

    >>> clip = articulate([("m", 0.2, 0.3), ("a", 0.3, 0.5)], duration_s=0.8)
    >>> bool(clip["mouthClose"][15] >= clip["jawOpen"][15]), bool(clip["jawOpen"][24] > 0.2), float(clip["jawOpen"][-1])
    (True, True, 0.0)
    """
    n_frames = int(np.ceil(duration_s * FRAME_RATE - 1e-6))
    times = np.arange(n_frames) / float(FRAME_RATE)
    loudness = None if loudness_db is None else np.asarray(loudness_db, float)
    if loudness is not None and loudness.shape != times.shape:
        raise ValueError(f"a loudness of shape {loudness.shape} does not fit {n_frames} frames")
    visemes = visemes or Visemes.load()
    score = score_of(phones)
    values = weights(wanted(score, times, loudness, visemes), seal(score, times, visemes), jaw=jaw, lips=lips)
    return Clip(values=values, channels=ARKIT, frame_rate=FRAME_RATE, metadata={"model": "visemes"})


def articulate_frames(
    classes: NDArray[np.integer[Any]],
    *,
    loudness_db: ArrayLike | None = None,
    jaw: float = 1.0,
    lips: float = 1.0,
    visemes: Visemes | None = None,
) -> Clip:
    """Return the mouth of phones known from frame to frame at 60 a second, as `articulate` does.

    `classes`, shape (n_frames,), holds indices into `PHONES`; 0 is silence, and frames of −1 belong to the phones
    around them. The clip has as many frames.
    """
    return articulate(
        timed(classes, float(FRAME_RATE)),
        duration_s=float(len(classes) / FRAME_RATE),
        loudness_db=loudness_db,
        jaw=jaw,
        lips=lips,
        visemes=visemes,
    )


def wanted(score: Score, times_s: Floats, loudness_db: Floats | None, visemes: Visemes) -> Floats:
    """Return what the phones together want, [frame, variable]; all 0 where nobody speaks."""
    out = np.zeros((len(times_s), len(VARIABLES)))
    targets = np.array([visemes.target(phone).values for phone in score.phones]).reshape(-1, len(VARIABLES))
    targets[:, [VARIABLES.index(name) for name in LOUD]] *= emphasis(score, visemes)[:, None]
    for group, variables in GROUPS.items():
        columns = [VARIABLES.index(variable) for variable in variables]
        out[:, columns] = share(score, targets[:, columns], times_s, visemes, group)
    if loudness_db is not None and len(times_s):
        out[:, [VARIABLES.index(name) for name in LOUD]] *= effort(loudness_db, visemes)[:, None]
    return np.asarray(out * awake(score, times_s, visemes)[:, None])


def share(score: Score, values: Floats, times_s: Floats, visemes: Visemes, group: str) -> Floats:
    """Return values [phone, k] of one of the `GROUPS` as it blends them in time, [frame, k]."""
    timing, column = visemes.timing, list(GROUPS).index(group)
    return gestures.blended(
        score,
        values,
        np.array([visemes.target(phone).strength[column] for phone in score.phones]),
        times_s + timing[f"{group}_lead_s"],
        reach_s=timing[f"{group}_reach_s"],
        core=timing["core"],
    )


def emphasis(score: Score, visemes: Visemes) -> Floats:
    """Return how far phones open the mouth beside what is usual for them, [phone]: further in stressed syllables.

    1 for consonants and secondary stress, and for all phones of a line in which no stress is marked.
    """
    out = np.ones(len(score.phones))
    if any(phone.stress for phone in score.phones):
        by_stress = (1 - visemes.timing["unstressed"], 1 + visemes.timing["stressed"], 1.0)
        for number, phone in enumerate(score.phones):
            if phone.is_vowel:
                out[number] = by_stress[phone.stress]
    return out


def effort(loudness_db: Floats, visemes: Visemes) -> Floats:
    """Return how far the mouth opens, [frame], beside what is wanted: further where the voice is loud.

    Loud is what comes within 60 ms, so that the silence of a plosive does not shut the mouth around it.
    """
    reach = round(0.06 * float(FRAME_RATE))
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(loudness_db, 2 * reach, mode="edge"), 2 * reach + 1)
    loudest = np.convolve(windows.max(axis=1), np.hanning(2 * reach + 3)[1:-1] / (reach + 1), mode="valid")
    return np.clip(1 + visemes.timing["loudness_per_db"] * loudest, _LEAST_EFFORT, _GREATEST_EFFORT)


def awake(score: Score, times_s: Floats, visemes: Visemes) -> Floats:
    """Return [frame] 1 where somebody speaks, 0 where the mouth rests, and what lies between before and after."""
    starts, ends = gestures.joined(score.starts, score.ends, gap_s=0.05)
    timing = visemes.timing
    return gestures.spans(starts, ends, times_s, rise_s=timing["wake_s"], fall_s=timing["rest_s"])


def seal(score: Score, times_s: Floats, visemes: Visemes) -> Floats:
    """Return how far the lips are shut for p, b and m, [frame] in [0, 1]."""
    early = np.array([visemes.target(phone).part_early_s for phone in score.phones])
    shut = np.isfinite(early)
    starts, ends = score.starts[shut] + visemes.timing["seal_late_s"], (score.ends - early)[shut]
    # Two frames at least, or a clip at a film's rate could miss it.
    middles, halves = (starts + ends) / 2, np.maximum(1 / float(FRAME_RATE), (ends - starts) / 2)
    ramp_s = visemes.timing["seal_ramp_s"]
    starts, ends = gestures.joined(middles - halves, middles + halves, gap_s=ramp_s / 2)
    return gestures.spans(starts, ends, times_s, rise_s=ramp_s, fall_s=ramp_s)


def score_of(phones: Iterable[Sequence[Any]]) -> Score:
    """Return phones (name, start, end) as arrays, less silence; those that are alike and touch are one.

    Raises InputError for a phone that is not known or ends before it starts.
    """
    merged: list[tuple[Phone, float, float]] = []
    for phone in phones:
        name, start, end = str(phone[0]), float(phone[1]), float(phone[2])
        if not start < end:
            raise InputError(f"the phone '{name}' at {start:g} s ends at {end:g} s; it must end after it starts")
        parts = _parts(name, start)
        edges = np.linspace(start, end, len(parts) + 1).tolist()
        for part, (begins, ends) in zip(parts, pairwise(edges), strict=True):
            if merged and merged[-1][0] == part and begins - merged[-1][2] < 1e-6:
                merged[-1] = (part, merged[-1][1], ends)
            else:
                merged.append((part, begins, ends))
    starts, ends_s = (np.array([entry[column] for entry in merged], float) for column in (1, 2))
    return Score(tuple(part for part, _, _ in merged), starts, ends_s)


def _parts(name: str, start_s: float) -> tuple[Phone, ...]:
    """Return the phones of a name: none of silence, several of a diphthong or an affricate."""
    if name == "sil":
        return ()
    if name in PHONES:
        return (known(name),)
    parts = phones_of(name)
    if not parts or unknown(name):
        raise InputError(
            f"there is no phone '{name}' at {start_s:g} s; write it in the IPA, or as one of {' '.join(PHONES)}"
        )
    return parts
