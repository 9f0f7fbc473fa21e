"""How far two clips of a line are apart, on the lips and by channel."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..clip import FRAME_RATE, Clip
from ..errors import InputError
from .sampled import MeasuredFace, Sampled


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """What two clips differ by while both last."""

    times_s: NDArray[np.float64]
    """Shape (n_frames,), at `FRAME_RATE`."""
    channels: dict[str, float]
    """The root of the mean square of the difference, by channel of either; a channel that one lacks is 0 in it."""
    lips_mm: NDArray[np.float64] | None
    """Shape (n_frames,): the distance of the lip vertex that is farthest from its own in the other clip. Its mean is
    the lip vertex error. None where one of them does not move the mouth."""


def difference(one: Clip, two: Clip, face: MeasuredFace, times_s: NDArray[np.float64] | None = None) -> Difference:
    """Return how far two clips of ARKit weights, at any rates, are apart; lips are those of `face`.

    `times_s` are the times to look at, `FRAME_RATE` apart; by default all at which both last.

    Raises InputError if they share no time.

    Source:
        For the lips A. Richard et al., *MeshTalk*, ICCV 2021; see `lip_vertex_error`.
    """
    times = _common_times(one, two) if times_s is None else times_s

    def curve(clip: Clip, name: str) -> NDArray[np.float64]:
        return np.interp(times, clip.times_s, clip[name]) if name in clip.channels else np.zeros(len(times))

    names = dict.fromkeys((*one.channels, *two.channels))
    apart = {name: float(np.sqrt(np.mean((curve(one, name) - curve(two, name)) ** 2))) for name in names}
    try:
        places = [
            face.lips.lip_vertices(Sampled.of(clip, times, face, name=name).driven)
            for clip, name in ((one, "the clip"), (two, "the other"))
        ]
    except InputError:
        return Difference(times, apart, None)
    return Difference(times, apart, np.linalg.norm(places[0].astype(float) - places[1], axis=-1).max(axis=-1))


def _common_times(one: Clip, two: Clip) -> NDArray[np.float64]:
    first = max(one.start_s, two.start_s)
    last = min(clip.start_s + clip.duration_s for clip in (one, two))
    frames = np.arange(int(np.ceil(first * FRAME_RATE - 1e-6)), int(np.ceil(last * FRAME_RATE - 1e-6)))
    if not len(frames):
        raise InputError("the clips share no time; give two of the same line")
    return np.asarray(frames / float(FRAME_RATE))
