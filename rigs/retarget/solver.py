"""Driving a rig by geometry: weights with which its face does what ours does."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend import wording
from audio2blend.clip import FRAME_RATE, Clip
from audio2blend.errors import InputError
from audio2blend.wording import listed

from ..surface.anatomy import Anatomy
from ..surface.correspondence import Correspondence
from ..surface.mesh import Points, nearest
from .retarget import Retarget, Target

_BETWEEN: Final = 0.5
"""How much more the motion of one lip against the other counts than all the rest."""
_GAZE: Final = 0.2
"""How much the turn of an eyeball counts, where one place of the lips has `_BETWEEN`."""
_TURN: Final = 0.05
"""Eyeballs that no shape turns so far, by their radius, are not turned by shapes."""
_LOST: Final = 0.2
"""A channel of which a rig shows less is lost."""
_CORNERS: Final = 2.0
"""How much the motion of one corner of the mouth against the other counts, as `_BETWEEN`."""
_CLOSURE: Final = 5.0
"""How fast lips learn to part no more than the source's, and"""
_BOUND: Final = 0.1
"""how fast weights learn to keep within their bounds; neither changes what is found in the end."""
_SHUT: Final = 0.005
"""Up to here, in distances between the eyes, lips that part count as shut."""
_RIDGE: Final = 1e-3
"""What the square of a weight costs, in the square of the motion that it makes."""
_SPARSE: Final = 3e-3
"""What a gain costs: few strong shapes are better than many weak ones."""
_MIRROR: Final = 1e-3
"""What the square of a difference between mirrored shapes costs."""
_STEADY: Final = 3e-3
"""What the square of a change from frame to frame costs."""
_STEPS: Final = 80
_BLOCK: Final = 2048
"""Frames that are solved at once, which bounds the memory."""
_OVERLAP: Final = 32
"""Frames of the next block that one sees, so that no seam is left between the two."""
_SWEEPS: Final = 200
_LEAST: Final = 0.04
"""Gains below this are no use to a person who reads a map."""
_PLACES: Final = 20_000
"""Sampled places of a face that decide whether two shapes mirror each other."""
_SEEN: Final = 0.01
"""What moves less of the face than this much of what others do is not seen."""
_SAME: Final = 0.99
"""Cosine between the motions of two shapes of which one repeats the other."""
_MODE: Final = re.compile(r"expression_\d+")
"""How the modes of a morphable model are called, which go both ways."""
_MODE_LIMITS: Final = (-3.0, 3.0)
"""How far they go: in standard deviations, as a rule."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solver:
    r"""What holds the weights of a rig's shapes to what its mesh allows, over many frames at once.

    .. math::
        \min_{l \le w \le h} (w - v)^T Q (w - v) + \tau \sum_t \lVert N (w_t - w_{t-1}) \rVert^2
        \quad \text{so that} \quad C w \le C_G a

    with the weights v that a map wishes for, Q, by which faces differ (see `solve`), the size N of a shape, and C, by
    how much each shape parts the lips along their seam: they never part more than the source's do under weights a.
    """

    shapes: tuple[str, ...]
    """The rig's shapes."""
    sources: tuple[str, ...]
    """The source's shapes."""
    gram: NDArray[np.float32]
    """Shape (n_shapes, n_shapes): how alike shapes are, each divided by its size."""
    parting: NDArray[np.float32]
    """Shape (n_shapes, n_places): how far each shape, divided by its size, parts the lips along the seam."""
    parted: NDArray[np.float32]
    """Shape (n_sources, n_places): how far each source shape does."""
    sizes: NDArray[np.float32]
    """Shape (n_shapes,): 0 for a shape that moves nothing that is seen."""

    def __call__(self, targets: Sequence[Target], wished: NDArray[np.float32], clip: Clip) -> NDArray[np.float32]:
        """Return the weights (n_frames, n_targets) that come nearest to those wished for.

        `clip` holds the sources, one that it lacks counting as 0. Of targets that are no shapes of the rig, such as
        bones, and of shapes that move nothing that is seen, the values stay.
        """
        seen = {shape for shape, size in zip(self.shapes, self.sizes, strict=True) if size > 0}
        columns = [column for column, target in enumerate(targets) if target.name in seen]
        rows = [self.shapes.index(targets[column].name) for column in columns]
        size = self.sizes[rows]
        low, high = (np.array([targets[column].bounds[end] for column in columns], np.float32) for end in (0, 1))
        out = wished.copy()
        if columns:
            values = clip.select(self.sources).values
            for start in range(0, len(wished), _BLOCK):
                first, last = max(0, start - _OVERLAP), start + _BLOCK + _OVERLAP
                block = wished[first:last, columns] * size
                held = self._held(block, low * size, high * size, rows, values[first:last])
                out[start : start + _BLOCK, columns] = held[start - first :][:_BLOCK] / size
        return out

    def _held(
        self,
        wished: NDArray[np.float32],
        low: NDArray[np.float32],
        high: NDArray[np.float32],
        rows: Sequence[int],
        values: NDArray[np.float32],
    ) -> NDArray[np.float32]:
        """Return weights times sizes, (n_frames, n), of some shapes, for those wished for.

        Alternating directions (Boyd et al. 2011, ADMM): one matrix is inverted, and each step solves without bounds,
        then holds the weights in theirs and the lips together, and learns from what that cost.
        """
        gram = self.gram[np.ix_(rows, rows)]
        unit = max(float(np.linalg.norm(self.parting[rows], 2)), 1e-9)
        parting = self.parting[rows] / np.float32(unit)
        gap = values @ (self.parted / np.float32(unit))
        gap -= np.clip(gap, 0, np.float32(_SHUT / unit))
        system = gram.astype(np.float64) + (_BOUND + 2 * _STEADY) * np.eye(len(rows)) + _CLOSURE * parting @ parting.T
        inverse = np.linalg.inv(system).astype(np.float32)
        pull = wished @ gram
        held = np.clip(wished, low, high)
        owed, together = np.zeros_like(held), np.minimum(held @ parting, gap)
        apart = np.zeros_like(together)
        for _ in range(_STEPS):
            right = pull + np.float32(_BOUND) * (held - owed) + (np.float32(_CLOSURE) * (together - apart)) @ parting.T
            right += np.float32(_STEADY) * _neighbours(held)
            free = right @ inverse
            owed += free
            held = np.clip(owed, low, high)
            owed -= held
            apart += free @ parting
            together = np.minimum(apart, gap)
            apart -= together
        return held


