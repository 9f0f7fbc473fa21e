"""Deformation transfer: the shapes of one head for another."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..rig import Rig
from .anatomy import Anatomy
from .block_solver import Factor
from .correspondence import Correspondence, correspond
from .mesh import Index, Points, nearest
from .registration import raised

_HOLD: Final = 60.0
"""Weight of the carried motion on visible skin, per squared distance between the eyes."""
_SEAM: Final = 3000.0
"""The same at the seam of the lips and the rims of the eyes, so that they close."""
_STILL: Final = 60.0
"""The same for zero motion at the back of the head, the ears and the neck."""

_CLEAR: Final = 0.005
"""Least clearance between the lips, in distances between the eyes."""
_SLIDE: Final = 2.0
"""How far lips may slide along each other per unit of opening."""
_ROUNDS: Final = 3
"""Rounds in which lips that come too close in the solved skin are corrected."""


def transfer(source: Rig, target: Rig) -> Rig:
    """Return `target` with the shapes of `source`, transferred to its own mesh; its old shapes are dropped.

    Raises InputError if a face cannot be found.

    Skin deforms on the target as on the source: displacements are solved for whose gradients over the triangles come
    closest to the source's, and which move visible skin as the correspondence does (Sumner and Popović 2004, as a
    Poisson equation: Botsch, Sumner, Pauly and Gross 2006). Eyeballs rotate, teeth and tongue follow the jaw, and
    lashes, brows and everything else on the skin follow it.
    """
    pair = correspond(source, target)
    assert target.mesh is not None
    moves = pair.target.frame.outwards(_skin(pair))
    moves = _others(pair, moves)
    mesh = replace(target.mesh, deltas=moves.astype(np.float32))
    asset = None if target.asset is None else replace(target.asset, bare=True)
    return replace(target, shapes=source.shapes, mesh=mesh, asset=asset)


def _skin(pair: Correspondence) -> Points:
    """Return displacements of all vertices, (n_shapes, n, 3) in the frame of the face; 0 off the skin."""
    head = pair.target
    vertices, faces = np.unique(head.faces, return_inverse=True)
    faces = faces.reshape(head.faces.shape)
    points = head.points[vertices]
    slopes, areas = _slopes(points, faces)
    share = np.asarray(np.bincount(faces.ravel(), np.repeat(areas, 3) / 3, len(points)), np.float64)
    hold, goal = _held(pair, vertices, share)
    factor = _factor(faces, slopes, areas, hold)
    gradients, known = _bending(pair, vertices, faces)
    right = hold[:, None] * goal.transpose(1, 0, 2).reshape(len(points), -1)
    for shape, wished in enumerate(gradients):
        pulls = areas[known, None, None] * slopes[known] @ wished  # (m, corner, axis)
        for axis in range(3):
            right[:, 3 * shape + axis] += np.bincount(faces[known].ravel(), pulls[..., axis].ravel(), len(points))
    at = np.searchsorted(vertices, pair.vertices)
    lip = np.flatnonzero(np.isin(pair.vertices, np.concatenate([head.seam.upper_lip, head.seam.lower_lip])))
    for _ in range(_ROUNDS):
        bent = factor.solve(right).reshape(len(points), -1, 3).transpose(1, 0, 2)
        wrong = (_parted(pair, bent[:, at]) - bent[:, at])[:, lip]
        right.reshape(len(points), -1, 3)[at[lip]] += hold[at[lip], None, None] * wrong.transpose(1, 0, 2)
    out = np.zeros((len(goal), len(head.points), 3))
    out[:, vertices] = factor.solve(right).reshape(len(points), -1, 3).transpose(1, 0, 2)
    return out


def _held(pair: Correspondence, vertices: Index, share: Points) -> tuple[Points, Points]:
    """Return the soft constraints on skin vertices (n,): weights (n,) and displacements (n_shapes, n, 3).

    `share`, shape (n,), is the area of each vertex.
    """
    head = pair.target
    points = head.points[vertices]
    wanted = _parted(pair, head.frame.inwards_moves(pair.motions))
    hold, goal = np.zeros(len(points)), np.zeros((len(wanted), len(points), 3))
    outer = ~head.near[vertices] & _far(head, points)
    hold[outer] = _STILL * share[outer]
    at = np.searchsorted(vertices, pair.vertices)
    firm = _HOLD + (_SEAM - _HOLD) * np.exp(-((_nearest_rim(head, points[at]) / 0.03) ** 2))
    hold[at] = firm * share[at]
    goal[:, at] = wanted
    deep = ~head.near[vertices] & _mouth(head, points)
    hold[deep] = _STILL * share[deep]
    low = np.clip(0.5 - head.side[vertices[deep]], 0, 1)[:, None]
    goal[:, deep] = head.frame.inwards_moves(_with_jaw(pair, vertices[deep])) * low
    return hold + 1e-6 * share.mean(), goal


def _factor(faces: Index, slopes: Points, areas: Points, hold: Points) -> Factor:
    """Factorise the Poisson system of triangles (m, 3) with soft constraints of weight `hold` (n,) on the vertices."""
    stiff = areas[:, None, None] * slopes @ slopes.transpose(0, 2, 1)
    each = np.arange(len(hold))
    return Factor(
        len(hold),
        np.concatenate([np.repeat(faces, 3, axis=1).ravel(), each]),
        np.concatenate([np.tile(faces, 3).ravel(), each]),
        np.concatenate([stiff.ravel(), hold]),
    )


def _parted(pair: Correspondence, wanted: Points) -> Points:
    """Return motions (n_shapes, n, 3) under which the lips neither intersect nor rub.

    This holds for every shape alone, and for mouthClose with jawOpen; then it holds for all mixes in which mouthClose
    does not exceed jawOpen. Sliding of the lips along each other is bounded by their opening, which is additive too.
    """
    head, out = pair.target, wanted.copy()
    lips = head.seam.upper_lip, head.seam.lower_lip
    shapes = list(pair.source.rig.shapes)
    base = np.zeros_like(wanted)
    if {"mouthClose", "jawOpen"} <= set(shapes):
        base[shapes.index("mouthClose")] = wanted[shapes.index("jawOpen")]
    whole = wanted + base
    for own, others in (lips, lips[::-1]):
        match = others[nearest(head.points[own], head.points[others])[0][:, 0]]
        away = head.normals[match] - head.normals[own]
        away /= np.maximum(np.linalg.norm(away, axis=1, keepdims=True), 1e-9)
        one = pair.at(own)
        apart = whole[:, one] - whole[:, pair.at(match)]
        opening = (apart * away).sum(axis=2)
        room = ((head.points[own] - head.points[match]) * away).sum(axis=1)
        left = opening + np.maximum(room - _CLEAR, 0)
        slide = apart - opening[..., None] * away
        most = _SLIDE * np.maximum(left, 0) / np.maximum(np.linalg.norm(slide, axis=2), 1e-9)
        out[:, one] += (away * np.maximum(0, -left)[..., None] - slide * np.maximum(0, 1 - most)[..., None]) / 2
    return out


def _slopes(points: Points, faces: Index) -> tuple[Points, Points]:
    """Return the gradients of each triangle's three hat functions, (m, 3, 3) by corner and axis, and its area (m,)."""
    a, b, c = points[faces].transpose(1, 0, 2)
    normal = np.cross(b - a, c - a)
    double = np.linalg.norm(normal, axis=1)
    area = np.maximum(double, 1e-10)
    unit = normal / area[:, None]
    slopes = np.stack([np.cross(unit, side) for side in (c - b, a - c, b - a)], axis=1) / area[:, None, None]
    longest = np.linalg.norm(np.stack([c - b, a - c, b - a]), axis=2).max(axis=0)
    thin = double < 1e-3 * longest**2  # slivers would have unbounded weight
    slopes[thin] *= (double[thin] / np.maximum(1e-3 * longest[thin] ** 2, 1e-20))[:, None, None]
    return slopes, area / 2


