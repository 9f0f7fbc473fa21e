"""Rendering: stills, contact sheets and previews."""

from .look import Look
from .pictures import stills

__all__ = ["Look", "stills"]