def _neighbours(frames: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the sum of the frames before and after each, shape (n_frames, n); the ends stand still."""
    out = np.empty_like(frames)
    out[1:], out[0] = frames[:-1], frames[0]
    out[:-1] += frames[1:]
    out[-1] += frames[-1]
    return out


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Solved:
    """A map onto a rig found by geometry, whatever its shapes are called."""

    retarget: Retarget
    """Gains with which the rig's shapes come nearest to ours, one channel at a time; `solver` holds what they add
    up to."""
    solver: Solver
    likeness: Mapping[str, float]
    """How much of what each channel does the rig can show, 0 to 1; none of what moves no skin, such as tongueOut."""

    @property
    def score(self) -> float:
        """How much of the channels that are seen the rig shows, 0 to 1."""
        return float(np.mean(list(self.likeness.values())))

    @property
    def missing(self) -> tuple[str, ...]:
        """Channels that the rig shows next to nothing of."""
        return tuple(name for name, like in self.likeness.items() if like < _LOST)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Shapes of the rig that nothing drives."""
        driven = {target.name for target in self.retarget.targets if not target.at_rest}
        return tuple(shape for shape in self.solver.shapes if shape not in driven)

    def __str__(self) -> str:
        """Return the match in words, one fact a line."""
        used = len(self.solver.shapes) - len(self.unknown)
        lines = [f"by shape: {used} of {len(self.solver.shapes)} shapes used, which show {self.score:.0%} of our face"]
        for word, low, high in (("weak", _LOST, 0.6), ("lost", -np.inf, _LOST)):
            if few := [f"{name} ({like:.0%})" for name, like in self.likeness.items() if low <= like < high]:
                lines.append(f"{word}: {', '.join(few)}")
        if blind := [name for name in self.solver.sources if name not in self.likeness]:
            lines.append(f"not to be seen on skin or eyes, so not driven: {', '.join(blind)}")
        if self.unknown:
            lines.append(f"at rest: {listed(self.unknown)}")
        return "\n".join(lines)


def solve(pair: Correspondence) -> Solved:
    r"""Return the map and the solver of a target that a source is laid onto.

    .. math::
        Q = N^{-1} \left(B^T D^2 B + \rho N^2 + \mu \sum (l - r)(l - r)^T\right) N^{-1}

    with the shapes B of the rig and D, which counts lips more than cheeks. The gains of a source shape G are those with
    the least difference by Q and the least cost of their number (coordinate descent; Friedman et al. 2010).
    """
    rig, head = pair.target.rig, pair.target
    assert rig.mesh is not None
    if not rig.shapes:
        raise InputError(f"rig '{rig.name}' has no shapes; {wording.current().make_shapes}")
    shapes = head.frame.inwards_moves(rig.mesh.deltas[:, pair.vertices])
    wanted = head.frame.inwards_moves(pair.motions)
    count, gazes = pair.importance(), _gazes(pair)
    own, theirs = (_rows(moves, gaze, count, pair) for moves, gaze in zip((shapes, wanted), gazes, strict=True))
    sizes = np.linalg.norm(own, axis=1)
    if not sizes.max(initial=0) > 0:
        raise InputError(f"no shape of rig '{rig.name}' moves its face; {wording.current().make_shapes}")
    dead = sizes < _SEEN * np.median(sizes[sizes > 0])
    dead |= _repeating(own, sizes, dead)
    unit = float(np.median(sizes[~dead]))
    scale = np.where(dead, 0, 1 / np.where(dead, 1, sizes))
    plain = scale[:, None] * (own @ own.T) * scale
    gram = plain + np.diag(_RIDGE + 1.0 * dead)
    for left, right in _mirrored(pair, shapes):
        gram[[left, right], [left, right]] += _MIRROR
        gram[[left, right], [right, left]] -= _MIRROR
    pull = theirs @ own.T * scale / unit
    both_ways = np.array([_MODE.fullmatch(shape) is not None for shape in rig.shapes])
    gains = _gains(gram, on_its_jaw(pull, pair.source.rig.shapes, 1), both_ways) * scale * unit
    gains = np.round(on_its_jaw(gains, pair.source.rig.shapes, -1), 3)
    gains[np.abs(gains) < _LEAST] = 0
    retarget = Retarget(name=rig.name, targets=_targets(rig.shapes, pair.source.rig.shapes, gains), solve=True)
    solver = Solver(
        shapes=rig.shapes,
        sources=pair.source.rig.shapes,
        gram=gram.astype(np.float32),
        parting=(_parting(shapes, pair) * scale[:, None] * unit).astype(np.float32),
        parted=_parting(wanted, pair).astype(np.float32),
        sizes=np.where(dead, 0, sizes / unit).astype(np.float32),
    )
    likeness = _likeness(retarget, solver, own, theirs)
    return Solved(retarget=retarget, solver=solver, likeness=likeness)


def _repeating(rows: Points, sizes: Points, dead: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which shapes move the face as an earlier one does, such as what an expression of VRM moves: one of them
    is driven. Motions (n_shapes, n) have `sizes` (n_shapes,)."""
    unit = np.where(dead, 0, 1 / np.where(dead, 1, sizes))[:, None] * rows
    out: NDArray[np.bool_] = np.triu(unit @ unit.T > _SAME, 1).any(axis=0)
    return out


def on_its_jaw(rows: Points, sources: Sequence[str], sign: int) -> Points:
    """Return rows (n_sources, ...), that of mouthClose with jawOpen's added (1) or taken off (-1).

    Alone it is no face: it closes lips that the jaw has parted.
    """
    out = rows.copy()
    if {"mouthClose", "jawOpen"} <= set(sources):
        out[sources.index("mouthClose")] += sign * rows[sources.index("jawOpen")]
    return out


def _gains(gram: Points, pull: Points, both_ways: NDArray[np.bool_]) -> Points:
    """Return for every source (n_sources, n_shapes) the few gains that come nearest to it, in shapes of size 1.

    None is negative but those of shapes that go both ways.
    """
    out = np.zeros_like(pull)
    for _ in range(_SWEEPS):
        for shape, weight in enumerate(np.diagonal(gram)):
            rest = pull[:, shape] - out @ gram[shape] + weight * out[:, shape]
            if not both_ways[shape]:
                np.maximum(rest, 0, out=rest)
            out[:, shape] = np.sign(rest) * np.maximum(np.abs(rest) - _SPARSE, 0) / weight
    return out


def _targets(shapes: Sequence[str], sources: Sequence[str], gains: Points) -> tuple[Target, ...]:
    """Return targets with gains (n_sources, n_shapes)."""
    return tuple(
        Target(
            name=shape,
            sources={source: float(gain) for source, gain in zip(sources, column, strict=True) if gain},
            limits=_MODE_LIMITS if _MODE.fullmatch(shape) else None,
        )
        for shape, column in zip(shapes, gains.T, strict=True)
    )


def _likeness(retarget: Retarget, solver: Solver, own: Points, theirs: Points) -> dict[str, float]:
    """Return how much of each source at half its weight the rig shows, of the motions (n_shapes, n) and (n_sources, n).

    Sources that move next to nothing that is seen are left out.
    """
    half = np.eye(len(solver.sources), dtype=np.float32) / 2
    size = np.linalg.norm(theirs, axis=1)
    out = {}
    for row, source in enumerate(solver.sources):
        if size[row] < _SEEN * np.median(size):
            continue
        clip = Clip(values=half[[row]], channels=solver.sources, frame_rate=FRAME_RATE)
        weights = retarget(clip, solver).select(solver.shapes).values[0]
        error = np.linalg.norm(2 * weights @ own - theirs[row]) / size[row]
        out[source] = max(0.0, 1 - float(error) ** 2)
    return out


def _gazes(pair: Correspondence) -> tuple[Points, Points]:
    """Return how far shapes of the target and of the source turn its eyes: (n_shapes, 4) each.

    Left eye first, to the side and up, the front of an eyeball by its radius; 0 where the target's eyes never turn.
    """
    own, theirs = _gaze(pair.target), _gaze(pair.source)
    turns = np.abs(own).max(initial=0) > _TURN  # else its eyes turn by bones, or not at all
    return (own, theirs) if turns else (0 * own, 0 * theirs)


def _gaze(head: Anatomy) -> Points:
    assert head.rig.mesh is not None
    out = np.zeros((len(head.rig.shapes), 4))
    for eye, (centre, radius) in enumerate(zip(*(head.eyes or ((), ())), strict=True)):
        away = head.points - centre
        near = ~head.skin & (np.linalg.norm(away, axis=1) < 1.35 * radius)
        front = np.zeros(len(near), bool)
        for piece in np.unique(head.island[near]):
            members = np.flatnonzero(head.island == piece)
            if near[members].all() and np.ptp(head.points[members], axis=0).min() > radius:  # no lash, no tear
                front[members] = away[members, 2] > 0.5 * radius
        if front.any():
            moved = head.frame.inwards_moves(head.rig.mesh.deltas[:, front]).mean(axis=1)
            out[:, 2 * eye : 2 * eye + 2] = moved[:, :2] / radius
    return out


def _rows(moves: Points, gazes: Points, count: Points, pair: Correspondence) -> Points:
    """Return what is compared of motions (n_shapes, n, 3): with them, of one lip against the other, and of eyes."""
    between = _between(moves, pair)
    total = np.sqrt((count**2).sum() / between.shape[1])
    flat = (moves * count[:, None]).reshape(len(moves), -1)
    gaps: Points = _BETWEEN * total * (between * [0.3, 1.0, 0.3]).reshape(len(moves), -1)
    ends = [pair.at(lip[[0, -1]]) for lip in (pair.target.seam.upper, pair.target.seam.lower)]
    corners = np.mean([moves[:, right] - moves[:, left] for right, left in ends], axis=0)
    return np.hstack([flat, gaps, _CORNERS * total * corners, _GAZE * total * gazes])


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
    few = slice(None, None, len(places) // _PLACES + 1)
    opposite = nearest(places[few] * [-1, 1, 1], places)[0][:, 0]
    flat = shapes[:, few].reshape(len(shapes), -1)
    flipped = (shapes[:, opposite] * [-1, 1, 1]).reshape(len(shapes), -1)
    size = np.maximum(np.linalg.norm(flat, axis=1), 1e-12)
    alike = (flat / size[:, None]) @ (flipped / size[:, None]).T
    best = alike.argmax(axis=1)
    return [(i, int(j)) for i, j in enumerate(best) if i < j and best[j] == i and alike[i, j] > 0.8]
