"""Runs in Blender: what a character does, frame by frame, once it has its keys."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from mathutils import Matrix, Quaternion

from rigs import Rig
from tests.support.worker import scenes
from tests.support.worker.scenes import curves_of_shapes, extension, played, put, refusal, shown, speaker

MODES = ("QUATERNION", "XYZ", "ZXY", "AXIS_ANGLE")


def _animate(sound: str, **arguments: Any) -> Any:
    """Animate the active speaker and return the new take."""
    bpy.ops.audio2blend.animate(sound=sound, **arguments)
    return bpy.context.scene.audio2blend.speakers[bpy.context.scene.audio2blend.active].takes[-1]


def _turns(armature: Any, bone: str, frames: range) -> list[Quaternion]:
    """Return how far a bone is turned in each frame from where it rests, in the armature's axes."""
    bones = (seen.pose.bones[bone] for seen in played(armature, frames))
    return [(bone.matrix @ bone.bone.matrix_local.inverted()).to_quaternion() for bone in bones]


def at_rates(*, rig: Rig, sound: str, cases: list[dict[str, Any]], progress: Any) -> list[dict[str, Any]]:
    """Return what shapes show from frame to frame, for scenes with these render settings and these arguments."""
    found = []
    with extension():
        for case in cases:
            bpy.ops.wm.read_factory_settings(use_empty=True)
            face = put(rig)
            speaker(face)
            for name, value in case["render"].items():
                setattr(bpy.context.scene.render, name, value)
            take = _animate(sound, **case["arguments"])
            curves = curves_of_shapes(take.action)
            frames = range(case["frames"][0], case["frames"][1])
            found.append(
                {
                    "values": shown(face, case["names"], frames),
                    "keys": [len(curves[name].keyframe_points) for name in case["names"]],
                    "blocked": take.blocked,
                }
            )
    return found


def heads(*, rig: Rig, sound: str, frames: range, progress: Any) -> dict[str, list[Any]]:
    """Return the turn of the head's bone in the face's axes (w, x, y, z), whatever the bone's own axes and mode are.

    The armature is one of Blender's, Z up, or keeps Y up inside; bones stand straight or askew.
    """
    found = {}
    with extension():
        for number, mode in enumerate(MODES):
            bpy.ops.wm.read_factory_settings(use_empty=True)
            face = put(rig)
            armature = face.parent
            upright = number % 2 == 1
            if upright:
                _keep_y_up(armature)
            _askew(armature, 0.7 * number)
            armature.pose.bones["head"].rotation_mode = mode
            speaker(face)
            _animate(sound)
            turns = _turns(armature, "head", frames)
            found[mode] = [(w, x, y, z) if upright else (w, x, z, -y) for w, x, y, z in turns]
    return found


def _keep_y_up(armature: Any) -> None:
    """Turn an armature's inside, and the object back, as imported files do."""
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    turn = Matrix.Rotation(-np.pi / 2, 4, "X")
    for bone in armature.data.edit_bones:
        bone.transform(turn)
    bpy.ops.object.mode_set(mode="OBJECT")
    armature.matrix_world = turn.inverted()


def _askew(armature: Any, angle: float) -> None:
    bpy.context.view_layer.objects.active = armature
    bpy.ops.object.mode_set(mode="EDIT")
    bone = armature.data.edit_bones["head"]
    turn = Quaternion((1, 2, 3), angle).to_matrix().to_4x4()
    head = bone.head.copy()
    bone.matrix = Matrix.Translation(head) @ turn @ Matrix.Translation(-head) @ bone.matrix
    bpy.ops.object.mode_set(mode="OBJECT")


def jaw(*, rig: Rig, sound: str, frames: range, progress: Any) -> dict[str, Any]:
    """Return how a jaw that is a bone opens, in degrees about the face's X, of a rig without shapes."""
    with extension():
        face = put(replace(rig, shapes=(), mesh=replace(rig.mesh, deltas=np.zeros((0, len(rig.mesh.vertices), 3)))))
        armature = face.parent
        armature.data.bones["root"].name = "jaw"
        speaker(armature)
        take = _animate(sound)
        angles = [float(np.degrees(2 * np.arctan2(turn.x, turn.w))) for turn in _turns(armature, "jaw", frames)]
        return {"angles": angles, "blocked": take.blocked}


def family(*, rig: Rig, sound: str, frames: range, progress: Any) -> dict[str, Any]:
    """Return the values of meshes that share names, and the slots and tracks of their take."""
    with extension():
        face = put(rig, name="Größe")
        teeth = put(replace(rig, shapes=rig.shapes[:3], mesh=replace(rig.mesh, deltas=rig.mesh.deltas[:3])), name="歯")
        twin = bpy.data.objects.new("Twin", face.data)
        bpy.context.scene.collection.objects.link(twin)
        lids = teeth.parent
        for child in (teeth, twin):
            child.parent = face.parent
        teeth.modifiers["Armature"].object = face.parent
        bpy.data.objects.remove(lids)
        face.data.shape_keys.key_blocks[rig.shapes[0]].name = 'a "quoted" \\ name'
        teeth.data.shape_keys.key_blocks[rig.shapes[0]].name = 'a "quoted" \\ name'
        made = speaker(face)
        made.map = bpy.data.texts.new("map")
        names = ['a "quoted" \\ name', *rig.shapes[1:3]]
        made.map.write('[shapes]\n"a \\"quoted\\" \\\\ name" = "jawOpen"\n')
        made.map.write("".join(f'{name} = "{name}"\n' for name in rig.shapes[1:]))
        take = _animate(sound)
        return {
            "name": take.action.name,
            "slots": sorted(slot.target_id_type for slot in take.action.slots),
            "tracks": [
                [track.name for track in owner.animation_data.nla_tracks]
                for owner in (face.data.shape_keys, teeth.data.shape_keys, face.parent)
            ],
            "face": shown(face, names, frames),
            "teeth": shown(teeth, names, frames),
            "blocked": take.blocked,
        }


def overridden(*, rig: Rig, sound: str, folder: Path, frames: range, progress: Any) -> dict[str, Any]:
    """Return the values of a character that is linked and overridden, in its scene and after opening it again."""
    hero = scenes.linked(rig, folder)
    with extension():
        made = speaker(hero)
        refused = refusal(bpy.ops.audio2blend.animate, sound=sound)
        bpy.ops.audio2blend.make_override()
        take = _animate(sound)
        names = list(rig.shapes[:6])
        out = {"refused": refused, "blocked": take.blocked, "values": shown(made.character, names, frames)}
        bpy.ops.wm.save_as_mainfile(filepath=str(folder / "shot.blend"))
        bpy.ops.wm.open_mainfile(filepath=str(folder / "shot.blend"))
        again = bpy.context.scene.audio2blend.speakers[0]
        out["reopened"] = shown(again.character, names, frames)
        again.takes[0].jaw = 0.0
        out["weighed"] = shown(again.character, ["jawOpen"], frames)
        out["told"] = again.takes[0].blocked
        return out
