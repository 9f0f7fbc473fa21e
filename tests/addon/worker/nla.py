"""Runs in Blender: takes in the NLA, beside what an artist has there and changes there."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np

from rigs import Rig
from tests.support.worker.scenes import curves_of_shapes, extension, fcurves, put, shown, speaker


def _animated(rig: Rig, sound: Path, **arguments: Any) -> tuple[Any, Any]:
    """Return a face and its new take."""
    face = put(rig)
    someone = speaker(face)
    bpy.ops.audio2blend.animate(sound=str(sound), **arguments)
    return face, someone.takes[-1]


def _strips(face: Any, take: Any) -> list[Any]:
    """Return the NLA strips of a take, the face's first."""
    owners = (face.data.shape_keys, face.parent)
    tracks = [track for owner in owners if owner.animation_data for track in owner.animation_data.nla_tracks]
    return [strip for track in tracks for strip in track.strips if strip.action == take.action]


def _placed(strip: Any) -> tuple[float, ...]:
    return strip.frame_start, strip.frame_end, strip.action_frame_start, strip.action_frame_end, strip.scale


def _jump(number: int) -> float:
    bpy.ops.audio2blend.phone_jump(index=number)
    return float(bpy.context.scene.frame_current_final)


def moved(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return where phones, *Play* and sound are for a take that is moved by 50 frames, and what a dial leaves."""
    with extension():
        from addon.operators import playback

        scene = bpy.context.scene
        face, take = _animated(rig, sound)
        playback.prepare(scene, take)
        found: dict[str, Any] = {"jump": _jump(6), "range": playback.range_of(scene, take)}
        for strip in _strips(face, take):
            strip.frame_start_raw, strip.frame_end_raw = strip.frame_start + 50, strip.frame_end + 50
        found |= {"jump later": _jump(6), "range later": playback.range_of(scene, take)}
        found["told"] = playback.prepare(scene, take)
        found["sounds"] = [strip.frame_final_start for strip in scene.sequence_editor.strips]
        before = [_placed(strip) for strip in _strips(face, take)]
        jaw = shown(face, ["jawOpen"], range(40, 180))
        take.jaw = 0.5
        take.jaw = 1.0
        found["kept"] = [_placed(strip) for strip in _strips(face, take)] == before
        found["same"] = float(np.abs(shown(face, ["jawOpen"], range(40, 180)) - jaw).max())
        return found


def scaled_and_trimmed(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what is told and shown of a take that is twice as slow, then trimmed, and what a dial leaves of it."""
    with extension():
        from addon.operators import following, playback

        scene = bpy.context.scene
        face, take = _animated(rig, sound)
        found: dict[str, Any] = {"jump": _jump(6)}
        for strip in _strips(face, take):
            strip.scale = 2.0
        found |= {"jump slow": _jump(6), "told": following.apart_from_sound(bpy.context)}
        for strip in _strips(face, take):
            strip.scale = 1.0
            strip.action_frame_start += 24
            strip.frame_start_raw, strip.frame_end_raw = 25, 25 + strip.action_frame_end - strip.action_frame_start
        found["trimmed"] = following.apart_from_sound(bpy.context), playback.range_of(scene, take)
        before = [_placed(strip) for strip in _strips(face, take)]
        take.jaw = 0.7
        return found | {"kept": [_placed(strip) for strip in _strips(face, take)] == before}


def rated(*, rig: Rig, sound: Path, frames: list[int], edited: bool, progress: Any) -> dict[str, Any]:
    """Return what is told when the scene's rate is changed after a take, what a dial does then, and following it."""
    with extension():
        from addon.operators import following

        scene = bpy.context.scene
        scene.render.fps = 24
        face, take = _animated(rig, sound)
        if edited:
            fcurves(take.action)[0].keyframe_points[3].co.y += 0.2
        keys = len(curves_of_shapes(take.action)["jawOpen"].keyframe_points)
        scene.render.fps = 30
        found: dict[str, Any] = {"told": following.apart_from_sound(bpy.context)}
        if not edited:
            take.jaw, take.jaw = 0.5, 1.0
            found["after a dial"] = following.apart_from_sound(bpy.context)
        bpy.ops.audio2blend.follow()
        found["then"] = following.apart_from_sound(bpy.context)
        found["jaw"] = shown(face, ["jawOpen"], frames)[:, 0]
        found["keys"] = keys, len(curves_of_shapes(take.action)["jawOpen"].keyframe_points)
        return found


def unheard(*, rig: Rig, sound: Path, progress: Any) -> dict[str, str]:
    """Return what a dial tells of a take whose slot was cleared, and of one whose track was muted."""
    with extension():
        face, take = _animated(rig, sound)
        strip, track = _strips(face, take)[0], face.data.shape_keys.animation_data.nla_tracks[-1]
        slot = strip.action_slot
        strip.action_slot = None
        take.jaw = 0.9
        found = {"cleared": take.unheard}
        strip.action_slot = slot
        track.mute = True
        take.jaw = 0.8
        found["muted"] = take.unheard
        track.mute = False
        take.jaw = 1.0
        found["well"] = take.unheard
        strip.action_slot = None
        bpy.ops.audio2blend.take_delete()
        return found | {"left": str(face.data.shape_keys.key_blocks["jawOpen"].value)}


def _blinking(face: Any, name: str = "eyeBlinkLeft") -> Any:
    """Return an NLA track of an artist's on which an eye is shut all the while."""
    keys = face.data.shape_keys
    action = bpy.data.actions.new("Blinks")
    slot = action.slots.new(id_type="KEY", name=keys.name)
    bag = action.layers.new("Layer").strips.new(type="KEYFRAME").channelbag(slot, ensure=True)
    bag.fcurves.new(f'key_blocks["{name}"].value').keyframe_points.insert(1, 1.0)
    track = keys.animation_data_create().nla_tracks.new()
    track.name = "My Blinks"
    strip = track.strips.new("Blinks", 1, action)
    strip.action_slot = slot
    return track


def covering(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what is told of a take over an artist's blinks, with all that it moves and with the mouth alone."""
    frames = range(1, 112, 5)
    with extension():
        face = put(rig)
        someone = speaker(face)
        _blinking(face)
        bpy.ops.audio2blend.animate(sound=str(sound))
        take = someone.takes[0]
        found: dict[str, Any] = {"told": take.covered, "lids": shown(face, ["eyeBlinkLeft"], frames)[:, 0]}
        take.mouth_only = True
        found |= {"alone": take.covered, "lids then": shown(face, ["eyeBlinkLeft"], frames)[:, 0]}
        found["curves"] = sorted(curves_of_shapes(take.action))
        found["bones"] = len([curve for curve in fcurves(take.action) if "pose" in curve.data_path])
        take.mouth_only = False
        _blinking(face, "jawOpen").name = "My Jaw"
        return found


def covering_mouth(*, rig: Rig, sound: Path, progress: Any) -> str:
    """Return what is told of a take over an artist's jaw."""
    with extension():
        face = put(rig)
        someone = speaker(face)
        _blinking(face, "jawOpen")
        bpy.ops.audio2blend.animate(sound=str(sound))
        return str(someone.takes[0].covered)


def performed(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what takes move with and without a performance, and with another seed."""
    with extension():
        face, take = _animated(rig, sound)
        found = {"with": sorted(curves_of_shapes(take.action))}
        lids = shown(face, ["eyeBlinkLeft"], range(1, 114))[:, 0]
        take.performance = False
        found["without"] = sorted(curves_of_shapes(take.action))
        found["bones"] = [curve.data_path for curve in fcurves(take.action) if "pose" in curve.data_path]
        take.performance = True
        found["back"] = np.array_equal(shown(face, ["eyeBlinkLeft"], range(1, 114))[:, 0], lids)
        bpy.ops.audio2blend.animate(sound=str(sound), seed=3)
        other = bpy.context.scene.audio2blend.speakers[0].takes[1]
        found["other seed"] = not np.array_equal(shown(face, ["eyeBlinkLeft"], range(1, 114))[:, 0], lids)
        bpy.ops.audio2blend.animate(sound=str(sound), performance=False)
        third = bpy.context.scene.audio2blend.speakers[0].takes[2]
        return found | {"seeds": (take.seed, other.seed), "asked": third.performance}


def resting(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return a resting smile and a pose of the head before, after and between takes, and once they are deleted."""
    with extension():
        face = put(rig)
        keys, head = face.data.shape_keys, face.parent.pose.bones["head"]
        someone = speaker(face)
        for name in ("mouthSmileLeft", "cheekPuff"):
            keys.key_blocks[name].value = 0.2
        head.rotation_quaternion = (0.8, 0.6, 0, 0)
        bpy.context.scene.frame_set(60)
        bpy.ops.audio2blend.animate(sound=str(sound), start_frame=20)
        bpy.ops.audio2blend.animate(sound=str(sound), start_frame=200)
        outside = [1, 15, 160, 400]

        def stand() -> Any:
            return shown(face, ["mouthSmileLeft", "cheekPuff"], outside), [_turn(face, at) for at in outside]

        found: dict[str, Any] = {"around": stand()}
        found["within"] = [_turn(face, at) for at in (60, 100)]
        someone.takes[1].jaw = 0.5
        found["after a dial"] = stand()
        bpy.context.scene.frame_set(50)
        for _ in range(2):
            bpy.ops.audio2blend.take_delete()
        found["deleted"] = stand()
        found["tracks"] = len(keys.animation_data.nla_tracks)
        return found


def _turn(face: Any, frame: int) -> tuple[float, ...]:
    bpy.context.scene.frame_set(frame)
    return tuple(face.parent.pose.bones["head"].rotation_quaternion)


def unlinked(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return what comes of an artist's Actions that hold face and head once they were unlinked."""
    with extension():
        face = put(rig)
        keys, armature = face.data.shape_keys, face.parent
        someone = speaker(face)
        for frame, value in ((1, 0.0), (300, 0.6)):
            keys.key_blocks["jawOpen"].value = keys.key_blocks["eyeSquintLeft"].value = value
            keys.key_blocks["jawOpen"].keyframe_insert("value", frame=frame)
            keys.key_blocks["eyeSquintLeft"].keyframe_insert("value", frame=frame)
        for frame, value in ((1, 0.0), (300, 3.0)):
            armature.pose.bones["root"].location.x = value
            armature.pose.bones["root"].keyframe_insert("location", frame=frame)
            armature.pose.bones["head"].keyframe_insert("rotation_quaternion", frame=frame)
        mine = keys.animation_data.action, armature.animation_data.action
        points = [[tuple(point.co) for point in curve.keyframe_points] for action in mine for curve in fcurves(action)]
        before = shown(face, ["jawOpen", "eyeSquintLeft"], [200, 299, 350])
        bpy.ops.audio2blend.animate(sound=str(sound))
        take = someone.takes[0]
        found: dict[str, Any] = {"held": take.blocked}
        found["jaw held"] = float(shown(face, ["jawOpen"], [30])[0, 0])
        found["jaw by hand"] = curves_of_shapes(mine[0])["jawOpen"].evaluate(30)
        bpy.ops.audio2blend.unlink()
        found |= {"then": take.blocked, "covered": take.covered, "poll": bpy.ops.audio2blend.unlink.poll()}
        after = [[tuple(point.co) for point in curve.keyframe_points] for action in mine for curve in fcurves(action)]
        found["kept"] = points == after
        found["users"] = [action.users for action in mine]
        found["plays on"] = float(np.abs(shown(face, ["jawOpen", "eyeSquintLeft"], [200, 299, 350]) - before).max())
        found["jaw"] = shown(face, ["jawOpen"], range(1, 114))[:, 0]
        bpy.context.scene.frame_set(299)
        found["body"] = armature.pose.bones["root"].location.x
        found["tracks"] = [[track.name for track in owner.animation_data.nla_tracks] for owner in (keys, armature)]
        return found


def stepped(*, rig: Rig, sound: Path, step: int, progress: Any) -> dict[str, Any]:
    """Return what the face shows from frame to frame with poses that are held, and how its keys are joined."""
    with extension():
        face, take = _animated(rig, sound, keys="STEPPED", step=step)
        curve = curves_of_shapes(take.action)["jawOpen"]
        found: dict[str, Any] = {"joined": sorted({point.interpolation for point in curve.keyframe_points})}
        found["keys"] = [point.co[0] for point in curve.keyframe_points]
        found["shown"] = shown(face, ["jawOpen", "mouthClose", "mouthPucker"], range(1, 114))
        take.jaw = 0.9
        return found | {"told": take.blocked}


def baked(*, rig: Rig, sound: Path, into: str, frames: list[int], progress: Any) -> dict[str, Any]:
    """Return an artist's Action before and after a take was baked into it, and what the face shows."""
    with extension():
        face = put(rig)
        keys, armature = face.data.shape_keys, face.parent
        someone = speaker(face)
        for frame, value in ((1, 0.3), (60, 0.4), (500, 0.5)):
            for name in ("jawOpen", "eyeSquintLeft"):
                keys.key_blocks[name].value = value
                keys.key_blocks[name].keyframe_insert("value", frame=frame)
        armature.pose.bones["head"].rotation_quaternion = (0.8, 0.6, 0, 0)
        armature.pose.bones["head"].keyframe_insert("rotation_quaternion", frame=1)
        if into == "another":
            other = bpy.data.actions.new("Other")
            someone.bake_into = other
        mine = keys.animation_data.action
        bpy.ops.audio2blend.animate(sound=str(sound), start_frame=30)
        take = someone.takes[0]
        for strip in _strips(face, take):
            strip.frame_start_raw, strip.frame_end_raw = strip.frame_start + 10, strip.frame_end + 10
        said = curves_of_shapes(take.action)
        expected = [said["jawOpen"].evaluate(frame - 10) for frame in frames]
        turns = [curve for curve in fcurves(take.action) if "pose" in curve.data_path]
        head = np.array([[curve.evaluate(frame - 10) for curve in turns] for frame in frames])
        found: dict[str, Any] = {"result": sorted(bpy.ops.audio2blend.bake()), "expected": expected, "head": head}
        target = someone.bake_into or mine
        jaw = curves_of_shapes(target)["jawOpen"]
        found["jaw"] = [jaw.evaluate(frame) for frame in frames]
        found["outside"] = [jaw.evaluate(frame) for frame in (1, 38, 155, 500)]
        found["brow"] = [tuple(point.co) for point in curves_of_shapes(mine)["eyeSquintLeft"].keyframe_points]
        found["seen"] = shown(face, ["jawOpen"], frames)[:, 0]
        found["turned"] = np.array([_turn(face, frame) for frame in frames])
        found["muted"] = [track.mute for track in keys.animation_data.nla_tracks if track.name == take.name]
        found["takes"] = [each.action.name for each in someone.takes]
        return found