def _bending(pair: Correspondence, vertices: Index, faces: Index) -> tuple[Points, Index]:
    """Return displacement gradients (n_shapes, m, 3, 3), for row vectors, on the m visible faces of the target."""
    source, target = pair.source, pair.target
    assert source.rig.mesh is not None
    known = np.flatnonzero(target.seen[vertices][faces].all(axis=1))
    theirs = source.faces[source.near[source.faces].all(axis=1)]
    laid = np.hstack([pair.warp(raised(source)), raised(source)[:, 3:]])
    spots = laid[theirs].mean(axis=1)
    found = nearest(raised(target)[vertices][faces[known]].mean(axis=1), spots)[0][:, 0]
    used, at = np.unique(found, return_inverse=True)
    corners = source.points[theirs[used]]
    rest = _frames(corners)
    deltas = source.frame.inwards_moves(source.rig.mesh.deltas[:, theirs[used]])
    inverse = np.linalg.pinv(rest, rcond=1e-3)
    out = np.empty((len(deltas), len(known), 3, 3))
    for shape, moved in enumerate(deltas):
        out[shape] = (inverse @ (_frames(corners + moved) - rest))[at.ravel()]
    return out, known


def _frames(corners: Points) -> Points:
    """Return two edges and the normal of triangles (m, 3, 3) as rows, the normal scaled like the edges."""
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    normal = np.cross(first, second)
    normal /= np.sqrt(np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-12))
    return np.stack([first, second, normal], axis=1)


