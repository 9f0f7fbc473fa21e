"""Learning one person's `Style` from a recording and the face that was captured with it."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .channels import MOUTH
from .clip import FRAME_RATE, Clip
from .errors import InputError
from .post import Controls, LipMotion, Style
from .post.style import PAIRS, ROUNDING
from .prediction import Prediction
from .qa import offset

_LEAST_S: Final = 0.5
_HALF_S: Final = 1.5
"""Seconds of speech at which a measured factor counts half, on a scale of powers. On films of strangers cut in two,
halves of 1.5 s of one predict the size of the other best with half of their own factor."""
_REACH_S: Final = 0.25
_PAUSE_S: Final = 0.12
"""Silence shorter than this is a stop, not a pause."""
_REST_S: Final = 0.3
_BOUNDS: Final = (1 / 3, 3.0)
_LEAST_REST: Final = 0.02
"""Weights at rest that are below this are noise of the capture."""

Curve = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleFit:
    """A style, and what it was learned from."""

    style: Style
    speech_s: float
    """Seconds of speech that the capture covers."""
    late_ms: float
    """By how much the capture lags the sound; negative where it is early."""
    correlation: float
    """Of the lip opening, prediction and capture, with that lag taken off."""


def fit_style(prediction: Prediction, seen: LipMotion, weights: Clip | None = None) -> StyleFit:
    """Return the style of the person whose lips were `seen` while the recording of `prediction` was spoken.

    Factors are ratios of standard deviations within speech: how far a mouth moves, whatever its zero; they are taken to
    a power below 1 where there is little speech. With `weights`, an ARKit capture, rounding, the left side's share and
    the mouth at rest, the median in silence of 0.3 s and more, are learned as well.

    Raises InputError for less than half a second of speech, and for a capture that does not go with the recording.
    """
    said = prediction.only(performance=False).to_clip(Controls())
    silence = prediction.posteriors.probability(("sil",))[: len(said)] > 0.5
    quiet = _longer(silence, _PAUSE_S)
    covered = (said.times_s >= seen.times_s[0]) & (said.times_s <= seen.times_s[-1])
    speech_s = float((covered & ~quiet).sum() / said.frame_rate)
    if speech_s < _LEAST_S:
        raise InputError(f"the capture covers {speech_s:.1f} s of speech; half a minute and more is of use")
    ours = LipMotion.of(said)
    late_s, r = _lag(ours, seen, covered)
    theirs = seen.at(said.times_s + late_s)
    speech, pauses = covered & ~quiet, covered & quiet & _between(~quiet)
    trust = speech_s / (speech_s + _HALF_S)

    def factor(there: Curve, here: Curve) -> float:
        sizes = there[speech].std(), here[speech].std()
        return round(float(np.clip((sizes[0] / sizes[1]) ** trust, *_BOUNDS)), 3) if min(sizes) > 1e-4 else 1.0

    opening = factor(theirs.opening, ours.opening)
    width = rounding = factor(theirs.width, ours.width)
    left, rest = 0.5, {}
    if weights is not None:
        captured = _at(weights, said, late_s)
        rounding = factor(_sum(captured, ROUNDING), _sum(said, ROUNDING))
        left = _left(captured, speech, trust)
        rest = _rest(captured, covered & _longer(silence, _REST_S))
    style = Style(
        opening=opening,
        width=width,
        rounding=rounding,
        pauses=_pauses(theirs.opening, opening * ours.opening, pauses, trust),
        left=left,
        rest=rest,
    )
    return StyleFit(style=style, speech_s=round(speech_s, 2), late_ms=round(1000 * late_s, 1), correlation=round(r, 3))


def _lag(ours: LipMotion, seen: LipMotion, covered: Mask) -> tuple[float, float]:
    """Return the capture's lag in seconds, and the correlation of the openings at it."""
    times = ours.times_s[covered]
    reach_s = min(_REACH_S, float(times[-1] - times[0]) / 4)
    found = offset(seen.at(times).opening, ours.opening[covered], frame_rate=FRAME_RATE, reach_s=reach_s)
    if found is None or found.correlation < 0.3:
        raise InputError(
            "the capture does not go with the recording: its lips move at other times; give both of one take"
        )
    return found.ms / 1000, found.correlation


def _at(weights: Clip, said: Clip, late_s: float) -> Clip:
    """Return the capture at the frames of the prediction, its lag taken off."""
    columns = [np.interp(said.times_s + late_s, weights.times_s, column) for column in weights.values.T]
    return Clip(values=np.stack(columns, axis=1), channels=weights.channels, frame_rate=said.frame_rate)


def _sum(clip: Clip, names: tuple[str, ...]) -> Curve:
    return np.asarray(sum((clip[name] for name in names if name in clip), start=np.zeros(len(clip))))


def _longer(mask: Mask, seconds: float) -> Mask:
    """Return the runs of a mask at 60 a second that are at least so long."""
    out = np.zeros(len(mask), bool)
    for first, last in np.flatnonzero(np.diff(mask, prepend=False, append=False)).reshape(-1, 2):
        out[first:last] = last - first >= 60 * seconds
    return out


def _between(speech: Mask) -> Mask:
    """Return the frames between the first and the last of speech."""
    begun, lasting = np.logical_or.accumulate(speech), np.logical_or.accumulate(speech[::-1])[::-1]
    return np.asarray(begun & lasting)


def _pauses(there: Curve, here: Curve, pauses: Mask, trust: float) -> float:
    """Return how open the mouth is in pauses, against what the opening's factor makes of it already."""
    if pauses.sum() < 60 * _REST_S:
        return 1.0
    ratio = (there[pauses].mean() + 0.005) / (here[pauses].mean() + 0.005)
    return round(float(np.clip(ratio**trust, 0, 3)), 3)


def _left(captured: Clip, speech: Mask, trust: float) -> float:
    """Return the left side's share of the motion of the paired channels, pulled to one half."""
    pairs = [pair for pair in PAIRS if {*pair} <= set(captured.channels)]
    left, right = (sum(captured[pair[side]][speech].std() for pair in pairs) for side in (0, 1))
    if left + right < 1e-3:
        return 0.5
    return round(float(np.clip(0.5 + trust * (left / (left + right) - 0.5), 0.2, 0.8)), 3)


def _rest(captured: Clip, still: Mask) -> dict[str, float]:
    """Return the mouth's weights at rest, but for those that are hardly there or would part the lips."""
    if not still.any():
        return {}
    names = [name for name in captured.channels if name in MOUTH and name not in ("jawOpen", "mouthClose")]
    at_rest = {name: round(float(np.median(captured[name][still])), 3) for name in names}
    return {name: min(weight, 0.5) for name, weight in at_rest.items() if weight >= _LEAST_REST}
