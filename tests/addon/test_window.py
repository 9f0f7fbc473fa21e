"""The extension in a real window: installed from its zip, drawn, clicked, cancelled and undone."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import blender_window
import build_extension
import pytest
import soundfile
from blender_window import BlenderWindow, entering
from sidebar import Sidebar

pytestmark = pytest.mark.skipif(bool(blender_window.why_not()), reason=blender_window.why_not())
ROOT = Path(__file__).resolve().parents[2]
INSTALL = """
bpy.ops.extensions.package_install_files(filepath={path!r}, repo="user_default", enable_on_install=True)
"""
NEW = """
bpy.ops.wm.read_homefile(use_factory_startup=True)
"""
SPEAKER = """
window = bpy.context.window_manager.windows[0]
area = next(area for area in window.screen.areas if area.type == "VIEW_3D")
with bpy.context.temp_override(window=window, area=area):
    bpy.ops.audio2blend.add_head()
    bpy.context.scene.audio2blend.speakers[0].sound = {sound!r}
    bpy.ops.ed.undo_push(message="ready")
"""
STATE = """
speakers = bpy.context.scene.audio2blend.speakers
keys = [mesh.shape_keys for mesh in bpy.data.meshes if mesh.shape_keys]
answer = {
    "takes": [take.name for speaker in speakers for take in speaker.takes],
    "actions": sorted(action.name for action in bpy.data.actions),
    "tracks": sum(len(key.animation_data.nla_tracks) for key in keys if key.animation_data),
    "running": bpy.context.window_manager.audio2blend.running,
}
"""
VIEW = """
from bpy_extras.view3d_utils import location_3d_to_region_2d
from mathutils import Vector
area = next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == "VIEW_3D")
region = next(region for region in area.regions if region.type == "WINDOW")
view, head = area.spaces.active.region_3d, bpy.context.object
"""
HEAD_SEEN = f"""{VIEW}
places = [location_3d_to_region_2d(region, view, head.matrix_world @ Vector((0, 0, z))) for z in (-0.13, 0.1)]
answer = [(place.x / region.width, place.y / region.height) for place in places]
"""
FROM_FRONT = f"""{VIEW}
answer = (view.view_rotation @ Vector((0, 0, 1))).dot(Vector((0, -1, 0)))
"""
CANCEL = 44
"""Pixels from the right end of the sidebar to the button at the end of the bar that takes the place of the button."""
RUNNING = "bpy.context.window_manager.audio2blend.running"


@pytest.fixture(scope="session")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip for Debian's Blender."""
    return build_extension.build(tmp_path_factory.mktemp("dist"), build_extension.LINUX, build_extension.DISTRIBUTIONS)


