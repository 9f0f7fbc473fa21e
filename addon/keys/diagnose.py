"""Whether the face really moves once it has its keys, and if not, what blocks it: in words, with the cure."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio2blend.wording import listed

from ..scene.character import CharacterObjects
from .actions import Place, bag_for, places, slot_for
from .plan import TakeKeys
from .rest import curves_of
from .targets import Bones, Shapes, bone_path
from .write import Keyed

_NOTICED: Final = 0.02
"""A weight that is off by more than this is blocked."""
_TURNED: Final = 1e-3
"""A bone that no part of its pose takes farther than this from rest is not expected to be seen moving."""
_LEAST: Final = 1e-5
"""A mesh or bone moves if it does by this share of its size."""
_FEW: Final = 4


def blocked(context: Any, action: Any, keys: TakeKeys, character: CharacterObjects, start_frame: int) -> str:
    """Return what keeps the character from moving as the keys say; "" when nothing does.

    It is looked at as Blender evaluates it, with our tracks and at rest: every mesh and every bone in a frame in which
    it is to be far from rest. The scene is left as it was.
    """
    if keys.activity.max() < _NOTICED:
        return "Hardly anything moves in this take; is there speech in the sound?"
    tracks = list(places(action))
    parts = list(_parts(keys))
    seen: dict[Part, Seen] = {}
    for frame, due in _appointments(parts):
        with _at(context.scene, start_frame + frame):
            moving = Stance(context, character, keys)
            with _at_rest(tracks, keys, context.view_layer):
                resting = Stance(context, character, keys)
        seen |= dict.fromkeys(due, Seen(float(keys.positions[frame]), moving, resting))
    found: list[str] = []
    for target, curves in keys.curves:
        place = next((place for place in tracks if place.owner == target.block()), None)
        own = {part: look for part, look in seen.items() if part.uid == target.uid}
        if reason := _unheard(target.owner, place):
            found.append(reason)
        elif isinstance(target, Shapes):
            face = next(face for face in character.faces if face.data.shape_keys == target.block())
            for look in own.values():
                found += _face(face, Wanted(action, target, curves, look.position), look.moving, look.resting)
        else:
            found += _armature(target, [part.bone for part, look in own.items() if not look.moves(target, part.bone)])
    return "; ".join(found)


class Part(NamedTuple):
    """What is to move as one: the shape keys of a mesh, or a bone."""

    uid: int
    """Number of the data-block in this session."""
    bone: str
    """Its name; "" for shape keys."""


def _parts(keys: TakeKeys) -> Iterator[tuple[Part, NDArray[np.float64]]]:
    """Yield all that moves noticeably, and how far from rest it is to be in each frame, shape (n_frames,)."""
    for target, curves in keys.curves:
        bones = {bone_path(name): name for name in target.modes} if isinstance(target, Bones) else {}
        away: dict[str, NDArray[np.float64]] = {}
        for curve in curves:
            holder, _, name = curve.path.rpartition(".")
            if name == "rotation_axis_angle" and curve.axis:
                continue  # about whatever axis a bone turns by 0, it rests
            rest = 1.0 if name == "rotation_quaternion" and curve.axis == 0 else 0.0
            far = np.abs(np.interp(keys.positions, curve.points[:, 0], curve.points[:, 1]) - rest)
            bone = bones.get(holder, "")
            away[bone] = away[bone] + far if bone in away else far
        least = _TURNED if bones else _NOTICED
        yield from ((Part(target.uid, bone), far) for bone, far in away.items() if far.max() > least)


def _appointments(parts: Sequence[tuple[Part, NDArray[np.float64]]]) -> Iterator[tuple[int, list[Part]]]:
    """Yield a few frames, each with the parts that are to be at least half as far from rest there as they ever get."""
    left = {part: far >= far.max() / 2 for part, far in parts}
    together = np.sum([far / far.max() for _, far in parts], axis=0)
    while left:
        many = np.sum(list(left.values()), axis=0)
        frame = int(np.where(many == many.max(), together, -1.0).argmax())
        due = [part for part, there in left.items() if there[frame]]
        yield frame, due
        for part in due:
            del left[part]


def why_not_playing(action: Any) -> str:
    """Return why Blender does not listen to an Action of ours on what it moves; "" when it does.

    This is known without looking at a frame, unlike what `blocked` says.
    """
    tracks = list(places(action))
    if not tracks:
        return f"no NLA strip plays '{action.name}'; animate the line again"
    return "; ".join(filter(None, (_unheard(place.owner.name, place) for place in tracks)))


class Stance:
    """How the character stands in the frame at hand."""

    def __init__(self, context: Any, character: CharacterObjects, keys: TakeKeys) -> None:
        """Look at it as Blender evaluates it."""
        graph = context.evaluated_depsgraph_get()
        self.meshes: dict[str, NDArray[np.float32]] = {}
        """The vertices of each face that can be seen, shape (n_vertices, 3)."""
        for face in character.faces:
            if face.visible_get(view_layer=context.view_layer):
                vertices = face.evaluated_get(graph).data.vertices
                points = np.empty(3 * len(vertices), np.float32)
                vertices.foreach_get("co", points)
                self.meshes[face.name] = points.reshape(-1, 3)
        self.weights: dict[tuple[str, str], float] = {}
        """The value of each shape key, by the names of mesh and shape."""
        self.bones: dict[tuple[str, str], NDArray[np.float64]] = {}
        """How each bone stands in its armature, shape (4, 4)."""
        for target, _ in keys.curves:
            evaluated = target.block().evaluated_get(graph)
            if isinstance(target, Shapes):
                for name in target.paths:
                    self.weights[target.owner, name] = evaluated.key_blocks[name].value
            else:
                for name in target.modes:
                    self.bones[target.owner, name] = np.array(evaluated.pose.bones[name].matrix, float)


class Seen(NamedTuple):
    """How the character stands in a frame."""

    position: float
    """Where the frame lies in the Action."""
    moving: Stance
    resting: Stance

    def moves(self, target: Bones, bone: str) -> bool:
        """Return whether a bone stands elsewhere than at rest."""
        return _moves(*(look.bones[target.owner, bone] for look in (self.moving, self.resting)))


class Wanted:
    """What the keys of a mesh say: the shapes that move, their limits, and their values in the frame at hand."""

    def __init__(self, action: Any, target: Shapes, curves: Iterable[Keyed], position: float) -> None:
        """Take it from the keys as they were written, and from the Action what they say between two of them."""
        self.target = target
        self.limits: dict[str, tuple[float, float]] = {}
        self.values: dict[str, float] = {}
        bag = bag_for(action, slot_for(action, target))
        values = {curve.path: curve.points[:, 1] for curve in curves}
        for name, path in target.paths.items():
            if path in values and np.ptp(values[path]) > _NOTICED:
                self.limits[name] = float(values[path].min()), float(values[path].max())
                self.values[name] = bag.fcurves.find(path).evaluate(position)


def _unheard(owner: str, place: Place | None) -> str:
    """Return why Blender does not listen to a data-block's strip at all; "" when it does."""
    if place is None:
        return f"'{owner}' has no strip of this take; animate it again"
    animation, track, strip = place.owner.animation_data, place.track, place.strip
    if strip.action_slot is None or strip.action_slot.target_id_type not in {place.owner.id_type, "UNSPECIFIED"}:
        return f"the strip '{strip.name}' of '{owner}' uses no slot of its own; choose it in the NLA editor"
    if track.mute or strip.mute:
        return f"the NLA track '{track.name}' of '{owner}' is muted; tick it in the NLA editor"
    if not animation.use_nla:
        return f"the NLA of '{owner}' is switched off; turn it on in the NLA editor"
    if any(other.is_solo for other in animation.nla_tracks if other != track):
        return f"another NLA track of '{owner}' plays alone; take its star away in the NLA editor"
    if strip.use_animated_influence and strip.influence < _NOTICED:
        return f"the strip '{strip.name}' of '{owner}' has no influence; raise it in the NLA editor"
    return ""


