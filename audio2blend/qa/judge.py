"""Judging an animated line: all measures that the sound and, if there is one, a reference allow."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..audio import Speech
from ..clip import Clip
from ..envelope import envelope_db, voice_activity
from ..errors import InputError
from ..heard import Heard
from ..runs import runs
from .checks import CHECKS
from .closures import closure_precision, closure_recall, false_closure
from .correlation import correlation
from .jitter import jitter
from .lips import CLOSED, OPEN, Lips
from .lve import lip_vertex_error
from .mod import mouth_opening_difference
from .offset import offset
from .phone_closures import closed_phones, closure_timing_ms, explained_closures
from .silence import stillness
from .symmetry import asymmetry
from .upper_face import upper_face_deviation, upper_face_dynamics

RATE: Final = Fraction(60)
"""All curves are compared at this rate; frames lie at k/60 s."""
JITTER_RATE: Final = Fraction(25)
"""But for jitter, see there."""

BILABIAL: Final = ("p", "b", "m")
LABIODENTAL: Final = ("f", "v")
SURE: Final = 0.7
"""A phone counts as heard from this probability on: 95 % of those are right, in voices not trained on."""
POSSIBLE: Final = 0.1
"""From here on a phone may excuse a closure."""

_NEAR_SPEECH_S: Final = 0.3  # lips open before the sound begins and close after it ends
_SHORTEST_S: Final = 0.5
_SILENCE_S: Final = 0.2
_FEWEST_PHONES: Final = 3  # two of three may be chance, but none or one is not
_FEWEST_CLOSURES: Final = 4  # one of four may lack a cause
_JUDGED_SOUND_S: Final = 6.0
_JUDGED_SOUND_R: Final = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """The face whose mouth is measured; lengths in millimetres."""

    shapes: tuple[str, ...]
    """The ARKit names of its shapes."""
    lips: Lips
    upper: NDArray[np.float32]
    """Deltas of the upper face, shape (n_shapes, n_vertices, 3); see `upper_face`."""


@dataclass(frozen=True, slots=True)
class Measure:
    """One figure and what it is worth."""

    name: str
    value: float | None
    """None if it could not be measured; `note` says why."""
    verdict: str
    """"pass", "fail", or "info" where it is not judged."""
    note: str = ""
    """Why it was not measured or not judged."""


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """How a mouth moves, each of shape (n_frames,)."""

    opening: NDArray[np.float64]
    width: NDArray[np.float64]
    jaw: NDArray[np.float64]
    """The weight of jawOpen."""


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """All measures of a line, and what they were read off."""

    measures: tuple[Measure, ...]
    times_s: NDArray[np.float64]
    clip: Curves
    reference: Curves | None
    speech: NDArray[np.bool_]
    """Where somebody speaks, shape (n_frames,)."""
    closing_phones_s: NDArray[np.float64]
    """Start and end in seconds of every p, b and m that was surely heard, shape (n, 2)."""


@dataclass(frozen=True, slots=True, eq=False)
class _Take:
    """A clip at the common times, on the face that measures it."""

    weights: NDArray[np.float32]
    curves: Curves
    jitter_curve: NDArray[np.float64]
    """The opening at `JITTER_RATE`."""


def judge(
    clip: Clip, speech: Speech, face: Face, *, reference: Clip | None = None, heard: Heard | None = None
) -> Judgement:
    """Return the measures of `clip`, an animation of `speech`.

    Args:
        clip: ARKit weights at any rate.
        speech: what it says.
        face: the face on which lips are measured.
        reference: the same line as it should be, at any rate.
        heard: what a network heard in `speech`; without it, closures are not held against phones.

    Raises InputError if clip, sound and reference share less than half a second, or if nothing in a clip moves a
    mouth.
    """
    times = _common_times(clip, speech, reference)
    level = envelope_db(speech, times)
    active = voice_activity(level, float(RATE))
    take = _take(clip, times, face, "the clip")
    other = None if reference is None else _take(reference, times, face, "the reference")
    closing = np.zeros((0, 2)) if heard is None else heard.intervals(BILABIAL, at_least=SURE, min_frames=2)
    closing = closing[(closing[:, 0] >= times[0]) & (closing[:, 1] <= times[-1] + 1 / RATE)]
    measures = [_coverage(clip, speech), *_alone(take, face, active)]
    measures += _closures(take, active, heard, closing - times[0], times)
    measures.append(_behind_loudness(take, level))
    if other is not None:
        measures += _against(take, other, face, active)
    order = list(CHECKS)
    return Judgement(
        measures=tuple(sorted(measures, key=lambda measure: order.index(measure.name))),
        times_s=times,
        clip=take.curves,
        reference=None if other is None else other.curves,
        speech=active,
        closing_phones_s=closing,
    )


def _common_times(clip: Clip, speech: Speech, reference: Clip | None) -> NDArray[np.float64]:
    spans = [("the clip", clip.start_s, clip.start_s + clip.duration_s), ("the sound", 0.0, speech.duration_s)]
    if reference is not None:
        spans.append(("the reference", reference.start_s, reference.start_s + reference.duration_s))
    start, end = max(span[1] for span in spans), min(span[2] for span in spans)
    if end - start < _SHORTEST_S:
        told = ", ".join(f"{name} {begin:.2f} to {stop:.2f} s" for name, begin, stop in spans)
        raise InputError(f"these share less than half a second: {told}; give files of one and the same line")
    first, last = int(np.ceil(start * RATE - 1e-6)), int(np.ceil(end * RATE - 1e-6))
    return np.arange(first, last) / float(RATE)


def _take(clip: Clip, times: NDArray[np.float64], face: Face, name: str) -> _Take:
    if not any(shape.startswith(("jaw", "mouth")) for shape in set(clip.channels) & set(face.shapes)):
        found = ", ".join(clip.channels[:3])
        raise InputError(
            f"{name} has no channel that moves the mouth (jawOpen, …), only {found} …; export ARKit curves"
        )

    def weights(at: NDArray[np.float64]) -> NDArray[np.float32]:
        out = np.zeros((len(at), len(face.shapes)), np.float32)
        for column, shape in enumerate(face.shapes):
            if shape in clip.channels:
                out[:, column] = np.interp(at, clip.times_s, clip[shape])
        return out

    values = weights(times)
    coarse = times[0] + np.arange(int(len(times) / RATE * JITTER_RATE)) / float(JITTER_RATE)
    jaw = values[:, face.shapes.index("jawOpen")] if "jawOpen" in face.shapes else np.zeros(len(times))
    curves = Curves(face.lips.opening(values), face.lips.width(values), np.asarray(jaw, np.float64))
    return _Take(values, curves, face.lips.opening(weights(coarse)))


def _measured(name: str, value: Callable[[], float], *, unjudged: str = "") -> Measure:
    """Return a measure held against its limits; a ValueError from `value` says why it cannot be measured."""
    check = CHECKS[name]
    try:
        number = value()
    except ValueError as error:
        return Measure(name, None, "info", str(error))
    if unjudged or (check.at_least is None and check.at_most is None):
        return Measure(name, number, "info", unjudged)
    low = -np.inf if check.at_least is None else check.at_least
    high = np.inf if check.at_most is None else check.at_most
    return Measure(name, number, "pass" if low <= number <= high else "fail")


def _coverage(clip: Clip, speech: Speech) -> Measure:
    times = np.arange(int(speech.duration_s * RATE)) / float(RATE)
    spoken = times[voice_activity(envelope_db(speech, times), float(RATE))]
    inside = (spoken >= clip.start_s - 1 / RATE) & (spoken <= clip.start_s + clip.duration_s)
    return _measured("coverage", lambda: _mean(inside, "nobody speaks"))


def _mean(values: NDArray[np.generic] | Sequence[float], otherwise: str) -> float:
    if not len(values):
        raise ValueError(otherwise)
    return float(np.mean(np.asarray(values, float)))


def _alone(take: _Take, face: Face, active: NDArray[np.bool_]) -> Iterator[Measure]:
    silent = ~_widened(active, _NEAR_SPEECH_S)
    few = f"only {silent.sum() / 60:.2f} s of silence" if silent.sum() < _SILENCE_S * RATE else ""
    yield _measured("stillness", lambda: stillness(take.curves.opening, silent), unjudged=few)
    yield _measured("jitter", lambda: _jitter(take, active))
    names = face.shapes
    pairs = [
        (left, names.index(name.removesuffix("Left") + "Right"))
        for left, name in enumerate(names)
        if name.startswith("mouth") and name.endswith("Left") and name.removesuffix("Left") + "Right" in names
    ]
    left, right = (np.maximum(0, take.weights[:, [pair[side] for pair in pairs]]) for side in (0, 1))
    yield _measured("asymmetry", lambda: asymmetry(left, right))
    dynamics = upper_face_dynamics(take.weights, face.upper)
    yield _measured("upper_face", lambda: _mean(dynamics, "the face has no brows and lids"))


def _widened(mask: NDArray[np.bool_], by_s: float) -> NDArray[np.bool_]:
    out = mask.copy()
    reach = round(by_s * RATE)
    for start, end in runs(mask):
        out[max(0, start - reach) : end + reach] = True
    return out


def _jitter(take: _Take, active: NDArray[np.bool_]) -> float:
    frames = np.minimum(len(active) - 1, np.round(np.arange(len(take.jitter_curve)) * float(RATE / JITTER_RATE)))
    return jitter(take.jitter_curve, where=active[frames.astype(np.int64)])


def _closures(
    take: _Take,
    active: NDArray[np.bool_],
    heard: Heard | None,
    closing: NDArray[np.float64],
    times: NDArray[np.float64],
) -> Iterator[Measure]:
    """Yield how the closures go with the phones; `closing` counts from the first of `times`."""
    names = ("phones_closed", "closures_explained", "closure_timing", "lip_teeth")
    if heard is None:
        yield from (Measure(name, None, "info", "the network tells no phones") for name in names)
        return
    opening = take.curves.opening
    few = f"only {len(closing)} heard" if len(closing) < _FEWEST_PHONES else ""
    yield _measured(names[0], lambda: closed_phones(opening, closing, frame_rate=RATE), unjudged=few)

    at = np.minimum(len(heard.probabilities) - 1, np.round(times * float(heard.frame_rate)).astype(np.int64))
    excused = heard.probability((*BILABIAL, *LABIODENTAL, "sil"))[at] >= POSSIBLE
    spoken = np.where(active, opening, OPEN)  # closures in silence need no cause
    count = len(runs(spoken < CLOSED))
    few = f"only {count} closures" if count < _FEWEST_CLOSURES else ""
    causes = runs(excused | ~active) / float(RATE)
    yield _measured(names[1], lambda: explained_closures(spoken, causes, frame_rate=RATE), unjudged=few)

    late = closure_timing_ms(opening, closing, frame_rate=RATE)
    few = f"only {len(late)} closures" if len(late) < _FEWEST_PHONES else ""
    yield _measured(names[2], lambda: _median(late), unjudged=few)

    teeth = heard.intervals(LABIODENTAL, at_least=SURE, min_frames=2) - times[0]
    teeth = teeth[(teeth[:, 0] >= 0) & (teeth[:, 1] <= len(times) / RATE)]
    yield _measured(names[3], lambda: _near_closed(opening, teeth))


def _median(late_ms: NDArray[np.float64]) -> float:
    if not len(late_ms):
        raise ValueError("no p, b or m meets a closure")
    return float(np.median(late_ms))


def _near_closed(opening: NDArray[np.float64], teeth: NDArray[np.float64]) -> float:
    if not len(teeth):
        raise ValueError("no f or v was surely heard")
    return closed_phones(opening, teeth, frame_rate=RATE, closed=OPEN)


def _behind_loudness(take: _Take, level_db: NDArray[np.float32]) -> Measure:
    name = "sound_offset"
    loudness = np.clip(level_db, -30, 5)  # what is softer is no speech, and dB follow lips better than amplitude
    try:
        found = offset(take.curves.opening, loudness, frame_rate=RATE)
    except ValueError as error:
        return Measure(name, None, "info", str(error))
    if found is None:
        return Measure(name, None, "info", "opening and loudness fit nowhere within 250 ms")
    short = len(level_db) < _JUDGED_SOUND_S * RATE or found.correlation < _JUDGED_SOUND_R
    why = f"too little to go by: {len(level_db) / 60:.1f} s, r {found.correlation:.2f}" if short else ""
    return _measured(name, lambda: found.ms, unjudged=why)


def _against(take: _Take, other: _Take, face: Face, active: NDArray[np.bool_]) -> Iterator[Measure]:
    said, true = take.curves, other.curves
    here, there = said.opening[active], true.opening[active]
    yield _measured("opening_r", lambda: correlation(said.opening, true.opening, where=active))
    yield _measured("opening_r_whole", lambda: correlation(said.opening, true.opening))
    yield _measured("width_r", lambda: correlation(said.width, true.width, where=active))
    yield _measured("closure_recall", lambda: closure_recall(here, there))
    yield _measured("false_closure", lambda: false_closure(here, there))
    yield _measured("closure_precision", lambda: closure_precision(here, there))
    yield _offset(said.opening, true.opening)
    yield _measured("jitter_ratio", lambda: _ratio(_jitter(take, active), _jitter(other, active)))
    yield _measured("mod", lambda: mouth_opening_difference(here, there))
    lips = face.lips
    yield _measured("lve", lambda: lip_vertex_error(lips.lip_vertices(take.weights), lips.lip_vertices(other.weights)))
    yield _measured("fdd", lambda: upper_face_deviation(take.weights, other.weights, face.upper))


def _offset(said: NDArray[np.float64], true: NDArray[np.float64]) -> Measure:
    try:
        found = offset(said, true, frame_rate=RATE)
    except ValueError as error:
        return Measure("offset", None, "info", str(error))
    if found is None:
        return Measure("offset", None, "fail", "the openings fit nowhere within 250 ms")
    return _measured("offset", lambda: found.ms)


def _ratio(said: float, true: float) -> float:
    if true == 0:
        raise ValueError("the reference never moves")
    return said / true
