"""What a user sets once: what computes, where results are kept, and at which rates files are made."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

RATES: Final = (
    ("SCENE", "Scene", "The frame rate of the scene"),
    ("24", "24 fps", "24 frames a second"),
    ("25", "25 fps", "25 frames a second"),
    ("30000/1001", "29.97 fps", "30000/1001 frames a second"),
    ("30", "30 fps", "30 frames a second"),
    ("60", "60 fps", "60 frames a second, at which the network works"),
)


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the operators read; as it stands here where nobody has set anything."""

    device: str = "auto"
    """What runs the network: auto, cpu or cuda."""
    threads: int = 0
    """How many processor threads; 0 is as many as there are cores."""
    weights: str = ""
    """A network to use in place of the shipped ones; empty for those."""
    cache: str = ""
    """A folder for takes; empty for the extension's own."""
    export_rate: str = "60"
    """Frames a second of exported files as a fraction, or "SCENE"."""
    preview_rate: str = "SCENE"
    """Frames a second of rendered previews as a fraction, or "SCENE"."""


_DEFAULTS: Final = Preferences()


class A2B_AP_preferences(bpy.types.AddonPreferences):
    """The extension's page in Blender's preferences"""

    bl_idname = __package__

    device: EnumProperty(
        name="Device",
        description="What runs the network",
        items=[
            ("auto", "Automatic", "A graphics card where there is one that works, else the processor"),
            ("cpu", "Processor", "The processor"),
            ("cuda", "NVIDIA GPU", "A graphics card by NVIDIA; without one, nothing is animated"),
        ],
        default=_DEFAULTS.device,
    )
    threads: IntProperty(
        name="Threads",
        description="How many processor threads the network may use; 0 is as many as there are cores",
        default=_DEFAULTS.threads,
        min=0,
        max=256,
    )
    weights: StringProperty(
        name="Network",
        description="A network of your own to use in place of the one that comes with the extension; empty for that",
        subtype="FILE_PATH",
        default=_DEFAULTS.weights,
    )
    cache: StringProperty(
        name="Takes Folder",
        description="Where results are kept, to be changed by the sliders later; empty for the extension's own folder",
        subtype="DIR_PATH",
        default=_DEFAULTS.cache,
    )
    export_rate: EnumProperty(
        name="Export Rate",
        description="Frames a second of exported files",
        items=RATES,
        default=_DEFAULTS.export_rate,
    )
    preview_rate: EnumProperty(
        name="Preview Rate",
        description="Frames a second of rendered previews",
        items=RATES,
        default=_DEFAULTS.preview_rate,
    )

    def draw(self, context: Any) -> None:
        """Draw the page."""
        from . import self_test  # which reads these preferences

        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        column = layout.column()
        column.prop(self, "device")
        column.prop(self, "threads")
        column.prop(self, "weights")
        layout.prop(self, "cache")
        column = layout.column()
        column.prop(self, "export_rate")
        column.prop(self, "preview_rate")
        self_test.draw(layout, context)


def get(context: Any) -> Preferences:
    """Return the user's preferences, or the defaults where the package runs without being installed."""
    entry = context.preferences.addons.get(__package__)
    preferences: Preferences | None = entry.preferences if entry else None
    return preferences or _DEFAULTS


def takes_folder(context: Any) -> Path:
    """Return the folder in which results are kept; it is made where it is missing.

    It is the one the user chose, else the extension's own, which Blender removes with the extension. Where the package
    runs without being installed, it is a folder that ends with the session. Raises OSError if it cannot be made.
    """
    if chosen := get(context).cache:
        folder = Path(bpy.path.abspath(chosen))
    else:
        try:
            folder = Path(bpy.utils.extension_path_user(__package__, path="takes"))
        except ValueError:  # not installed as an extension
            folder = Path(bpy.app.tempdir) / "audio2blend" / "takes"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


CLASSES = (A2B_AP_preferences,)