def _face(face: Any, wanted: Wanted, moving: Stance, resting: Stance) -> Iterator[str]:
    """Yield what is wrong with a mesh."""
    if not wanted.values:
        return
    block = face.data.shape_keys
    if not block.use_relative:
        yield f"the shape keys of '{face.name}' are absolute; turn on Relative in its shape key panel"
        return
    if face.show_only_shape_key:
        yield f"'{face.name}' shows one shape key alone; turn off its pin in the shape key panel"
        return
    keys = block.key_blocks
    muted = [name for name in wanted.limits if keys[name].mute]
    narrow = [name for name, limits in wanted.limits.items() if _cut(keys[name], *limits)]
    empty = [name for name in wanted.limits if not _changes(keys[name])]
    if muted:
        yield f"muted in the shape key panel of '{face.name}': {listed(muted, most=_FEW)}; tick them there"
    if narrow:
        few = listed(narrow, most=_FEW)
        yield f"the range of shape keys of '{face.name}' cuts their values: {few}; widen it to 0 and 1"
    if empty:
        yield f"shape keys of '{face.name}' that hold no change: {listed(empty, most=_FEW)}; sculpt them or map others"
    held: dict[Holder, list[str]] = {}
    for name, value in wanted.values.items():
        seen = moving.weights[wanted.target.owner, name]
        if name not in narrow and abs(seen - value) > _NOTICED:
            held.setdefault(_holder(block, wanted.target.paths[name]), []).append(name)
    for holder, names in held.items():
        yield f"{holder.name} other values for {listed(names, most=_FEW)} of '{face.name}'; {holder.cure}"
    if muted or narrow or empty or held:
        return
    if face.name not in moving.meshes:
        yield f"'{face.name}' is hidden; show it to see it speak"
    elif not _moves(moving.meshes[face.name], resting.meshes[face.name]):
        yield f"'{face.name}' does not move, though its shape keys do; look at its modifiers"


