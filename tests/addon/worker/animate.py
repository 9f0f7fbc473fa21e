"""Runs in Blender: the button Animate and its takes, beside an artist's work."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError
from rigs import Rig
from tests.support.worker import scenes
from tests.support.worker.scenes import extension, fcurves, put, refusal, shown, speaker


def _values(face: Any, name: str, frames: list[int]) -> NDArray[np.float32]:
    return shown(face, [name], frames)[:, 0]


def _points(action: Any) -> list[list[float]]:
    """Return all keys of an Action."""
    return [[number for point in curve.keyframe_points for number in point.co] for curve in fcurves(action)]


def given_up(*, rig: Rig, sound: str, after: str, progress: Any) -> dict[str, Any]:
    """Return what is left where animating ends after the face has got its keys, and after a step that follows."""
    with extension():
        from addon.operators import animate

        face = put(rig)
        speaker(face)
        step = getattr(animate, after)

        def end(*arguments: Any) -> None:
            step(*arguments)
            raise InputError("it ends here")

        setattr(animate, after, end)
        try:
            said = scenes.animate(sound=sound)
        finally:
            setattr(animate, after, step)
        return {
            "said": said,
            "actions": [action.name for action in bpy.data.actions],
            "tracks": [track.name for track in face.data.shape_keys.animation_data.nla_tracks],
            "takes": len(scenes.takes()),
            "values": [key.value for key in face.data.shape_keys.key_blocks],
        }


def paths(*, rig: Rig, sound: str, folder: Path, progress: Any) -> dict[str, Any]:
    """Return the take of a sound with a path beyond ASCII, named relative to the file, in a file that is saved."""
    with extension():
        face = put(rig)
        speaker(face)
        place = folder / "Größe 線"
        place.mkdir()
        (place / "Grüße.wav").write_bytes(Path(sound).read_bytes())
        bpy.ops.wm.save_as_mainfile(filepath=str(place / "Szene ä.blend"))
        made = bpy.context.scene.audio2blend.speakers[0]
        made.sound = "//Grüße.wav"
        said = scenes.animate()
        take = scenes.takes()[0]
        return {
            "said": said,
            "name": take.name,
            "action": take.action.name,
            "sound": take.sound,
            "blocked": take.blocked,
        }


def artists(*, rig: Rig, sound: str, progress: Any) -> dict[str, Any]:
    """Return what is left of an artist's work after two takes, one of them deleted."""
    with extension():
        face = put(rig)
        keys, armature = face.data.shape_keys, face.parent
        speaker(face)
        keys.key_blocks["browInnerUp"].keyframe_insert("value", frame=1)
        keys.key_blocks["cheekPuff"].value = 0.25
        armature.pose.bones["root"].keyframe_insert("location", frame=3)
        mine = [keys.animation_data.action, armature.animation_data.action]
        scenes.strip(keys.animation_data, "Artist's", "mouthSmileLeft", 0.4)
        before = [_points(action) for action in mine]
        found: dict[str, Any] = {"said": [scenes.animate(sound=sound), scenes.animate(sound=sound, jaw=0.5)]}
        found["kept"] = [_points(action) for action in mine] == before
        found["still active"] = [keys.animation_data.action, armature.animation_data.action] == mine
        found["tracks"] = [(each.name, each.mute) for each in keys.animation_data.nla_tracks]
        found["takes"] = [take.action.name for take in scenes.takes()]
        found["smile"] = _values(face, "mouthSmileLeft", [-20, 60, 300])
        for _ in range(2):
            bpy.ops.audio2blend.take_delete()
        found["tracks after"] = [each.name for each in keys.animation_data.nla_tracks]
        found["actions after"] = sorted(action.name for action in bpy.data.actions)
        found["at rest"] = [keys.key_blocks[name].value for name in ("jawOpen", "mouthPucker")]
        return found


