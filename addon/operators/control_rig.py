"""The control rig: sliders that move the face on top of a take, for polish by hand.

Every shape that a control moves gets a copy, such as "jawOpen (hand)", whose value a driver works out from the
controls, the custom properties of an empty beside the character, so that shape and copy together stay within the
shape's limits. No key of a take and no curve of an artist is touched; without the copies all is as it was before.
"""

from collections.abc import Iterator
from itertools import count
from typing import Any, Final

import bpy
import numpy as np
from bpy.props import BoolProperty
from numpy.typing import NDArray

from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs.worker import scene as stage

from ..client import modal
from ..client.reports import allows, guarded
from ..keys import actions, plan
from ..keys.rest import resting
from ..keys.targets import Shapes
from ..keys.timing import Timing
from ..keys.write import keyed, write
from ..scene import character
from ..scene.character import HAND, CharacterObjects
from ..scene.controls import CONTROLS, SLIDERS, expression, onto
from ..state.properties import active_speaker, active_take

_HELD: Final = "audio2blend_controls"
"""Custom property of a Key data-block with copies: the empty that holds the controls."""
_SLIGHT: Final = 1e-5
_LONGEST: Final = 63
"""Bytes that Blender keeps of the name of a shape key."""


def controls_of(who: CharacterObjects) -> Any | None:
    """Return the empty with the controls of a character, or None where none is connected."""
    return next((empty for face in who.faces if (empty := face.data.shape_keys.get(_HELD))), None)


def why_not_connect(context: Any) -> str:
    """Return why the active speaker's character can get no control rig; "" when it can."""
    speaker = active_speaker(context)
    if reason := modal.why_not(context) or character.why_not(speaker):
        return reason
    who = character.of(speaker)
    if controls_of(who) is not None:
        return f"'{who.name}' has its controls already"
    for face in who.faces:
        if face.data.override_library or face.data.library:
            return f"The mesh of '{face.name}' lies in another file, where its shapes can get controls"
        if face.mode == "EDIT":
            return f"'{face.name}' is being edited; leave Edit Mode first"
    if not onto(character.retarget(speaker)):
        return "Controls need individual shapes; this face has only visemes or bones"
    return ""


def why_not_remove(context: Any) -> str:
    """Return why there is no control rig to remove; "" when there is."""
    speaker = active_speaker(context)
    if speaker is None or controls_of(character.of(speaker)) is None:
        return "The character has no controls"
    take = active_take(speaker)
    locked = actions.why_locked(take.action) if take is not None and take.action is not None else ""
    return modal.why_not(context) or locked


