"""A page to look at animated lines: one HTML file with character, sound and curves, which needs no network."""

from .character import PageCharacter, embedded
from .page import Lane, Page, write

__all__ = ["Lane", "Page", "PageCharacter", "embedded", "write"]
