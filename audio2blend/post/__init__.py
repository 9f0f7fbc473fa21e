"""Adjusting what the network said: each step is `Clip → Clip`."""

from .adjust import adjust_reach, adjusted, lead_frames, led
from .closures import BILABIALS, closed, held
from .dials import dialled
from .motion import Motion
from .parting import closedness, kept_closed
from .smoothing import smoothed
from .teeth import LABIODENTALS, on_teeth

__all__ = [
    "BILABIALS",
    "LABIODENTALS",
    "Motion",
    "adjust_reach",
    "adjusted",
    "closed",
    "closedness",
    "dialled",
    "held",
    "kept_closed",
    "lead_frames",
    "led",
    "on_teeth",
    "smoothed",
]
