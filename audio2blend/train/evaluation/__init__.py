"""Evaluation of networks on recordings that they were not trained on, beside baselines.

`evaluate(data, networks)` yields sections of scores; `python -m audio2blend.train evaluate` prints them.
"""

from .baselines import Contender, OfNetwork
from .evaluate import SECTIONS, Section, evaluate

__all__ = ["SECTIONS", "Contender", "OfNetwork", "Section", "evaluate"]
