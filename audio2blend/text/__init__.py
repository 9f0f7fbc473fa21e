"""From written text to words that are pronounced: `read(path)` reads the lines of a file, `words` what they say."""

from .readers import read
from .readers.line import Line
from .reading import words
from .script import Direction, Problem, Script
from .word import Word

__all__ = ["Direction", "Line", "Problem", "Script", "Word", "read", "words"]
