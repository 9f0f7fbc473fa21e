"""Rendering: stills, contact sheets and previews."""

from .look import Look
from .stills import stills

__all__ = ["Look", "stills"]
