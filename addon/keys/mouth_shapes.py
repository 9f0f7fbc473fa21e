"""Mouth shapes as 2D animators have them: one drawing, pose or number for each, shown one after another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from audio2blend.errors import InputError
from audio2blend.intervals import Interval
from audio2blend.phones import BILABIALS, segments
from audio2blend.visemes.sets import VisemeSet

from . import actions
from .write import Keyed, write

OF: Final = "audio2blend_mouth_shapes"
"""Custom property of the Actions that hold mouth shapes: the number of the take's Action."""
Place = tuple[str, int]
"""A property of a data-block and its index."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A data-block and what each mouth shape makes of its properties."""

    owner: Any
    poses: Mapping[str, Mapping[Place, float]]
    """By shape; shapes without one leave the properties at rest."""
    rest: Mapping[Place, float]
    """What properties are where a pose does not have them."""
    blends: bool = True
    """Whether there is something between two poses; numbers of drawings jump."""


def of_actions(thing: Any, found: Mapping[str, Any]) -> list[Shown]:
    """Return what Actions or pose assets, by shape, make of an object and its shape keys, at their first frame."""
    owners = [thing, *filter(None, [getattr(thing.data, "shape_keys", None)])]
    out = []
    for owner in owners:
        poses: dict[str, dict[Place, float]] = {}
        for shape, action in found.items():
            slots = [slot for slot in action.slots if slot.target_id_type == owner.id_type]
            curves = [curve for slot in slots[:1] for curve in actions.bag_for(action, slot).fcurves]
            first = action.frame_range[0]
            poses[shape] = {(curve.data_path, curve.array_index): curve.evaluate(first) for curve in curves}
        places = {place for pose in poses.values() for place in pose}
        if places:
            out.append(Shown(owner, poses, {place: _value(owner, place) for place in places}))
    if not out:
        raise InputError(f"the Actions of the shapes move nothing of '{thing.name}'; choose Actions with its keys")
    return out


def of_number(owner: Any, path: str, shapes: Sequence[str]) -> list[Shown]:
    """Return a property that says the number of the shape in its set, from 0 on."""
    place = (path, 0)
    return [Shown(owner, {shape: {place: float(number)} for number, shape in enumerate(shapes)}, {place: 0.0}, False)]


def of_layers(pencil: Any, shapes: Sequence[str]) -> list[Shown]:
    """Return the layers of a Grease Pencil that are called like shapes, of which one is seen at a time."""
    layers = {shape: layer for shape in shapes if (layer := pencil.layers.get(shape)) is not None}
    if not layers:
        raise InputError(f"'{pencil.name}' has no layer called {', '.join(shapes)}; name its layers so")
    rest = {(f"{layer.path_from_id()}.opacity", 0): 0.0 for layer in layers.values()}
    poses = {shape: {(f"{layer.path_from_id()}.opacity", 0): 1.0} for shape, layer in layers.items()}
    return [Shown(pencil, poses, rest)]


def on_frames(
    cues: Sequence[Interval], of: VisemeSet, frames: Sequence[float], *, step: int, n_frames: int
) -> list[tuple[int, str]]:
    """Return which shape begins at which frame, from 0 on; each is held for `step` frames or a multiple of it.

    Args:
        cues: shapes in ascending order without gaps.
        of: their set.
        frames: where each of them begins, in frames.
        step: 1 on ones, 2 on twos, 3 on threes.
        n_frames: of the take.

    A shape that shuts the lips is shown wherever it lies, and others where they hold the middle of the frames.
    """
    out: list[tuple[int, str]] = []
    edges = np.array([*frames, n_frames], float)
    for first in range(0, n_frames, step):
        here = [k for k in range(len(cues)) if edges[k] < first + step and edges[k + 1] > first]
        shut = [k for k in here if _shuts(of, cues[k].label)]
        middle = int(np.searchsorted(edges[:-1], first + (step - 1) / 2, side="right")) - 1
        shape = cues[shut[0] if shut else max(middle, 0)].label
        if not out or out[-1][1] != shape:
            out.append((first, shape))
    return out


def keyed(
    shown: Shown, shapes: Sequence[tuple[int, str]], start: float, pace: float, *, blend: int, n_frames: int
) -> list[Keyed]:
    """Return the keys of a data-block: poses held until the next one, or blended into it over `blend` frames."""
    out = []
    for place, rest in shown.rest.items():
        values = [shown.poses.get(shape, {}).get(place, rest) for _, shape in shapes]
        points: list[tuple[float, float]] = []
        for (frame, _), value in zip(shapes, values, strict=True):
            if points and blend and shown.blends:
                before = points[-1]
                points.append((max(frame - blend, before[0] + 0.01), before[1]))
            points.append((frame, value))
        points.append((max(n_frames, points[-1][0] + 1), values[-1]))
        at = np.array(points, np.float32)
        at[:, 0] = start + at[:, 0] * pace
        out.append(Keyed(*place, at, None, "LINEAR" if blend and shown.blends else "CONSTANT"))
    return out


def show(action: Any, owner: Any, curves: Sequence[Keyed]) -> None:
    """Write keys into an Action and let it play on an NLA track of its own, above all others."""
    animation = owner.animation_data_create()
    if animation is None:
        raise InputError(f"'{owner.name}' cannot be animated in this file; make a library override of it")
    slot = action.slots.new(id_type=owner.id_type, name=owner.name)
    bag = actions.bag_for(action, slot)
    for curve in curves:
        write(bag, curve)
    track = animation.nla_tracks.new()
    track.name = action.name
    first, last = float(curves[0].points[0, 0]), float(curves[0].points[-1, 0])
    strip = track.strips.new(action.name, round(first), action)
    strip.action_slot = slot
    strip.blend_type, strip.extrapolation = "REPLACE", "HOLD_FORWARD"
    actions.put(strip, first, last, first)


def _shuts(of: VisemeSet, shape: str) -> bool:
    named = segments(of.phone_of(shape))
    return bool(named) and named[0][1] in BILABIALS


def _value(owner: Any, place: Place) -> float:
    path, index = place
    value = owner.path_resolve(path)
    return float(value[index] if hasattr(value, "__len__") else value)
