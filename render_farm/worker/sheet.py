"""Many small pictures of a character, with captions, put together as one."""

from collections.abc import Callable
from pathlib import Path

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray

from render_farm.settings import RenderSettings
from rigs import Rig
from rigs.worker import scene as stage
from rigs.worker.scene import COLORS

from . import studio

STRIP = 0.11
"""Height of the strip under a picture that holds its caption, in heights of both together."""
LETTERS = 0.055
"""Height of the letters, and"""
WIDTH = 0.94
"""how wide a caption may be, in the same; a longer one gets smaller letters."""
BACK, FRONT = (0.01, 0.015, 0.02), (0.9, 0.9, 0.9)


def draw(
    *,
    rig: Rig,
    weights: NDArray[np.float32],
    captions: list[str],
    columns: int,
    look: RenderSettings,
    folder: Path,
    path: Path,
    progress: Callable[[int, int], None],
) -> None:
    """Write a PNG file with a picture for each row of `weights`, shape (n_pictures, n_shapes)."""
    scene = bpy.context.scene
    character = stage.build(scene, rig)
    studio.set_up(scene, character, look)
    scene.render.image_settings.file_format = "BMP"
    scene.render.filepath = str(folder / "tile.bmp")
    text = _caption(scene)
    rows = -(-len(captions) // columns)
    sheet = np.zeros((rows * look.height, columns * look.width, 4), np.float32)
    sheet[:] = (*BACK, 1.0)
    for index, (row, caption) in enumerate(zip(weights, captions, strict=True)):
        stage.pose(character, row)
        _write(text, caption)
        bpy.ops.render.render(write_still=True)
        low, left = (rows - 1 - index // columns) * look.height, index % columns * look.width  # images start below
        sheet[low : low + look.height, left : left + look.width] = _pixels(scene.render.filepath)
        progress(index + 1, len(captions))
    image = bpy.data.images.new("Sheet", sheet.shape[1], sheet.shape[0])
    image.pixels.foreach_set(sheet.ravel())
    image.filepath_raw, image.file_format = str(path), "PNG"
    image.save()


def _caption(scene: bpy.types.Scene) -> bpy.types.Object:
    """Hang a strip and a text on it close before the camera, where nothing hides them; return the text.

    The camera sees more, below: what it was to show stays in the picture, above the strip.
    """
    camera = scene.camera
    camera.data.lens *= 1 - STRIP
    camera.data.shift_y = -STRIP / 2
    distance = 10 * camera.data.clip_start
    height = distance * camera.data.sensor_width / camera.data.lens  # of what is seen there
    text = bpy.data.objects.new("Caption", bpy.data.curves.new("Caption", "FONT"))
    text.data.align_x, text.data.align_y = "CENTER", "CENTER"
    corners = [(x, y, 0.0) for x, y in ((-1, -STRIP), (1, -STRIP), (1, STRIP), (-1, STRIP))]
    plane = bpy.data.meshes.new("Strip")
    plane.from_pydata([Vector(corner) / 2 for corner in corners], [], [(0, 1, 2, 3)])
    paint = plane.color_attributes.new(COLORS, "FLOAT_COLOR", "POINT")  # or it is white beside a painted head
    paint.data.foreach_set("color", (*BACK, 1.0) * len(corners))
    strip = bpy.data.objects.new("Strip", plane)
    for thing, colour, depth in ((text, FRONT, 1.0), (strip, BACK, 1.001)):
        material = bpy.data.materials.new(thing.name)
        material.diffuse_color, material.roughness = (*colour, 1.0), 1.0
        thing.data.materials.append(material)
        thing.parent = camera
        thing.location = (0.0, ((STRIP - 1) / 2 + camera.data.shift_y) * height, -depth * distance)
        thing.scale = (height,) * 3
        scene.collection.objects.link(thing)
    return text


def _write(text: bpy.types.Object, caption: str) -> None:
    text.data.body = caption
    text.data.size = LETTERS
    bpy.context.view_layer.update()
    height = text.scale[0]
    width = text.dimensions.x / height
    text.data.size *= min(1.0, WIDTH / width) if width else 1.0


def _pixels(path: str) -> NDArray[np.float32]:
    """Return the picture in a file, shape (height, width, 4), its lowest row first."""
    image = bpy.data.images.load(path)
    pixels = np.empty((image.size[1], image.size[0], 4), np.float32)
    image.pixels.foreach_get(pixels.ravel())
    bpy.data.images.remove(image)
    return pixels
