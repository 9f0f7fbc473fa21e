"""What others find in an .fbx file: ufbx.

It reads in a process of its own, which this file is as well: the binding crashes when one of two variables for the same
thing goes away, so every thing is asked for once and kept, and nothing is collected.
"""

import gc
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import ufbx
from numpy.typing import NDArray


def read(path: Path) -> dict[str, Any]:
    """Return what the file holds: its settings, nodes, curves, and its mesh at rest in the file's own unit."""
    return _child(path, None)


def skinned(path: Path, times_s: list[float], *, stack: int = 0) -> tuple[NDArray[np.float64], dict[str, str]]:
    """Return the skin as its bones pose it, in metres, shape (n_times, n_vertices, 3), and each bone's parent."""
    found = _child(path, times_s, stack)
    return np.array(found["vertices"]), found["parents"]


def _child(path: Path, times_s: list[float] | None, stack: int = 0) -> dict[str, Any]:
    command = [sys.executable, __file__, str(path), json.dumps(times_s), str(stack)]
    report: dict[str, Any] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return report


def _curve(layer: Any, element: Any, name: str) -> dict[str, Any]:
    """Return times in seconds and values of an animated property."""
    found = ufbx.find_anim_prop(layer, element, name)
    value = found.anim_value
    curves = value.curves
    first = curves[0]
    keys = first.keyframes
    held = list(keys)
    return {"times_s": [key.time for key in held], "values": [key.value for key in held]}


def _node(anim: Any, one: Any, times_s: list[float]) -> dict[str, Any]:
    """Return a node's place at rest and its rotation over time as quaternions (x, y, z, w)."""
    rest = one.local_transform
    position, rotation, scale = rest.translation, rest.rotation, rest.scale
    turns = []
    for time_s in times_s:
        transform = ufbx.evaluate_transform(anim, one, time_s)
        turn = transform.rotation
        turns.append([turn.x, turn.y, turn.z, turn.w])
    return {
        "position": [position.x, position.y, position.z],
        "rotation": [rotation.x, rotation.y, rotation.z, rotation.w],
        "scale": [scale.x, scale.y, scale.z],
        "turns": turns,
    }


def _report(scene: Any) -> None:
    settings = scene.settings
    axes = settings.axes
    stacks = list(scene.anim_stacks)
    stack = stacks[0]
    anim = stack.anim
    layers = stack.layers
    layer = layers[0]
    channels = list(scene.blend_channels)
    curves = {channel.name: _curve(layer, channel, "DeformPercent") for channel in channels}
    times_s = next(iter(curves.values()))["times_s"] if curves else []
    nodes = list(scene.nodes)
    meshes = list(scene.meshes)
    sizes = [one.num_vertices for one in meshes]
    mesh = meshes[sizes.index(max(sizes))]
    points = mesh.vertices
    materials = list(scene.materials)
    _end(
        {
            "stacks": [one.name for one in stacks],
            "begin_s": stack.time_begin,
            "end_s": stack.time_end,
            "frame_rate": settings.frames_per_second,
            "unit_m": settings.unit_meters,
            "axes": [axes.right.name, axes.up.name, axes.front.name],
            "rest": {channel.name: channel.weight for channel in channels},
            "curves": curves,
            "nodes": {one.name: _node(anim, one, times_s) for one in nodes if one.name},
            "n_faces": mesh.num_faces,
            "vertices": [[point.x, point.y, point.z] for point in points],
            "materials": [one.name for one in materials],
        }
    )


def _report_skin(scene: Any, times_s: list[float], which: int) -> None:
    stacks = list(scene.anim_stacks)
    stack = stacks[which]
    anim = stack.anim
    unit = scene.settings.unit_meters
    nodes = list(scene.nodes)
    parents = {}
    for node in nodes:
        bone, above = node.bone, node.parent
        if bone is not None and node.name != "Armature":
            parents[node.name] = above.name
    frames: list[Any] = []
    for time_s in times_s:
        posed = ufbx.evaluate_scene(scene, anim, time_s, evaluate_skinning=True)
        meshes = list(posed.meshes)
        sizes = [one.num_vertices for one in meshes]
        mesh = meshes[sizes.index(max(sizes))]
        points = mesh.skinned_position.values
        rows = [[unit * point.x, unit * point.y, unit * point.z] for point in points]
        frames.append(rows)
    _end({"vertices": frames, "parents": parents})


def _end(report: dict[str, Any]) -> None:
    """Print the report while all things are still kept, and go without the clean-up, which crashes too."""
    json.dump(report, sys.stdout)
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    gc.disable()
    scene, times_s = ufbx.load_file(sys.argv[1]), json.loads(sys.argv[2])
    if times_s is None:
        _report(scene)
    else:
        _report_skin(scene, times_s, int(sys.argv[3]))