def _far(head: Anatomy, points: Points) -> NDArray[np.bool_]:
    """Return which points (n, 3) of the skin are neither in the mouth nor in the eye sockets: (n,), bool."""
    sockets = np.abs(np.abs(points[:, 0]) - 0.5) < 0.35
    out: NDArray[np.bool_] = ~_mouth(head, points) & ~(sockets & (np.abs(points[:, 1]) < 0.35))
    return out


def _mouth(head: Anatomy, points: Points) -> NDArray[np.bool_]:
    """Return which points (n, 3) are around the mouth or inside it: (n,), bool."""
    middle = head.points[head.seam.upper].mean(axis=0)
    out: NDArray[np.bool_] = (np.abs(points - middle) < [0.6, 0.45, 1.2]).all(axis=1)
    return out


def _nearest_rim(head: Anatomy, points: Points) -> Points:
    """Return the distance of points (n, 3) from the lip seam and the rims of the eyes, shape (n,)."""
    rims = [head.points[head.seam.upper_lip], head.points[head.seam.lower_lip]]
    if head.lids is not None:
        rims.append(head.lids.reshape(-1, 3))
    return nearest(points, np.concatenate(rims))[1][:, 0]


def _others(pair: Correspondence, moves: Points) -> Points:
    """Add the displacements of everything that is not skin to `moves` (n_shapes, n, 3), in metres."""
    head = pair.target
    middle = head.points[head.seam.upper].mean(axis=0)
    skin = np.flatnonzero(head.skin)
    for piece in np.unique(head.island[~head.skin]):
        members = np.flatnonzero(head.island == piece)
        points = head.points[members]
        centre = points.mean(axis=0)
        ball = _ball(head, points)
        if ball is not None:
            moves[:, members] = _turned(pair, members, ball)
        elif (np.abs(centre - middle) < [0.5, 0.6, 1.3]).all() and centre[2] < middle[2]:
            whole = np.ptp(points[:, 1]) < 0.5
            low = np.full(len(points), centre[1] < middle[1]) if whole else points[:, 1] < middle[1]
            moves[:, members[low]] = _with_jaw(pair, members[low])
        else:
            found, far = nearest(points, head.points[skin], 4)
            share = 1 / (far + 1e-3) ** 2
            share *= (far[:, :1] < 0.3) / share.sum(axis=1, keepdims=True)
            moves[:, members] = np.einsum("kvnx,vn->kvx", moves[:, skin[found]], share)
    return moves


