"""Adjusting what the network said: each step is `Clip → Clip`."""

from .closures import BILABIALS, closed, closed_on_bilabials, reach_frames, shut
from .strength import strengthened

__all__ = ["BILABIALS", "closed", "closed_on_bilabials", "reach_frames", "shut", "strengthened"]
