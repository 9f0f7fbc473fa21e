"""The extension's page in Blender's preferences."""

from typing import Any, Final

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ..client import self_test
from ..state.preferences import DEFAULTS, PACKAGE

RATES: Final = (
    ("SCENE", "Scene", "The frame rate of the scene"),
    ("24", "24 fps", "24 frames a second"),
    ("25", "25 fps", "25 frames a second"),
    ("30000/1001", "29.97 fps", "30000/1001 frames a second"),
    ("30", "30 fps", "30 frames a second"),
    ("60", "60 fps", "60 frames a second, at which the network works"),
)


class A2B_AP_preferences(bpy.types.AddonPreferences):
    """The extension's page in Blender's preferences"""

    bl_idname = PACKAGE

    device: EnumProperty(
        name="Device",
        description="What runs the network",
        items=[
            ("auto", "Automatic", "A graphics card where there is one that works, else the processor"),
            ("cpu", "Processor", "The processor"),
            ("cuda", "NVIDIA GPU", "A graphics card by NVIDIA; without one, nothing is animated"),
        ],
        default=DEFAULTS.device,
    )
    threads: IntProperty(
        name="Threads",
        description="How many processor threads the network may use; 0 is as many as there are cores",
        default=DEFAULTS.threads,
        min=0,
        max=256,
    )
    weights: StringProperty(
        name="Network",
        description="A network of your own to use in place of the one that comes with the extension; empty for that",
        subtype="FILE_PATH",
        default=DEFAULTS.weights,
    )
    cache: StringProperty(
        name="Takes Folder",
        description="Where results are kept, to be changed by the sliders later; empty for the extension's own folder",
        subtype="DIR_PATH",
        default=DEFAULTS.cache,
    )
    export_rate: EnumProperty(
        name="Export Rate",
        description="Frames a second of exported files",
        items=RATES,
        default=DEFAULTS.export_rate,
    )
    preview_rate: EnumProperty(
        name="Preview Rate",
        description="Frames a second of rendered previews",
        items=RATES,
        default=DEFAULTS.preview_rate,
    )

    def draw(self, context: Any) -> None:
        """Draw the page."""
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


CLASSES = (A2B_AP_preferences,)
