"""The most probable way through a chain of places: what every reader and aligner here is built on."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Places = NDArray[np.integer[Any]]

NEVER: Final = 1e6
"""The cost of leaving out a place that may not be left out."""
_BLOCK: Final = 2048
"""Frames after which a long search settles its past."""
_UNSETTLED: Final = 1024
"""Frames whose best way may still change by what comes later: 17 s at 60 a second."""


def search(
    fits: Floats,
    kinds: Places,
    skip: Floats,
    *,
    enter: Floats | None = None,
    band: int = 4096,
    guide: Places | None = None,
) -> tuple[NDArray[np.int64], float]:
    r"""Return the place in a chain at each frame, shape (n_frames,), and the score of that way.

    .. math:: \max_{s_1 \le \dots \le s_T} \sum_t F_{t, k(s_t)} - \sum_{i \text{ left out}} c_i
              - \sum_{i \text{ entered}} e_i

    Args:
        fits: how well each kind of place fits each frame, log-likelihoods of shape (n_frames, n_kinds).
        kinds: the kind of each place, shape (n_places,).
        skip: what it costs to leave a place out, shape (n_places,); `NEVER` where it must be passed through.
        enter: what it costs to come to a place, shape (n_places,); by default nothing.
        band: places that are kept in view at a time; what lies farther ahead cannot be jumped to. A chain that is
            longer is searched in memory that does not grow with it.
        guide: about where the way is at each frame, shape (n_frames,), around which the places in view lie; by default
            they follow the best way so far.

    Source:
        A. J. Viterbi, *Error bounds for convolutional codes and an asymptotically optimum decoding algorithm*, IEEE
        Transactions on Information Theory 13(2), 1967.

    >>> fits = np.log([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9]])
    >>> search(fits, np.array([0, 1]), np.array([3.0, 3.0]))[0].tolist()
    [0, 0, 1]
    """
    n_frames, n_places = len(fits), len(kinds)
    width = min(band, n_places)
    passed = np.concatenate([[0.0], np.cumsum(skip, dtype=np.float64)])  # cost of all places before one
    entry = passed[:-1] if enter is None else passed[:-1] + enter
    path = np.empty(n_frames, np.int64)
    lows = np.zeros(n_frames, np.int64)
    low = 0
    best = fits[0][kinds[:width]] - entry[:width]
    origins: list[NDArray[np.int32]] = []  # where the places of each frame that is not settled were reached from
    local = np.arange(width, dtype=np.int32)
    for frame in range(1, n_frames):
        ahead = best + passed[low + 1 : low + width + 1]
        reach = np.maximum.accumulate(ahead)  # the best of all places so far, for which the next ones are ahead
        origin = np.maximum.accumulate(np.where(ahead >= reach, local, 0))
        moved = reach[:-1] - entry[low + 1 : low + width]
        goes = moved > best[1:]
        came_from = local + low
        came_from[1:] = np.where(goes, origin[:-1] + low, came_from[1:])
        best[1:] = np.maximum(moved, best[1:])
        if width < n_places:
            at = low + int(best.argmax()) if guide is None else int(guide[frame])
            last = n_places - width
            shift = min(at - width // 2, last) - low
            if shift > width // 16 or (shift > 0 and low + shift == last):
                new = np.arange(max(low + width, low + shift), low + shift + width)
                best = np.concatenate([best[shift:], reach[-1] - entry[new]])
                came_from = np.concatenate([came_from[shift:], np.full(len(new), low + origin[-1], np.int32)])
                low += shift
        lows[frame] = low
        origins.append(came_from)
        best = best + fits[frame][kinds[low : low + width]]
        if len(origins) == _BLOCK + _UNSETTLED:
            _back(origins, lows, frame, low + int(best.argmax()), path)
            origins = origins[-_UNSETTLED:]
    ends = best - (passed[-1] - passed[low + 1 : low + width + 1])
    _back(origins, lows, n_frames - 1, low + int(ends.argmax()), path)
    return path, float(ends.max())


def _back(
    origins: list[NDArray[np.int32]], lows: NDArray[np.int64], frame: int, place: int, path: NDArray[np.int64]
) -> None:
    """Fill in the way that leads to a place at a frame, as far back as its origins are known."""
    path[frame] = place
    for came_from in reversed(origins):
        place = int(came_from[place - lows[frame]])
        frame -= 1
        path[frame] = place
