"""What was said when: the words and phones of an utterance, and the readers and aligners that find them."""

from .alignment import AlignedWord, Alignment, Problem

__all__ = ["AlignedWord", "Alignment", "Problem"]
