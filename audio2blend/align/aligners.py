"""The aligners that are installed, found by entry point: each is a function from words and sound to an `Alignment`."""

from typing import Protocol

from .. import plugins
from ..audio import Speech
from ..posteriors import PhonePosteriors
from ..text import Script
from .alignment import Alignment
from .builtin import align


class Aligner(Protocol):
    """What is registered under the entry points `audio2blend.aligners`."""

    def __call__(self, script: Script, posteriors: PhonePosteriors, speech: Speech) -> Alignment:
        """Return where the words of a script are in a recording.

        `posteriors` are the network's for the speech. Raises InputError for a text, a language or a sound that it
        cannot align, MissingDependencyError for what this machine lacks.
        """
        ...


def aligner(name: str) -> Aligner:
    """Return an aligner by its name, such as "builtin" or "mfa". Raises InputError if there is none."""
    found: Aligner = plugins.load("aligners", name)
    return found


def builtin(script: Script, posteriors: PhonePosteriors, speech: Speech) -> Alignment:
    """Return what the aligner that comes with the product finds: any language that the text can be pronounced in."""
    return align(script.words, posteriors, speech, language=script.language)
