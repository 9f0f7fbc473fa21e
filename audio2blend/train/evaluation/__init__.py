"""Measuring networks on recordings that they were not trained on, beside what they have to beat.

`evaluate(data, networks)` yields one section after another; `python -m audio2blend.train evaluate` prints them.
"""

from .baselines import Contender, OfNetwork
from .evaluate import SECTIONS, Section, evaluate

__all__ = ["SECTIONS", "Contender", "OfNetwork", "Section", "evaluate"]
