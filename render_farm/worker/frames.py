"""Rendering frames of a scene that lies in a .blend file."""

import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import Any

import bpy

from audio2blend.blender import BlenderError
from audio2blend.errors import InputError, MissingDependencyError
from render_farm.look import FarmLook
from rigs.worker.scene import set_frame_rate

from . import studio

STUDIO = "audio2blend_studio"
"""Custom property of a scene that `shots` built, which Workbench lights by lamps of ours."""


def render(
    *, scene: Path, look: FarmLook, frames: list[int], folder: Path, progress: Callable[[int, int], None]
) -> list[dict[str, Any]]:
    """Render frames, numbered from 0 at the scene's first, and return what each took."""
    try:
        device = _opened(scene, scene.stat().st_mtime_ns, look)
    except BaseException:
        _opened.cache_clear()  # a scene that was refused may be open, in place of the one that is remembered
        raise
    stage = bpy.context.scene
    suffix = f".{look.picture}"
    found = []
    for done, number in enumerate(frames):
        began = perf_counter()
        draft = folder / f".{number:06}.draft{suffix}"
        stage.frame_set(stage.frame_start + number)
        bpy.ops.render.render()
        _save(stage, draft)
        draft.replace(folder / f"{number:06}{suffix}")
        found.append({"frame": number, "seconds": perf_counter() - began, "memory_mb": _memory_mb(), "device": device})
        progress(done + 1, len(frames))
    return found


@lru_cache(maxsize=1)
def _opened(scene: Path, _changed_ns: int, look: FarmLook) -> str:
    """Open a scene, unless it is the one that was opened last, and return what renders it."""
    try:
        bpy.ops.wm.open_mainfile(filepath=str(scene), load_ui=False, use_scripts=False)
    except RuntimeError as error:
        raise InputError(f"{scene} cannot be opened: {str(error).strip()}; save it again with this Blender") from None
    _check(scene)
    stage = bpy.context.scene
    if stage.camera is None:
        raise InputError(f"{scene} has no camera to render through; add one and make it the scene's")
    return _set_up(stage, look)


def _save(stage: bpy.types.Scene, path: Path) -> None:
    """Write the picture that was rendered. Raises OSError if that cannot be done.

    Not by `write_still`: Blender takes braces and # in that path for templates of its own.
    """
    picture = next(image for image in bpy.data.images if image.type == "RENDER_RESULT")
    try:
        picture.save_render(str(path), scene=stage)
    except RuntimeError as error:
        with path.open("wb") as file:  # says why, by its errno
            file.write(b"\0" * 65536)
        raise BlenderError(f"{path} cannot be written: {str(error).strip()}") from None


def _check(scene: Path) -> None:
    """Raise InputError for a scene of a newer Blender, and for files that it names and that are not there."""
    saved, ours = tuple(bpy.data.version[:2]), bpy.app.version[:2]
    if saved > ours:
        numbers = ".".join(map(str, saved)), ".".join(map(str, ours))
        raise InputError(
            f"{scene} was saved by Blender {numbers[0]}, and this one is {numbers[1]}; install that or newer"
        )
    named = [
        bpy.path.abspath(block.filepath, library=block.library)
        for blocks in (bpy.data.libraries, bpy.data.images, bpy.data.cache_files)
        for block in blocks
        if block.filepath and not getattr(block, "packed_file", None) and getattr(block, "source", "FILE") == "FILE"
    ]
    if lost := sorted({path for path in named if not Path(path).exists()}):
        raise InputError(
            f"{scene} names files that are not there: {', '.join(lost)}; restore them or pack them into it"
        )


def _set_up(stage: bpy.types.Scene, look: FarmLook) -> str:
    """Set the scene as the look says, and return what renders it."""
    picture = stage.render
    picture.resolution_x, picture.resolution_y, picture.resolution_percentage = look.width, look.height, 100
    picture.use_border = picture.use_sequencer = False
    set_frame_rate(stage, look.frame_rate)
    picture.film_transparent = look.transparent
    picture.use_file_extension = False
    for name in dir(picture):
        if name.startswith("use_stamp"):  # dates and times: the same frame has the same bytes
            setattr(picture, name, False)
    kept = picture.image_settings
    if hasattr(kept, "media_type"):  # from Blender 5.0 on
        kept.media_type = "IMAGE"
    kept.file_format = "PNG" if look.picture == "png" else "OPEN_EXR"
    kept.color_mode = "RGBA" if look.transparent else "RGB"
    kept.color_depth = "8" if look.picture == "png" else "16"
    if look.view_transform:
        try:
            stage.view_settings.view_transform = look.view_transform
        except TypeError:
            raise InputError(
                f"[look] view_transform {look.view_transform!r} is unknown to this Blender; try AgX or Standard"
            ) from None
    if look.exposure is not None:
        stage.view_settings.exposure = look.exposure
    if look.motion_blur is not None:
        picture.use_motion_blur = look.motion_blur
    picture.use_persistent_data = look.persistent_data
    if look.engine == "workbench":
        picture.engine = "BLENDER_WORKBENCH"
        if STUDIO in stage:
            studio.light_solid()
        return "WORKBENCH"
    if look.engine == "eevee":
        picture.engine = "BLENDER_EEVEE" if bpy.app.version >= (5, 0, 0) else "BLENDER_EEVEE_NEXT"
        stage.eevee.taa_render_samples = look.samples
        return "EEVEE"
    picture.engine = "CYCLES"
    return _cycles(stage, look)


def _cycles(stage: bpy.types.Scene, look: FarmLook) -> str:
    stage.cycles.samples, stage.cycles.seed = look.samples, look.seed
    stage.cycles.use_denoising = look.denoise
    if look.denoise:
        try:
            stage.cycles.denoiser = "OPENIMAGEDENOISE"
        except TypeError:
            raise MissingDependencyError("this Blender has no denoiser; set denoise = false in [look]") from None
    settings = bpy.context.preferences.addons["cycles"].preferences
    if look.device == "cpu":
        stage.cycles.device = "CPU"
        return "CPU"
    wanted = look.device.upper()
    try:
        settings.compute_device_type = wanted
    except TypeError:
        raise MissingDependencyError(f"this Blender knows no {wanted}; set another device in [look]") from None
    settings.get_devices()
    found = [device for device in settings.devices if device.type == wanted]
    if not found:
        raise MissingDependencyError(f"{wanted} was asked for and no such GPU was found; set device = 'cpu' in [look]")
    for device in settings.devices:
        device.use = device.type == wanted
    stage.cycles.device = "GPU"
    return f"{wanted}: {', '.join(device.name for device in found)}"


def _memory_mb() -> float:
    """Return the most memory that this process had; 0 on Windows, where Python does not say."""
    if sys.platform == "win32":
        return 0.0
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)
