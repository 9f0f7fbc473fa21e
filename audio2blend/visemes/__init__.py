"""The articulation model: timed phones in, the mouth that says them out."""

from .articulate import articulate, articulate_frames
from .table import Visemes

__all__ = ["Visemes", "articulate", "articulate_frames"]
