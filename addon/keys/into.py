"""Putting the keys of a take into an Action of the artist's."""

from collections.abc import Sequence
from itertools import groupby
from typing import Any, Final, NamedTuple

import bpy
import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError
from rigs.quaternions import multiply

from .actions import Place, bag_for, places
from .rest import OURS, resting

_PAIRS: Final = ("co", "handle_left", "handle_right")
_CODES: Final = ("interpolation", "handle_left_type", "handle_right_type", "easing")


class Done(NamedTuple):
    """What a bake has done."""

    names: list[str]
    """The Actions that have the keys now."""
    replaced: int
    """How many keys of the artist's had to go."""
    unused: list[str]
    """The data-blocks that play another Action."""


class _KeyArrays(NamedTuple):
    """Keys of a curve, an array for each attribute."""

    pairs: dict[str, NDArray[np.float32]]
    """Shape (n_keys, 2)."""
    codes: dict[str, NDArray[np.int32]]
    """Shape (n_keys,)."""


def bake(take: Any, into: Any | None) -> Done:
    """Put what a take of ours shows in the NLA, where it is put, scaled and trimmed there, into an Action.

    Where none is given it is the one that each data-block has, or else a new one. Raises InputError, with the cure, if
    that Action cannot take keys.
    """
    found = list(places(take))
    if not found:
        raise InputError(f"no NLA strip plays '{take.name}'; animate the line again")
    for action in [into, *(place.owner.animation_data.action for place in found)]:
        if action is not None and (not action.is_editable or any(mark in action for mark in OURS)):
            why = "is a take itself" if action.is_editable else "is linked from another file"
            raise InputError(f"the Action '{action.name}' {why}; choose one of your own")
    done = Done([], 0, [])
    fresh: Any | None = None
    for place in found:
        own = place.owner.animation_data
        action = into or own.action
        if action is None:
            action = fresh = fresh or bpy.data.actions.new(f"{take.name} baked")
        slot = _slot(action, place.owner)
        replaced = _bake(take, place, _bag(action, slot))
        if own.action is None:
            own.action, own.action_slot = action, slot
        unused = [place.owner.name] if own.action != action else []
        names = done.names if action.name in done.names else [*done.names, action.name]
        done = Done(names, done.replaced + replaced, [*done.unused, *unused])
    return done


def _slot(action: Any, owner: Any) -> Any:
    own = owner.animation_data
    if own.action == action and own.action_slot is not None:
        return own.action_slot
    for slot in action.slots:
        if slot.target_id_type in {owner.id_type, "UNSPECIFIED"} and slot.name_display == owner.name:
            return slot
    return action.slots.new(id_type=owner.id_type, name=owner.name)


def _bag(action: Any, slot: Any) -> Any:
    layer = action.layers[0] if action.layers else action.layers.new("Layer")
    strip = layer.strips[0] if layer.strips else layer.strips.new(type="KEYFRAME")
    return strip.channelbag(slot, ensure=True)


def _bake(take: Any, place: Place, bag: Any) -> int:
    """Put the curves of one data-block into another's bag, and return how many keys there had to go."""
    replaced = 0
    curves = sorted(bag_for(take, place.strip.action_slot).fcurves, key=lambda curve: curve.data_path)
    for path, group in groupby(curves, key=lambda curve: curve.data_path):
        ours = list(group)
        if place.strip.blend_type == "REPLACE":
            made = [_carried(curve, place.strip) for curve in ours]
        else:
            made = _combined(ours, bag, place.owner, place.strip)
        for curve, keys in zip(ours, made, strict=True):
            replaced += _put(bag, place.owner, path, curve.array_index, keys)
    return replaced


def _carried(curve: Any, strip: Any) -> _KeyArrays:
    """Return the keys of a curve where a strip plays them; where it cuts them, with one at the cut."""
    keys = _read(curve)
    at = keys.pairs["co"][:, 0]
    first, last = strip.action_frame_start, strip.action_frame_end
    if at[0] < first or at[-1] > last:
        ends = [end for end, cut in ((first, at[0] < first), (last, at[-1] > last)) if cut and end not in at]
        kept = (at >= first) & (at <= last)
        keys = _joined(_picked(keys, kept), _plain([(end, curve.evaluate(end)) for end in ends]))
    for pair in keys.pairs.values():
        pair[:, 0] = strip.frame_start + (pair[:, 0] - strip.action_frame_start) * strip.scale
    return keys


