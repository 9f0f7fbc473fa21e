"""Faces for voices that are speaking now: streams, what carries them, and the server."""

from .stream import Frame, Voice

__all__ = ["Frame", "Voice"]
