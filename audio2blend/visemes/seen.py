"""What a mouth seems to say: the phones that its curves are most like."""

from collections.abc import Sequence
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..channels import MOUTH
from ..clip import FRAME_RATE, Clip
from ..intervals import Interval
from ..phones import PHONES, timed
from .articulate import articulate

_SEEN: Final = ("sil", "m", "f", "s", "ʃ", "θ", "i", "ɛ", "ə", "a", "ɔ", "o", "u", "w")
"""Phones that look different."""
_CHANGE: Final = 0.02
"""What going from one phone to another costs, against the squared difference of the weights in a frame."""

_MOST: Final = 0.95
"""Share of the frames in which the jaw is less open than in an open vowel."""
_SIZES: Final = (0.25, 2.0)
"""How small and how large motion is taken for speech."""


def phones_seen(clip: Clip) -> list[Interval]:
    """Return the phones that the ARKit curves of a mouth look like, silence left out; times in seconds.

    It is the sequence for which the squared differences to the phones' own shapes and the changes cost least (Viterbi).
    Tongue and voice are not seen: of phones that look alike, one stands for all.

    >>> from .articulate import articulate
    >>> phones_seen(articulate([("m", 0.2, 0.4), ("a", 0.4, 0.7)], duration_s=1.0))[0].label
    'm'
    """
    at_rate = clip.resampled(FRAME_RATE)
    channels = tuple(name for name in at_rate.channels if name in MOUTH)
    shapes = _shapes().select(channels).values
    if not len(at_rate) or not channels:
        return []
    frames = at_rate.select(channels).values / _size(at_rate)
    cost = ((frames[:, None] - shapes[None]) ** 2).sum(axis=-1)
    best = np.array([PHONES.index(_SEEN[number]) for number in _cheapest(cost)])
    shift = clip.start_s
    return [
        Interval(label, start + shift, end + shift)
        for label, start, end in timed(best, float(FRAME_RATE))
        if label != "sil"
    ]


def _cheapest(cost: NDArray[np.float32]) -> Sequence[int]:
    """Return the row of states, one a frame, that costs least, [frame, state] and `_CHANGE` for each change."""
    total = cost[0].copy()
    came: NDArray[np.int64] = np.zeros(cost.shape, np.int64)
    states = np.arange(cost.shape[1])
    for frame in range(1, len(cost)):
        least = int(total.argmin())
        changes = total[least] + _CHANGE < total
        came[frame] = np.where(changes, least, states)
        total = np.where(changes, total[least] + _CHANGE, total) + cost[frame]
    path = [int(total.argmin())]
    for frame in range(len(cost) - 1, 0, -1):
        path.append(int(came[frame, path[-1]]))
    return path[::-1]


def _size(clip: Clip) -> float:
    """Return how far a clip's jaw moves where it moves most, over that of an a that is held."""
    jaw = clip["jawOpen"] if "jawOpen" in clip else np.zeros(1)
    most = _shapes()["jawOpen"][_SEEN.index("a")]
    return float(np.clip(np.quantile(jaw, _MOST) / most, *_SIZES))


@cache
def _shapes() -> Clip:
    """Return what each of the phones looks like when it is held, a frame each."""
    held = [articulate([(name, 0.3, 0.7)], duration_s=1.0) for name in _SEEN]
    middle = round(0.5 * float(FRAME_RATE))
    return Clip(values=np.stack([clip[middle] for clip in held]), channels=held[0].channels, frame_rate=FRAME_RATE)
