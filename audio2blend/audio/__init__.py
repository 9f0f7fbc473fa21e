"""Sound: `load(path)` returns a `Speech`, whatever file the sound is in."""

from .loading import load, original
from .speech import SAMPLE_RATE, Speech, loudness_dbfs

__all__ = ["SAMPLE_RATE", "Speech", "load", "loudness_dbfs", "original"]
