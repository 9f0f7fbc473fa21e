"""Adjusting what the network said: each step is `Clip → Clip`."""

from .closures import closed_on_bilabials
from .strength import strengthened

__all__ = ["closed_on_bilabials", "strengthened"]
