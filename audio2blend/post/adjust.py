"""All that is done to what a network said, in its order."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..clip import Clip
from .closures import closed, reach_frames, shut
from .dials import dialled
from .motion import Motion
from .smoothing import smooth_reach, smoothed


def adjusted(clip: Clip, bilabial: NDArray[np.floating[Any]], motion: Motion) -> Clip:
    """Return `clip` smoothed, shut on p, b and m, and moved as far as `motion` says; its lead is not applied.

    Args:
        clip: what the network said.
        bilabial: probability of p, b or m, at the clip's rate from its first frame on; it may reach beyond the last.
        motion: an artist's wishes.

    A frame depends on `adjust_reach` frames before and after it and on no others.
    """
    lips = shut(bilabial, float(clip.frame_rate))[: len(clip)]
    return dialled(closed(smoothed(clip, motion.smooth_ms), lips), motion)


def adjust_reach(motion: Motion, frame_rate: float) -> tuple[int, int]:
    """Return how many frames before and after it a frame of `adjusted` needs: of the clip, and of the phones."""
    return smooth_reach(motion.smooth_ms, frame_rate), reach_frames(frame_rate)


def lead_frames(motion: Motion, frame_rate: float) -> int:
    """Return by how many frames the face is early."""
    return round(motion.lead_ms / 1000 * frame_rate)


def led(values: NDArray[np.float32], n_frames: int) -> NDArray[np.float32]:
    """Return values (n, n_channels) that come `n_frames` early; the last are held."""
    return np.concatenate([values[n_frames:], np.repeat(values[-1:], min(n_frames, len(values)), axis=0)])
