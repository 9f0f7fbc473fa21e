"""The Blender extension: the tab *Lip Sync* in the 3D view's sidebar and in the sequencer's."""

import bpy

from . import panels
from .client import modal, reports, self_test, service
from .operators import (
    animate,
    animate_all,
    bake,
    batch,
    captions,
    command,
    control_rig,
    edits,
    export,
    farm,
    following,
    head,
    lines,
    make_shapes,
    maps,
    mouth_shapes,
    playback,
    quality,
    refine,
    render,
    speech,
    takes,
    unlink,
    words,
)
from .panels import translations
from .scene import consent
from .scene.gltf_export import glTF2ExportUserExtension
from .state import files, properties
from .state import mouth_shapes as mouth_shape_settings

__all__ = ["glTF2ExportUserExtension", "register", "unregister"]

_MODULES = (
    mouth_shape_settings,
    properties,
    reports,
    service,
    consent,
    modal,
    speech,
    head,
    maps,
    animate,
    animate_all,
    takes,
    edits,
    refine,
    words,
    captions,
    mouth_shapes,
    following,
    unlink,
    bake,
    playback,
    make_shapes,
    files,
    export,
    render,
    farm,
    quality,
    lines,
    batch,
    control_rig,
    panels,
    self_test,
    command,
    translations,
)
"""The modules that have something to register, in this order; what is drawn comes after what it draws."""


def register() -> None:
    """Make the extension's classes, properties and handlers known to Blender."""
    for module in _MODULES:
        for cls in getattr(module, "CLASSES", ()):
            bpy.utils.register_class(cls)
        if hasattr(module, "register"):
            module.register()


def unregister() -> None:
    """Undo `register` in reverse."""
    for module in reversed(_MODULES):
        if hasattr(module, "unregister"):
            module.unregister()
        for cls in reversed(getattr(module, "CLASSES", ())):
            bpy.utils.unregister_class(cls)