def _combined(ours: Sequence[Any], bag: Any, owner: Any, strip: Any) -> list[_KeyArrays]:
    """Return keys for every frame of a bone's property, with what the artist's Action does below ours."""
    frames = np.arange(np.ceil(strip.frame_start), np.floor(strip.frame_end) + 1)
    there = strip.action_frame_start + (frames - strip.frame_start) / strip.scale
    mine = np.array([[curve.evaluate(at) for at in there] for curve in ours])
    path = ours[0].data_path
    below = np.array([_values(bag, owner, path, curve.array_index, frames) for curve in ours])
    turns = path.endswith("rotation_quaternion")
    values = multiply(below.T, mine.T).T if turns and len(ours) == 4 else below + mine
    return [_plain(np.stack([frames, row], axis=1)) for row in values]


def _values(bag: Any, owner: Any, path: str, axis: int, frames: NDArray[np.float64]) -> NDArray[np.float64]:
    curve = bag.fcurves.find(path, index=axis)
    if curve is None:
        return np.full(len(frames), resting(owner, path, axis))
    return np.array([curve.evaluate(frame) for frame in frames])


def _put(bag: Any, owner: Any, path: str, axis: int, keys: _KeyArrays) -> int:
    """Put keys on a curve in place of those between the first and the last; return how many these were.

    Just outside, keys hold what the curve did there, so that nothing drifts towards the take or away from it.
    """
    first, last = float(keys.pairs["co"][:, 0].min()), float(keys.pairs["co"][:, 0].max())
    curve = bag.fcurves.find(path, index=axis)
    if curve is None:
        curve = bag.fcurves.new(path, index=axis)
        outside = _plain([(at, resting(owner, path, axis)) for at in (first - 1, last + 1)])
        kept, replaced = outside, 0
    else:
        before = _read(curve)
        at = before.pairs["co"][:, 0]
        within = (at >= first - 1e-3) & (at <= last + 1e-3)
        edges = [edge for edge in (first - 1, last + 1) if not np.isclose(at, edge, atol=0.5).any()]
        kept = _joined(_picked(before, ~within), _plain([(edge, curve.evaluate(edge)) for edge in edges]))
        replaced = int(within.sum())
    _write(curve, _joined(kept, keys))
    return replaced


def _plain(points: Any) -> _KeyArrays:
    """Return keys that lines join."""
    at = np.array(points, np.float32).reshape(-1, 2)
    line = np.full(len(at), _code("interpolation", "LINEAR"), np.int32)
    kinds = {name: np.full(len(at), _code(name, "AUTO_CLAMPED"), np.int32) for name in _CODES[1:3]}
    easing = np.full(len(at), _code("easing", "AUTO"), np.int32)
    pairs = {"co": at, **{name: at.copy() for name in _PAIRS[1:]}}
    return _KeyArrays(pairs, {"interpolation": line, **kinds, "easing": easing})


def _read(curve: Any) -> _KeyArrays:
    points = curve.keyframe_points
    return _KeyArrays(
        {name: _got(points, name, 2, np.float32).reshape(-1, 2) for name in _PAIRS},
        {name: _got(points, name, 1, np.int32) for name in _CODES},
    )


def _got(points: Any, name: str, size: int, kind: type[np.generic]) -> NDArray[Any]:
    values = np.empty(size * len(points), kind)
    points.foreach_get(name, values)
    return values


def _write(curve: Any, keys: _KeyArrays) -> None:
    """Put keys on a curve in place of all that it had, in the order of time."""
    order = np.argsort(keys.pairs["co"][:, 0], kind="stable")
    points = curve.keyframe_points
    points.clear()
    points.add(len(order))
    for name, codes in keys.codes.items():
        points.foreach_set(name, codes[order])
    for name, pair in keys.pairs.items():
        points.foreach_set(name, pair[order].ravel())
    curve.update()


def _picked(keys: _KeyArrays, which: NDArray[np.bool_]) -> _KeyArrays:
    pairs = {name: pair[which] for name, pair in keys.pairs.items()}
    return _KeyArrays(pairs, {name: codes[which] for name, codes in keys.codes.items()})


def _joined(one: _KeyArrays, other: _KeyArrays) -> _KeyArrays:
    pairs = {name: np.concatenate([pair, other.pairs[name]]) for name, pair in one.pairs.items()}
    return _KeyArrays(pairs, {name: np.concatenate([codes, other.codes[name]]) for name, codes in one.codes.items()})


def _code(name: str, item: str) -> int:
    return int(bpy.types.Keyframe.bl_rna.properties[name].enum_items[item].value)
