"""Speech in, blendshape curves out: `animate(load("line.wav"))` returns a `Clip`."""

from .animate import animate
from .audio import Speech, load
from .clip import Clip

__all__ = ["Clip", "Speech", "animate", "load"]