def _ball(head: Anatomy, points: Points) -> int | None:
    """Return the eye whose ball, or part of it, points (n, 3) are: 0 the left, 1 the right, None neither."""
    if head.eyes is None:
        return None
    for eye, (centre, radius) in enumerate(zip(*head.eyes, strict=True)):
        reach = np.linalg.norm(points - centre, axis=1)
        if reach.max() < 1.35 * radius and np.ptp(points, axis=0).min() > radius:
            return eye
    return None


def _turned(pair: Correspondence, members: Index, eye: int) -> Points:
    """Return the motion of an eyeball's vertices, after the source's eyeball: (n_shapes, n, 3) in metres."""
    source, target = pair.source, pair.target
    if source.eyes is None or target.eyes is None:
        return np.zeros((len(pair.motions), len(members), 3))
    away = np.linalg.norm(source.points - source.eyes[0][eye], axis=1)
    theirs = np.flatnonzero(~source.skin & (away < 1.1 * source.eyes[1][eye]) & (away > 0.8 * source.eyes[1][eye]))
    return _alike(
        pair, members, theirs, source.eyes[0][eye], target.eyes[0][eye], source.eyes[1][eye], target.eyes[1][eye]
    )


def _with_jaw(pair: Correspondence, members: Index) -> Points:
    """Return the motion of lower teeth and tongue, after the source's lower teeth: (n_shapes, n, 3) in metres."""
    source, target = pair.source, pair.target
    assert source.rig.mesh is not None
    centres = [head.points[head.seam.lower].mean(axis=0) for head in (source, target)]
    away = source.points - centres[0]
    theirs = np.flatnonzero(~source.skin & (np.abs(away) < [0.6, 0.5, 1.3]).all(axis=1) & (away[:, 1] < 0))
    lip = source.frame.inwards_moves(source.rig.mesh.deltas[:, source.seam.lower])
    here, there = (np.linalg.norm(moves.mean(axis=1), axis=1) for moves in (lip, _lower_lip(pair)))
    jaw = (
        here.argmax()
    )  # the shape that moves the lower lip most; the teeth are scaled by the same ratio as the lip in front of them
    ratio = float(there[jaw] / here[jaw]) if there[jaw] > 0 else 1.0
    drop = np.linalg.norm(source.rig.mesh.deltas[jaw, theirs], axis=1)
    theirs = theirs[drop > 0.3 * drop.max(initial=0)]  # upper teeth may reach below the lower lip's edge
    return _alike(pair, members, theirs, centres[0], centres[1], 1.0, ratio)


def _lower_lip(pair: Correspondence) -> Points:
    """Return the carried motion of the target's lower lip seam: (n_shapes, n, 3) in the frame of the face."""
    moved: Points = pair.target.frame.inwards_moves(pair.motions[:, pair.at(pair.target.seam.lower)])
    return moved


def _alike(
    pair: Correspondence, members: Index, theirs: Index, here: Points, there: Points, size: float, wanted: float
) -> Points:
    """Fit an affine motion to the source's vertices `theirs`; apply it, rescaled and moved, to vertices (n,)."""
    assert pair.source.rig.mesh is not None
    deltas = pair.source.frame.inwards_moves(pair.source.rig.mesh.deltas[:, theirs])
    if len(theirs) < 4:
        return np.zeros((len(deltas), len(members), 3))
    system = np.hstack([(pair.source.points[theirs] - here) / size, np.ones((len(theirs), 1))])
    linear = np.einsum("an,knx->kax", np.linalg.pinv(system, rcond=1e-3), deltas)
    places = np.hstack([(pair.target.points[members] - there) / wanted, np.ones((len(members), 1))])
    return pair.target.frame.outwards(places @ linear * (wanted / size))
