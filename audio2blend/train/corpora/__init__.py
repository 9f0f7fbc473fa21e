"""Loaders, one a corpus, of recordings with what is known about the face, the phones and the voice in them."""

from . import facegood, grid, kokoro
from .sample import Sample, frame_times

__all__ = ["Sample", "facegood", "frame_times", "grid", "kokoro"]
