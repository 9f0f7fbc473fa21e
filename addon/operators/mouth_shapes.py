"""Mouth shapes of a take: for 2D characters, sprites and rigs with a pose for each."""

from pathlib import Path
from typing import Any

import bpy

from audio2blend.align.files import read
from audio2blend.errors import InputError
from audio2blend.intervals import Interval
from audio2blend.visemes.sets import viseme_set

from ..client.reports import allows, guarded
from ..keys import actions, mouth_shapes
from ..keys.placing import Placing
from ..keys.timing import Timing
from ..state.properties import active_speaker, active_take


def why_not_show(context: Any) -> str:
    """Return what is in the way of showing mouth shapes, or ""."""
    speaker = active_speaker(context)
    take = active_take(speaker) if speaker else None
    if take is None:
        return "There is no take yet; press Animate first"
    if take.action is None:
        return "The Action of the take was deleted; animate the line again"
    settings = speaker.mouth_shapes
    if settings.target is None:
        return "Choose the object that shows the mouth shapes"
    if settings.kind == "LAYERS" and settings.target.type != "GREASEPENCIL":
        return "The object is no Grease Pencil"
    if settings.kind == "PICTURES" and _picture(settings.target) is None:
        return "The object has no material with an image texture"
    if settings.kind == "ACTION" and not any(shape.action for shape in settings.shapes):
        return "Choose an Action for each shape"
    return ""


class A2B_OT_mouth_shapes(bpy.types.Operator):
    """Show the mouth shapes of the take, one after another, on an NLA track of their own; those before are replaced"""

    bl_idname, bl_label, bl_options = "audio2blend.mouth_shapes", "Show Mouth Shapes", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_show(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Write them."""
        speaker = active_speaker(context)
        take, settings = active_take(speaker), speaker.mouth_shapes
        own = viseme_set(settings.visemes)
        shown = _shown(settings, list(own.poses()))
        placing = Placing.of(take.id_data, take)
        count = Timing.of_take(take.id_data, take).count(take.duration_s)
        cues = own.cues(_phones(take), take.duration_s)
        frames = [placing.frame(cue.start_s) - placing.start for cue in cues]
        shapes = mouth_shapes.on_frames(cues, own, frames, step=settings.step, n_frames=count)
        _remove(take)
        action = bpy.data.actions.new(actions.fresh_name(f"{take.name} mouth"))
        action[mouth_shapes.OF] = take.action.session_uid
        action.layers.new("Lip Sync").strips.new(type="KEYFRAME")
        for one in shown:
            curves = mouth_shapes.keyed(one, shapes, placing.start, 1.0, blend=settings.blend, n_frames=count)
            mouth_shapes.show(action, one.owner, curves)
        self.report({"INFO"}, f"{action.name}: {len(shapes)} mouth shapes")
        return {"FINISHED"}


def _phones(take: Any) -> list[Interval]:
    if take.alignment_path and Path(take.alignment_path).is_file():
        return list(read(take.alignment_path, sound_s=take.duration_s).phones)
    return [Interval(phone.label, phone.start_s, phone.end_s) for phone in take.phones]


def _shown(settings: Any, shapes: list[str]) -> list[mouth_shapes.Shown]:
    thing = settings.target
    if settings.kind == "ACTION":
        return mouth_shapes.of_actions(thing, {one.name: one.action for one in settings.shapes if one.action})
    if settings.kind == "LAYERS":
        return mouth_shapes.of_layers(thing.data, shapes)
    if settings.kind == "PICTURES":
        tree, node = _picture(thing)
        return mouth_shapes.of_number(tree, f"{node.path_from_id()}.image_user.frame_offset", shapes)
    if not settings.property:
        raise InputError("the custom property has no name; give it one")
    if settings.property not in thing:
        thing[settings.property] = 0
    return mouth_shapes.of_number(thing, f'["{bpy.utils.escape_identifier(settings.property)}"]', shapes)


def _picture(thing: Any) -> Any:
    """Return the node tree and the node with the first image of an object's materials; None if it has none."""
    for slot in thing.material_slots:
        if slot.material is not None and slot.material.node_tree is not None:
            tree = slot.material.node_tree
            for node in tree.nodes:
                if node.type == "TEX_IMAGE":
                    return tree, node
    return None


def _remove(take: Any) -> None:
    """Take away the mouth shapes of a take that were shown before."""
    for action in [one for one in bpy.data.actions if one.get(mouth_shapes.OF) == take.action.session_uid]:
        blocks = (*bpy.data.objects, *bpy.data.shape_keys, *_pencils(), *_trees())
        for owner in blocks:
            if owner.animation_data is not None:
                for track in list(owner.animation_data.nla_tracks):
                    if any(strip.action == action for strip in track.strips):
                        owner.animation_data.nla_tracks.remove(track)
        bpy.data.actions.remove(action)


def _pencils() -> list[Any]:
    return list(bpy.data.grease_pencils_v3 if hasattr(bpy.data, "grease_pencils_v3") else bpy.data.grease_pencils)


def _trees() -> list[Any]:
    return [material.node_tree for material in bpy.data.materials if material.node_tree is not None]


CLASSES = (A2B_OT_mouth_shapes,)
