"""Runs in Blender: mouth shapes of takes on Actions, numbers, layers and pictures."""

from pathlib import Path
from typing import Any

import bpy

from rigs import Rig
from tests.support.worker.scenes import extension, put, refusal, speaker


def _take(rig: Rig, sound: Path) -> Any:
    someone = speaker(put(rig, name="Hero"))
    someone.sound = str(sound)
    bpy.ops.audio2blend.animate(quality="live")
    return someone


def _curves() -> dict[str, list[tuple[float, float]]]:
    """Return the keys of all mouth shapes, by path."""
    found = {}
    for action in bpy.data.actions:
        if "audio2blend_mouth_shapes" in action:
            for bag in action.layers[0].strips[0].channelbags:
                for curve in bag.fcurves:
                    found[curve.data_path] = [tuple(point.co) for point in curve.keyframe_points]
    return found


def shown(*, rig: Rig, sound: Path, step: int, progress: Any) -> dict[str, Any]:
    """Return the numbers of the shapes on a property, what is seen at some frames, and the phones of the take."""
    with extension():
        someone = _take(rig, sound)
        settings = someone.mouth_shapes
        nothing = refusal(bpy.ops.audio2blend.mouth_shapes)
        settings.target = bpy.data.objects.new("Sprite", None)
        bpy.context.scene.collection.objects.link(settings.target)
        settings.step = step
        bpy.ops.audio2blend.mouth_shapes()
        bpy.ops.audio2blend.mouth_shapes()
        seen = []
        for frame in range(1, 100):
            bpy.context.scene.frame_set(frame)
            evaluated = settings.target.evaluated_get(bpy.context.evaluated_depsgraph_get())
            seen.append(evaluated["mouth"])
        take = someone.takes[0]
        return {
            "nothing": nothing, "curves": _curves(), "seen": seen,
            "tracks": len(settings.target.animation_data.nla_tracks),
            "phones": [[phone.label, phone.start_s, phone.end_s] for phone in take.phones],
        }  # fmt: skip


def on_actions(*, rig: Rig, sound: Path, blend: int, progress: Any) -> dict[str, Any]:
    """Return where a jaw with an Action a shape is, frame by frame, and how its keys are joined."""
    with extension():
        someone = _take(rig, sound)
        jaw = bpy.data.objects.new("Jaw", None)
        bpy.context.scene.collection.objects.link(jaw)
        for number, shape in enumerate("XABCDEFGH"):
            jaw.location.z = number
            jaw.keyframe_insert("location", index=2, frame=1)
            jaw.animation_data.action.name = shape
            jaw.animation_data.action.use_fake_user = True
            jaw.animation_data.action = None
        jaw.location.z = 0
        settings = someone.mouth_shapes
        settings.kind, settings.target, settings.step, settings.blend = "ACTION", jaw, 1, blend
        listed = [[shape.name, shape.action.name if shape.action else ""] for shape in settings.shapes]
        bpy.ops.audio2blend.mouth_shapes()
        heights = []
        for frame in range(1, 100):
            bpy.context.scene.frame_set(frame)
            evaluated = jaw.evaluated_get(bpy.context.evaluated_depsgraph_get())
            heights.append(evaluated.matrix_world.translation.z)
        return {"listed": listed, "heights": heights}


def elsewhere(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return the keys of Grease Pencil layers and of an image sequence, and what is refused."""
    with extension():
        someone = _take(rig, sound)
        settings = someone.mouth_shapes
        pencils = bpy.data.grease_pencils_v3 if hasattr(bpy.data, "grease_pencils_v3") else bpy.data.grease_pencils
        drawing = pencils.new("Mouths")
        face = bpy.data.objects.new("Drawn", drawing)
        bpy.context.scene.collection.objects.link(face)
        settings.kind, settings.target, settings.blend = "LAYERS", face, 0
        bare = refusal(bpy.ops.audio2blend.mouth_shapes)
        for shape in "XABCDEFGH":
            drawing.layers.new(shape)
        bpy.ops.audio2blend.mouth_shapes()
        layers = _curves()
        visible = []
        for frame in range(1, 100):
            bpy.context.scene.frame_set(frame)
            visible.append([layer.name for layer in drawing.layers if layer.opacity > 0.5])
        plane = bpy.data.objects.new("Plane", bpy.data.meshes.new("Plane"))
        bpy.context.scene.collection.objects.link(plane)
        settings.kind, settings.target = "PICTURES", plane
        plain = refusal(bpy.ops.audio2blend.mouth_shapes)
        material = bpy.data.materials.new("Mouths")
        material.use_nodes = True
        material.node_tree.nodes.new("ShaderNodeTexImage")
        plane.data.materials.append(material)
        bpy.ops.audio2blend.mouth_shapes()
        return {"bare": bare, "plain": plain, "layers": layers, "visible": visible, "pictures": _curves()}
