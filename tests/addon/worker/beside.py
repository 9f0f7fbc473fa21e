"""Runs in Blender: what the extension does beside a user who goes on, without the window that he would do it in."""

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import bpy

from tests.support.worker.scenes import extension


def in_scene(*, progress: Any) -> dict[str, Any]:
    """Return which scene is at hand in work that was begun in "First" while the window shows "Second"."""
    with extension():
        from addon.client import modal

        first, second = bpy.context.scene, bpy.data.scenes.new("Second")
        first.name = "First"
        first.view_layers[0].name = "Layer"
        bpy.context.window_manager.windows[0].scene = second

        def at_hand() -> tuple[str, str]:
            return bpy.context.scene.name, bpy.context.evaluated_depsgraph_get().scene.name

        found = {"shown": at_hand()}
        with modal.in_scene(bpy.context, "First", "Layer"):
            found["begun"] = at_hand()
        bpy.data.scenes.remove(first)
        with modal.in_scene(bpy.context, "First", "Layer"):
            found["gone"] = at_hand()
        return found


def looked_at_again(*, sound: Path, progress: Any) -> list[str]:
    """Return what is known of a sound after the child process died over it, and after it was chosen again."""
    with extension():
        from addon.client import waveform
        from addon.client.service import Service
        from addon.state import preferences

        app = SimpleNamespace(background=False, timers=bpy.app.timers)
        waveform.bpy = SimpleNamespace(app=app, context=bpy.context)  # as in a window
        try:
            found = []
            for dies in (True, False):
                waveform.ask(sound)
                if dies:
                    Service.get(preferences.get(bpy.context))._process._process.kill()
                while waveform._collect() is not None:
                    time.sleep(0.01)
                known = waveform.known(sound)
                assert known is not None
                found.append(known.error.partition(" (")[0])
            return found
        finally:
            waveform.bpy = bpy
