"""`RenderSettings`: what a picture of a talking head is made with."""

from dataclasses import dataclass
from typing import Literal

Engine = Literal["workbench", "eevee", "cycles"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderSettings:
    """Size and engine of a picture."""

    engine: Engine = "workbench"
    """workbench is fast and plain, eevee and cycles have real light and skin, and take seconds a frame on a CPU."""
    width: int = 640
    """Pixels."""
    height: int = 640
    """Pixels."""
    samples: int = 16
    """Rays a pixel, for eevee and cycles."""
