"""Reading written files back: what is whole passes, what is not is named."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import usd_export
from audio2blend.clip import Clip
from tests.support.small_rig import patch
from tests.support.talking import talking
from usd_export import check

FBX = pytest.param(".fbx", marks=pytest.mark.blender)
ALL = (".usda", ".usdc", ".usdz", ".glb", ".csv", ".json", ".npz", FBX)


@pytest.fixture(scope="module")
def clip() -> Clip:
    return replace(talking(24), frame_rate=Fraction(30000, 1001))


@pytest.mark.parametrize("suffix", ALL)
def test_a_whole_file_passes_and_another_clip_is_told(suffix: str, clip: Clip, tmp_path: Path) -> None:
    rig = patch()
    path = usd_export.write(clip, tmp_path / f"line{suffix}", rig=rig)
    assert check(path, clip, rig) == ()
    lower = clip.with_channels({"jawOpen": clip["jawOpen"] - 0.01})
    assert check(path, lower, rig)[0].startswith("jawOpen is ")
    shorter = replace(clip, values=clip.values[:-1])
    assert check(path, shorter, rig) == ("24 of 23 frames are there",)


@pytest.mark.parametrize("suffix", ALL)
def test_a_file_cut_off_is_told(suffix: str, clip: Clip, tmp_path: Path) -> None:
    rig = patch()
    path = usd_export.write(clip, tmp_path / f"line{suffix}", rig=rig)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
    assert check(path, clip, rig)
    path.write_bytes(b"")
    assert check(path, clip, rig) == (f"line{suffix} is missing or empty",)


@pytest.mark.parametrize("suffix", [".usdc", ".glb"])
def test_a_file_that_bones_alone_move_passes(suffix: str, clip: Clip, tmp_path: Path) -> None:
    rig = patch(shapes=())
    path = usd_export.write(clip, tmp_path / f"line{suffix}", rig=rig)
    assert check(path, clip, rig) == ()


def test_other_shapes_than_the_rigs_are_told(clip: Clip, tmp_path: Path) -> None:
    rig = patch()
    path = usd_export.write(clip, tmp_path / "line.usdc", rig=rig)
    more = replace(rig, shapes=(*rig.shapes[:-1], "hornLeft"))
    assert check(path, clip, more) == ("52 of 52 shapes are bound to the mesh",)


@pytest.mark.parametrize("suffix", [".glb", ".usdc", FBX])
def test_a_shape_that_nothing_was_to_move_and_that_moves_is_told(suffix: str, clip: Clip, tmp_path: Path) -> None:
    rig = patch()
    few = clip.select(["jawOpen", "mouthClose"])
    path = usd_export.write(few.with_channels({"cheekPuff": np.ones(len(few))}), tmp_path / f"line{suffix}", rig=rig)
    assert check(path, few, rig) == ("cheekPuff is 1.000 and not 0.000 in frame 0",)


def test_a_face_that_does_not_rest_beside_its_curves_is_told(clip: Clip, tmp_path: Path) -> None:
    rig = patch()
    path = usd_export.write(clip, tmp_path / "line.glb", rig=rig)
    count = len(rig.shapes)
    content = path.read_bytes()
    path.write_bytes(content.replace(b"[" + b",".join([b"0.0"] * count), b"[1.0" + b",0.0" * (count - 1)))
    assert path.read_bytes() != content
    assert check(path, clip, rig) == ("'patch' does not rest: a weight is 1.000",)
