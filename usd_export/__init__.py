"""Clips into files: one `Format` a suffix, found through the entry points `audio2blend.formats`."""

from .contents import Contents, Curves
from .format import Format, option
from .outcome import Finding, Outcome
from .registry import check, format_of, formats, read, stem_of, suffixes, write

__all__ = [
    "Contents",
    "Curves",
    "Finding",
    "Format",
    "Outcome",
    "check",
    "format_of",
    "formats",
    "option",
    "read",
    "stem_of",
    "suffixes",
    "write",
]
