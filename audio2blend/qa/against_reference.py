"""Measures of an animated line against a reference: a capture of the same line."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from ..clip import FRAME_RATE
from .against_sound import FEWEST_PHONES
from .closures import closure_precision, closure_recall, false_closure
from .correlation import correlation
from .lve import lip_vertex_error
from .measure import Measure, measured, median
from .mod import mouth_opening_difference
from .offset import offset
from .phone_closures import LONGEST_S, closure_timing_ms, closures_s
from .sampled import MeasuredFace, Sampled
from .upper_face import upper_face_deviation


def against_reference(
    take: Sampled, other: Sampled, face: MeasuredFace, active: NDArray[np.bool_]
) -> Iterator[Measure]:
    """Yield the measures of a take against `other`; `active` (n_frames,) is where somebody speaks."""
    here, there = take.opening[active], other.opening[active]
    yield measured("opening_r", lambda: correlation(take.opening, other.opening, where=active))
    yield measured("opening_r_whole", lambda: correlation(take.opening, other.opening))
    yield measured("width_r", lambda: correlation(take.width, other.width, where=active))
    yield measured("closure_recall", lambda: closure_recall(here, there))
    yield measured("false_closure", lambda: false_closure(here, there))
    yield measured("closure_precision", lambda: closure_precision(here, there))
    yield _closure_lag(take, other, active)
    yield _offset(take, other)
    yield measured("jitter_ratio", lambda: _ratio(take.jitter(active), other.jitter(active)))
    yield measured("mod", lambda: mouth_opening_difference(here, there))
    lips = face.lips
    yield measured("lve", lambda: lip_vertex_error(lips.lip_vertices(take.driven), lips.lip_vertices(other.driven)))
    yield measured("fdd", lambda: upper_face_deviation(take.driven, other.driven, face.upper))


def _closure_lag(take: Sampled, other: Sampled, active: NDArray[np.bool_]) -> Measure:
    spans = closures_s(other.opening, frame_rate=FRAME_RATE, longest_s=LONGEST_S)
    middles = np.round(spans.mean(axis=1) * float(FRAME_RATE))
    spans = spans[active[np.minimum(len(active) - 1, middles).astype(np.int64)]]
    late = closure_timing_ms(take.opening, spans, frame_rate=FRAME_RATE)
    few = f"only {len(late)} closures" if len(late) < FEWEST_PHONES else ""
    return measured("closure_lag", lambda: median(late, otherwise="no closures to compare"), unjudged=few)


def _offset(take: Sampled, other: Sampled) -> Measure:
    try:
        found = offset(take.opening, other.opening, frame_rate=FRAME_RATE)
    except ValueError as error:
        return Measure("offset", None, "info", str(error))
    if found is None:
        return Measure("offset", None, "fail", "the openings fit nowhere within 250 ms")
    return measured("offset", lambda: found.ms)


def _ratio(pred: float, target: float) -> float:
    if target == 0:
        raise ValueError("the reference never moves")
    return pred / target
