"""Driving a rig by what its shapes look like: weights with which its face does what another does."""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError

from ..rig import Rig
from .correspondence import Correspondence, correspond
from .retarget import Retarget, Target
from .surface import Points, nearest

_LIPS: Final = 4.0
"""How much more the motion beside the lips counts than that of the cheeks."""
_BETWEEN: Final = 0.5
"""How much more the motion of one lip against the other counts than all the rest."""
_CLOSURE: Final = 5.0
"""How fast lips learn to part no more than the source's, and"""
_BOUND: Final = 0.1
"""how fast weights learn to keep within their bounds; neither changes what is found in the end."""
_SHUT: Final = 0.005
"""Up to here, in distances between the eyes, lips that part count as shut."""
_RIDGE: Final = 1e-3
"""What the square of a weight costs, in the square of the motion that it makes."""
_SPARSE: Final = 5e-4
"""What a weight costs: few strong shapes are better than many weak ones."""
_MIRROR: Final = 1e-3
"""What the square of a difference between mirrored shapes costs."""
_STEADY: Final = 3e-3
"""What the square of a change from frame to frame costs."""
_STEPS: Final = 80
_LEAST: Final = 0.02
"""Gains below this are no use to a person who reads a map."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Driver:
    r"""Weights of a rig's shapes, found frame by frame; like a `Retarget`, `driver(clip)` returns the rig's clip.

    .. math::
        \min_{0 \le w \le 1} \lVert D (B w - G a) \rVert^2 + \rho \lVert N w \rVert^2 + \sigma \lvert N w \rvert_1
        + \mu \sum (N (w_l - w_r))^2 + \tau \lVert N (w_t - w_{t-1}) \rVert^2
        \quad \text{so that} \quad C w \le C_G a

    with the shapes B of the rig, those G of the source laid onto it, N the size of a shape, D, which counts lips more
    than cheeks, and C, by how much each shape parts the lips along their seam: they never part more than the source's.
    """

    name: str
    sources: tuple[str, ...]
    """The source's shapes."""
    shapes: tuple[str, ...]
    """The rig's shapes."""
    gram: NDArray[np.float32]
    """Shape (n_shapes, n_shapes): how alike shapes are, each divided by its size."""
    pull: NDArray[np.float32]
    """Shape (n_sources, n_shapes): how like a source shape each is."""
    parting: NDArray[np.float32]
    """Shape (n_shapes, n_places): how far each shape, divided by its size, parts the lips along the seam."""
    parted: NDArray[np.float32]
    """Shape (n_sources, n_places): how far each source shape does."""
    sizes: NDArray[np.float32]
    """Shape (n_shapes,): 0 for a shape that moves nothing that is seen."""

    def __call__(self, clip: Clip) -> Clip:
        """Return `clip` in the rig's shapes.

        A source that the clip lacks counts as 0; rotations of head and eyes stay as they are.
        Raises InputError if the clip has none of the sources.
        """
        if not set(self.sources) & set(clip.channels):
            raise InputError(
                f"the clip has none of the channels that '{self.name}' is driven by, such as {self.sources[0]}; use a "
                "clip of ARKit channels"
            )
        weights = self.weights(clip.select(self.sources).values)
        kept = [name for name in clip.channels if name in ROTATIONS]
        return replace(clip, values=np.hstack([weights, clip.select(kept).values]), channels=(*self.shapes, *kept))

    def weights(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the shapes' weights (n_frames, n_shapes) in [0, 1] for those of the sources (n_frames, n_sources).

        Alternating directions (Boyd et al. 2011, ADMM) over all frames at once: one matrix is inverted, and each step
        solves without bounds, then holds the weights in theirs and the lips together, and learns from what that cost.
        """
        values = np.asarray(values, np.float32)
        top, rows = self.sizes, self.parting / max(float(np.linalg.norm(self.parting, 2)), 1e-9)
        gap = values @ (self.parted / max(float(np.linalg.norm(self.parting, 2)), 1e-9))
        gap -= np.clip(gap, 0, np.float32(_SHUT) / max(float(np.linalg.norm(self.parting, 2)), 1e-9))
        system = self.gram.astype(np.float64) + (_BOUND + 2 * _STEADY) * np.eye(len(top)) + _CLOSURE * rows @ rows.T
        inverse = np.linalg.inv(system).astype(np.float32)
        wanted = values @ self.pull - np.float32(_SPARSE)
        free = wanted @ np.linalg.inv(self.gram.astype(np.float64)).astype(np.float32)
        held = np.clip(free, 0, top)
        owed, together = np.zeros_like(held), np.minimum(held @ rows, gap)
        apart = np.zeros_like(together)
        for _ in range(_STEPS):
            right = wanted + np.float32(_BOUND) * (held - owed) + (np.float32(_CLOSURE) * (together - apart)) @ rows.T
            right += np.float32(_STEADY) * _neighbours(held)
            free = right @ inverse
            owed += free
            held = np.clip(owed, 0, top)
            owed -= held
            apart += free @ rows
            together = np.minimum(apart, gap)
            apart -= together
        held /= np.where(top > 0, top, 1)
        return held

    def retarget(self) -> Retarget:
        """Return the map that does the same where no bound is met but that weights are not negative."""
        gains = self.weights(np.eye(len(self.sources), dtype=np.float32))
        targets = tuple(
            Target(
                name=shape,
                sources={
                    source: round(float(gain), 3)
                    for source, gain in zip(self.sources, column, strict=True)
                    if gain >= _LEAST
                },
            )
            for shape, column in zip(self.shapes, gains.T, strict=True)
        )
        return Retarget(name=self.name, targets=targets)


def _neighbours(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sum of the frames before and after each, shape (n_frames, n); the ends stand still."""
    out = np.empty_like(frames)
    out[1:], out[0] = frames[:-1], frames[0]
    out[:-1] += frames[1:]
    out[-1] += frames[-1]
    return out


def driver(source: Rig, target: Rig) -> Driver:
    """Return what drives the shapes of `target`, whatever they are called, as the shapes of `source` move it.

    Raises InputError if there is no face, or no shape moves it.
    """
    return solve(correspond(source, target))


def solve(pair: Correspondence) -> Driver:
    """Return the driver of a target that a source is laid onto."""
    rig, head = pair.target.rig, pair.target
    assert rig.mesh is not None
    if not rig.shapes:
        raise InputError(f"rig '{rig.name}' has no shapes; give it some, or have them made by transfer")
    shapes = head.frame.inwards_moves(rig.mesh.deltas[:, pair.vertices])
    wanted = head.frame.inwards_moves(pair.motions)
    away = nearest(head.points[pair.vertices], head.points[np.concatenate([head.seam.upper, head.seam.lower])])[1][:, 0]
    count = np.sqrt(1 + (_LIPS**2 - 1) * np.exp(-((away / 0.25) ** 2)))
    rows = [_rows(moves, count, pair) for moves in (shapes, wanted)]
    gram, pull = rows[0] @ rows[0].T, rows[1] @ rows[0].T
    sizes = np.sqrt(np.diagonal(gram))
    if not sizes.max(initial=0) > 0:
        raise InputError(f"no shape of rig '{rig.name}' moves its face; give it shapes, or make them with transfer")
    dead = sizes < 1e-4 * sizes.max()
    scale = np.where(dead, 0, 1 / np.where(dead, 1, sizes))
    gram = scale[:, None] * gram * scale + np.diag(_RIDGE + 1.0 * dead)
    for left, right in _mirrored(pair, shapes):
        gram[[left, right], [left, right]] += _MIRROR
        gram[[left, right], [right, left]] -= _MIRROR
    unit = np.median(sizes[~dead])
    return Driver(
        name=rig.name,
        sources=pair.source.rig.shapes,
        shapes=rig.shapes,
        gram=gram.astype(np.float32),
        pull=(pull * scale / unit).astype(np.float32),
        parting=(_parting(shapes, pair) * scale[:, None] * unit).astype(np.float32),
        parted=_parting(wanted, pair).astype(np.float32),
        sizes=np.where(dead, 0, sizes / unit).astype(np.float32),
    )


def _rows(moves: Points, count: Points, pair: Correspondence) -> Points:
    """Return what is compared of motions (n_shapes, n, 3): the motions, and those of one lip against the other."""
    between = _between(moves, pair)
    total = np.sqrt((count**2).sum() / between.shape[1])
    flat = (moves * count[:, None]).reshape(len(moves), -1)
    gaps: Points = _BETWEEN * total * (between * [0.3, 1.0, 0.3]).reshape(len(moves), -1)
    return np.hstack([flat, gaps])


def _between(moves: Points, pair: Correspondence) -> Points:
    """Return how the upper lip moves against the lower, shape (n_shapes, n_places, 3)."""
    upper, lower = pair.at(pair.target.seam.upper), pair.at(pair.target.seam.lower)
    out: Points = moves[:, upper] - moves[:, lower]
    return out


def _parting(moves: Points, pair: Correspondence) -> Points:
    """Return how far motions (n_shapes, n, 3) part the lips, shape (n_shapes, n_places)."""
    return _between(moves, pair)[..., 1]


def _mirrored(pair: Correspondence, shapes: Points) -> list[tuple[int, int]]:
    """Return pairs of shapes that are each other's mirror image."""
    places = pair.target.points[pair.vertices]
    opposite = nearest(places * [-1, 1, 1], places)[0][:, 0]
    flat = shapes.reshape(len(shapes), -1)
    flipped = (shapes[:, opposite] * [-1, 1, 1]).reshape(len(shapes), -1)
    size = np.maximum(np.linalg.norm(flat, axis=1), 1e-12)
    alike = (flat / size[:, None]) @ (flipped / size[:, None]).T
    best = alike.argmax(axis=1)
    return [(i, int(j)) for i, j in enumerate(best) if i < j and best[j] == i and alike[i, j] > 0.8]
