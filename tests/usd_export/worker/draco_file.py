"""Runs in Blender: packs a file as artists do."""

from pathlib import Path
from typing import Any

import bpy


def packed(*, path: Path, target: Path, progress: Any) -> None:
    """Import a .glb file and export it with Draco."""
    bpy.ops.wm.read_homefile(use_empty=True)
    bpy.ops.import_scene.gltf(filepath=str(path))
    bpy.ops.export_scene.gltf(filepath=str(target), export_draco_mesh_compression_enable=True)
