"""What a client of Audio2Face-3D says of sound, emotions and weights, in our terms."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError

from ..stream import Dials
from ..wire.order import COLUMNS, WIRE

NAMES: Final = tuple(name[0].upper() + name[1:] for name in WIRE)
"""The blendshapes as their clients know them."""
_EMOTIONS: Final = {
    "joy": "joy",
    "anger": "anger",
    "sadness": "sadness",
    "grief": "sadness",
    "pain": "sadness",
    "fear": "fear",
    "disgust": "disgust",
    "amazement": "surprise",
}
"""Ours by theirs; cheekiness and outofbreath have none."""


def emotion(strengths: Mapping[str, float]) -> str:
    """Return the strongest of their emotions as one of ours, such as "joy=0.5"; weak ones and none are neutral."""
    known = {name: float(strengths[name]) for name in strengths if name in _EMOTIONS}
    if not all(np.isfinite(strength) for strength in known.values()):
        raise InputError("an emotion's strength is not a number")
    name = max(known, key=lambda name: known[name], default="")
    if not name or known[name] < 0.05:
        return "neutral"
    return f"{_EMOTIONS[name]}={min(known[name], 1.0):.2f}"


def dials(header: Any) -> Dials:
    """Return what a request's header asks of the face."""
    return Dials(emotion=emotion(header.emotion_params.beginning_emotion))


def rate_hz(header: Any) -> int:
    """Return the rate of its sound. Raises InputError for sound that is not mono of 16 bits."""
    sound = header.audio_header
    if sound.audio_format != 0:
        raise InputError("the sound is not PCM; send mono PCM of 16 bits")
    if sound.channel_count != 1:
        raise InputError(f"the sound has {sound.channel_count} channels; send mono PCM of 16 bits")
    if sound.bits_per_sample != 16:
        raise InputError(f"the sound has {sound.bits_per_sample} bits a sample; send mono PCM of 16 bits")
    return int(sound.samples_per_second)


class Weights:
    """A frame's weights as the client scaled them: weight x multiplier + offset, clamped to [0, 1] if it asks so."""

    def __init__(self, parameters: Any) -> None:
        """Read multipliers and offsets. Raises InputError for what is no number."""
        self._clamp = bool(parameters.clamp)
        self._multipliers = _row(parameters.multipliers, 1.0)
        self._offsets = _row(parameters.offsets, 0.0)

    def of(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return them for a frame's values (61,), in the order of `NAMES`."""
        weights = values[COLUMNS] * self._multipliers + self._offsets
        return np.clip(weights, 0, 1) if self._clamp else weights


def _row(given: Mapping[str, float], default: float) -> NDArray[np.float32]:
    row = np.full(len(NAMES), default, np.float32)
    for name, value in given.items():
        if not np.isfinite(value):
            raise InputError(f"the weight of {name} is not a number")
        if name in NAMES:  # theirs has 16 shapes of the tongue besides, which configurations name
            row[NAMES.index(name)] = value
    return row
