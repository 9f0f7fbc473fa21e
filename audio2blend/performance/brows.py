"""Brows and cheeks that go with the voice: raised on accents and questions, drawn up with a smile."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..clip import Clip
from .curves import smoothed

_ACCENT_ST: Final = 3.0
"""An accent this many semitones above the phrase around it raises the brows fully."""
_PHRASE_S: Final = 0.5
"""Accents stand out from a pitch smoothed over so long."""
_RISE_S: Final = 0.14
"""How fast brows move: half the width of a raise, which takes 0.3 to 0.5 s (Flecha-García, "Eyebrow raises in dialogue
and their relation to discourse structure, utterance function and pitch accents in English", 2010)."""
_LEAD_S: Final = 0.06
"""Raises begin so long before the accent (Flecha-García, the same)."""
_QUESTION_ST: Final = 4.0
"""A voice that ends so many semitones above its phrase asks."""
_INNER, _OUTER = 0.28, 0.22
_CHEEKS, _NOSE = 0.35, 0.3


def brow_curves(
    pitch_st: NDArray[np.float32],
    level_db: NDArray[np.float32],
    active: NDArray[np.bool_],
    frame_rate: float,
    rng: np.random.Generator,
) -> dict[str, NDArray[np.float32]]:
    """Return the weights of the raised brows, shape (n_frames,) each.

    Most brow raises go with a rise of the pitch (71 % in Cavé and others, "About the relationship between eyebrow
    movements and F0 variations", 1996), but not every accent has one: each phrase has a readiness of its own. Pitches
    are in semitones above the speaker's median, NaN where nothing is voiced.
    """
    if not active.any() or not np.isfinite(pitch_st).any():
        still = np.zeros(len(active), np.float32)
        return {"browInnerUp": still, "browOuterUpLeft": still, "browOuterUpRight": still}
    contour = _continued(pitch_st)
    loud = np.clip((level_db.astype(np.float64) + 18) / 18, 0, 1)
    accent = smoothed(contour, 0.04 * frame_rate) - smoothed(contour, _PHRASE_S * frame_rate)
    strength = np.clip(accent / _ACCENT_ST, 0, 1) * loud * active
    strength = np.maximum(strength, _questions(contour, active, frame_rate))
    raised = smoothed(_led(strength * _readiness(active, rng), _LEAD_S * frame_rate), _RISE_S * frame_rate)
    inner, outer = (most * np.tanh(1.6 * raised) for most in (_INNER, _OUTER))
    lean = rng.uniform(-0.15, 0.15)  # nobody's brows rise alike
    curves = {"browInnerUp": inner, "browOuterUpLeft": outer * (1 + lean), "browOuterUpRight": outer * (1 - lean)}
    return {name: np.asarray(curve, np.float32) for name, curve in curves.items()}


def drawn_along(clip: Clip) -> dict[str, NDArray[np.float32]]:
    """Return the cheeks and the nose as the mouth in `clip` draws them along, shape (n_frames,) each.

    The great zygomatic muscle, which smiles, lifts the cheek below the eye; the levator of the upper lip is also that
    of the wing of the nose (Gray's Anatomy, "levator labii superioris alaeque nasi").
    """
    pulls = (("cheekSquint", "mouthSmile", _CHEEKS), ("noseSneer", "mouthUpperUp", _NOSE))
    return {
        f"{drawn}{side}": np.asarray(share * clip[f"{by}{side}"], np.float32)
        for drawn, by, share in pulls
        for side in ("Left", "Right")
        if {f"{drawn}{side}", f"{by}{side}"} <= set(clip.channels)
    }


def _readiness(active: NDArray[np.bool_], rng: np.random.Generator) -> NDArray[np.float64]:
    """Return how readily brows rise, shape (n_frames,): one number a phrase, a third of them hardly."""
    number = np.cumsum(np.diff(active, prepend=False) & active)
    readiness = np.where(rng.uniform(size=number[-1] + 1) < 1 / 3, 0.15, rng.uniform(0.6, 1.2, number[-1] + 1))
    return np.asarray(readiness[number])


def _questions(contour: NDArray[np.float64], active: NDArray[np.bool_], frame_rate: float) -> NDArray[np.float64]:
    """Return 1 in the last third of a second of phrases whose pitch ends high, and 0 elsewhere."""
    asked = np.zeros(len(active))
    tail = max(1, round(0.33 * frame_rate))
    for end in np.flatnonzero(active & ~np.append(active[1:], False)) + 1:
        first = max(0, end - tail)
        before = contour[max(0, end - 5 * tail) : first]
        if len(before) and contour[first:end].max() - np.median(before) > _QUESTION_ST:
            asked[first:end] = 1
    return asked


def _continued(pitch_st: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return a pitch without gaps: straight lines between what is voiced."""
    voiced = np.flatnonzero(np.isfinite(pitch_st))
    return np.asarray(np.interp(np.arange(len(pitch_st)), voiced, pitch_st[voiced]), np.float64)


def _led(curve: NDArray[np.float64], n_frames: float) -> NDArray[np.float64]:
    frames = np.arange(len(curve))
    return np.asarray(np.interp(frames + n_frames, frames, curve))
