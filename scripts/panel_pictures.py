"""Draw docs/blender/*.png: the panels of the extension in a real Blender, with the built-in head.

Run from the root of the repository: `.venv/bin/python scripts/panel_pictures.py [NAME …]`. Wants the window of
blender_window.py; takes some minutes.
"""

import shutil
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import build_extension
import numpy as np
from blender_window import BlenderWindow
from PIL import Image
from sidebar import Sidebar

ROOT: Final = Path(__file__).resolve().parents[1]
PICTURES: Final = ROOT / "docs" / "blender"
SIZE: Final = (1440, 900)
AWAY: Final = (300, 700)
"""Where the mouse lights up nothing."""
EDGE, TABS = 14, 22
"""Pixels at the rim of the sidebar that are no panel, and at its right with the names of the tabs."""
FACE: Final = 35
"""The frame that is shown: an open vowel."""

SAID: Final = "said.blend"

PANELS: Final = {
    "speech": ("Speech", "Text"),
    "character": ("Character", "Parts"),
    "animate": ("Animate", "Motion", "Keys"),
    "refine": ("Refine", "Dials", "Phones"),
    "words": ("Refine", "Words"),
    "mouth-shapes": ("Refine", "MouthShapes"),
    "quality": ("Refine", "Quality"),
    "controls": ("Controls",),
    "export": ("Export",),
    "render": ("Render",),
    "batch": ("Batch",),
}
"""Which panels a picture shows, all of them open."""

FIRST: Final = {
    "mouth-shapes": """
settings = bpy.context.scene.audio2blend.speakers[0].mouth_shapes
for shape in "ABCDEFGHX":
    bpy.data.actions.new(shape)
settings.kind, settings.target, settings.blend = "ACTION", bpy.context.scene.audio2blend.speakers[0].character, 2
""",
    "words": """
take = bpy.context.scene.audio2blend.speakers[0].takes[-1]
take.active_word = 8
take.words[8].text = "muffin"
bpy.ops.audio2blend.captions_add()
""",
    "quality": "bpy.ops.audio2blend.quality()",
    "controls": "bpy.ops.audio2blend.controls_connect()",
}
"""What is pressed in a panel before its picture is taken."""

PREPARE: Final = """
bpy.ops.extensions.package_install_files(filepath={zip!r}, repo="user_default", enable_on_install=True)
bpy.context.preferences.system.use_region_overlap = False
bpy.context.preferences.view.show_developer_ui = False
for thing in list(bpy.data.objects):
    bpy.data.objects.remove(thing)
window = bpy.context.window_manager.windows[0]
area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
with bpy.context.temp_override(window=window, area=area):
    bpy.ops.audio2blend.add_head()
space = area.spaces.active
space.shading.color_type = "MATERIAL"
space.overlay.show_floor = space.overlay.show_axis_x = space.overlay.show_axis_y = False
space.overlay.show_relationship_lines = space.overlay.show_extras = space.overlay.show_outline_selected = False
space.overlay.show_bones = space.overlay.show_cursor = False
view = space.region_3d
view.view_perspective, view.view_distance, view.view_location = "PERSP", 0.62, (0.02, 0, -0.05)
view.view_rotation = __import__("mathutils").Euler((1.5, 0, 0.35)).to_quaternion()
bpy.context.scene.frame_end = 114
speaker = bpy.context.scene.audio2blend.speakers[0]
speaker.name = "Robin"
speaker.sound = "//hello.wav"
speaker.text = "Hello! Bob and Mary have five big maple muffins, and you may pick one."
speaker.language = "en-US"
bpy.ops.wm.save_as_mainfile(filepath={said!r})
bpy.ops.audio2blend.animate()
bpy.ops.audio2blend.animate(strength=1.2, keys="REDUCED")
bpy.context.scene.frame_set({frame})
settings = bpy.context.scene.audio2blend_files
settings.folder, settings.formats = "//export", {{"usdc", "glb", "csv"}}
bpy.ops.audio2blend.export()
for name in ("hello", "promise", "farewell"):
    line = bpy.context.scene.audio2blend.lines.add()
    line.sound, line.character = f"//lines/{{name}}.wav", speaker.character
    line.status = "done" if name != "farewell" else "waiting"
bpy.context.scene.audio2blend.active_line = -1
bpy.ops.wm.save_mainfile()
"""
ONLY: Final = """
from bl_ext.user_default.audio2blend import panels
names = ["A2B_PT_" + name.lower() for name in {wanted!r}]
kinds = [kind for kind in panels.CLASSES if getattr(kind, "bl_space_type", "") == "VIEW_3D"]
for kind in reversed(kinds):
    if kind.is_registered:
        bpy.utils.unregister_class(kind)
for kind in kinds:
    if kind.__name__ in names:
        kind.bl_options = set()
        bpy.utils.register_class(kind)
"""
PREFERENCES: Final = """
import addon_utils
window = bpy.context.window_manager.windows[0]
area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
bpy.ops.audio2blend.self_test()
area.type = "PREFERENCES"
bpy.context.preferences.active_section = "ADDONS"
bpy.context.window_manager.addon_search = "Audio2Blend"
for module in addon_utils.modules():
    if module.__name__.endswith("audio2blend"):
        module.__dict__["bl_info"]["show_expanded"] = True
"""
HEARD: Final = """
from bl_ext.user_default.audio2blend.client import waveform
answer = bool(waveform._known) and not waveform._asked
"""
SEQUENCER: Final = """
window = bpy.context.window_manager.windows[0]
area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
scene = bpy.context.scene
scene.sequence_editor_create()
scene.sequence_editor.strips.new_sound("hello", {sound!r}, 1, 1)
area.type = "SEQUENCE_EDITOR"
bpy.context.workspace.sequencer_scene = scene
"""


