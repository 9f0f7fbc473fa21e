"""Audio input: `load(path)` returns a `Speech` from any sound or video file."""

from .loading import load, original
from .speech import SAMPLE_RATE, Speech, loudness_dbfs

__all__ = ["SAMPLE_RATE", "Speech", "load", "loudness_dbfs", "original"]
