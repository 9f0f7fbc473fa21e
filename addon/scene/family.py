"""Which objects are one character: what moves one face, and no other face.

Characters stand under one empty, teeth and lashes stand beside a face without any tie to it. What an object's shape
keys really move, and where in the scene that is, shows whose they are.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray

from audio2blend.channels import MOUTH
from rigs.retarget import Match

_LEAST: Final = 1e-3
"""A shape moves if some vertex goes as far as this share of the mesh's size."""
_MOST_SHAPES: Final = 12
"""How many shapes are looked at to see where a mesh moves."""
_BESIDE: Final = 0.25
"""Two regions are beside each other if the gap between them is no wider than this share of the larger one."""

Box = tuple[NDArray[np.float64], NDArray[np.float64]]
"""The lowest and the highest corner."""


class Region(NamedTuple):
    """What the shape keys of a mesh move."""

    box: Box
    """Where, in the world."""
    face: bool
    """Whether that is a whole face: a mouth and eyes."""


def relatives(thing: Any, match: "Matcher") -> list[Any]:
    """Return the objects of an object's character: those of its armature, or those beside it under the same parent.

    A sibling with a face of its own is another character, and so is what is nearer to that one. `match` says what
    names of shapes mean.
    """
    armature = armature_of(thing)
    if armature is not None:
        bound = [other for other in bpy.data.objects if other.type == "MESH" and armature_of(other) == armature]
        return list(dict.fromkeys([thing, armature, *bound]))
    siblings = [other for other in (thing.parent.children if thing.parent else ()) if other != thing]
    own = [thing, *thing.children_recursive]
    here = region(thing, match)
    others: list[Box] = []
    parts: list[tuple[Any, Box | None]] = []
    for sibling in siblings:
        theirs = [there for mesh in _meshes(sibling) if (there := region(mesh, match)) is not None]
        stranger = [there for there in theirs if here is not None and (there.face or not _beside(here.box, there.box))]
        if stranger:
            others += [there.box for there in stranger]
        else:
            parts.append((sibling, theirs[0].box if theirs else None))
    for sibling, box in parts:
        if here is None or box is None or all(_gap(box, here.box) <= _gap(box, other) for other in others):
            own.append(sibling)
    return list(dict.fromkeys(own))


def loose(objects: Iterable[Any], driven: frozenset[str], scene: Any, match: "Matcher") -> list[Any]:
    """Return meshes of a scene that are no part of a character, and yet have its shapes and stand at its face.

    `driven` are the names of the character's shapes that speech moves.
    """
    mine = set(objects)
    data = {thing.data for thing in mine if thing.type == "MESH"}
    faces = [there for thing in mine if thing.type == "MESH" and (there := region(thing, match)) is not None]
    found = []
    for thing in scene.objects:
        if thing.type != "MESH" or thing in mine or thing.data in data or not thing.data.shape_keys:
            continue
        if driven.isdisjoint(thing.data.shape_keys.key_blocks.keys()):
            continue
        there = region(thing, match)
        if there is not None and any(_beside(there.box, here.box) for here in faces):
            found.append(thing)
    return found


def armature_of(thing: Any) -> Any | None:
    """Return the armature that an object is, that deforms it, or that it is parented to at whatever distance."""
    if thing.type == "ARMATURE":
        return thing
    for modifier in thing.modifiers:
        if modifier.type == "ARMATURE" and modifier.object:
            return modifier.object
    parent = thing.parent
    while parent is not None and parent.type != "ARMATURE":
        parent = parent.parent
    return parent


def _meshes(thing: Any) -> Iterator[Any]:
    """Yield the meshes that come with an object: itself, what lies below it, and what it deforms."""
    for other in (thing, *thing.children_recursive):
        if other.type == "MESH":
            yield other
        elif other.type == "ARMATURE":
            yield from (mesh for mesh in bpy.data.objects if mesh.type == "MESH" and armature_of(mesh) == other)