def beside_muted(*, rig: Rig, sound: str, progress: Any) -> dict[str, Any]:
    """Return the highest value of any shape before and after a take, beside a muted track that moves them as well.

    Such a track is what Blender's glTF importer leaves. "smile" is what it shows once it is unmuted and one animates
    again.
    """
    with extension():
        face = put(rig)
        keys = face.data.shape_keys
        speaker(face)
        for name in rig.shapes:
            scenes.strip(keys.animation_data_create(), f"imported {name}", name, 0.4)
        for track in keys.animation_data.nla_tracks:
            track.mute = True
        assert scenes.animate(sound=sound) == ""
        out: dict[str, Any] = {"outside": float(shown(face, rig.shapes, [-20, 300]).max())}
        keys.animation_data.nla_tracks["imported mouthSmileLeft"].mute = False
        assert scenes.animate(sound=sound) == ""
        out["smile"] = _values(face, "mouthSmileLeft", [-20, 300]).tolist()
        return out


def takes(*, rig: Rig, sound: str, frames: list[int], progress: Any) -> dict[str, Any]:
    """Return what the jaw does while takes are switched, recomputed, edited, locked and deleted."""
    with extension():
        face = put(rig)
        made = speaker(face)
        assert scenes.animate(sound=sound) == ""
        assert scenes.animate(sound=sound, jaw=0.5) == ""
        found: dict[str, Any] = {"second": _values(face, "jawOpen", frames)}
        made.active_take = 0
        found["first"] = _values(face, "jawOpen", frames)
        take = made.takes[0]
        take.jaw, take.smooth_ms, take.lead_ms = 1.5, 40.0, 50.0
        found["weighed"] = _values(face, "jawOpen", frames)
        made.keys, made.tolerance = "REDUCED", 0.01
        take.jaw = 1.4
        found["reduced"] = _values(face, "jawOpen", frames)
        found["told"] = take.blocked
        fcurves(take.action)[3].keyframe_points[2].co.y += 0.2
        edited = _points(take.action)
        take.jaw = 0.2
        found["edited"] = take.blocked
        found["edit kept"] = _points(take.action) == edited
        made.active_take = 1
        track = face.data.shape_keys.animation_data.nla_tracks["hello.001"]
        track.lock = True
        made.takes[1].jaw = 0.1
        found["locked"] = made.takes[1].blocked
        found["locked delete"] = refusal(bpy.ops.audio2blend.take_delete)
        track.lock = False
        Path(made.takes[1].clip_path).unlink()
        made.takes[1].jaw = 0.2
        found["file gone"] = made.takes[1].blocked
        bpy.ops.audio2blend.take_delete()
        found["left"] = [(each.name, made.active_take) for each in made.takes]
        found["shown again"] = _values(face, "jawOpen", frames)
        bpy.data.actions.remove(made.takes[0].action)
        made.takes[0].jaw = 1.0
        found["action gone"] = made.takes[0].blocked
        return found


def linked_duplicate(*, rig: Rig, sound: str, progress: Any) -> dict[str, str]:
    """Return what is said of a speaker whose face is the mesh of another: before that one speaks, after, and parted."""
    with extension():
        first = put(rig, name="Anna")
        second = first.copy()  # as Alt-D does
        second.name = "Bert"
        second.parent = None
        second.modifiers.clear()
        bpy.context.scene.collection.objects.link(second)
        from addon.scene import character

        speaker(first)
        speaker(second)
        anna, bert = bpy.context.scene.audio2blend.speakers
        found = {"before": character.why_not(bert)}
        bpy.context.scene.audio2blend.active = 0
        assert scenes.animate(sound=sound) == ""
        bpy.context.scene.audio2blend.active = 1
        found["after"], found["pressed"] = character.why_not(bert), scenes.animate(sound=sound)
        found["Anna"] = character.why_not(anna)
        second.data = second.data.copy()
        found["parted"] = character.why_not(bert)
        return found


def speakers(*, rig: Rig, sound: str, frames: list[int], progress: Any) -> dict[str, Any]:
    """Return what two characters do, one of whom says two lines one after the other."""
    with extension():
        first, second = put(rig, name="Anna"), put(rig, name="Bert")
        speaker(first)
        assert scenes.animate(sound=sound) == ""
        assert scenes.animate(sound=sound, start_frame=201) == ""
        speaker(second)
        assert scenes.animate(sound=sound, start_frame=101) == ""
        return {face.name: _values(face, "jawOpen", frames) for face in (first, second)}


