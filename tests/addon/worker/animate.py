"""Runs in Blender: the button Animate, its takes, and what may be in its way."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from tests.support.worker.scenes import extension, fcurves, put, refusal, shown, speaker


def _animate(**arguments: Any) -> str:
    """Press the button; return what it says if it refuses."""
    return refusal(bpy.ops.audio2blend.animate, **arguments)


def _takes() -> list[Any]:
    return list(bpy.context.scene.audio2blend.speakers[0].takes)


def _values(face: Any, name: str, frames: list[int]) -> NDArray[np.float32]:
    return shown(face, [name], frames)[:, 0]


def _points(action: Any) -> list[list[float]]:
    """Return all keys of an Action."""
    return [[number for point in curve.keyframe_points for number in point.co] for curve in fcurves(action)]


def _mute(face: Any) -> None:
    face.data.shape_keys.key_blocks["jawOpen"].mute = True


def _narrow(face: Any) -> None:
    face.data.shape_keys.key_blocks["jawOpen"].slider_max = 0.01


def _drive(face: Any) -> None:
    face.data.shape_keys.key_blocks["jawOpen"].driver_add("value").driver.expression = "0.0"


def _animate_by_hand(face: Any) -> None:
    face.data.shape_keys.key_blocks["jawOpen"].keyframe_insert("value", frame=1)


def _switch_nla_off(face: Any) -> None:
    face.data.shape_keys.animation_data_create().use_nla = False


def _play_another_alone(face: Any) -> None:
    face.data.shape_keys.animation_data_create().nla_tracks.new().is_solo = True


def _make_absolute(face: Any) -> None:
    face.data.shape_keys.use_relative = False


def _pin(face: Any) -> None:
    face.show_only_shape_key, face.active_shape_key_index = True, 0


def _hide(face: Any) -> None:
    face.hide_set(True)


def _flatten(face: Any) -> None:
    keys = face.data.shape_keys
    points = np.empty(3 * len(face.data.vertices), np.float32)
    keys.reference_key.data.foreach_get("co", points)
    keys.key_blocks["jawOpen"].data.foreach_set("co", points)


def _rest(face: Any) -> None:
    face.parent.data.pose_position = "REST"


def _hold_head(face: Any) -> None:
    face.parent.pose.bones["head"].keyframe_insert("rotation_quaternion", frame=1)


def _subdivide(face: Any) -> None:
    face.modifiers.new("Subdivision", "SUBSURF")


def _shrink_away(face: Any) -> None:
    """Let a modifier put something else in the face's place."""
    group = bpy.data.node_groups.new("Nothing", "GeometryNodeTree")
    group.interface.new_socket("Geometry", in_out="OUTPUT", socket_type="NodeSocketGeometry")
    cube, out = group.nodes.new("GeometryNodeMeshCube"), group.nodes.new("NodeGroupOutput")
    group.links.new(cube.outputs[0], out.inputs[0])
    face.modifiers.new("Nothing", "NODES").node_group = group


BLOCKS: dict[str, Callable[[Any], None]] = {
    "muted": _mute,
    "range": _narrow,
    "driver": _drive,
    "action": _animate_by_hand,
    "nla off": _switch_nla_off,
    "solo": _play_another_alone,
    "absolute": _make_absolute,
    "pinned": _pin,
    "hidden": _hide,
    "empty": _flatten,
    "rest position": _rest,
    "head held": _hold_head,
    "modifier": _shrink_away,
    "nothing": lambda face: None,
    "subdivided": _subdivide,
}


def blocked(*, rig: Rig, sound: str, progress: Any) -> dict[str, str]:
    """Return what the check after the run says of each thing that may be in the way, and that the frame stays."""
    found = {}
    with extension():
        for name, block in BLOCKS.items():
            bpy.ops.wm.read_factory_settings(use_empty=True)
            face = put(rig)
            speaker(face)
            block(face)
            bpy.context.scene.frame_set(7, subframe=0.25)
            assert _animate(sound=sound) == ""
            assert bpy.context.scene.frame_current == 7
            assert bpy.context.scene.frame_subframe == 0.25
            found[name] = _takes()[-1].blocked
    return found


