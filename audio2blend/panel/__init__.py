"""Blind panels: who sees which pair of videos on which side, the page they rate on, and what their ratings say."""

from .bradley_terry import Preferences, preferences
from .opinion import MeanOpinion, mean_opinion
from .page import render
from .plan import Plan, plan
from .ratings import Key, Rating, Ratings, read_key, read_ratings

__all__ = [
    "Key",
    "MeanOpinion",
    "Plan",
    "Preferences",
    "Rating",
    "Ratings",
    "mean_opinion",
    "plan",
    "preferences",
    "read_key",
    "read_ratings",
    "render",
]
