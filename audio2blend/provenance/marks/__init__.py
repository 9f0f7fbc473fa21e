"""Marks that nobody sees or hears and that survive a re-encode: an id of 24 bits in sound and in moving pictures."""

from .media import Found, detect, embed
from .payload import FALSE_POSITIVES, ID_BITS, PUBLIC_KEY, Detection
from .picture import PictureMarker, detect_picture
from .sound import detect_sound, embed_sound

__all__ = [
    "FALSE_POSITIVES",
    "ID_BITS",
    "PUBLIC_KEY",
    "Detection",
    "Found",
    "PictureMarker",
    "detect",
    "detect_picture",
    "detect_sound",
    "embed",
    "embed_sound",
]
