"""Training of the head that `audio2blend.network.encoder` runs on a Whisper model's features."""

from .fit import fit_head

__all__ = ["fit_head"]