def out_of_step(*, rig: Rig, progress: Any) -> dict[str, str]:
    """Return what is said of a take whose head looks ahead while the jaw is widest; "held" by an Action, or "free"."""
    found = {}
    with extension():
        from addon.keys import actions, plan
        from addon.keys import diagnose as blocked
        from addon.keys.timing import Timing
        from addon.keys.write import keyed
        from addon.scene import character

        for name, hold in {"free": lambda face: None, "held": _hold_head}.items():
            bpy.ops.wm.read_factory_settings(use_empty=True)
            face = put(rig)
            who = speaker(face)
            hold(face)
            how = plan.Plan.of(who, who, Timing.of(bpy.context.scene, 1))
            positions = how.timing.positions(41)
            wave = np.sin(np.linspace(-np.pi, np.pi, 41))
            clip = Clip(
                values=np.stack([np.cos(np.linspace(-np.pi, np.pi, 41)) / 2 + 0.5, 10 * wave], axis=1),
                channels=("jawOpen", "headYaw"),
                frame_rate=Fraction(24),
            )
            moved = [(target, list(target.curves(clip))) for target in how.targets]
            curves = [(target, tuple(keyed(*each, positions, None) for each in all_)) for target, all_ in moved]
            keys = plan.TakeKeys(positions, tuple(curves), clip["jawOpen"])
            action = actions.new_action("line")
            for _ in plan.write_all(action.name, action.session_uid, keys):
                pass
            plan.show(action, keys)
            found[name] = blocked.blocked(bpy.context, action, keys, character.of(who), 1)
    return found


def refused(*, rig: Rig, plain: Rig, sound: str, folder: Path, progress: Any) -> dict[str, Any]:
    """Return what is said to what cannot be animated, and what it leaves behind: nothing."""
    with extension():
        face = put(rig)
        stone = put(plain, name="Stone")
        speaker(face)
        bad = folder / "no ü sound 線.wav"
        bad.write_text("nothing to hear")
        found = {
            "no sound": _animate(),
            "no file": _animate(sound=str(folder / "never.wav")),
            "not saved": _animate(sound="//line.wav"),
            "no sound in it": _animate(sound=str(bad)),
            "nobody": _animate(sound=sound, character="Nobody"),
            "no shapes": _animate(sound=sound, character="Stone"),
            "no map": _animate(sound=sound, map="map"),
        }
        text = bpy.data.texts.new("map")
        text.write("[shapes]\njawOpen = jaw\n")
        found["broken map"] = _animate(sound=sound, map="map")
        speaker(None)
        found["no character"] = _animate(sound=sound)
        bpy.context.scene.audio2blend.active = 0
        with _tweaking(face):
            found["tweaking"] = _animate(sound=sound)
        left = [len(bpy.data.actions) - 1, len(_takes()), bool(stone.animation_data)]
        tracks = [track.name for track in face.data.shape_keys.animation_data.nla_tracks]
        return {
            "said": found,
            "left": left,
            "tracks": tracks,
            "running": bpy.context.window_manager.audio2blend.running,
        }


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
            said = _animate(sound=sound)
        finally:
            setattr(animate, after, step)
        return {
            "said": said,
            "actions": [action.name for action in bpy.data.actions],
            "tracks": [track.name for track in face.data.shape_keys.animation_data.nla_tracks],
            "takes": len(_takes()),
            "values": [key.value for key in face.data.shape_keys.key_blocks],
        }


@contextmanager
def _tweaking(face: Any) -> Iterator[None]:
    """Have a strip of the artist's edited for a while."""
    animation = face.data.shape_keys.animation_data_create()
    placed = _strip(animation, "artist", "jawOpen", 0.5)
    placed.select, animation.nla_tracks.active = True, animation.nla_tracks[-1]
    animation.use_tweak_mode = True
    assert animation.use_tweak_mode
    try:
        yield
    finally:
        animation.use_tweak_mode = False


