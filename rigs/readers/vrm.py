"""What .vrm files add to glTF: expressions that move several morph targets, and the names of human bones.

After the specifications of VRM 0.0 (`VRM`, the face looks along -Z) and VRM 1.0 (`VRMC_vrm`, along +Z).
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from audio2blend.wording import listed

from .piece import Piece

_BONES: Final = ("head", "jaw", "leftEye", "rightEye")

Json = dict[str, Any]


def front(content: Json) -> int | None:
    """Return 1 if the file is VRM 1, whose faces look along +Z, -1 if it is VRM 0, None if it is no VRM."""
    extensions = content.get("extensions", {})
    return -1 if "VRM" in extensions else 1 if "VRMC_vrm" in extensions else None


def add_expressions(content: Json, mesh_of: Mapping[int, int], pieces: Mapping[int, Piece]) -> list[str]:
    """Add each expression to the meshes it moves, as a shape that is the sum of what it binds; return what was done.

    An expression whose name a morph target has already is left out. `mesh_of` and `pieces` go by node.
    """
    notes = []
    taken = {name for piece in pieces.values() for name in piece.shapes}
    morphs = {node: list(piece.shapes) for node, piece in pieces.items()}
    for name, binds in bindings(content, mesh_of, {node: len(own) for node, own in morphs.items()}):
        if name in taken:
            continue
        bound = [(node, morphs[node][index], weight) for node, index, weight in binds]
        for node, morph, weight in bound:
            shapes = pieces[node].shapes
            shapes[name] = shapes.get(name, np.zeros((), np.float32)) + np.float32(weight) * shapes[morph]
        moved = dict.fromkeys(morph if weight == 1 else f"{weight:g} × {morph}" for _, morph, weight in bound)
        notes.append(f"the expression {name} moves {listed(moved)}")
    return notes


def bindings(
    content: Json, mesh_of: Mapping[int, int], n_morphs: Mapping[int, int]
) -> Iterator[tuple[str, list[tuple[int, int, float]]]]:
    """Yield each expression that moves a morph target that is there, and those: node, index, weight at its 1."""
    for name, binds in _expressions(content, mesh_of):
        if bound := [(node, index, weight) for node, index, weight in binds if index < n_morphs[node]]:
            yield name, bound


def _expressions(content: Json, mesh_of: Mapping[int, int]) -> Iterator[tuple[str, list[tuple[int, int, float]]]]:
    """Yield each expression's name and what it binds: node, index of the morph target, weight."""
    extensions = content.get("extensions", {})
    for name, about in _groups(extensions.get("VRMC_vrm", {}).get("expressions", {})):
        binds = about.get("morphTargetBinds") or []
        yield name, [(b["node"], b["index"], float(b.get("weight", 1))) for b in binds if b["node"] in mesh_of]
    for group in extensions.get("VRM", {}).get("blendShapeMaster", {}).get("blendShapeGroups", []):
        preset = group.get("presetName", "unknown").lower()
        name = group.get("name", "") if preset in ("unknown", "") else preset
        nodes = [(node, bind) for bind in group.get("binds") or [] for node in mesh_of if mesh_of[node] == bind["mesh"]]
        yield name, [(node, bind["index"], float(bind.get("weight", 100)) / 100) for node, bind in nodes]


def _groups(expressions: Json) -> Iterator[tuple[str, Json]]:
    for kind in ("preset", "custom"):
        yield from (expressions.get(kind) or {}).items()


def humanoid_notes(content: Json, names: list[str]) -> list[str]:
    """Return which bones are head, jaw and eyes, in words."""
    extensions = content.get("extensions", {})
    one = extensions.get("VRMC_vrm", {}).get("humanoid", {}).get("humanBones", {})
    nodes = {bone: about["node"] for bone, about in one.items()}
    for about in extensions.get("VRM", {}).get("humanoid", {}).get("humanBones", []):
        nodes[about["bone"]] = about["node"]
    return [f"its {bone} is the bone '{names[nodes[bone]]}'" for bone in _BONES if nodes.get(bone, -1) >= 0]
