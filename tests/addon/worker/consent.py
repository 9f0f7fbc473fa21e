"""Runs in Blender: a scene in a project that requires consent."""

from datetime import date
from pathlib import Path
from typing import Any

import bpy

from audio2blend.provenance.consent import Register, Terms
from rigs import Rig
from tests.support.worker.scenes import extension, put, refusal, speaker


def agree(folder: Path, name: str) -> str:
    """Record that somebody agrees to everything, and return the record's id."""
    terms = Terms(purposes=("any",), since=date(2026, 1, 1), evidence="0" * 64)
    with Register.open(folder / "consent.sqlite", create=True) as register:
        return register.add(name, terms).id


def asked(*, rig: Rig, sound: Path, folder: Path, progress: Any) -> dict[str, Any]:
    """Return what is refused before somebody agrees, and which files are logged after."""
    with extension():
        someone = speaker(put(rig))
        someone.sound = str(sound)
        bpy.ops.wm.save_as_mainfile(filepath=str(folder / "shot.blend"))
        someone = bpy.context.scene.audio2blend.speakers[0]
        someone.voice = "anna"
        settings = bpy.context.scene.audio2blend_files
        settings.folder, settings.batch_formats, settings.batch_takes = str(folder), {"csv"}, True
        out: dict[str, Any] = {"animate": refusal(bpy.ops.audio2blend.animate)}
        record = agree(folder, "anna")
        out["agreed"] = refusal(bpy.ops.audio2blend.animate)
        bpy.ops.audio2blend.export(filepath=str(folder / "line.csv"))
        someone = bpy.context.scene.audio2blend.speakers[0]
        someone.voice = "bob"
        out["export"] = refusal(bpy.ops.audio2blend.export, filepath=str(folder / "bob.csv"))
        out["preview"] = refusal(bpy.ops.audio2blend.preview, filepath=str(folder / "bob.mp4"))
        bpy.ops.audio2blend.batch(filepath=str(folder), characters=someone.character.name)
        out["batch"] = bpy.context.window_manager.audio2blend.report
        with Register.open(folder / "consent.sqlite") as register:
            out["used"] = register.used(record)
        return out
