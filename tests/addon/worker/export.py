"""Runs in Blender: takes that the extension writes to files."""

import os
from pathlib import Path
from typing import Any
from unittest.mock import patch

import bpy

from addon.operators.farm import why_not_farm
from rigs import Rig
from tests.support.worker.scenes import curves_of_shapes, extension, put, refusal, speaker


def written(*, rig: Rig, sound: Path, folder: Path, formats: list[str], progress: Any) -> list[tuple[str, ...]]:
    """Animate a rig, export it; return of each file path, what is told, what is wrong and what validators say."""
    with extension():
        speaker(put(rig))
        bpy.ops.audio2blend.animate(sound=str(sound))
        bpy.ops.audio2blend.export(folder=str(folder), formats=set(formats))
        return [(file.path, file.told, file.wrong, file.valid) for file in bpy.context.scene.audio2blend_files.written]


def edited(*, rig: Rig, sound: Path, folder: Path, frame: int, by: float, progress: Any) -> None:
    """Animate a rig, export it to before.npz, raise all keys of jawOpen from a frame on, and export it to after.*."""
    with extension():
        bpy.context.scene.render.fps = 30
        made = speaker(put(rig))
        bpy.ops.audio2blend.animate(sound=str(sound))
        bpy.ops.audio2blend.export(filepath=str(folder / "before.npz"))
        curve = curves_of_shapes(made.takes[0].action)["jawOpen"]
        for point in curve.keyframe_points:
            if point.co.x >= frame:
                point.co.y += by
        curve.update()
        for suffix in ("npz", "csv"):
            bpy.ops.audio2blend.export(filepath=str(folder / f"after.{suffix}"))


def refused(*, rig: Rig, sound: Path, folder: Path, progress: Any) -> dict[str, str]:
    """Return what is said where a take cannot be exported."""
    with extension():
        from addon.operators import export

        made = speaker(put(rig))
        out = {"no take": export.why_not_export(bpy.context)}
        bpy.ops.audio2blend.animate(sound=str(sound))
        bpy.ops.audio2blend.export(filepath=str(folder / "line.csv"))
        for name, arguments in {
            "not saved": {"formats": {"csv"}},
            "a file for a folder": {"folder": str(sound), "formats": {"csv"}},
            "no such format": {"filepath": str(folder / "line.xyz")},
        }.items():
            out[name] = refusal(bpy.ops.audio2blend.export, **arguments)
        made.takes[0].clip_path = str(folder / "gone.npz")
        out["gone"] = refusal(bpy.ops.audio2blend.export, filepath=str(folder / "line.csv"))
        return out


def preview(*, rig: Rig, sound: Path, path: Path, progress: Any) -> str:
    """Animate a rig, render a small preview, and return what is told of it."""
    with extension():
        speaker(put(rig))
        bpy.context.scene.render.fps = 6
        settings = bpy.context.scene.audio2blend_files
        settings.width = settings.height = 64
        bpy.ops.audio2blend.animate(sound=str(sound))
        bpy.ops.audio2blend.preview(filepath=str(path))
        return settings.written[0].wrong


def to_the_farm(*, rig: Rig, sound: Path, folder: Path, progress: Any) -> tuple[str, str]:
    """Animate a rig, hand the scene over as a job, and return why that could not be without and with a camera."""
    with extension():
        speaker(put(rig))
        scene = bpy.context.scene
        scene.render.fps, scene.frame_start, scene.frame_end = 6, 4, 15
        scene.render.engine = "BLENDER_WORKBENCH"
        scene.render.resolution_x, scene.render.resolution_y, scene.render.resolution_percentage = 128, 96, 50
        bpy.ops.audio2blend.animate(sound=str(sound))
        before = why_not_farm(bpy.context)
        scene.camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
        scene.collection.objects.link(scene.camera)
        scene.frame_start, scene.frame_end = 4, 15
        with patch.dict(os.environ, {"PATH": ""}):  # no program that would begin the job
            bpy.ops.audio2blend.farm(directory=str(folder))
        return before, why_not_farm(bpy.context)


def by_blender(*, rig: Rig, sound: Path, folder: Path, progress: Any) -> None:
    """Animate a rig and let Blender's own exporter write it: each Action an animation, then each NLA track."""
    with extension():
        entry = bpy.context.preferences.addons.new()
        try:
            entry.module = "addon"
            speaker(put(rig))
            bpy.ops.audio2blend.animate(sound=str(sound))
            for mode in ("ACTIONS", "NLA_TRACKS"):
                bpy.ops.export_scene.gltf(filepath=str(folder / f"{mode}.glb"), export_animation_mode=mode)
        finally:
            bpy.context.preferences.addons.remove(entry)