class A2B_OT_controls_connect(bpy.types.Operator):
    """Add sliders for jaw, lips, smile, brows and lids that add to the take"""

    bl_idname, bl_label, bl_options = "audio2blend.controls_connect", "Add Controls", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_connect(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Make the empty, the copies and their drivers."""
        speaker = active_speaker(context)
        who, retarget = character.of(speaker), character.retarget(speaker)
        for face in who.faces:
            _restore(face)  # what is left where somebody deleted the empty
        empty = _empty(context, who)
        bounds = {target.name: target.bounds for target in retarget.targets}
        for name, gains in onto(retarget).items():
            for face in who.faces:
                block = face.data.shape_keys.key_blocks.get(name)
                if block is not None and block != face.data.shape_keys.reference_key:
                    face.data.shape_keys[_HELD] = empty
                    _drive(face, _copy(face, block), block, empty, list(gains), expression(gains, *bounds[name]))
        self.report({"INFO"}, f"The sliders of '{empty.name}' move {who.name}")
        return {"FINISHED"}


class A2B_OT_controls_remove(bpy.types.Operator):
    """Remove the sliders, and bake what they add into the active take or discard it"""

    bl_idname, bl_label, bl_options = "audio2blend.controls_remove", "Remove Controls", {"REGISTER", "UNDO"}

    keep: BoolProperty(
        name="Keep the Adjustments",
        description="Bake the sliders into the keyframes of the active take; it looks the same afterwards",
        default=True,
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_remove(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Take away empty, copies and drivers."""
        speaker = active_speaker(context)
        assert speaker is not None
        who = character.of(speaker)
        if self.keep:
            _keep(context.scene, speaker)
        for face in who.faces:
            _restore(face)
        return {"FINISHED"}


def added(scene: Any, speaker: Any, n_frames: int, start_frame: int) -> Clip | None:
    """Return what the controls add to each shape at every frame from a start on; None where nothing is added.

    The clip is at the scene's rate, and its channels are the character's own. Limits are not applied.
    """
    empty = controls_of(character.of(speaker))
    if empty is None:
        return None
    timing = Timing.of(scene, start_frame)
    values = {name: _values(empty, name, timing.positions(n_frames)) for name in CONTROLS}
    curves = {
        shape: np.sum([gain.at(values[control]) for control, gain in gains.items()], axis=0)
        for shape, gains in onto(character.retarget(speaker)).items()
    }
    moved = {shape: curve for shape, curve in curves.items() if np.abs(curve).max(initial=0) > _SLIGHT}
    if not moved:
        return None
    return Clip(values=np.stack(list(moved.values()), axis=1), channels=tuple(moved), frame_rate=timing.rate)


def _values(empty: Any, name: str, positions: NDArray[np.float64]) -> NDArray[np.float32]:
    """Return a control's value at positions of Actions, shape (n,): by its curve if it has one."""
    animation = empty.animation_data
    if animation is not None and animation.action is not None and animation.action_slot is not None:
        for layer in animation.action.layers:
            for strip in layer.strips:
                bag = strip.channelbag(animation.action_slot)
                curve = bag.fcurves.find(f'["{name}"]') if bag else None
                if curve is not None and not curve.mute:
                    return np.array([curve.evaluate(position) for position in positions], np.float32)
    return np.full(len(positions), empty[name], np.float32)


def _empty(context: Any, who: CharacterObjects) -> Any:
    """Return a new empty with the controls, beside the character."""
    empty = bpy.data.objects.new(f"{who.name} controls", None)
    empty.empty_display_type = "SPHERE"
    empty.empty_display_size = 0.05
    first = who.faces[0]
    (first.users_collection or (context.scene.collection,))[0].objects.link(empty)
    empty.parent = first.parent or first
    for control, (_, message) in SLIDERS.items():
        empty[control] = 0.0
        empty.id_properties_ui(control).update(
            min=-1.0, max=1.0, soft_min=-1.0, soft_max=1.0, default=0.0, description=message
        )
        empty.property_overridable_library_set(f'["{control}"]', True)
    return empty


def _copy(face: Any, block: Any) -> Any:
    """Return a new shape key that adds what another does, at 0."""
    points = np.empty(3 * len(block.points), np.float32)
    block.points.foreach_get("co", points)
    copy = stage.add_shape(face, _name_beside(block.name, face.data.shape_keys.key_blocks), points)
    copy.relative_key = block.relative_key
    copy.vertex_group, copy.mute = block.vertex_group, block.mute
    copy.slider_min, copy.slider_max, copy.value = -1.0, 1.0, 0.0
    return copy


def _name_beside(name: str, taken: Any) -> str:
    """Return a name for the copy of a shape: its own with the mark at the end, as far as Blender has room for it."""
    for number in count():
        mark = f"{number or ''}{HAND}"
        found = name.encode()[: _LONGEST - len(mark)].decode(errors="ignore") + mark
        if found not in taken:
            return found
    raise AssertionError("numbers end nowhere")


def _drive(face: Any, copy: Any, block: Any, empty: Any, controls: list[str], formula: str) -> None:
    """Have a copy's value worked out from the controls and from what the shape itself shows."""
    driver = copy.driver_add("value").driver
    driver.type = "SCRIPTED"
    path = f'key_blocks["{bpy.utils.escape_identifier(block.name)}"].value'
    sources = [("take", "KEY", face.data.shape_keys, path)]
    sources += [(control, "OBJECT", empty, f'["{control}"]') for control in controls]
    for name, kind, holder, place in sources:
        variable = driver.variables.new()
        variable.name = name
        target = variable.targets[0]
        target.id_type, target.id, target.data_path = kind, holder, place
    driver.expression = formula


def _restore(face: Any) -> None:
    """Take copies and drivers off a mesh, and the empty away with the last of them."""
    keys = face.data.shape_keys
    if _HELD not in keys:
        return
    shown = face.active_shape_key_index
    for block in [block for block in keys.key_blocks if block.name.endswith(HAND)]:
        block.driver_remove("value")
        face.shape_key_remove(block)
    face.active_shape_key_index = min(shown, len(keys.key_blocks) - 1)
    empty = keys.pop(_HELD)
    if empty is not None and not any(other.get(_HELD) == empty for other in bpy.data.shape_keys):
        bpy.data.objects.remove(empty)


def _keep(scene: Any, speaker: Any) -> None:
    """Put what the controls add into the keys of the take that is shown.

    Raises InputError if they add something and there is no take to put it into.
    """
    take = active_take(speaker)
    if take is None or take.action is None:
        if added(scene, speaker, 1, scene.frame_current) is not None:
            raise InputError(
                "there is no take to bake the sliders into; set them to 0, or turn off Keep the Adjustments"
            )
        return
    how = plan.Plan.of(speaker, take, Timing.of_take(scene, take))
    n_frames = how.timing.count(take.duration_s)
    more = added(scene, speaker, n_frames, take.start_frame)
    if more is None:
        return
    bounds = {target.name: target.bounds for target in how.retarget.targets}
    positions = how.timing.positions(n_frames)
    for owner, bag, name, path in _curves(how, take):
        if name in more.channels:
            curve = bag.fcurves.find(path)  # none where the take does not move the shape
            said = [curve.evaluate(position) if curve else resting(owner, path, 0) for position in positions]
            values = np.clip(np.array(said, np.float32) + more[name], *bounds[name])
            write(bag, keyed(path, 0, values, positions, how.tolerance))
    for target in how.targets:
        actions.show(take.action, target, float(positions[0]), float(positions[-1]))


def _curves(how: plan.Plan, take: Any) -> Iterator[tuple[Any, Any, str, str]]:
    """Yield the Key data-block, the curves' bag, the name and the path of every shape of a map, mesh after mesh."""
    for target in how.targets:
        if isinstance(target, Shapes):
            bag = actions.bag_for(take.action, actions.slot_for(take.action, target))
            for name, path in target.paths.items():
                yield target.block(), bag, name, path


CLASSES = (A2B_OT_controls_connect, A2B_OT_controls_remove)
