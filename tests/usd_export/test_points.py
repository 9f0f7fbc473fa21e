"""Moving points without shapes: Alembic and point caches, as Blender plays them."""

import resource
import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import usd_export
from audio2blend import blender
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from tests.support.posing import blender_axes, posed
from tests.support.small_rig import patch
from tests.support.talking import talking

FRAMES = [0, 5, 11]
CACHES = [".pc2", ".mdd"]


@pytest.fixture(scope="module")
def clip() -> Clip:
    return replace(talking(12, frame_rate=Fraction(30000, 1001)), metadata={"source": "line.wav"})


def without_shapes() -> Rig:
    rig = patch()
    assert rig.mesh is not None
    return replace(rig, shapes=(), mesh=replace(rig.mesh, deltas=np.zeros((0, *rig.mesh.vertices.shape), np.float32)))


@pytest.mark.blender
@pytest.mark.parametrize("suffix", CACHES)
@pytest.mark.parametrize("rig", [patch(), without_shapes()], ids=["shapes", "bones alone"])
def test_the_mesh_cache_of_blender_plays_it(
    suffix: str, rig: Rig, clip: Clip, inside: blender.Child, tmp_path: Path
) -> None:
    assert rig.mesh is not None
    path = usd_export.write(clip, tmp_path / f"line{suffix}", rig=rig)
    assert usd_export.check(path, clip, rig) == ()
    found = inside.call(
        "tests.usd_export.worker.point_cache:cached",
        {
            "path": path,
            "n_vertices": len(rig.mesh.vertices),
            "times_s": [float(frame / clip.frame_rate) for frame in FRAMES],
            "frame_rate": clip.frame_rate,
        },
    )
    for frame, points in zip(FRAMES, found, strict=True):
        assert np.abs(points - posed(rig, clip, frame)).max() < 1e-5


@pytest.mark.blender
@pytest.mark.parametrize("rig", [patch(), without_shapes()], ids=["shapes", "bones alone"])
def test_blender_plays_alembic(rig: Rig, clip: Clip, inside: blender.Child, tmp_path: Path) -> None:
    path = usd_export.write(clip, tmp_path / "line.abc", rig=rig)
    assert usd_export.check(path, clip, rig) == ()
    found = inside.call(
        "tests.usd_export.worker.point_cache:imported",
        {
            "path": path,
            "times_s": [float(frame / clip.frame_rate) for frame in FRAMES],
            "frame_rate": clip.frame_rate,
        },
    )
    for frame, points in zip(FRAMES, found, strict=True):
        assert np.abs(points - blender_axes(posed(rig, clip, frame))).max() < 1e-5


def test_a_pc2_file_starts_at_its_frame_and_an_mdd_file_at_its_time(tmp_path: Path) -> None:
    late = replace(talking(3, frame_rate=Fraction(25)), start_s=2.0)
    pc2, mdd = (usd_export.write(late, tmp_path / f"line{suffix}", rig=patch()).read_bytes() for suffix in CACHES)
    assert struct.unpack_from("<12siiffi", pc2) == (b"POINTCACHE2\0", 1, 162, 50.0, 1.0, 3)
    assert struct.unpack_from(">ii3f", mdd) == (3, 162, 2.0, pytest.approx(2.04), pytest.approx(2.08))


@pytest.mark.parametrize("suffix", CACHES)
def test_a_file_that_is_not_as_it_was_written_is_found(suffix: str, clip: Clip, tmp_path: Path) -> None:
    path = usd_export.write(clip, tmp_path / f"line{suffix}", rig=patch())
    content = path.read_bytes()
    path.write_bytes(content[:-12])
    assert usd_export.check(path, clip, patch()) == ("it holds 1,943 of 1,944 points",)
    path.write_bytes(b"x" + content[1:])
    assert usd_export.check(path, clip, patch()) == ("its header is not that of the clip",)
    path.write_bytes(content[:-4] + bytes(4))
    assert "frame 11 is" in usd_export.check(path, clip, patch())[0]


@pytest.mark.parametrize("suffix", [*CACHES, ".abc"])
def test_a_list_of_names_and_an_empty_clip_are_refused(suffix: str, clip: Clip, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"a \{suffix} file needs a rig with a mesh"):
        usd_export.write(clip, tmp_path / f"line{suffix}", rig=replace(patch(), mesh=None))
    with pytest.raises(InputError, match="the clip holds no frames"):
        usd_export.write(replace(clip, values=clip.values[:0]), tmp_path / f"line{suffix}", rig=patch())
    assert not list(tmp_path.iterdir())


@pytest.mark.blender
@pytest.mark.parametrize("suffix", [*CACHES, ".abc"])
def test_a_full_disk_leaves_the_old_file(suffix: str, inside: blender.Child, tmp_path: Path) -> None:
    (path := tmp_path / f"line{suffix}").write_text("old")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, hard))
    try:
        with pytest.raises(InputError, match=r"cannot write .*; make room or choose another folder"):
            usd_export.write(talking(600), path, rig=patch())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]
