"""Letting the mouth come to rest where nobody speaks, slowly, as people do.

People hold the mouth open through stops and short pauses and close it slowly in long ones, and a network that learns to
shut it in every little silence follows strangers worse: of a regression to one man's lips, which follows strangers at
0.63, it takes 0.10. So networks leave it alone, and what is to be still in long silence is made so here.
"""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..clip import Clip
from .closures import reach_frames

_SPEAKING: Final = 0.5
"""Somebody speaks where silence is less probable than this."""


def stillness_reach(rest_ms: float, release_ms: float, frame_rate: float) -> int:
    """Return how many frames before a frame decide whether it is still."""
    return int(np.ceil((rest_ms + release_ms) / 1000 * frame_rate)) + 1


def stillness(
    silence: NDArray[np.floating[Any]], *, rest_ms: float, release_ms: float, frame_rate: float
) -> NDArray[np.float32]:
    """Return how far the mouth is at rest, shape (n_frames,) in [0, 1], where silence is so probable.

    `rest_ms` after the voice has ended the mouth begins to close, and within `release_ms` more it is at rest. It opens
    again by a raised cosine of `reach_frames` before the voice; what comes before the first frame is silence.
    """
    n_frames = len(silence)
    if n_frames == 0:
        return np.zeros(0, np.float32)
    speaking = silence < _SPEAKING
    at = np.arange(n_frames)
    last = np.maximum.accumulate(np.where(speaking, at, -n_frames - stillness_reach(rest_ms, release_ms, frame_rate)))
    since_ms = 1000 * (at - last) / frame_rate
    closed = 0.5 - 0.5 * np.cos(np.pi * np.clip((since_ms - rest_ms) / max(release_ms, 1e-9), 0, 1))
    reach = reach_frames(frame_rate)
    ahead = np.lib.stride_tricks.sliding_window_view(np.pad(speaking.astype(float), (0, reach)), reach + 1)
    opening = np.max(ahead * (0.5 + 0.5 * np.cos(np.pi * np.arange(reach + 1) / (reach + 1))), axis=1)
    return np.asarray(closed * (1 - opening), np.float32)


def stilled(clip: Clip, still: NDArray[np.floating[Any]]) -> Clip:
    """Return `clip` with jaw, mouth and tongue at rest as far as `still`, shape (n_frames,) in [0, 1], says."""
    if not still.any():
        return clip
    return clip.with_channels(
        {name: clip[name] * (1 - still) for name in clip.channels if name.startswith(("jaw", "mouth", "tongue"))}
    )