class Matcher:
    """What names of shape keys mean; `by_names` is asked once for each set of names."""

    def __init__(self, by_names: Any) -> None:
        """Have a function that returns a `Match` for names."""
        self._by_names = by_names

    @lru_cache(maxsize=256)  # noqa: B019  # one lives as long as the extension
    def parts(self, names: tuple[str, ...]) -> tuple[frozenset[str], frozenset[str]]:
        """Return the shapes among these names that open a mouth, and those that shut eyes."""
        found: Match = self._by_names(names)
        mouth, eyes = set(), set()
        for target in found.retarget.targets:
            if target.kind == "pose" or {*MOUTH} & {*target.sources}:
                mouth.add(target.name)
            elif {"eyeBlinkLeft", "eyeBlinkRight"} & {*target.sources}:
                eyes.add(target.name)
        return frozenset(mouth), frozenset(eyes)


def region(thing: Any, match: Matcher) -> Region | None:
    """Return what the shape keys of a mesh object move; None where they move nothing."""
    keys = thing.data.shape_keys if thing.type == "MESH" else None
    if keys is None:
        return None
    names = tuple(block.name for block in keys.key_blocks)
    found = _local(keys.session_uid, names, len(keys.reference_key.points), match)
    if found is None:
        return None
    (low, high), face = found
    corners = [thing.matrix_world @ Vector((x, y, z)) for x in _two(low, high, 0) for y in _two(low, high, 1)
               for z in _two(low, high, 2)]  # fmt: skip
    return Region((np.min(corners, axis=0), np.max(corners, axis=0)), face)


def _two(low: NDArray[np.float64], high: NDArray[np.float64], axis: int) -> tuple[float, float]:
    return float(low[axis]), float(high[axis])


@lru_cache(maxsize=1024)
def _local(uid: int, names: tuple[str, ...], n_vertices: int, match: Matcher) -> tuple[Box, bool] | None:
    """Return where the shape keys of this number move, in the mesh's own space, and whether it is a whole face.

    Drawing asks this, so it is found out once for a mesh, from as few shapes as needed.
    """
    keys = next(keys for keys in bpy.data.shape_keys if keys.session_uid == uid)
    mouth, eyes = match.parts(names[1:])
    moved = np.zeros(n_vertices, bool)
    moves: dict[bool, bool] = {}
    rest = np.empty(3 * n_vertices, np.float32)
    keys.reference_key.points.foreach_get("co", rest)
    size = float(np.ptp(rest.reshape(-1, 3), axis=0).max(initial=0))
    points = np.empty_like(rest)
    telling = [*sorted(mouth)[: _MOST_SHAPES // 2], *sorted(eyes)[: _MOST_SHAPES // 2]]
    for name in telling or names[1 : 1 + _MOST_SHAPES]:
        keys.key_blocks[name].points.foreach_get("co", points)
        off = np.abs(points - rest).reshape(-1, 3).max(axis=1) > _LEAST * size
        moved |= off
        moves[name in eyes] = moves.get(name in eyes, False) or bool(off.any())
    if not moved.any():
        return None
    there = rest.reshape(-1, 3)[moved].astype(np.float64)
    return (there.min(axis=0), there.max(axis=0)), bool(eyes and moves.get(True) and moves.get(False))


def _gap(one: Box, other: Box) -> float:
    """Return how far two boxes are apart; where they overlap, below 0 by how near their middles are."""
    apart = np.maximum(0, np.maximum(one[0] - other[1], other[0] - one[1]))
    if apart.any():
        return float(np.linalg.norm(apart))
    return float(-1 / (1e-6 + np.linalg.norm((one[0] + one[1] - other[0] - other[1]) / 2)))


def _beside(one: Box, other: Box) -> bool:
    size = max(float((high - low).max()) for low, high in (one, other))
    return _gap(one, other) <= _BESIDE * size
