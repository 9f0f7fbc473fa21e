"""Handing the open scene to the farm: a folder with all that a job needs, and the job begun where that can be done."""

import json
import os
import shutil
import subprocess
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import bpy
from bpy.props import StringProperty

from audio2blend.errors import InputError

from ..client import modal
from ..client.reports import allows, guarded
from ..scene.motion import scene_rate
from ..state import files

_ENGINES: Final = {
    "BLENDER_WORKBENCH": "workbench",
    "BLENDER_EEVEE": "eevee",
    "BLENDER_EEVEE_NEXT": "eevee",
    "CYCLES": "cycles",
}
PROGRAM: Final = "audio2blend"


def why_not_farm(context: Any) -> str:
    """Return why the scene cannot be handed over; "" when it can."""
    if context.scene.camera is None:
        return "The scene has no camera to render through"
    if context.scene.render.engine not in _ENGINES:
        return "The farm renders with Cycles, EEVEE or Workbench"
    return modal.why_not(context)


class A2B_OT_farm(bpy.types.Operator):
    """Save a copy of the scene with its sound as a job, and have the farm render it as it is, from its first frame to its last"""  # noqa: E501

    bl_idname, bl_label = "audio2blend.farm", "Render on Farm"

    directory: StringProperty(
        name="Folder",
        description="The folder of the job; if empty, one in the scene's folder, named like the scene",
        subtype="DIR_PATH",
        options={"SKIP_SAVE"},
    )

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_farm(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Write the job, and begin it where the program is installed."""
        scene = context.scene
        folder = Path(bpy.path.abspath(self.directory)) if self.directory else _own_folder(scene)
        job = write_job(scene, folder)
        program = shutil.which(PROGRAM)
        if program is None:
            self.report({"INFO"}, f"Written: {job}; render it with {PROGRAM} farm submit")
            return {"FINISHED"}
        _submit(program, job)
        self.report({"INFO"}, f"{job.parent.name} is being rendered; watch it with {PROGRAM} farm status")
        return {"FINISHED"}


def write_job(scene: Any, folder: Path) -> Path:
    """Write a copy of the scene, its sound and the job into a folder, and return the job's file.

    Raises InputError if that cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _mix(scene, folder / "sound.wav")
        bpy.ops.wm.save_as_mainfile(filepath=str(folder / "scene.blend"), copy=True, relative_remap=True)
        job = folder / "job.toml"
        job.write_text(described(scene), "utf-8")
    except (OSError, RuntimeError) as error:  # the latter from Blender and libsndfile
        why = error.strerror if isinstance(error, OSError) else str(error).strip()
        raise InputError(f"{folder}: the job cannot be written: {why}; choose another folder") from None
    return job


def described(scene: Any) -> str:
    """Return the text of a job that renders a scene as it is."""
    picture = scene.render
    scale = picture.resolution_percentage / 100
    engine = _ENGINES[picture.engine]
    look: dict[str, Any] = {
        "engine": engine,
        "width": round(picture.resolution_x * scale),
        "height": round(picture.resolution_y * scale),
        "frame_rate": str(scene_rate(scene)),
        "transparent": bool(picture.film_transparent),
    }
    if engine == "cycles":
        look |= {"samples": scene.cycles.samples, "denoise": bool(scene.cycles.use_denoising), "device": _device(scene)}
        look["seed"] = scene.cycles.seed
    elif engine == "eevee":
        look["samples"] = scene.eevee.taa_render_samples
    return "\n".join(
        [
            f"# {float(_length_s(scene)):.2f} s; docs/farm.md says what can be set",
            "[[characters]]",
            'name = "scene"',
            'scene = "scene.blend"',
            "animated = true",
            "",
            "[[lines]]",
            'name = "shot"',
            'sound = "sound.wav"',
            "",
            "[look]",
            *(f"{name} = {json.dumps(value)}" for name, value in look.items()),
            "",
        ]
    )


def _length_s(scene: Any) -> Fraction:
    return Fraction(scene.frame_end - scene.frame_start + 1) / scene_rate(scene)


def _mix(scene: Any, path: Path) -> None:
    """Write what is heard from the first frame to the end of the last: Blender writes whole blocks, so some more."""
    import soundfile

    bpy.ops.sound.mixdown(filepath=str(path), container="WAV", codec="PCM", format="S24")
    samples, rate_hz = soundfile.read(path, always_2d=True)
    soundfile.write(path, samples[: round(_length_s(scene) * rate_hz)], rate_hz, subtype="PCM_24")


def _device(scene: Any) -> str:
    """Return the device of Cycles by the farm's name for it."""
    entry = bpy.context.preferences.addons.get("cycles")
    kind = entry.preferences.compute_device_type if entry is not None else "NONE"
    return "cpu" if scene.cycles.device == "CPU" or kind == "NONE" else str(kind).lower()


def _own_folder(scene: Any) -> Path:
    return files.folder(scene.audio2blend_files.folder) / f"{files.safe(scene.name)} farm"


def _submit(program: str, job: Path) -> None:
    """Begin a job in a process that outlives Blender; what it says lies beside the job."""
    with (job.parent / "farm.log").open("ab") as log:
        subprocess.Popen(
            [program, "farm", "submit", str(job)],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=job.parent,
            env={name: value for name, value in os.environ.items() if not name.startswith("PYTHON")},
            start_new_session=True,
        )


CLASSES = (A2B_OT_farm,)