def _strip(animation: Any, name: str, shape: str, value: float) -> Any:
    """Return a strip that holds a shape at a value, on an NLA track of its own and of its name."""
    action = bpy.data.actions.new(name)
    slot = action.slots.new(id_type="KEY", name="Key")
    bag = action.layers.new("Layer").strips.new(type="KEYFRAME").channelbag(slot, ensure=True)
    bag.fcurves.new(f'key_blocks["{shape}"].value').keyframe_points.insert(1, value)
    track = animation.nla_tracks.new()
    track.name = name
    placed = track.strips.new(name, 1, action)
    placed.action_slot = slot
    return placed


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
        said = _animate()
        take = _takes()[0]
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
        _strip(keys.animation_data, "Artist's", "mouthSmileLeft", 0.4)
        before = [_points(action) for action in mine]
        found: dict[str, Any] = {"said": [_animate(sound=sound), _animate(sound=sound, jaw=0.5)]}
        found["kept"] = [_points(action) for action in mine] == before
        found["still active"] = [keys.animation_data.action, armature.animation_data.action] == mine
        found["tracks"] = [(each.name, each.mute) for each in keys.animation_data.nla_tracks]
        found["takes"] = [take.action.name for take in _takes()]
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
            _strip(keys.animation_data_create(), f"imported {name}", name, 0.4)
        for track in keys.animation_data.nla_tracks:
            track.mute = True
        assert _animate(sound=sound) == ""
        out: dict[str, Any] = {"outside": float(shown(face, rig.shapes, [-20, 300]).max())}
        keys.animation_data.nla_tracks["imported mouthSmileLeft"].mute = False
        assert _animate(sound=sound) == ""
        out["smile"] = _values(face, "mouthSmileLeft", [-20, 300]).tolist()
        return out


def takes(*, rig: Rig, sound: str, frames: list[int], progress: Any) -> dict[str, Any]:
    """Return what the jaw does while takes are switched, recomputed, edited, locked and deleted."""
    with extension():
        face = put(rig)
        made = speaker(face)
        assert _animate(sound=sound) == ""
        assert _animate(sound=sound, jaw=0.5) == ""
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
        assert _animate(sound=sound) == ""
        bpy.context.scene.audio2blend.active = 1
        found["after"], found["pressed"] = character.why_not(bert), _animate(sound=sound)
        found["Anna"] = character.why_not(anna)
        second.data = second.data.copy()
        found["parted"] = character.why_not(bert)
        return found


def speakers(*, rig: Rig, sound: str, frames: list[int], progress: Any) -> dict[str, Any]:
    """Return what two characters do, one of whom says two lines one after the other."""
    with extension():
        first, second = put(rig, name="Anna"), put(rig, name="Bert")
        speaker(first)
        assert _animate(sound=sound) == ""
        assert _animate(sound=sound, start_frame=201) == ""
        speaker(second)
        assert _animate(sound=sound, start_frame=101) == ""
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
        take = _takes()[0]
        made = bpy.context.scene.audio2blend.speakers[0]
        kept = (made.character == face, made.sound == sound, made.start_frame, made.keys)
        made.jaw = 0.75
        bpy.ops.audio2blend.animate()
        again = _takes()[1]
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
        assert _animate(sound=sound) == ""
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
        assert _animate(sound=sound) == ""
        return [tuple(bone.location), tuple(bone.scale)]


def bent(*, rig: Rig, sound: str, progress: Any) -> dict[str, Any]:
    """Return what is told of a take with reduced keys when a dial is moved: as it is, and with a handle bent."""
    with extension():
        made = speaker(put(rig))
        assert _animate(sound=sound, keys="REDUCED") == ""
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
        assert _animate(sound=sound, strength=5.0) == ""
        return made.takes[0].strength, made.strength
