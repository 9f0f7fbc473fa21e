"""A line over the client's own USD file: a small layer that moves the file's own shapes and joints."""

import hashlib
import re
import shutil
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pxr import Gf, Sdf, Usd, UsdGeom, UsdSkel, UsdUtils

import rigs
import usd_export
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from tests.support.posing import posed
from tests.support.talking import talking
from tests.support.usd_characters import FEATURES, JOINTS, WALK, character
from tests.support.usd_reader import drawn_all
from usd_export.usd import Options
from usd_export.usd.neighbours import neighbours

pytestmark = pytest.mark.slow

FRAMES = [0, 9, 23]
LINEAR = [feature for feature in FEATURES if feature not in ("inbetweens", "a body that moves")]


@pytest.fixture(scope="module")
def clip() -> Clip:
    return replace(talking(24), metadata={"source": "line 1.wav"})


def bytes_in(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


def spoken(rig: Rig, clip: Clip, path: Path, options: Options | None = None) -> Path:
    """Write a line over a rig's file, which has no complaint that the file has not."""
    usd_export.write(clip, path, rig=rig, options=options)
    assert usd_export.check(path, clip, rig) == ()
    return path


def animations(stage: Usd.Stage) -> list[tuple[Usd.Prim, UsdSkel.AnimQuery]]:
    """Return the skeletons of a scene, and what moves each."""
    skeletons = [prim for prim in stage.Traverse() if prim.IsA(UsdSkel.Skeleton)]
    return [(prim, UsdSkel.Cache().GetSkelQuery(UsdSkel.Skeleton(prim)).GetAnimQuery()) for prim in skeletons]


@pytest.mark.parametrize("feature", LINEAR)
@pytest.mark.parametrize("suffix", [".usda", ".usdc"])
def test_usdskel_poses_the_character_as_the_rig_does(feature: str, suffix: str, clip: Clip, tmp_path: Path) -> None:
    home = tmp_path / "hero"
    home.mkdir()
    rig = rigs.load(character(home / "hero.usda", feature))
    before = bytes_in(home)
    path = spoken(rig, clip, tmp_path / "shots" / f"line{suffix}")
    assert bytes_in(home) == before
    assert rig.asset is not None
    points = drawn_all(path, [float(frame) for frame in FRAMES], rig.asset.space)
    for frame, found in zip(FRAMES, points, strict=True):
        wanted = posed(rig, clip, frame)
        assert np.abs(wanted - posed(rig, clip, 0)).max() > 0.01 or frame == 0
        assert np.abs(found - wanted).max() < 2e-5


@pytest.mark.parametrize("feature", [feature for feature in LINEAR if feature != "shapes without a skeleton"])
def test_bones_turn_and_move_about_the_axes_of_the_face(feature: str, clip: Clip, tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda", feature))
    channels = ("spine.rotation.x", "spine.rotation.z", "spine.translation.y", "head.translation.z", "headYaw")
    values = np.stack([clip[name] for name in ("headYaw", "headPitch", "jawOpen", "cheekPuff", "headRoll")], axis=1)
    values[:, 2:4] /= 50  # metres
    moving = replace(clip, values=values, channels=channels)
    assert rig.asset is not None
    points = drawn_all(spoken(rig, moving, tmp_path / "line.usda"), [9.0], rig.asset.space)[0]
    assert np.abs(points - posed(rig, moving, 9)).max() < 2e-5


@pytest.mark.parametrize("feature", FEATURES)
def test_a_layer_is_small_and_names_the_character_beside_it(feature: str, clip: Clip, tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda", feature))
    longer = replace(clip, values=np.tile(clip.values, (20, 1)))
    path = spoken(rig, longer, tmp_path / "line.usdc")
    skeletons = 2 if feature in ("two skeletons", "shapes without a skeleton", "a hat without a skeleton") else 1
    assert path.stat().st_size < 2 * skeletons * longer.values.astype(np.float32).nbytes
    assert list(Sdf.Layer.FindOrOpen(str(path)).subLayerPaths) == ["./hero.usda"]


@pytest.mark.parametrize("feature", FEATURES)
def test_metadata_is_the_character_s(feature: str, clip: Clip, tmp_path: Path) -> None:
    hero = character(tmp_path / "hero.usda", feature)
    path = spoken(rigs.load(hero), clip, tmp_path / "line.usda")
    own, found = Usd.Stage.Open(str(hero)), Usd.Stage.Open(str(path))
    assert found.GetDefaultPrim().GetPath() == own.GetDefaultPrim().GetPath()
    assert UsdGeom.GetStageUpAxis(found) == UsdGeom.GetStageUpAxis(own)
    assert UsdGeom.GetStageMetersPerUnit(found) == UsdGeom.GetStageMetersPerUnit(own)
    stated = own.HasAuthoredMetadata("timeCodesPerSecond")
    assert found.GetTimeCodesPerSecond() == (24 if stated else float(clip.frame_rate))


@pytest.mark.parametrize("feature", FEATURES)
def test_the_animation_has_the_joints_of_the_skeleton_in_its_order(feature: str, clip: Clip, tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda", feature))
    stage = Usd.Stage.Open(str(spoken(rig, clip, tmp_path / "line.usda")))
    assert animations(stage)
    for skeleton, animation in animations(stage):
        joints = list(UsdSkel.Skeleton(skeleton).GetJointsAttr().Get())
        assert list(animation.GetJointOrder()) == joints
        assert joints in (list(JOINTS), ["root"])
        assert animation.GetPrim().GetPath() == skeleton.GetPath().AppendChild("line_1")


def test_inbetweens_follow_the_weight(tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda", "inbetweens"))
    assert rig.mesh is not None
    assert rig.asset is not None
    half = Clip(values=[[0.5], [1.0]], channels=("jawOpen",), frame_rate=Fraction(30))
    points = drawn_all(spoken(rig, half, tmp_path / "line.usda"), [0.0, 1.0], rig.asset.space)
    delta = rig.mesh.deltas[rig.shapes.index("jawOpen")]
    assert np.abs(points[0] - (rig.mesh.vertices + delta * [0.5, 0.5, 0.9])).max() < 1e-6
    assert np.abs(points[1] - (rig.mesh.vertices + delta)).max() < 1e-6


def local_of(path: Path, time: float) -> dict[str, NDArray[np.float64]]:
    """Return the matrix, acting on rows, of every joint that the one animation of a file moves, in its parent."""
    stage = Usd.Stage.Open(str(path))
    ((_, animation),) = animations(stage)
    names = map(str, animation.GetJointOrder())
    return dict(zip(names, np.array(animation.ComputeJointLocalTransforms(time)), strict=True))


def weights_of(path: Path, time: float) -> dict[str, float]:
    stage = Usd.Stage.Open(str(path))
    ((_, animation),) = animations(stage)
    return dict(zip(animation.GetBlendShapeOrder(), animation.ComputeBlendShapeWeights(time), strict=True))


def test_the_body_goes_on_beneath_the_speech(clip: Clip, tmp_path: Path) -> None:
    walking, still = character(tmp_path / "walking.usda", "a body that moves"), character(tmp_path / "still.usda")
    line = spoken(rigs.load(walking), clip, tmp_path / "line.usda")
    alone = spoken(rigs.load(still), clip, tmp_path / "alone.usda")
    stage = Usd.Stage.Open(str(still))
    rest = np.array(stage.GetAttributeAtPath("/Hero/Rig/Skel.restTransforms").Get()[2])
    _, spine, head, _ = JOINTS
    for time, frame in zip(WALK, (0, 15, 23, 23), strict=True):  # the line has 24 frames, at 60 a second
        was, now, speech = local_of(walking, time), local_of(line, time), local_of(alone, frame)
        assert np.abs(now[spine] - was[spine]).max() < 1e-6
        turn = speech[head][:3, :3] @ np.linalg.inv(rest[:3, :3])
        assert np.abs(turn - np.eye(3)).max() > 0.05
        assert np.abs(now[head][:3, :3] - turn @ was[head][:3, :3]).max() < 1e-5
        assert np.abs(now[head][3] - was[head][3]).max() < 1e-6
        weights = weights_of(line, time)
        assert weights["jawOpen"] == pytest.approx(clip["jawOpen"][frame], abs=1e-6)
        assert weights["belly"] == pytest.approx(time / 100, abs=1e-6)
    stage = Usd.Stage.Open(str(line))
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (WALK[0], WALK[-1])


def test_a_line_over_a_line_replaces_it(clip: Clip, tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda", "a body that moves"))
    once = spoken(rig, clip, tmp_path / "line.usda")
    twice = spoken(rigs.load(once), clip, tmp_path / "again.usda")
    for time in (0.0, 9.6, 40.0):
        one, two = local_of(once, time), local_of(twice, time)
        assert max(np.abs(one[joint] - two[joint]).max() for joint in JOINTS) < 1e-6
        assert weights_of(once, time) == weights_of(twice, time)


def test_variants_can_be_chosen_as_before(clip: Clip, tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda", "payload and variants"))
    stage = Usd.Stage.Open(str(spoken(rig, clip, tmp_path / "line.usda")))
    hero = stage.GetPrimAtPath("/World/Hero_1")
    assert stage.GetPrimAtPath("/World/Hero_1/shirt")
    assert not stage.GetPrimAtPath("/World/Hero_1/coat")
    hero.GetVariantSets().SetSelection("look", "coat")
    assert stage.GetPrimAtPath("/World/Hero_1/coat")
    assert not stage.GetPrimAtPath("/World/Hero_1/shirt")


def test_it_is_told_that_an_instance_becomes_one_of_its_own(
    clip: Clip, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda", "an instance"))
    spoken(rig, clip, tmp_path / "line.usda")
    assert "'/World/Hero_1' is no longer an instance, so that it can speak alone" in caplog.text


@pytest.mark.parametrize("feature", LINEAR)
@pytest.mark.parametrize(("suffix", "flatten"), [(".usdc", True), (".usdz", False), (".usdz", True)])
def test_one_file_holds_the_whole_character(
    feature: str, suffix: str, flatten: bool, clip: Clip, tmp_path: Path
) -> None:
    home = tmp_path / "hero"
    home.mkdir()
    rig = rigs.load(character(home / "hero.usda", feature))
    path = spoken(rig, clip, tmp_path / f"line{suffix}", Options(flatten=flatten))
    stage = Usd.Stage.Open(str(path))
    shaders = [prim for prim in stage.Traverse(Usd.TraverseInstanceProxies()) if prim.HasAttribute("inputs:file")]
    texture = shaders[0].GetAttribute("inputs:file").Get()
    assert texture.resolvedPath.endswith("skin.png]" if suffix == ".usdz" else "hero/skin.png")
    assert not Path(texture.path).is_absolute()
    (home / "hero.usda").unlink()
    assert rig.asset is not None
    assert np.abs(drawn_all(path, [9.0], rig.asset.space)[0] - posed(rig, clip, 9)).max() < 2e-5


@pytest.mark.parametrize("feature", LINEAR)
@pytest.mark.parametrize("name", ["line.usda", "line.usdz"])
def test_a_package_speaks_as_a_layer_and_as_a_package(feature: str, name: str, clip: Clip, tmp_path: Path) -> None:
    home = tmp_path / "hero"
    home.mkdir()
    hero = character(home / "hero.usda", feature)
    assert UsdUtils.CreateNewUsdzPackage(Sdf.AssetPath(str(hero)), str(tmp_path / "hero.usdz"))
    shutil.rmtree(home)
    packed = rigs.load(tmp_path / "hero.usdz")
    assert packed.asset is not None
    path = spoken(packed, clip, tmp_path / name)
    assert np.abs(drawn_all(path, [9.0], packed.asset.space)[0] - posed(packed, clip, 9)).max() < 2e-5


def test_a_texture_that_is_gone_is_told_in_a_sentence(
    clip: Clip, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    hero = character(tmp_path / "hero.usda")
    (tmp_path / "skin.png").unlink()
    rig = rigs.load(hero)
    usd_export.write(clip, tmp_path / "line.usdz", rig=rig)
    assert "names files that are not there, and the package lacks them" in caplog.text
    assert "skin.png" in caplog.text
    assert neighbours(hero) == [hero]
    assert "assetLocalization" not in capfd.readouterr().err


@pytest.mark.parametrize("suffix", [".usda", ".usdc", ".usdz"])
def test_the_same_line_gives_the_same_bytes(suffix: str, clip: Clip, tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda"))
    one, two = (spoken(rig, clip, tmp_path / f"{name}{suffix}").read_bytes() for name in "ab")
    assert one == two


def test_the_character_and_its_parts_are_never_written_over(clip: Clip, tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda", "referenced"))
    before = bytes_in(tmp_path)
    for name in ("hero.usda", "asset.usda"):
        with pytest.raises(InputError, match=f"{name} is a file of the character .*hero.usda.*; name another"):
            usd_export.write(clip, tmp_path / name, rig=rig)
    assert bytes_in(tmp_path) == before


def test_several_lines_are_layers_of_their_own(clip: Clip, tmp_path: Path) -> None:
    rig = rigs.load(character(tmp_path / "hero.usda"))
    with pytest.raises(InputError, match="holds one clip, not 2; write a file for each"):
        usd_export.write([clip, clip], tmp_path / "line.usda", rig=rig)


def test_a_mesh_that_has_nothing_above_it_is_refused_with_a_cure(
    clip: Clip, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stage = Usd.Stage.Open(str(character(tmp_path / "hero.usda", "shapes without a skeleton")))
    bare = Sdf.Layer.CreateNew(str(tmp_path / "bare.usda"))
    bare.TransferContent(stage.GetRootLayer())
    Sdf.CopySpec(stage.GetRootLayer(), "/Hero/Rig/skin", bare, "/skin")
    del bare.rootPrims["Hero"]
    bare.defaultPrim = "skin"
    bare.Save()
    with pytest.raises(InputError, match=r"no mesh with shapes and no joint that the clip moves.*replace\(rig, asset"):
        usd_export.write(clip, tmp_path / "line.usda", rig=rigs.load(tmp_path / "bare.usda"))
    assert "USD wants a prim above a mesh with shapes: /skin" in caplog.text
    assert not (tmp_path / "line.usda").exists()


def test_a_mesh_that_moves_takes_its_shapes_along(clip: Clip, tmp_path: Path) -> None:
    hero = character(tmp_path / "hero.usda", "shapes without a skeleton")
    stage = Usd.Stage.Open(str(hero))
    skin = UsdGeom.Mesh(stage.GetPrimAtPath("/Hero/Rig/skin"))
    stage.SetTimeCodesPerSecond(60)
    (place,) = skin.GetOrderedXformOps()
    for time in (0.0, 23.0):
        place.Set(Gf.Vec3d(time / 100, 0, 0.1), time)
    stage.Save()
    rig = rigs.load(hero)
    assert rig.asset is not None
    points = drawn_all(spoken(rig, clip, tmp_path / "line.usda"), [0.0, 23.0], rig.asset.space)
    half = len(points[0]) // 2
    world = np.array(UsdGeom.XformCache(0).GetLocalToWorldTransform(stage.GetPrimAtPath("/Hero/Rig")))
    shift = np.zeros((2 * half, 3))
    shift[:half] = (np.array([0.23, 0, 0]) @ world[:3, :3]) @ rig.asset.space
    assert np.abs(points[1] - shift - posed(rig, clip, 23)).max() < 2e-5


def test_a_character_that_is_gone_is_told(clip: Clip, tmp_path: Path) -> None:
    hero = character(tmp_path / "hero.usda")
    rig = rigs.load(hero)
    hero.unlink()
    with pytest.raises(InputError, match="it is gone since it was read; put it back"):
        usd_export.write(clip, tmp_path / "line.usda", rig=rig)


TROUBLE = {
    "circle of layers": ("subLayers = [@./other.usda@, @./hero.usda@]", "subLayers = [@./bad.usda@]", "in a circle"),
    "circle of references": ("", "", "in a circle"),
    "lost layer": (
        "subLayers = [@./nowhere.usda@, @./hero.usda@]",
        "",
        "names are not there.*nowhere.usda",
    ),
    "lost reference": ("", "", "names are not there.*nowhere.usda"),
}
REFERENCES = {"circle of references": "@./other.usda@", "lost reference": "@./nowhere.usda@"}


@pytest.mark.parametrize("trouble", TROUBLE)
def test_files_that_are_gone_or_name_each_other_are_told_in_a_sentence(
    trouble: str, clip: Clip, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    character(tmp_path / "hero.usda")
    own, other, told = TROUBLE[trouble]

    def layer(name: str, metadata: str, *references: str) -> Path:
        prim = f'def Xform "Hero" (references = [{", ".join(references)}]) {{}}\n' if references else ""
        text = f'#usda 1.0\n(\ndefaultPrim = "Hero"\nupAxis = "Y"\nmetersPerUnit = 1\n{metadata}\n)\n{prim}'
        (tmp_path / name).write_text(text)
        return tmp_path / name

    refers = [REFERENCES[trouble], "@./hero.usda@"] if trouble in REFERENCES else []
    if trouble.startswith("circle"):
        layer("other.usda", other, *(["@./bad.usda@", "@./hero.usda@"] if refers else []))
    rig = rigs.load(layer("bad.usda", own, *refers))
    assert any(re.search(told, note) for note in rig.notes)
    path = usd_export.write(clip, tmp_path / "line.usda", rig=rig)
    assert re.search(f"bad.usda: .*{told}", caplog.text)
    assert animations(Usd.Stage.Open(str(path)))[0][1]
    capfd.readouterr()
    assert usd_export.check(path, clip, rig) == ()
    assert "Warning" not in capfd.readouterr().err
