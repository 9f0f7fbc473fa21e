"""Runs in Blender: scenes that cannot be rendered, or only by who does it right."""

from pathlib import Path
from typing import Any

import bpy

SCRIPT = "import pathlib; pathlib.Path(bpy.data.filepath + '.ran').touch()"


def save(*, path: Path, what: str, progress: Any) -> None:
    """Save a scene with a cube that turns, and with one fault."""
    scene = bpy.context.scene
    mesh = bpy.data.meshes.new("Cube")
    mesh.from_pydata([(0, 0, -5), (1, 0, -5), (0, 1, -5)], [], [(0, 1, 2)])
    cube = bpy.data.objects.new("Cube", mesh)
    cube.keyframe_insert("location", frame=7)
    cube.location.x = 1
    cube.keyframe_insert("location", frame=9)
    scene.collection.objects.link(cube)
    scene.frame_start = 7
    scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    scene.collection.objects.link(scene.camera)
    if what == "no camera":
        scene.camera = None
    if what == "lost texture":
        image = bpy.data.images.new("Skin", 4, 4)
        image.source, image.filepath, image.use_fake_user = "FILE", "//skin ü.png", True
    text = bpy.data.texts.new("run.py")
    text.use_module = True  # run when the file is opened, where that is allowed
    text.write("import bpy\n" + SCRIPT)
    bpy.ops.wm.save_as_mainfile(filepath=str(path), copy=True)
