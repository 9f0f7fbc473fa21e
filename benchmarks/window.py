"""What the extension takes in the window of scripts/blender_window.py: `python -m benchmarks.window`.

The window is drawn in software here, each pixel by the processor, so it is a small one; what a drawing alone takes is
told beside the rest.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
import soundfile

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "scripts"))

import blender_window  # noqa: E402
import build_extension  # noqa: E402
from blender_window import BlenderWindow  # noqa: E402

SIZE: Final = (640, 400)
LINES: Final = {"6 s": 6, "10 min": 600}
TAKES: Final = 2
"""How often each line is animated."""
INSTALL_S: Final = 120
SETTLE_S: Final = 2
"""How long Blender draws and tidies up after something."""

DRAWN: Final = """
for area in bpy.context.window_manager.windows[0].screen.areas:
    area.tag_redraw()
"""
INSTALL: Final = """
bpy.context.preferences.view.filebrowser_display_type = "SCREEN"
window = bpy.context.window_manager.windows[0]
with bpy.context.temp_override(window=window):
    bpy.ops.extensions.package_install_files(
        "INVOKE_DEFAULT", filepath={zip!r}, repo="user_default", enable_on_install=True
    )
"""
CHOOSE: Final = """
import watch
window = bpy.context.window_manager.windows[0]
area = next(area for area in window.screen.areas if area.type == "FILE_BROWSER")
region = next(region for region in area.regions if region.type == "WINDOW")
watch.forget()
with bpy.context.temp_override(window=window, area=area, region=region):
    bpy.ops.file.execute("INVOKE_DEFAULT")
"""
NEW: Final = "bpy.ops.wm.read_homefile(use_factory_startup=True)"
SPEAKER: Final = """
window = bpy.context.window_manager.windows[0]
area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
with bpy.context.temp_override(window=window, area=area):
    bpy.ops.audio2blend.add_head()
    bpy.context.scene.audio2blend.speakers[0].sound = {sound!r}
    bpy.ops.ed.undo_push(message="ready")
area.spaces.active.show_region_ui = True
"""
ANIMATE: Final = """
window = bpy.context.window_manager.windows[0]
area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
region = next(region for region in area.regions if region.type == "WINDOW")
with bpy.context.temp_override(window=window, area=area, region=region):
    bpy.ops.audio2blend.animate("INVOKE_DEFAULT")
"""
DONE: Final = (
    "not bpy.context.window_manager.audio2blend.running"
    " and len(bpy.context.scene.audio2blend.speakers[0].takes) == {count}"
)
AIM: Final = "100 at most"


class Round(NamedTuple):
    """How long Blender's main thread did not look at mouse and keyboard."""

    wall_s: float
    """By the clock, which others on the machine share."""
    cpu_s: float
    """In which the main thread computed."""

    def __str__(self) -> str:
        """Return both in milliseconds, as two cells of a table."""
        return f"{1000 * self.wall_s:.0f} | {1000 * self.cpu_s:.0f}"


def longest(rounds: Sequence[tuple[float, float]]) -> Round:
    """Return the longest of some rounds, by either measure."""
    return Round(*(max(each) for each in zip(*rounds, strict=True)))


def write_line(path: Path, seconds: float) -> Path:
    """Write so many seconds of speech."""
    samples, rate = soundfile.read(ROOT / "examples" / "hello.wav", dtype="float32")
    soundfile.write(path, np.resize(samples, round(seconds * rate)), rate)
    return path


def size_mb(folder: Path) -> float:
    """Return what the files in a folder take on the disk."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


def install(window: BlenderWindow, archive: Path) -> Round:
    """Install the extension as a person does, and return the longest that it holds the window up."""
    window.do(INSTALL.format(zip=str(archive)))
    time.sleep(SETTLE_S)  # the file browser opens
    window.do(CHOOSE)
    window.wait("'bl_ext.user_default.audio2blend' in bpy.context.preferences.addons", within_s=INSTALL_S)
    time.sleep(SETTLE_S)
    return longest(window.run("__import__('watch').between_ticks()"))


def drawing(window: BlenderWindow) -> Round:
    """Return what it takes to draw the window, where nothing was changed."""
    window.do(DRAWN)
    time.sleep(SETTLE_S)
    return longest(window.run("__import__('watch').between_ticks()"))


def animate(window: BlenderWindow, sound: Path) -> Round:
    """Return the longest round of some takes of a line."""
    window.do(NEW)
    window.do(SPEAKER.format(sound=str(sound)))
    window.redraw()
    time.sleep(SETTLE_S)
    rounds = []
    for count in range(1, TAKES + 1):
        window.do("import watch; watch.forget()" + ANIMATE)
        window.wait(DONE.format(count=count))
        time.sleep(SETTLE_S)
        rounds += window.run("__import__('watch').rounds()")
    return longest(rounds)


def section() -> str:
    """Return what was measured, as a part of the page; a sentence where there is no window."""
    if reason := blender_window.why_not():
        return f"Not measured in a window: {reason}."
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        archive = build_extension.build(work, build_extension.LINUX, build_extension.DISTRIBUTIONS, log=sys.stderr)
        shutil.copy(ROOT / "benchmarks" / "watch.py", work)
        sounds = {line: write_line(work / f"{seconds}.wav", seconds) for line, seconds in LINES.items()}
        with BlenderWindow(work, size=SIZE) as window:
            version = window.run("bpy.app.version_string")
            window.do(f"import sys; sys.path.append({name!r}); import watch")
            time.sleep(SETTLE_S)
            rows = {"drawing it, where nothing was changed": drawing(window)}
            held = install(window, archive)
            window.do("import watch; watch.operators()")
            rows |= {f"*Animate*, {line}": animate(window, sound) for line, sound in sounds.items()}
        installed_mb = size_mb(work / "user" / "extensions")
        archive_mb = archive.stat().st_size / 1e6
    table = "\n".join(f"| {what} | {taken} | {AIM if 'Animate' in what else ''} |" for what, taken in rows.items())
    size = "{} × {}".format(*SIZE)
    return f"""The longest that the window of Blender {version} does not look at mouse and keyboard, the update of what
depends on the keys included; of {TAKES} takes each. It is drawn in software, {size} pixels.

| | ms | of which computing in the main thread | aim |
|---|---|---|---|
{table}
| installing a zip of {archive_mb:.0f} MB, which is {installed_mb:.0f} MB then | {held} | |"""


if __name__ == "__main__":
    print(section())
