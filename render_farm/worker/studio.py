"""A small portrait studio: camera, light, background and engine around a character."""

from math import radians

import bpy
import numpy as np
from mathutils import Vector

from render_farm.look import Look
from rigs.worker.scene import Character, to_blender

LENS_MM = 85.0
SENSOR_MM = 36.0
BACKDROP = (0.32, 0.42, 0.5)


def set_up(scene: bpy.types.Scene, character: Character, look: Look) -> None:
    """Light the character and look at its head and shoulders."""
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = look.width, look.height, 100
    scene.view_settings.view_transform = "Standard"
    centre, height = _frame(character)
    _camera(scene, centre, height)
    _backdrop(scene, centre, height)
    _workbench(scene)


def _frame(character: Character) -> tuple[Vector, float]:
    """Return centre and height in metres of the part of the world to show.

    The face is what the shapes move, so this finds it in a bust and in a whole body.
    """
    mesh = character.rig.mesh
    assert mesh is not None  # or it would not stand in the scene
    points = to_blender(mesh.vertices)
    travel = np.linalg.norm(mesh.deltas, axis=2).max(axis=0, initial=0.0)  # (n_vertices,)
    face = points[travel > 0.1 * travel.max()] if travel.any() else points
    top, chin = points[:, 2].max(), face[:, 2].min()
    height = 1.65 * (top - chin)
    middle = (face[:, 0].min() + face[:, 0].max()) / 2
    return Vector((middle, float(np.median(face[:, 1])), top + 0.08 * height - height / 2)), float(height)


def _camera(scene: bpy.types.Scene, centre: Vector, height: float) -> None:
    camera = bpy.data.objects.new("Camera", bpy.data.cameras.new("Camera"))
    camera.data.lens, camera.data.sensor_width, camera.data.sensor_fit = LENS_MM, SENSOR_MM, "HORIZONTAL"
    camera.data.clip_start, camera.data.clip_end = 0.01 * height, 100 * height
    wide = scene.render.resolution_x / scene.render.resolution_y
    camera.location = centre + Vector((0.0, -height * max(wide, 1.0) * LENS_MM / SENSOR_MM, 0.0))
    camera.rotation_euler = (radians(90), 0.0, 0.0)
    scene.collection.objects.link(camera)
    scene.camera = camera


def _backdrop(scene: bpy.types.Scene, centre: Vector, height: float) -> None:
    """Hang a hollow behind the head: its bend gives the background a soft gradient in any light."""
    steps = np.linspace(-1.0, 1.0, 25)
    across, up = np.meshgrid(steps, steps)  # (25, 25)
    depth = 1.6 - 0.35 * (across**2 + up**2)
    points = np.stack([1.6 * across, depth, 1.6 * up], axis=-1).reshape(-1, 3) * height
    corner = (np.arange(24)[:, None] * 25 + np.arange(24)).ravel()
    quads = np.stack([corner, corner + 1, corner + 26, corner + 25], axis=-1)  # (576, 4), facing the camera
    mesh = bpy.data.meshes.new("Backdrop")
    mesh.from_pydata(points.tolist(), [], quads.tolist())
    mesh.shade_smooth()
    backdrop = bpy.data.objects.new("Backdrop", mesh)
    backdrop.location = centre
    scene.collection.objects.link(backdrop)
    material = bpy.data.materials.new("Backdrop")
    material.diffuse_color = (*BACKDROP, 1.0)
    material.roughness = 1.0
    backdrop.data.materials.append(material)


def _workbench(scene: bpy.types.Scene) -> None:
    scene.render.engine = "BLENDER_WORKBENCH"
    shading = scene.display.shading
    shading.light = "STUDIO"
    shading.studio_light = "studio.sl"
    shading.color_type = "MATERIAL"
    shading.show_specular_highlight = True
    shading.show_cavity = True
    shading.cavity_type = "BOTH"
    shading.show_shadows = False
    scene.display.render_aa = "5"
