"""Rendering: stills and previews now, farm jobs later."""

from .look import Look
from .pictures import stills

__all__ = ["Look", "stills"]