def panel(window: BlenderWindow, name: str) -> None:
    """Draw some panels alone, open, cut off below."""
    window.do(ONLY.format(wanted=PANELS[name]))
    opened(window)
    window.do(FIRST.get(name, ""))
    path = PICTURES / f"{name}.png"
    Sidebar(window).picture(path)
    picture = Image.open(path).convert("RGB")
    pixels = np.asarray(picture).astype(int)[:-EDGE, EDGE : -3 * EDGE]  # without the tabs' names at the right
    used = np.flatnonzero(np.abs(pixels - pixels[-1, 0]).sum(axis=(1, 2)) > 0)
    save(picture.crop((0, 0, picture.width - TABS, used[-1] + 8)), path)


def opened(window: BlenderWindow) -> None:
    """Open the file that `PREPARE` has saved, with the tab in front."""
    window.do(f"bpy.ops.wm.open_mainfile(filepath={str(window.work / SAID)!r})")
    while not window.do(HEARD):  # the waveform comes a little later
        time.sleep(0.2)
    Sidebar(window).show()


def whole(window: BlenderWindow, name: str) -> None:
    """Draw the whole window."""
    window.point(*AWAY)
    path = PICTURES / f"{name}.png"
    window.picture(path)
    save(Image.open(path).convert("RGB"), path)


def save(picture: Image.Image, path: Path) -> None:
    """Write a small PNG."""
    picture.quantize(192, kmeans=1).save(path, optimize=True)
    print(f"{path}: {path.stat().st_size / 1e3:.0f} kB")


def tab(window: BlenderWindow) -> None:
    """Draw the window as it is after the first take."""
    opened(window)
    whole(window, "tab")


def preferences(window: BlenderWindow) -> None:
    """Draw the extension's preferences with what the self-test found."""
    opened(window)
    window.do(PREFERENCES)
    whole(window, "preferences")


def sequencer(window: BlenderWindow) -> None:
    """Draw the tab in the sequencer."""
    opened(window)
    window.do(SEQUENCER.format(sound=str(window.work / "hello.wav")))
    Sidebar(window, "SEQUENCE_EDITOR").show()
    whole(window, "sequencer")


def main(wanted: Sequence[str]) -> None:
    """Draw the pictures of these names, or all."""
    pictures: dict[str, Callable[[BlenderWindow], None]] = {
        "tab": tab, "sequencer": sequencer, "preferences": preferences,
        **{name: lambda window, name=name: panel(window, name) for name in PANELS},
    }  # fmt: skip
    PICTURES.mkdir(exist_ok=True)
    with TemporaryDirectory() as folder:
        work = Path(folder)
        archive = build_extension.build(work, build_extension.LINUX, build_extension.DISTRIBUTIONS, log=sys.stderr)
        shutil.copy(ROOT / "examples" / "hello.wav", work)
        with BlenderWindow(work, size=SIZE) as window:
            window.do(PREPARE.format(zip=str(archive), said=str(work / SAID), frame=FACE), within_s=600)
            for name in wanted or pictures:
                pictures[name](window)


if __name__ == "__main__":
    main(sys.argv[1:])
