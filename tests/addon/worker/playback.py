"""Runs in Blender: what a user sees of a take once it is made."""

from pathlib import Path
from typing import Any

import bpy

from rigs import Rig
from tests.support.worker.scenes import extension, put, refusal, shown, speaker


def spoken(*, rig: Rig, sound: Path, frames: list[int], progress: Any) -> dict[str, Any]:
    """Return for a playhead in each of these frames where it is to go after a take from frame 101 on.

    "jaw" is how far the jaw is open there, of how far it ever gets, "blink" how far an eye is shut; "silent" is
    where it goes in a take without phones.
    """
    with extension():
        from addon.operators import playback
        from addon.scene import speaking_frame

        face = put(rig)
        who = speaker(face)
        who.start_frame = 101
        bpy.ops.audio2blend.animate(sound=str(sound))
        scene, take = bpy.context.scene, who.takes[0]
        found: dict[str, Any] = {"to": []}
        for frame in frames:
            scene.frame_set(frame)
            found["to"].append(speaking_frame.speaking_frame(scene, take))
        first, last = playback.range_of(scene, take)
        jaw = shown(face, ["jawOpen"], range(first, last + 1))[:, 0]
        found["jaw"] = float(jaw[found["to"][0] - first] / jaw.max())
        found["blink"] = float(shown(face, ["eyeBlinkLeft"], [found["to"][0]]).max())
        found["range"] = first, last
        take.phones.clear()
        scene.frame_set(7)
        found["silent"] = speaking_frame.speaking_frame(scene, take)
        return found


def fitted(*, rig: Rig, sound: Path, progress: Any) -> dict[str, Any]:
    """Return from where to where a scene goes: too short for two takes, fitted to them, and asked once more."""
    with extension():
        scene = bpy.context.scene
        scene.frame_start, scene.frame_end = 120, 140
        who = speaker(put(rig))
        for start in (-20, 101):
            bpy.ops.audio2blend.animate(sound=str(sound), start_frame=start)
        found = {"takes": [round(take.duration_s * 24) + take.start_frame - 1 for take in who.takes]}
        bpy.ops.audio2blend.fit_scene()
        found["fitted"] = [scene.frame_start, scene.frame_end]
        found["again"] = refusal(bpy.ops.audio2blend.fit_scene)
        scene.frame_end = 1000
        found["longer"] = refusal(bpy.ops.audio2blend.fit_scene)
        return found
