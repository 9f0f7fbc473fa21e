"""Training of the head that moves a face from a Whisper model's features; `audio2blend.network.encoder` runs it."""

from .fit import fit_head

__all__ = ["fit_head"]
