"""Measures of facial animation: pure functions of arrays, each with its definition, unit and source."""

from ..lips import CLOSED, OPEN, Lips, lip_gap, lip_width
from .closures import closure_precision, closure_recall, false_closure
from .correlation import correlation
from .jitter import jitter
from .lve import lip_vertex_error
from .mod import mouth_opening_difference
from .offset import Offset, offset
from .phone_closures import closed_phones, closes_on, closure_timing_ms, closures_s, explained_closures
from .silence import stillness
from .symmetry import asymmetry
from .upper_face import upper_face, upper_face_deviation, upper_face_dynamics

__all__ = [
    "CLOSED",
    "OPEN",
    "Lips",
    "Offset",
    "asymmetry",
    "closed_phones",
    "closes_on",
    "closure_precision",
    "closure_recall",
    "closure_timing_ms",
    "closures_s",
    "correlation",
    "explained_closures",
    "false_closure",
    "jitter",
    "lip_gap",
    "lip_vertex_error",
    "lip_width",
    "mouth_opening_difference",
    "offset",
    "stillness",
    "upper_face",
    "upper_face_deviation",
    "upper_face_dynamics",
]
