"""Frames, sound and captions into films: profiles, loudness, plates, and films read back."""

from .film import EncodeReport, Inputs, encode
from .frames import Frames
from .geometry import Box
from .plate import Plate
from .profile import Profile, names, profile

__all__ = ["Box", "EncodeReport", "Frames", "Inputs", "Plate", "Profile", "encode", "names", "profile"]
