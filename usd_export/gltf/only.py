"""The animation of a glTF file alone, for those who have the character already: its nodes by name, and what moves them.

Players bind the tracks of such a file to the nodes of the same names in the character's own. glTF has no weights
without a mesh that they move, so each mesh is a triangle of no size with targets of the same names that move nothing.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import numpy as np

from rigs.readers.gltf_file import GltfFile, Json

from .animation import again
from .arrays import VERTICES, Arrays

_KEPT: Final = ("name", "translation", "rotation", "scale", "matrix", "children", "weights")
"""What a node keeps."""


def only(source: Path, names: Collection[str], target: Path) -> None:
    """Write the animations of some names of a .glb file, as .glb or .gltf."""
    file = GltfFile(source)
    arrays = Arrays()
    kept = [about for about in file.json["animations"] if about.get("name") in names]
    channels = [channel["target"] for about in kept for channel in about["channels"]]
    shown = sorted({file.json["nodes"][at["node"]]["mesh"] for at in channels if at["path"] == "weights"})
    scene: Json = {
        "asset": file.json["asset"],
        "nodes": [_node(about, shown) for about in file.json["nodes"]],
        "animations": [again(file, arrays, about) for about in kept],
    }
    if "scenes" in file.json:
        scene |= {"scene": file.json.get("scene", 0), "scenes": [_scene(about) for about in file.json["scenes"]]}
    if shown:
        triangle = np.zeros((3, 3), "<f4")
        at = arrays.accessor(triangle, VERTICES, bounds=True)
        scene["meshes"] = [_mesh(file.json["meshes"][index], at) for index in shown]
    arrays.write(target, scene)


def _node(about: Json, shown: list[int]) -> Json:
    node: Json = {key: about[key] for key in _KEPT if key in about}
    if about.get("mesh") in shown:
        return node | {"mesh": shown.index(about["mesh"])}
    node.pop("weights", None)
    return node


def _scene(about: Json) -> Json:
    return {key: about[key] for key in ("name", "nodes") if key in about}


def _mesh(about: Json, still: int) -> Json:
    """Return a mesh of no size with the targets of another."""
    count = max(len(primitive.get("targets", ())) for primitive in about["primitives"])
    targets: list[Any] = [{"POSITION": still}] * count
    mesh: Json = {key: about[key] for key in ("name", "weights") if key in about}
    if isinstance(about.get("extras"), dict) and "targetNames" in about["extras"]:
        mesh["extras"] = {"targetNames": about["extras"]["targetNames"]}
    return mesh | {"primitives": [{"attributes": {"POSITION": still}, "targets": targets}]}
