"""The Blender extension: the tab *Lip Sync* in the 3D view's sidebar and in the sequencer's."""

from importlib import import_module
from types import ModuleType

import bpy

_NAMES = (
    "properties",
    "preferences",
    "service",
    "modal",
    "speech",
    "head",
    "character",
    "maps",
    "animate",
    "takes",
    "refine",
    "playback",
    "make_shapes",
    "files",
    "export",
    "render",
    "quality",
    "lines",
    "batch",
    "control_rig",
    "panels",
    "self_test",
    "command",
    "translations",
)
"""The modules that have something to register, in this order; what is drawn comes after what it draws."""


def _modules() -> list[ModuleType]:
    return [import_module(f".{name}", __name__) for name in _NAMES]


def register() -> None:
    """Make the extension's classes, properties and handlers known to Blender."""
    for module in _modules():
        for cls in getattr(module, "CLASSES", ()):
            bpy.utils.register_class(cls)
        if hasattr(module, "register"):
            module.register()


def unregister() -> None:
    """Undo `register` in reverse."""
    for module in reversed(_modules()):
        if hasattr(module, "unregister"):
            module.unregister()
        for cls in reversed(getattr(module, "CLASSES", ())):
            bpy.utils.unregister_class(cls)
