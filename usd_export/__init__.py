"""Clips into files: one `Format` a suffix, found through the entry points `audio2blend.formats`."""

from .format import Format, option
from .registry import check, format_of, formats, read, stem_of, suffixes, write

__all__ = ["Format", "check", "format_of", "formats", "option", "read", "stem_of", "suffixes", "write"]
