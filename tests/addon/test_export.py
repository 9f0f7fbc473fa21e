"""Export and preview in the Blender extension: what stands on the character arrives in files that are whole."""

from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

import audio2blend
import usd_export
from audio2blend import blender
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend_app import farm
from render_farm.job import Job
from rigs.readers.gltf_file import GltfFile
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender
FORMATS = (
    "usdc", "usda", "usdz", "fbx", "glb", "csv", "json", "npz", "vrma", "a2f.json", "azure.json", "unity.anim", "tres",
    "maya.anim", "metahuman.csv", "vmd", "motion3.json", "spine.json", "bvh",
)  # fmt: skip


def test_every_format_is_written_and_read_back(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    folder = tmp_path / "größe 日本"
    arguments = {"rig": patch(), "sound": hello, "folder": folder, "formats": list(FORMATS)}
    files = inside.call("tests.addon.worker.export:written", arguments)
    assert [Path(path).name for path, *_ in files] == [f"hello.{suffix}" for suffix in FORMATS]
    assert [wrong for _, _, wrong, _ in files] == [""] * len(FORMATS)
    assert all(Path(path).stat().st_size for path, *_ in files)
    assert files[0][1] == "52 shapes, 284 frames at 60 fps"
    valid = {Path(path).suffix: words for path, _, _, words in files}
    assert valid[".usdc"].startswith("Valid, by OpenUSD ")
    assert valid[".fbx"] == "Valid, by ufbx"
    assert valid[".csv"] == "", "nobody but us knows its rules"
    assert sorted(path.name for path in folder.iterdir()) == sorted(f"hello.{suffix}" for suffix in FORMATS)


def test_what_nobody_edited_is_what_the_program_gives(
    inside: blender.Child, hello: Path, hello_clip: Clip, tmp_path: Path
) -> None:
    arguments = {"rig": patch(), "sound": hello, "folder": tmp_path, "formats": ["npz"]}
    inside.call("tests.addon.worker.export:written", arguments)
    found = usd_export.read(tmp_path / "hello.npz")
    np.testing.assert_array_equal(found.select(hello_clip.channels).values, hello_clip.values)
    assert found.frame_rate == Fraction(60)


def test_an_artists_edits_are_exported(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    frame, by = 46, 0.1  # frame 1 is the start of the sound, so this is after 1.5 s
    arguments = {"rig": patch(), "sound": hello, "folder": tmp_path, "frame": frame, "by": by}
    inside.call("tests.addon.worker.export:edited", arguments)
    before, after = (usd_export.read(tmp_path / f"{name}.npz") for name in ("before", "after"))
    raised = (after["jawOpen"] - before["jawOpen"])[::2]  # at the frames of a scene of 30 fps
    room = (1 - before["jawOpen"])[::2]
    np.testing.assert_allclose(raised[frame - 1 :], np.minimum(by, room)[frame - 1 :], atol=1e-5)
    untouched = slice(2 * (frame - 2))  # up to the frame before
    np.testing.assert_array_equal(after["jawOpen"][untouched], before["jawOpen"][untouched])
    others = [name for name in ARKIT if name != "jawOpen"]
    np.testing.assert_array_equal(after.select(others).values, before.select(others).values)
    np.testing.assert_allclose(usd_export.read(tmp_path / "after.csv")["jawOpen"], after["jawOpen"], atol=1e-5)


def test_what_cannot_be_exported_is_told_in_a_sentence(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    found = inside.call("tests.addon.worker.export:refused", {"rig": patch(), "sound": hello, "folder": tmp_path})
    assert found["no take"] == "There is no take yet; press Animate first"
    assert "which is not saved yet; save it or name another" in found["not saved"]
    assert "hello.wav" in found["a file for a folder"]
    assert "no format writes '.xyz' files" in found["no such format"]
    assert "gone.npz" in found["gone"]
    assert "animate the line again" in found["gone"]
    assert [path.name for path in tmp_path.iterdir()] == ["line.csv"]


def test_blenders_own_exporter_finds_one_animation_a_take(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    arguments = {"rig": patch(), "sound": hello, "folder": tmp_path}
    inside.call("tests.addon.worker.export:by_blender", arguments)
    for path in tmp_path.glob("*.glb"):
        file = GltfFile(path)
        assert [animation["name"] for animation in file.json["animations"]] == ["hello"], path.stem
        lengths = [
            file.json["accessors"][sampler["input"]]["max"][0]
            for animation in file.json["animations"]
            for sampler in animation["samplers"]
        ]
        assert min(lengths) == pytest.approx(4.7, abs=0.1), path.stem
    assert len(list(tmp_path.glob("*.glb"))) == 2


def test_the_preview_is_a_video_as_long_as_the_sound(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    path = tmp_path / "line.mp4"
    assert inside.call("tests.addon.worker.export:preview", {"rig": patch(), "sound": hello, "path": path}) == ""
    n_frames, _ = imageio_ffmpeg.count_frames_and_secs(str(path))
    assert n_frames == np.ceil(audio2blend.load(hello).duration_s * 6)


def test_the_farm_renders_the_open_scene_as_it_is(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    """From its first frame to its last, with what is heard meanwhile; the program is not installed beside Blender."""
    folder = tmp_path / "jöb {1}"
    arguments = {"rig": patch(), "sound": hello, "folder": folder}
    assert inside.call("tests.addon.worker.export:to_the_farm", arguments) == (
        "The scene has no camera to render through",
        "",
    )
    job = Job.load(folder / "job.toml")
    (shot,) = job.shots
    assert (shot.n_frames, job.look.width, job.look.height, job.look.frame_rate) == (12, 64, 48, 6)
    assert soundfile.info(folder / "sound.wav").duration == pytest.approx(2.0, abs=0.01)
    done = farm.submit(farm.SubmitRequest(job=folder / "job.toml"))
    assert len(list(shot.frames.glob("*.png"))) == 12
    assert [step.done for step in done.steps[:3]] == [1, 1, 12]
