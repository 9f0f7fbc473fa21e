"""Read an .fbx file with ufbx and print what it holds as JSON.

Runs in a process of its own: the binding crashes when one of two variables for the same thing goes away, so every
thing is asked for once and kept.
"""

import json
import os
import sys
from typing import Any

import ufbx


def curve(layer: Any, element: Any, name: str) -> dict[str, Any]:
    """Return times in seconds and values of an animated property."""
    found = ufbx.find_anim_prop(layer, element, name)
    value = found.anim_value
    curves = value.curves
    first = curves[0]
    keys = first.keyframes
    held = list(keys)
    return {"times_s": [key.time for key in held], "values": [key.value for key in held]}


def node(anim: Any, one: Any, times_s: list[float]) -> dict[str, Any]:
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


def main(path: str) -> None:
    scene = ufbx.load_file(path)
    settings = scene.settings
    axes = settings.axes
    stacks = list(scene.anim_stacks)
    stack = stacks[0]
    anim = stack.anim
    layers = stack.layers
    layer = layers[0]
    channels = list(scene.blend_channels)
    curves = {channel.name: curve(layer, channel, "DeformPercent") for channel in channels}
    times_s = next(iter(curves.values()))["times_s"] if curves else []
    nodes = list(scene.nodes)
    meshes = list(scene.meshes)
    mesh = meshes[0]
    points = mesh.vertices
    materials = list(scene.materials)
    report = {
        "stacks": [one.name for one in stacks],
        "begin_s": stack.time_begin,
        "end_s": stack.time_end,
        "frame_rate": settings.frames_per_second,
        "unit_m": settings.unit_meters,
        "axes": [axes.right.name, axes.up.name, axes.front.name],
        "rest": {channel.name: channel.weight for channel in channels},
        "curves": curves,
        "nodes": {one.name: node(anim, one, times_s) for one in nodes if one.name},
        "n_faces": mesh.num_faces,
        "vertices": [[point.x, point.y, point.z] for point in points],
        "materials": [one.name for one in materials],
    }
    json.dump(report, sys.stdout)
    sys.stdout.flush()
    os._exit(0)  # without the clean-up, which crashes too


main(sys.argv[1])
