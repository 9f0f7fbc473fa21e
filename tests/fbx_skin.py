"""Pose the skin of an .fbx file with ufbx and print the vertices, in metres, and each bone's parent, as JSON.

Runs in a process of its own, for the reason that `fbx_reader` tells.
"""

import json
import os
import sys
from typing import Any

import ufbx


def main(path: str, times_s: list[float]) -> None:
    scene = ufbx.load_file(path)
    stacks = list(scene.anim_stacks)
    stack = stacks[0]
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
        mesh = meshes[0]
        points = mesh.skinned_position.values
        rows = [[unit * point.x, unit * point.y, unit * point.z] for point in points]
        frames.append(rows)
    json.dump({"vertices": frames, "parents": parents}, sys.stdout)
    sys.stdout.flush()
    os._exit(0)


main(sys.argv[1], json.loads(sys.argv[2]))
