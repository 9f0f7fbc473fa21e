"""Rendering: stills, contact sheets and previews."""

from .settings import RenderSettings
from .stills import stills

__all__ = ["RenderSettings", "stills"]
