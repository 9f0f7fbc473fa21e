"""Captions from an alignment, by the rules of the trade: `captions`, `violations` and `write`."""

from .caption import Caption, CaptionWord
from .files import suffixes, write
from .make import captions, violations
from .rules import Rules, names, rules

__all__ = ["Caption", "CaptionWord", "Rules", "captions", "names", "rules", "suffixes", "violations", "write"]