def _armature(target: Bones, still: Sequence[str]) -> Iterator[str]:
    """Yield what is wrong with an armature some of whose bones stand still."""
    armature = target.block()
    if not still:
        return
    if armature.data.pose_position == "REST":
        yield f"'{armature.name}' is in its rest position; choose Pose Position in its data"
        return
    held: dict[Holder, list[str]] = {}
    for name in still:
        held.setdefault(_holder(armature, bone_path(name)), []).append(name)
    for holder, names in held.items():
        yield f"{holder.name} the bones {listed(names, most=_FEW)} of '{armature.name}' in place; {holder.cure}"


class Holder(NamedTuple):
    """Who else moves a property."""

    name: str
    """As the beginning of a sentence."""
    cure: str
    """What lets ours move it, at no cost of anybody's keys."""


def _holder(owner: Any, path: str) -> Holder:
    animation = owner.animation_data
    if any(driver.data_path.startswith(path) for driver in animation.drivers):
        return Holder("a driver holds", "mute it in the Drivers editor")
    action = animation.action
    if action and any(curve.data_path.startswith(path) for curve in curves_of(action, animation.action_slot)):
        return Holder(f"the Action '{action.name}' holds", "Unlink the Action puts it below the take and keeps it")
    return Holder("another NLA track or a constraint holds", "mute it there")


def _cut(key: Any, low: float, high: float) -> bool:
    """Return whether a shape key's range keeps it from its values."""
    return bool(high > key.slider_max + _NOTICED or low < key.slider_min - _NOTICED)


def _changes(key: Any) -> bool:
    """Return whether a shape key differs from the one it is relative to."""
    points, rest = (np.empty(3 * len(shape.points), np.float32) for shape in (key, key.relative_key))
    key.points.foreach_get("co", points)  # far faster than the same of `data`
    key.relative_key.points.foreach_get("co", rest)
    return _moves(points, rest)


def _moves(there: NDArray[np.floating[Any]], here: NDArray[np.floating[Any]]) -> bool:
    if there.shape != here.shape:
        return True
    return bool(np.abs(there - here).max(initial=0) > _LEAST * max(1e-6, float(np.abs(here).max(initial=0))))


@contextmanager
def _at(scene: Any, frame: int) -> Iterator[None]:
    before, part = scene.frame_current, scene.frame_subframe
    scene.frame_set(frame)
    try:
        yield
    finally:
        scene.frame_set(before, subframe=part)


@contextmanager
def _at_rest(tracks: Iterable[Place], keys: TakeKeys, layer: Any) -> Iterator[None]:
    """Have the properties of the keys at rest for a while, as far as nothing but our tracks moves them."""
    before = [(place.track, place.track.mute) for place in tracks]
    try:
        for track, _ in before:
            track.mute = True
        with ExitStack() as resting:
            for target, _ in keys.curves:
                resting.enter_context(target.at_rest())
            layer.update()
            yield
    finally:
        for track, mute in before:
            track.mute = mute
