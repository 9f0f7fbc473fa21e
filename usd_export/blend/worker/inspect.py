"""What a .blend file holds; runs in Blender."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from . import own


def inspect(*, path: Path, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Return "curves": of each Action of each block of shape keys its name, names, times (n_frames,) and weights, on
    every frame; "rest": the weight of every key that nothing moves; "n_joints", which an Action moves; "missing", names
    of files; and "facts". Time 0 is the scene's first frame.
    """
    bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False, use_scripts=False)
    scene = bpy.context.scene
    curves, rest = [], dict[str, float]()
    for keys in own.key_blocks(scene):
        moved = set(own.shapes_of(keys)[1])
        for action, slot, shift in _actions(keys):
            group = _sampled(scene, keys, action, slot, shift)
            if group is not None:
                curves.append(group)
                moved |= {*group["channels"]}
        others = [block for block in keys.key_blocks if block != keys.reference_key and block.name not in moved]
        rest |= {f"{keys.name}/{block.name}": float(block.value) for block in others}
    bones = {
        curve.data_path
        for item in scene.objects
        if item.type == "ARMATURE"
        for action, slot, _ in _actions(item)
        for curve in own.curves_of(action, slot)
        if curve.data_path.startswith("pose.bones[") and np.ptp([p.co[1] for p in curve.keyframe_points] or [0]) > 1e-6
    }
    return {
        "curves": curves,
        "rest": rest,
        "n_joints": len({path.rpartition("]")[0] for path in bones}),
        "missing": list(_missing()),
        "facts": _facts(scene, path),
    }


def _actions(owner: Any) -> Iterator[tuple[Any, Any, float]]:
    """Yield what plays on a data-block: an Action, its slot, and by how many frames it is shifted."""
    animation = owner.animation_data
    if animation is None:
        return
    if animation.action is not None and animation.action_slot is not None:
        yield animation.action, animation.action_slot, 0.0
    for strip in (strip for track in animation.nla_tracks for strip in track.strips):
        if strip.action is not None and strip.action_slot is not None:
            yield strip.action, strip.action_slot, strip.frame_start - strip.action_frame_start


def _sampled(scene: Any, keys: Any, action: Any, slot: Any, shift: float) -> dict[str, Any] | None:
    """Return what an Action does to shape keys on every frame between its first and its last key."""
    paths = {own.value_path(block.name): block.name for block in keys.key_blocks}
    curves = {paths[curve.data_path]: curve for curve in own.curves_of(action, slot) if curve.data_path in paths}
    keyed = [point.co[0] for curve in curves.values() for point in curve.keyframe_points]
    if not keyed:
        return None
    frames = np.arange(round(min(keyed)), round(max(keyed)) + 1)
    values = [[curve.evaluate(float(frame)) for frame in frames] for curve in curves.values()]
    return {
        "animation": action.name,
        "target": keys.name,
        "channels": list(curves),
        "times_s": (frames + shift - scene.frame_start) / float(own.rate_of(scene)),
        "values": np.array(values, np.float32).T,
    }


def _missing() -> Iterator[str]:
    """Yield the names of pictures, sounds and libraries that are neither packed nor there."""
    for group in (bpy.data.images, bpy.data.sounds, bpy.data.libraries):
        for item in group:
            packed = getattr(item, "packed_file", None) is not None
            made = getattr(item, "source", "FILE") not in ("FILE", "SEQUENCE", "MOVIE", "TILED")
            if item.filepath and not packed and not made:
                place = Path(
                    bpy.path.abspath(item.filepath, library=item.library if hasattr(item, "library") else None)
                )
                if not place.is_file():
                    yield item.filepath


def _facts(scene: Any, path: Path) -> dict[str, Any]:
    meshes = [item for item in scene.objects if item.type == "MESH"]
    bones = [bone for item in scene.objects if item.type == "ARMATURE" for bone in item.data.bones]
    unit = float(scene.unit_settings.scale_length)
    corners = [(np.array(item.matrix_world) @ [*corner, 1.0])[2] for item in meshes for corner in item.bound_box]
    found: dict[str, Any] = {
        "size_mb": round(path.stat().st_size / 1e6, 3),
        "up_axis": "Z",
        "meters_per_unit": unit,
        "n_triangles": sum(len(face.vertices) - 2 for item in meshes for face in item.data.polygons),
        "n_animations": len(bpy.data.actions),
        "skeleton_roots": sum(bone.parent is None for bone in bones),
    }
    if any(item.data.shape_keys for item in meshes):
        found["shapes_named"] = found["names_per_mesh"] = True  # Blender has neither keys without a name nor two of one
    if corners:
        found["height_m"] = round(float(np.ptp(corners)) * unit, 4)
    return found
