"""The extension's page in Blender's preferences."""

from typing import Any, Final

import bpy
from bpy.props import EnumProperty, IntProperty, StringProperty

from ..client import self_test
from ..state.preferences import DEFAULTS, PACKAGE

RATES: Final = (
    ("SCENE", "Scene", "The frame rate of the scene"),
    ("24", "24 fps", "24 frames per second"),
    ("25", "25 fps", "25 frames per second"),
    ("30000/1001", "29.97 fps", "30000/1001 frames per second"),
    ("30", "30 fps", "30 frames per second"),
    ("60", "60 fps", "60 frames per second, the rate of the network"),
)


class A2B_AP_preferences(bpy.types.AddonPreferences):
    """The extension's page in Blender's preferences"""

    bl_idname = PACKAGE

    device: EnumProperty(
        name="Device",
        description="Device that runs the network",
        items=[
            ("auto", "Automatic", "A GPU if one works, else the processor"),
            ("cpu", "Processor", "The processor"),
            ("cuda", "NVIDIA GPU", "An NVIDIA GPU; it is an error if there is none"),
        ],
        default=DEFAULTS.device,
    )
    threads: IntProperty(
        name="Threads",
        description="Number of CPU threads for the network; 0 uses all cores",
        default=DEFAULTS.threads,
        min=0,
        max=256,
    )
    weights: StringProperty(
        name="Network",
        description="A custom network (.onnx) to use instead of the bundled one; leave empty for the bundled one",
        subtype="FILE_PATH",
        default=DEFAULTS.weights,
    )
    cache: StringProperty(
        name="Takes Folder",
        description="Where takes are stored for later changes; leave empty for the extension's own folder",
        subtype="DIR_PATH",
        default=DEFAULTS.cache,
    )
    export_rate: EnumProperty(
        name="Export Rate",
        description="Frames per second of exported files",
        items=RATES,
        default=DEFAULTS.export_rate,
    )
    preview_rate: EnumProperty(
        name="Preview Rate",
        description="Frames per second of rendered previews",
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
