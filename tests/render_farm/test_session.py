"""Rendering frames in a Blender that stays open."""

from pathlib import Path

import pytest
from PIL import Image

from audio2blend import blender
from audio2blend.errors import Audio2BlendError
from render_farm.frames import unfinished
from render_farm.look import FarmLook
from render_farm.session import RenderSession

pytestmark = pytest.mark.blender
LOOK = FarmLook(width=32, height=24)


def test_frames_are_whole_and_the_same_each_time(inside: blender.Child, tmp_path: Path) -> None:
    """Number 0 is the scene's first frame; no script of the file is run, and braces in a folder are a name."""
    scene, folder = tmp_path / "sce ne.blend", tmp_path / "{blend_name} # frames"
    inside.call("tests.render_farm.worker.scenes:save", {"path": scene, "what": "well"})
    session = RenderSession.open()
    try:
        done = session.render(scene, LOOK, [0, 2], folder)
        again = session.render(scene, LOOK, [2], tmp_path / "again")
    finally:
        session.close()
    assert [(one.frame, one.device) for one in [*done, *again]] == [
        (0, "WORKBENCH"),
        (2, "WORKBENCH"),
        (2, "WORKBENCH"),
    ]
    assert unfinished(folder, range(4), LOOK) == [1, 3]
    assert (folder / "000002.png").read_bytes() == (tmp_path / "again" / "000002.png").read_bytes()
    first, last = (Image.open(folder / name).tobytes() for name in ("000000.png", "000002.png"))
    assert first != last
    assert sorted(path.name for path in folder.iterdir()) == [".finished", "000000.png", "000002.png"]
    assert not list(tmp_path.glob("*.ran"))


@pytest.mark.parametrize(
    ("what", "look", "said"),
    [
        ("no camera", LOOK, "has no camera to render through"),
        ("lost texture", LOOK, "names files that are not there: .*skin ü.png; restore them"),
        ("well", FarmLook(view_transform="Kodak"), "view_transform 'Kodak' is unknown"),
        ("well", FarmLook(engine="cycles", device="optix"), "OPTIX was asked for|knows no OPTIX"),
        ("no scene", LOOK, "cannot be opened"),
    ],
)
def test_a_scene_that_cannot_be_rendered_is_refused_in_one_sentence(
    inside: blender.Child, tmp_path: Path, what: str, look: FarmLook, said: str
) -> None:
    """By the function of the worker itself, in the Blender that the tests share."""
    scene = tmp_path / "scene.blend"
    if what == "no scene":
        scene.write_text("noise")
    else:
        inside.call("tests.render_farm.worker.scenes:save", {"path": scene, "what": what})
    arguments = {"scene": scene, "look": look, "frames": [0], "folder": tmp_path}
    with pytest.raises(Audio2BlendError, match=said):
        inside.call("render_farm.worker.frames:render", arguments)
    assert not list(tmp_path.glob("*.png"))


def test_a_scene_that_was_refused_is_not_taken_for_the_one_before(inside: blender.Child, tmp_path: Path) -> None:
    good, bad = tmp_path / "good.blend", tmp_path / "bad.blend"
    inside.call("tests.render_farm.worker.scenes:save", {"path": good, "what": "well"})
    inside.call("tests.render_farm.worker.scenes:save", {"path": bad, "what": "no camera"})
    session = RenderSession.open()
    try:
        session.render(good, LOOK, [0], tmp_path / "first")
        with pytest.raises(Audio2BlendError, match="no camera"):
            session.render(bad, LOOK, [0], tmp_path / "bad")
        session.render(good, LOOK, [0], tmp_path / "again")
    finally:
        session.close()
    assert (tmp_path / "first" / "000000.png").read_bytes() == (tmp_path / "again" / "000000.png").read_bytes()


def test_a_picture_that_is_cut_short_or_of_another_size_is_not_finished(tmp_path: Path) -> None:
    for number, size in enumerate([(32, 24), (32, 24), (16, 24)]):
        Image.new("RGB", size, (number, 90, 30)).save(tmp_path / f"{number:06}.png")
    whole = (tmp_path / "000001.png").read_bytes()
    (tmp_path / "000001.png").write_bytes(whole[:-20])
    (tmp_path / "000003.png").write_bytes(b"")
    (tmp_path / "000004.png").mkdir()
    assert unfinished(tmp_path, range(6), LOOK) == [1, 2, 3, 4, 5]
    (tmp_path / "000001.png").write_bytes(whole)
    assert unfinished(tmp_path, range(3), LOOK) == [2]
