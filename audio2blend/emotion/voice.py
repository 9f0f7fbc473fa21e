"""The emotion that a voice has."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from ..audio.speech import Speech, loudness_dbfs
from .faces import EMOTIONS
from .prosody import Numbers, Prosody
from .track import NEUTRAL, EmotionTrack

WEIGHTS: Final = Path(__file__).parent / "voice.npz"
CLASSES: Final = (NEUTRAL, "joy", "sadness", "anger", "fear", "disgust", "boredom")
"""What voices are taken to feel; nobody recorded surprise."""
_WHOLE_S: Final = 5.0
"""Lines up to here are judged as one: what an emotion is, is heard over a sentence."""
_WINDOW_S: Final = 4.0
_STEP_S: Final = 1.0
_SURE_FROM, _SURE_AT = 0.45, 0.85
"""Below the one probability a face stays neutral; from the other on it shows as much as it does by itself."""
_MOST: Final = 0.7
"""Of the face at full strength: an actor's joy would be too much on everybody's lips."""
_VALENCE_AROUSAL: Final = {
    NEUTRAL: (0.0, 0.0), "joy": (0.8, 0.5), "sadness": (-0.7, -0.5), "anger": (-0.5, 0.8), "fear": (-0.6, 0.6),
    "disgust": (-0.6, 0.2), "boredom": (-0.3, -0.6),
}  # fmt: skip
"""Where classes lie on the circumplex (Russell, "A circumplex model of affect", 1980), in [-1, 1] each."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VoiceEmotion:
    """How probable each of `CLASSES` is, window by window."""

    times_s: Numbers
    """Middles of the windows, shape (n,)."""
    probabilities: Numbers
    """Shape (n, n_classes); rows add up to 1."""

    @property
    def overall(self) -> dict[str, float]:
        """The mean probability of each class over the recording."""
        return dict(zip(CLASSES, self.probabilities.mean(axis=0).tolist(), strict=True))

    @property
    def valence_arousal(self) -> Numbers:
        """Valence and arousal in [-1, 1], shape (n, 2): the mean of the classes' own, by their probability."""
        return np.asarray(self.probabilities @ np.array([_VALENCE_AROUSAL[name] for name in CLASSES]))

    @property
    def track(self) -> EmotionTrack:
        """What a face shows for it: the likeliest emotion where it is likely enough, neutral elsewhere."""
        rows = []
        shown: dict[str, float] | None = None
        starts = [0.0, *((self.times_s[1:] + self.times_s[:-1]) / 2)]
        for start_s, row in zip(starts, self.probabilities, strict=True):
            best = int(row.argmax())
            amount = _MOST * float(np.clip((row[best] - _SURE_FROM) / (_SURE_AT - _SURE_FROM), 0, 1))
            face = {CLASSES[best]: round(amount, 2)} if CLASSES[best] in EMOTIONS and amount > 0 else {}
            if face != shown:
                rows.append((round(float(start_s), 3), face))
            shown = face
        return EmotionTrack.of(rows)


def voice_emotion(speech: Speech) -> VoiceEmotion:
    """Return what emotions a voice seems to have: a multinomial logistic regression on its prosody.

    It was fitted to acted German speech (docs/emotion.md says how right it is): a hint for an artist, not a truth
    about a person. Parts without enough voice are neutral.
    """
    if speech.duration_s <= 0 or loudness_dbfs(speech.samples) == -np.inf:
        return VoiceEmotion(times_s=np.zeros(1), probabilities=np.eye(1, len(CLASSES)))
    prosody = Prosody.of(speech)
    middles = np.array([speech.duration_s / 2])
    half_s = speech.duration_s / 2
    if speech.duration_s > _WHOLE_S:
        half_s = _WINDOW_S / 2
        middles = np.arange(half_s, speech.duration_s - half_s + _STEP_S / 2, _STEP_S)
    rows = [prosody.describe(max(0.0, middle - half_s), middle + half_s) for middle in middles]
    return VoiceEmotion(times_s=middles, probabilities=np.array([classified(row, _fitted()) for row in rows]))


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A multinomial logistic regression on standardised features."""

    mean: Numbers
    scale: Numbers
    weights: Numbers
    """Shape (n_features + 1, n_classes); the last row is the bias."""


def classified(features: Numbers | None, model: Regression) -> Numbers:
    """Return the probability of each of `CLASSES`, shape (n_classes,); neutral for None."""
    if features is None:
        return np.asarray(np.eye(1, len(CLASSES))[0])
    logits = np.append((features - model.mean) / model.scale, 1) @ model.weights
    odds = np.exp(logits - logits.max())
    return np.asarray(odds / odds.sum())


@cache
def _fitted() -> Regression:
    with np.load(WEIGHTS) as kept:
        return Regression(kept["mean"], kept["scale"], kept["weights"])
