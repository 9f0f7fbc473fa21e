"""The tab *Lip Sync* in the window of a BlenderWindow: shown, searched for buttons with the mouse, pressed."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from blender_window import BlenderWindow

TAB: Final = "Lip Sync"
STEP: Final = 14
"""Pixels between two looks at what is under the mouse; a row of buttons is 20 high."""
HOVER_S: Final = 0.12
"""How long Blender may take to light up what is under the mouse."""

_REGION: Final = """
window = bpy.context.window_manager.windows[0]
area = next(area for area in window.screen.areas if area.type == "{editor}")
region = next(region for region in area.regions if region.type == "UI")
"""
_UNDER_MOUSE: Final = """
manager = bpy.context.window_manager
manager.clipboard = ""
with bpy.context.temp_override(window=window, area=area, region=region):
    for tell in (bpy.ops.ui.copy_python_command_button, bpy.ops.ui.copy_data_path_button):
        if tell.poll() and tell() == {"FINISHED"}:
            break
answer = manager.clipboard
"""


@dataclass(frozen=True, slots=True)
class Sidebar:
    """The sidebar of an editor that the window shows."""

    window: BlenderWindow
    editor: str = "VIEW_3D"

    def show(self) -> None:
        """Open the sidebar and bring the tab to the front."""
        region = _REGION.format(editor=self.editor)
        self.window.do(region + "area.spaces.active.show_region_ui = True")
        self.window.redraw()  # a sidebar that was never drawn has no tabs yet
        self.window.do(region + f"region.active_panel_category = {TAB!r}")
        self.window.redraw()

    def area(self) -> tuple[int, int, int, int]:
        """Return left, top, width and height of the sidebar in pixels of the screen."""
        region = _REGION.format(editor=self.editor)
        left, bottom, width, height, whole = self.window.do(
            region + "answer = [region.x, region.y, region.width, region.height, window.height]"
        )
        return left, whole - bottom - height, width, height

    def find(self, name: str) -> tuple[int, int] | None:
        """Return a pixel on the button of an operator, or on a property's, or None if it is not on the screen.

        `name` is as in Python: "audio2blend.animate", or the end of a property's path such as "strength".
        """
        left, top, width, height = self.area()
        for x in (left + width // 2, left + width - 45):  # most buttons are wide, some small ones stand at the right
            for y in range(top + STEP, top + height, STEP):
                self.window.point(x, y)
                time.sleep(HOVER_S)
                under = self.window.do(_REGION.format(editor=self.editor) + _UNDER_MOUSE)
                if under.startswith(f"bpy.ops.{name}(") or under.endswith(name):
                    return x, y
        return None

    def press(self, name: str) -> None:
        """Click on the button of an operator. Raises LookupError if it is not on the screen."""
        place = self.find(name)
        if place is None:
            raise LookupError(f"{self.editor} shows no button for {name}")
        self.window.click(*place)

    def picture(self, path: Path) -> None:
        """Write a PNG of the sidebar."""
        self.window.point(self.window.size[0] // 4, self.window.size[1] // 2)  # where nothing lights up
        self.window.picture(path, area=self.area())
