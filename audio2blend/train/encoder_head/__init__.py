"""Training of the head that moves a face by what a Whisper model hears; `audio2blend.network.encoder` runs it."""

from .fit import fit_head

__all__ = ["fit_head"]
