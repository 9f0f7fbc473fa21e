"""Runs in Blender: what keeps a face from moving, or the button Animate from being pressed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from audio2blend.clip import Clip
from rigs import Rig
from tests.support.worker import scenes
from tests.support.worker.scenes import extension, put, speaker


@contextmanager
def _tweaking(face: Any) -> Iterator[None]:
    """Have a strip of the artist's edited for a while."""
    animation = face.data.shape_keys.animation_data_create()
    placed = scenes.strip(animation, "artist", "jawOpen", 0.5)
    placed.select, animation.nla_tracks.active = True, animation.nla_tracks[-1]
    animation.use_tweak_mode = True
    assert animation.use_tweak_mode
    try:
        yield
    finally:
        animation.use_tweak_mode = False


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
            assert scenes.animate(sound=sound) == ""
            assert bpy.context.scene.frame_current == 7
            assert bpy.context.scene.frame_subframe == 0.25
            found[name] = scenes.takes()[-1].blocked
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
            "no sound": scenes.animate(),
            "no file": scenes.animate(sound=str(folder / "never.wav")),
            "not saved": scenes.animate(sound="//line.wav"),
            "no sound in it": scenes.animate(sound=str(bad)),
            "nobody": scenes.animate(sound=sound, character="Nobody"),
            "no shapes": scenes.animate(sound=sound, character="Stone"),
            "no map": scenes.animate(sound=sound, map="map"),
        }
        text = bpy.data.texts.new("map")
        text.write("[shapes]\njawOpen = jaw\n")
        found["broken map"] = scenes.animate(sound=sound, map="map")
        speaker(None)
        found["no character"] = scenes.animate(sound=sound)
        bpy.context.scene.audio2blend.active = 0
        with _tweaking(face):
            found["tweaking"] = scenes.animate(sound=sound)
        left = [len(bpy.data.actions) - 1, len(scenes.takes()), bool(stone.animation_data)]
        tracks = [track.name for track in face.data.shape_keys.animation_data.nla_tracks]
        return {
            "said": found,
            "left": left,
            "tracks": tracks,
            "running": bpy.context.window_manager.audio2blend.running,
        }
