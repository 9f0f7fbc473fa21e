"""A small portrait studio: camera, light, background and engine around a character."""

from math import radians

import bpy
import numpy as np
from mathutils import Vector

from render_farm.framing import frame
from render_farm.settings import RenderSettings
from rigs.worker.scene import Staged, to_blender

LENS_MM = 85.0
SENSOR_MM = 36.0
BACKDROP = (0.13, 0.2, 0.26)
AMBIENT = (0.07, 0.07, 0.085)
SOLID_LIGHTS = (
    # towards the lamp (right, up, to the viewer), colour, colour of its reflection, 0 hard – 1 soft
    ((-0.5, 0.5, 0.7), (1.18, 1.06, 0.95), (0.24, 0.23, 0.22), 0.0),  # key: warm, from above left
    ((0.8, 0.05, 0.6), (0.30, 0.32, 0.38), (0.05, 0.05, 0.06), 0.6),  # fill: cool and soft, from the right
    ((0.5, 0.35, -1.0), (2.2, 2.4, 2.8), (0.1, 0.1, 0.1), 0.0),  # rim: from behind
    ((-0.2, -0.95, 0.2), (0.2, 0.14, 0.11), (0.0, 0.0, 0.0), 0.8),  # what the shirt throws back
)


LAMPS = (
    # place relative to the face (right, to the viewer, up), size, power, colour; in units of the picture's height
    ("Key", (-1.3, 1.8, 1.2), 0.9, 58.0, (1.0, 0.93, 0.86)),
    ("Fill", (1.8, 1.6, 0.0), 1.8, 16.0, (0.8, 0.9, 1.0)),
    ("Rim", (1.2, -1.1, 0.9), 0.5, 100.0, (0.9, 0.95, 1.0)),
    ("Mouth", (0.0, 2.3, -0.25), 0.4, 14.0, (1.0, 0.95, 0.9)),
)


def set_up(scene: bpy.types.Scene, character: Staged, look: RenderSettings) -> None:
    """Light the character and look at its head and shoulders."""
    render = scene.render
    render.resolution_x, render.resolution_y, render.resolution_percentage = look.width, look.height, 100
    scene.view_settings.view_transform = "Standard"
    place = frame(character.rig)
    centre, height = Vector(to_blender(place.centre)), place.side
    _camera(scene, centre, height)
    _backdrop(scene, centre, height)
    if look.engine == "workbench":
        _workbench(scene, height, painted=bool(character.mesh.data.color_attributes))
        return
    _lamps(scene, centre, height)
    if look.engine == "cycles":
        _cycles(scene, look)
    else:
        _eevee(scene, look)


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
    depth = 1.6 - 0.5 * (across**2 + up**2)
    points = np.stack([1.6 * across, depth, 1.6 * up], axis=-1).reshape(-1, 3) * height
    corner = (np.arange(24)[:, None] * 25 + np.arange(24)).ravel()
    quads = np.stack([corner, corner + 1, corner + 26, corner + 25], axis=-1)  # (576, 4), facing the camera
    mesh = bpy.data.meshes.new("Backdrop")
    mesh.from_pydata(points.tolist(), [], quads.tolist())
    mesh.shade_smooth()
    mesh.color_attributes.new("Color", "FLOAT_COLOR", "POINT").data.foreach_set("color", (*BACKDROP, 1.0) * len(points))
    backdrop = bpy.data.objects.new("Backdrop", mesh)
    backdrop.location = centre
    scene.collection.objects.link(backdrop)
    material = bpy.data.materials.new("Backdrop")
    material.diffuse_color = (*BACKDROP, 1.0)
    material.roughness = 1.0
    material.use_nodes = True
    surface = material.node_tree.nodes["Principled BSDF"].inputs
    surface["Base Color"].default_value = (*BACKDROP, 1.0)
    surface["Roughness"].default_value = 1.0
    backdrop.data.materials.append(material)


def _workbench(scene: bpy.types.Scene, height: float, *, painted: bool) -> None:
    scene.render.engine = "BLENDER_WORKBENCH"
    scene.display.render_aa = "8"
    shading = scene.display.shading
    shading.light, shading.color_type = "STUDIO", "VERTEX" if painted else "MATERIAL"
    shading.show_specular_highlight = True
    shading.show_shadows = False
    shading.show_cavity, shading.cavity_type = True, "WORLD"  # darkens what lies deep
    shading.cavity_ridge_factor, shading.cavity_valley_factor = 0.0, 0.7
    scene.display.matcap_ssao_distance = 0.03 * height
    light_solid()


def light_solid() -> None:
    """Light what Workbench draws by the lamps set here, which are Blender's and not the scene's."""
    system = bpy.context.preferences.system
    system.use_studio_light_edit = True  # the lamps set here, in place of a studio light by name
    system.light_ambient = AMBIENT
    for lamp, (direction, colour, gloss, wrap) in zip(system.solid_lights, SOLID_LIGHTS, strict=True):
        lamp.use = True
        lamp.direction = direction
        lamp.diffuse_color = colour
        lamp.specular_color = gloss
        lamp.smooth = wrap


def _lamps(scene: bpy.types.Scene, centre: Vector, height: float) -> None:
    for name, (right, front, up), size, power, colour in LAMPS:
        lamp = bpy.data.objects.new(name, bpy.data.lights.new(name, "AREA"))
        lamp.data.size = size * height
        lamp.data.energy = power * height**2  # watts; the light that arrives does not depend on the scale
        lamp.data.color = colour
        lamp.location = centre + Vector((right, -front, up)) * height
        lamp.rotation_euler = (centre - lamp.location).to_track_quat("-Z", "Y").to_euler()
        lamp.visible_glossy = name != "Mouth"  # or the pupils would reflect it; EEVEE knows the next one alone
        lamp.data.specular_factor = float(lamp.visible_glossy)
        scene.collection.objects.link(lamp)
    scene.world = bpy.data.worlds.new("World")
    scene.world.color = (0.05, 0.05, 0.06)
    scene.world.use_nodes = True
    scene.world.node_tree.nodes["Background"].inputs["Color"].default_value = (0.05, 0.055, 0.07, 1.0)


def _eevee(scene: bpy.types.Scene, look: RenderSettings) -> None:
    scene.render.engine = "BLENDER_EEVEE" if bpy.app.version >= (5, 0, 0) else "BLENDER_EEVEE_NEXT"
    scene.eevee.taa_render_samples = look.samples


def _cycles(scene: bpy.types.Scene, look: RenderSettings) -> None:
    scene.render.engine = "CYCLES"
    scene.cycles.device = "CPU"
    scene.cycles.samples = look.samples
    scene.cycles.seed = 0
    try:
        scene.cycles.denoiser = "OPENIMAGEDENOISE"
        scene.cycles.use_denoising = True
    except TypeError:  # some distributions build Blender without it
        scene.cycles.use_denoising = False
    scene.render.use_persistent_data = True
