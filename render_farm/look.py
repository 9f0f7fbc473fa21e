"""`FarmLook`: how frames of a job are rendered."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from .settings import Engine

Device = Literal["cpu", "optix", "cuda", "hip", "oneapi", "metal"]
"""What computes the rays of Cycles; all but the CPU are GPUs, by Blender's names in small letters."""
Picture = Literal["png", "exr"]
"""png has 8 bits a channel in the display's colours, exr half floats in linear light."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarmLook:
    """Engine, size, colours and limits of every frame; in a job file the table `[look]`."""

    engine: Engine = "workbench"
    device: Device = "cpu"
    """A device that is not there fails; nothing falls back to the CPU."""
    samples: int = 64
    """Rays a pixel, for eevee and cycles."""
    width: int = 1920
    """Pixels."""
    height: int = 1080
    """Pixels."""
    frame_rate: Fraction = Fraction(24)
    """Frames per second, exact."""
    picture: Picture = "png"
    transparent: bool = False
    """Leave what lies behind the character out, as an alpha channel."""
    view_transform: str = ""
    """Of the colour management, such as "AgX" or "Standard"; "" leaves the scene's own."""
    exposure: float | None = None
    """In stops; None leaves the scene's own."""
    denoise: bool = True
    """Of Cycles, by Open Image Denoise."""
    motion_blur: bool | None = None
    """None leaves the scene's own."""
    persistent_data: bool = True
    """Keep what Cycles has built of the scene between frames: faster, and more memory."""
    seed: int = 0
    """Of the noise of Cycles; the same gives the same picture."""
