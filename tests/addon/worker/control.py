"""Runs in Blender: the extension's control rig, and how faces look with it and without."""

from pathlib import Path
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from rigs import Rig
from tests.support.worker.scenes import extension, played, put, refusal, speaker

FRAMES = (10, 30, 50, 70, 90)


def life(*, rig: Rig, sound: Path, folder: Path, progress: Any) -> dict[str, Any]:
    """Connect controls to a face that speaks, move them, and remove them, once without and once with the polish.

    "vertices" are float32 [frame, vertex, 3] as Blender evaluates them: at first, connected, moved, dropped, moved
    again, kept. "residue" is what is left at the end beside the face.
    """
    with extension():
        from addon.operators import control_rig

        bpy.context.scene.render.fps = 24
        face = put(rig, name="Hero")
        who = speaker(face)
        who.brows = 0  # so that what moves them is the control
        bpy.ops.audio2blend.animate(sound=str(sound))
        keys = face.data.shape_keys
        there = set(bpy.data.objects.keys()), len(keys.key_blocks), list(keys.keys())
        vertices = [_vertices(face)]
        out: dict[str, Any] = {"edited": []}

        bpy.ops.audio2blend.controls_connect()
        vertices.append(_vertices(face))
        out["twice"] = control_rig.why_not_connect(bpy.context)
        out["simple"] = all(d.driver.is_valid and d.driver.is_simple_expression for d in keys.animation_data.drivers)
        _move(face)
        vertices.append(_vertices(face))
        out["values"] = _values(face)
        bpy.ops.audio2blend.export(filepath=str(folder / "moved.npz"))
        bpy.ops.audio2blend.controls_remove(keep=False)
        vertices.append(_vertices(face))
        out["edited"].append(_edited(who.takes[0]))

        bpy.ops.audio2blend.controls_connect()
        _move(face)
        vertices.append(_vertices(face))
        bpy.ops.audio2blend.controls_remove(keep=True)
        vertices.append(_vertices(face))
        out["edited"].append(_edited(who.takes[0]))
        now = set(bpy.data.objects.keys()), len(keys.key_blocks), list(keys.keys())
        out["residue"] = now != there or len(keys.animation_data.drivers)
        out["vertices"] = np.stack(vertices)
        bpy.ops.audio2blend.export(filepath=str(folder / "kept.npz"))
        return out


def _move(face: Any) -> None:
    """Set the brows, and let the jaw shut from frame 40 to 60."""
    empty = face.data.shape_keys["audio2blend_controls"]
    empty["brows"] = 0.5
    empty["smile"] = -0.4
    for frame, value in ((40, 0.0), (60, -1.0)):
        empty["jaw"] = value
        empty.keyframe_insert('["jaw"]', frame=frame)


def _vertices(face: Any) -> NDArray[np.float32]:
    """Return a face in every frame as it is seen."""
    found = np.empty((len(FRAMES), len(face.data.vertices), 3), np.float32)
    for points, seen in zip(found, played(face, FRAMES), strict=True):
        seen.data.vertices.foreach_get("co", points.ravel())
    return found


def _values(face: Any) -> dict[str, list[float]]:
    """Return what every shape key and its copy come to together, by its name."""
    found: dict[str, list[float]] = {}
    for keys in played(face.data.shape_keys, FRAMES):
        for block in keys.key_blocks[1:]:
            if not block.name.endswith(" (hand)"):
                copy = keys.key_blocks.get(f"{block.name} (hand)")
                found.setdefault(block.name, []).append(block.value + (copy.value if copy else 0))
    return found


def _edited(take: Any) -> bool:
    """Return whether a take's keys are told from those that were written."""
    from addon.keys import plan

    return bool(plan.why_edited(take.action))


def refused(*, visemes: Rig, rig: Rig, progress: Any) -> dict[str, str]:
    """Return why there can be no controls, or why they cannot be applied."""
    with extension():
        from addon.operators import control_rig

        out = {"nobody": control_rig.why_not_connect(bpy.context)}
        speaker(put(visemes))
        out["visemes"] = control_rig.why_not_connect(bpy.context)
        out["none to remove"] = control_rig.why_not_remove(bpy.context)
        face = put(rig)
        speaker(face)
        bpy.ops.audio2blend.controls_connect()
        face.data.shape_keys["audio2blend_controls"]["jaw"] = 0.5
        out["no take"] = refusal(bpy.ops.audio2blend.controls_remove, keep=True)
        out["still there"] = control_rig.why_not_remove(bpy.context)
        bpy.ops.audio2blend.controls_remove(keep=False)
        return out


def named_at_length(*, rig: Rig, names: list[str], progress: Any) -> dict[str, Any]:
    """Return the shapes of a rig with other names: its own with controls, and all after these are removed."""
    with extension():
        from addon.scene import character

        face = put(rig)
        keys = face.data.shape_keys
        who = speaker(face)
        who.map = bpy.data.texts.new("map")
        who.map.write("[shapes]\n")
        for old, new in zip(rig.shapes, names, strict=True):
            keys.key_blocks[old].name = new
            who.map.write(f'"{new}" = "{old}"\n')
        bpy.ops.audio2blend.controls_connect()
        out = {"own": character.of(who).shapes, "with copies": len(keys.key_blocks)}
        bpy.ops.audio2blend.controls_remove(keep=False)
        return out | {"after": [block.name for block in keys.key_blocks[1:]]}


def without_empty(*, rig: Rig, progress: Any) -> list[int]:
    """Return how many shape keys there are with controls, and with new ones after a script removed their empty."""
    with extension():
        face = put(rig)
        speaker(face)
        found = []
        for _ in range(2):
            bpy.ops.audio2blend.controls_connect()
            found.append(len(face.data.shape_keys.key_blocks))
            bpy.data.objects.remove(face.data.shape_keys["audio2blend_controls"])
        return found
