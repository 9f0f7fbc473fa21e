"""What is found in .fbx and .blend files: curves, rest and facts, with faults that are put in."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import rigs
import usd_export
from audio2blend import blender
from audio2blend.clip import Clip
from tests.support.fbx_reader import read
from tests.support.small_rig import patch
from tests.support.talking import talking
from usd_export.fbx.inspect import validate
from usd_export.validation import checks, inspected

pytestmark = pytest.mark.blender


@pytest.fixture(scope="module")
def clip() -> Clip:
    return replace(talking(24, frame_rate=Fraction(30000, 1001)), metadata={"source": "line.wav"})


def test_fbx_curves_are_those_that_were_written(clip: Clip, tmp_path: Path) -> None:
    rig = patch()
    path = usd_export.write(clip, tmp_path / "line.fbx", rig=rig)
    contents = inspected(path)
    assert contents is not None
    (group,) = contents.curves
    assert (group.animation, group.target, group.frame_rate) == ("line", "patch", clip.frame_rate)
    assert np.abs(group.times_s - clip.times_s).max() < 1e-6
    wanted = clip.select(group.channels).values
    assert np.abs(group.values - wanted).max() < 1e-3
    assert set(contents.rest.values()) == {0.0}
    assert contents.n_joints_moved == 1, "the head"
    theirs = read(path)
    assert contents.facts["meters_per_unit"] == theirs["unit_m"] == 0.01
    assert contents.facts["up_axis"] == "Y"
    assert contents.facts["n_triangles"] == 256
    assert contents.facts["n_influences"] == 2
    assert contents.facts["skeleton_roots"] == 1
    assert contents.facts["shape_normals"] is True
    assert rig.mesh is not None
    assert abs(float(contents.facts["height_m"]) - float(np.ptp(rig.mesh.vertices[:, 1]))) < 1e-3
    assert validate(path).findings == ()
    assert {outcome.verdict for outcome in checks(contents)} <= {"pass", "warn"}


def test_ufbx_names_a_file_that_is_cut_off(clip: Clip, tmp_path: Path) -> None:
    path = usd_export.write(clip, tmp_path / "line.fbx", rig=patch())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert validate(path).verdict == "fail"


def test_a_texture_that_is_gone_is_named(inside: blender.Child, tmp_path: Path) -> None:
    path = tmp_path / "hero.fbx"
    make = "tests.usd_export.worker.fbx_character:make"
    inside.call(make, {"rig": patch(), "path": path, "embedded": False})
    contents = inspected(path)
    assert contents is not None
    assert contents.astray == ()
    for picture in tmp_path.rglob("*.png"):
        picture.unlink()
    contents = inspected(path)
    assert contents is not None
    assert len(contents.astray) == 1


def test_blend_curves_are_those_that_were_written(clip: Clip, inside: blender.Child, tmp_path: Path) -> None:
    hero = tmp_path / "hero.blend"
    inside.call("tests.usd_export.worker.blend_character:make", {"rig": patch(), "path": hero, "feature": "plain"})
    path = usd_export.write(clip, tmp_path / "line.blend", rig=rigs.load(hero))
    contents = inspected(path)
    assert contents is not None
    (group,) = [group for group in contents.curves if group.animation == "line"]
    shown = clip.resampled(group.frame_rate or Fraction(1))
    assert abs(group.times_s[0]) < 1e-9, "it begins with the scene"
    assert np.abs(group.values - shown.select(group.channels).values).max() < 1e-3
    assert contents.n_joints_moved == 1
    before = inspected(hero)
    assert before is not None
    assert "line" not in before.animations
