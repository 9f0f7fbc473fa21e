"""Adjusting what the network said: each step is `Clip → Clip`."""

from ..phones import BILABIALS, LABIODENTALS
from .adjust import adjust_reach, adjusted, lead_frames, led
from .closures import closed, held
from .controls import AUTO, Controls
from .expression import expressive
from .labiodentals import on_teeth
from .lip_motion import LipMotion
from .lip_opening import closedness, kept_closed, least_opening
from .scaling import dialled
from .smoothing import smoothed
from .style import Style

__all__ = [
    "AUTO",
    "BILABIALS",
    "LABIODENTALS",
    "Controls",
    "LipMotion",
    "Style",
    "adjust_reach",
    "adjusted",
    "closed",
    "closedness",
    "dialled",
    "expressive",
    "held",
    "kept_closed",
    "lead_frames",
    "least_opening",
    "led",
    "on_teeth",
    "smoothed",
]
