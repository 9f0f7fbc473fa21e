"""Emotions on a face: which there are, what they look like and when they show; `voice` says what a voice feels."""

from .faces import EMOTIONS, emotion_faces
from .track import NEUTRAL, EmotionTrack

__all__ = ["EMOTIONS", "NEUTRAL", "EmotionTrack", "emotion_faces"]
