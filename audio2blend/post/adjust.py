"""All that is done to what a network said, in its order."""

import numpy as np
from numpy.typing import NDArray

from ..clip import Clip
from ..phones import BILABIALS, LABIODENTALS
from ..posteriors import PhonePosteriors
from .closures import closed, held, reach_frames
from .controls import Controls
from .labiodentals import on_teeth
from .scaling import dialled
from .smoothing import smooth_reach, smoothed
from .style import Style, styled


def adjusted(clip: Clip, posteriors: PhonePosteriors, motion: Controls) -> Clip:
    """Return `clip` in a person's style, smoothed, with lips shut on p, b, m and at the teeth on f, v, and as strong
    as `motion` says.

    Args:
        clip: what the network said.
        posteriors: its phones, at the clip's rate from its first frame on; they may reach beyond the last.
        motion: an artist's wishes, of which the lead is not for here.

    A frame depends on `adjust_reach` frames before and after it and on no others.
    """
    shut, touch = (
        held(posteriors.probability(phones), float(clip.frame_rate))[: len(clip)]
        for phones in (BILABIALS, LABIODENTALS)
    )
    if motion.style != Style():
        silence = held(posteriors.probability(("sil",)), float(clip.frame_rate))[: len(clip)]
        clip = styled(clip, motion.style, silence)
    return dialled(closed(on_teeth(smoothed(clip, motion.smooth_ms), touch), shut), motion)


def adjust_reach(motion: Controls, frame_rate: float) -> tuple[int, int]:
    """Return how many frames before and after it a frame of `adjusted` needs: of the clip, and of the phones."""
    return smooth_reach(motion.smooth_ms, frame_rate), reach_frames(frame_rate)


def lead_frames(motion: Controls, frame_rate: float) -> int:
    """Return by how many frames the face is early."""
    return round(motion.lead_ms / 1000 * frame_rate)


def led(values: NDArray[np.float32], n_frames: int) -> NDArray[np.float32]:
    """Return values (n, n_channels) that come `n_frames` early; the last are held."""
    return np.concatenate([values[n_frames:], np.repeat(values[-1:], min(n_frames, len(values)), axis=0)])
