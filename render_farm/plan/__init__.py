"""A job in Open Job Description, which other render managers take."""

from .chunks import chunk_of
from .template import template

__all__ = ["chunk_of", "template"]
