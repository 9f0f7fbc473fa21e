"""Files of what is said when, by any aligner, service or editor: `read` and `write` an `Alignment`."""

from .format import AlignmentFormat, Entry, Parsed
from .registry import formats, read, suffixes, write
from .source import FormatError, Source

__all__ = ["AlignmentFormat", "Entry", "FormatError", "Parsed", "Source", "formats", "read", "suffixes", "write"]