def undone(*, rig: Rig, sound: str, progress: Any) -> dict[str, Any]:
    """Return the Actions and takes after animating, after one undo, and after one redo."""
    with extension():
        put(rig, name="Face")
        bpy.ops.ed.undo_push(message="before")

        def state() -> tuple[int, int, int]:
            keys = bpy.data.objects["Face"].data.shape_keys
            tracks = keys.animation_data.nla_tracks if keys.animation_data else ()
            made = bpy.context.scene.audio2blend.speakers
            return len(bpy.data.actions), len(tracks), len(made[0].takes) if made else 0

        found = {"before": state()}
        bpy.ops.audio2blend.animate("EXEC_DEFAULT", True, sound=sound, character="Face")
        found["animated"] = state()
        bpy.ops.ed.undo()
        found["undone"] = state()
        bpy.ops.ed.redo()
        found["redone"] = state()
        return found


def scripted(*, rig: Rig, sound: str, progress: Any) -> dict[str, Any]:
    """Return what arguments of the operator do in a scene without any speaker, and that they are not remembered."""
    with extension():
        face = put(rig, name="Face")
        result = bpy.ops.audio2blend.animate(
            sound=sound, character="Face", jaw=0.5, lead_ms=20, start_frame=5, quality="live", keys="REDUCED"
        )
        take = scenes.takes()[0]
        made = bpy.context.scene.audio2blend.speakers[0]
        kept = (made.character == face, made.sound == sound, made.start_frame, made.keys)
        made.jaw = 0.75
        bpy.ops.audio2blend.animate()
        again = scenes.takes()[1]
        return {
            "result": sorted(result),
            "take": (take.name, take.quality, take.jaw, take.lead_ms, take.start_frame, len(take.phones) > 20),
            "kept": kept,
            "again": (again.name, again.quality, again.jaw, again.start_frame),
        }


def renamed(*, rig: Rig, sound: str, frames: list[int], progress: Any) -> dict[str, Any]:
    """Return what dials do after the data-blocks of a take were renamed: jaw, slots, and what is told."""
    with extension():
        face = put(rig)
        made = speaker(face)
        assert scenes.animate(sound=sound) == ""
        face.data.shape_keys.name, face.parent.name = "Renamed keys", "Renamed bones"
        take = made.takes[0]
        take.jaw = 0.5
        return {"jaw": _values(face, "jawOpen", frames), "slots": len(take.action.slots), "told": take.blocked}


def posed(*, rig: Rig, sound: str, progress: Any) -> list[tuple[float, ...]]:
    """Return location and scale of the head's bone, which was posed without keys, after it was animated."""
    with extension():
        face = put(rig)
        speaker(face)
        bone = face.parent.pose.bones["head"]
        bone.location, bone.scale = (0.25, 0.5, 0.75), (1.5, 1.5, 1.5)
        assert scenes.animate(sound=sound) == ""
        return [tuple(bone.location), tuple(bone.scale)]


def bent(*, rig: Rig, sound: str, progress: Any) -> dict[str, Any]:
    """Return what is told of a take with reduced keys when a dial is moved: as it is, and with a handle bent."""
    with extension():
        made = speaker(put(rig))
        assert scenes.animate(sound=sound, keys="REDUCED") == ""
        take = made.takes[0]
        bag = take.action.layers[0].strips[0].channelbags[0]
        for curve in bag.fcurves:
            curve.update()
        take.jaw = 0.9
        found = {"as it is": take.blocked}
        key = next(curve for curve in bag.fcurves if "jawOpen" in curve.data_path).keyframe_points[2]
        key.handle_right_type = "FREE"
        key.handle_right.y += 0.25
        bent = key.handle_right.y
        take.jaw = 0.8
        return found | {"bent": take.blocked, "kept": key.handle_right.y == bent}


def strong(*, rig: Rig, sound: str, progress: Any) -> tuple[float, float]:
    """Return the strength of a take and of its speaker after more was asked for than a slider shows."""
    with extension():
        made = speaker(put(rig))
        assert scenes.animate(sound=sound, strength=5.0) == ""
        return made.takes[0].strength, made.strength
