"""Runs in Blender: what the extension measures of takes."""

from pathlib import Path
from typing import Any

import bpy

from rigs import Rig
from tests.support.worker.scenes import curves_of_shapes, extension, put, speaker


def measured(*, rig: Rig, sound: Path, text: str, progress: Any) -> list[dict[str, Any]]:
    """Return what is measured of a take as it was made, and of one whose jaw is held open by hand."""
    with extension():
        who = speaker(put(rig))
        who.text = text
        bpy.ops.audio2blend.animate(sound=str(sound))
        out = [_measure()]
        curves = curves_of_shapes(who.takes[0].action)
        for name, value in (("jawOpen", 0.6), ("mouthClose", 0.0)):
            for point in curves[name].keyframe_points:
                point.co.y = value
            curves[name].update()
        out.append(_measure())
        return out


def _measure() -> dict[str, Any]:
    bpy.ops.audio2blend.quality()
    found = bpy.context.window_manager.audio2blend_quality
    return {
        "take": found.take,
        "verdicts": {measure.label: measure.verdict for measure in found.measures},
        "open": [(place.at_s, place.label) for place in found.still_open],
    }


def forgotten(*, rig: Rig, sound: Path, progress: Any) -> list[str]:
    """Return which take is said to have been measured: after it was, and after a dial of it was moved."""
    with extension():
        who = speaker(put(rig))
        bpy.ops.audio2blend.animate(sound=str(sound))
        measured = [_measure()["take"]]
        who.takes[0].jaw = 0.5
        return [*measured, bpy.context.window_manager.audio2blend_quality.take]