@pytest.fixture(scope="session")
def window(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BlenderWindow]:
    """A window in which the extension is installed; the folder `window.work` has hello.wav and twenty minutes of it."""
    work = tmp_path_factory.mktemp("work")
    for path in (archive, ROOT / "examples" / "hello.wav"):
        shutil.copy(path, work)
    samples, rate = soundfile.read(work / "hello.wav")
    with soundfile.SoundFile(work / "long.wav", "w", rate, 1) as long:
        for _ in range(1200 * rate // len(samples)):
            long.write(samples)
    with BlenderWindow(work, size=(1200, 1000)) as window:
        window.do(INSTALL.format(path=str(work / archive.name)))
        yield window


@pytest.fixture
def sidebar(window: BlenderWindow) -> Sidebar:
    """The tab in the 3D view of a new file, with a head that is to say hello.wav."""
    window.do(NEW)
    window.do(SPEAKER.format(sound=str(window.work / "hello.wav")))
    sidebar = Sidebar(window)
    sidebar.show()
    return sidebar


def complaints(window: BlenderWindow) -> list[str]:
    """Return the lines of Blender's log that tell of mistakes."""
    log = (window.work / "blender.log").read_text("utf-8", errors="replace")
    return [line for line in log.splitlines() if "Traceback" in line or "rna_uiItem" in line or "Error" in line]


def test_blender_itself_meets_no_package_of_the_child_process(window):
    found = window.do(
        "from importlib.util import find_spec\n"
        "names = ('audio2blend', 'rigs', 'onnxruntime', 'soundfile', 'soxr', 'imageio_ffmpeg', 'pxr')\n"
        "answer = {name: getattr(find_spec(name), 'origin', '') for name in names}"
    )
    local = str(window.work / "user" / "extensions" / ".local")
    assert {name for name, place in found.items() if place.startswith(local)} == {"audio2blend", "rigs"}
    assert {name for name, place in found.items() if place} == {"audio2blend", "rigs"}


def test_it_is_no_larger_than_promised(window, archive):
    installed = sum(path.stat().st_size for path in (window.work / "user" / "extensions").rglob("*") if path.is_file())
    assert archive.stat().st_size < 120e6
    assert installed < 300e6


@pytest.mark.parametrize("suffix", ["usdz", "fbx", "glb"])
def test_every_kind_of_file_can_be_written_with_what_it_brings(window, sidebar, suffix):
    window.do("bpy.ops.audio2blend.animate()")
    window.do(f"bpy.ops.audio2blend.export(filepath={str(window.work / f'said.{suffix}')!r})")
    written = window.run("[(file.told, file.wrong) for file in bpy.context.scene.audio2blend_files.written]")
    assert [wrong for _, wrong in written] == [""]


def test_the_self_test_finds_nothing_wrong(window):
    window.do("bpy.ops.audio2blend.self_test()")
    findings = window.run("bpy.context.window_manager.audio2blend_findings").splitlines()
    assert [line for line in findings if line.startswith("-")] == []


def test_a_click_animates_and_undo_takes_it_back_in_one_step(window, sidebar):
    before = window.do(STATE)
    sidebar.press("audio2blend.animate")
    window.wait("len(bpy.context.scene.audio2blend.speakers[0].takes) == 1")
    after = window.do(STATE)
    assert after["takes"] == ["hello"]
    assert after["actions"] == ["Lip Sync at Rest", "hello"]
    assert after["tracks"] == before["tracks"] + 2  # that of the take and that of rest
    assert window.run("bpy.context.scene.audio2blend.speakers[0].takes[0].blocked") == ""
    window.point(400, 600)
    window.key("ctrl+z")
    window.wait("not bpy.context.scene.audio2blend.speakers[0].takes")
    assert window.do(STATE) == before
    window.key("ctrl+shift+z")
    window.wait("len(bpy.context.scene.audio2blend.speakers[0].takes) == 1")
    assert window.do(STATE) == after
    assert complaints(window) == []


def test_a_new_head_is_seen_from_the_front_and_then_seen_to_speak(window, sidebar):
    chin, top = window.do(HEAD_SEEN)
    assert all(0.2 < at < 0.8 for at in (chin[0], top[0]))
    assert 0.1 < chin[1] < top[1] - 0.3 < 0.6
    assert window.do(FROM_FRONT) > 0.75
    sidebar.press("audio2blend.animate")
    window.wait("len(bpy.context.scene.audio2blend.speakers[0].takes) == 1")
    assert window.run("bpy.context.scene.frame_current") > 1
    keys = "bpy.context.object.data.shape_keys.key_blocks"
    assert window.run(f"{keys}['jawOpen'].value") > 0.1
    assert window.run(f"{keys}['eyeBlinkLeft'].value") < 0.3
    assert sidebar.find("audio2blend.play") is not None  # Refine is open
    assert complaints(window) == []


@pytest.mark.parametrize("way", ["the key", "the button"])
def test_work_can_be_cancelled_and_changes_nothing(window, sidebar, way):
    before = window.do(STATE)
    window.do(f"bpy.context.scene.audio2blend.speakers[0].sound = {str(window.work / 'long.wav')!r}")
    x, y = sidebar.find("audio2blend.animate")
    window.click(x, y)
    window.wait(RUNNING)
    if way == "the key":
        window.key("Escape")
    else:
        left, _, width, _ = sidebar.area()
        window.redraw()  # where the button was, there is the bar now
        assert window.run(RUNNING)
        window.click(left + width - CANCEL, y)
    window.wait(f"not {RUNNING}")
    time.sleep(1)  # whatever would still come, comes
    assert window.do(STATE) == before


def test_the_tab_is_in_the_sequencer_too(window):
    window.do(NEW)
    window.do(
        "area = next(a for a in bpy.context.window_manager.windows[0].screen.areas if a.type == 'VIEW_3D')\n"
        "area.type = 'SEQUENCE_EDITOR'"
    )
    sidebar = Sidebar(window, "SEQUENCE_EDITOR")
    sidebar.show()
    assert sidebar.find("audio2blend.sound_open") is not None
    assert complaints(window) == []


def test_the_command_of_the_program(window):
    hero, said, curves = (window.work / name for name in ("hero.blend", "said.blend", "said.usdc"))
    window.do(NEW)
    window.do(SPEAKER.format(sound=""))
    window.do(f"bpy.ops.wm.save_as_mainfile(filepath={str(hero)!r}, copy=True)")
    window.do("bpy.ops.wm.save_userpref()")
    settings = f"BLENDER_USER_RESOURCES={window.work / 'user'}"
    verb = ["animate", str(window.work / "hello.wav"), "--save", str(said), "-o", str(curves)]
    command = ["env", settings, "PATH=/usr/bin:/bin", "blender", str(hero), "--command", "audio2blend", *verb]
    done = subprocess.run(entering(command, bound=[window.work]), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert said.stat().st_size > 1_000_000
    assert curves.stat().st_size > 1_000_000
    refused = subprocess.run(entering([*command, "--character", "Nobody"], bound=[window.work]), capture_output=True)
    assert refused.returncode == 2
