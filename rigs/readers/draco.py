"""Meshes that Draco compressed (KHR_draco_mesh_compression), unpacked by Blender in a child process.

Draco packs the corners, places, texture coordinates and weights of a mesh; its morph targets stay as they are.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend import blender
from audio2blend.errors import InputError

from .gltf_file import GltfFile, Json

EXTENSION: Final = "KHR_draco_mesh_compression"
_READ: Final = ("POSITION", "TEXCOORD_0", "JOINTS_", "WEIGHTS_")
_TIMEOUT_S: Final = 600.0


def unpack(file: GltfFile, meshes: Iterable[Json], *, all_of_it: bool = False) -> None:
    """Give a file the accessors that Draco packed in these meshes; Blender starts if there are any.

    Without `all_of_it` these are what a rig is made of, not normals, tangents and colours.
    Raises InputError if they are damaged, MissingDependencyError without Blender.
    """
    packed = [p for mesh in meshes for p in mesh["primitives"] if EXTENSION in p.get("extensions", {})]
    parts = [_part(file, primitive, ("",) if all_of_it else _READ) for primitive in packed]
    if parts:
        file.given.update(_decoded(file.path, parts))


def _part(file: GltfFile, primitive: Json, read: tuple[str, ...]) -> dict[str, Any]:
    about = primitive["extensions"][EXTENSION]
    accessors = file.json["accessors"]
    indices = primitive["indices"]
    attributes = []
    for name, own in about["attributes"].items():
        if name.startswith(read):
            index = primitive["attributes"][name]
            attributes.append((own, index, accessors[index]["componentType"], accessors[index]["type"]))
    return {
        "packed": file.view(about["bufferView"]),
        "indices": (indices, accessors[indices]["componentType"]),
        "attributes": attributes,
    }


def _decoded(path: Path, parts: list[dict[str, Any]]) -> list[tuple[int, NDArray[np.uint8]]]:
    with blender.start() as child:
        try:
            found: list[tuple[int, NDArray[np.uint8]]] = child.call(
                "rigs.worker.draco:decode", {"parts": parts}, timeout_s=_TIMEOUT_S
            )
        except InputError as error:
            raise InputError(f"{path}: {error}") from None
    return found
