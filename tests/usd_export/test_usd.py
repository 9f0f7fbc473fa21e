"""USD files, read back with Pixar's library, two validators, and Blender's importer."""

import subprocess
import sys
import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, UsdSkel, UsdUtils, UsdValidation

import rigs
import usd_export
from audio2blend import blender
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.skeleton import head_rotations
from tests.support.posing import blender_axes, posed
from tests.support.small_rig import patch
from tests.support.talking import RATES, talking
from tests.support.usd_reader import animation_of, drawn, extent_of, mesh_of, skeleton_of, weights_of
from usd_export.skinning import reach

pytestmark = pytest.mark.slow

SUFFIXES = (".usda", ".usdc", ".usdz")


@pytest.fixture(scope="module", params=SUFFIXES)
def written(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Rig, Clip, Path]:
    """Return a face, its clip, and the file they were written to."""
    rig, clip = patch(), talking(24, Fraction(30000, 1001))
    clip = replace(clip, metadata={"source": "hello.wav"})
    path = tmp_path_factory.mktemp("usd") / f"line{request.param}"
    return rig, clip, usd_export.write(clip, path, rig=rig)


def test_stage_says_its_units_times_and_default_prim(written: tuple[Rig, Clip, Path]) -> None:
    stage = Usd.Stage.Open(str(written[2]))
    assert UsdGeom.GetStageUpAxis(stage) == UsdGeom.Tokens.y
    assert UsdGeom.GetStageMetersPerUnit(stage) == 1.0
    assert (stage.GetStartTimeCode(), stage.GetEndTimeCode()) == (0, 23)
    root = stage.GetDefaultPrim()
    assert (root.GetName(), root.GetTypeName(), Usd.ModelAPI(root).GetKind()) == ("patch", "SkelRoot", "component")
    about = stage.GetRootLayer().customLayerData["audio2blend"]
    assert about == {"frame_rate": "30000/1001", "metadata": {"source": "hello.wav"}}


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_rates_are_exact(rate: Fraction, tmp_path: Path) -> None:
    clip = talking(3, rate, start_s=0.5)
    stage = Usd.Stage.Open(str(usd_export.write(clip, tmp_path / "line.usdc", rig=patch())))
    assert stage.GetTimeCodesPerSecond() == float(rate)
    assert stage.GetFramesPerSecond() == float(rate)
    assert Fraction(stage.GetRootLayer().customLayerData["audio2blend"]["frame_rate"]) == rate
    samples = np.array(animation_of(stage).GetBlendShapeWeightsAttr().GetTimeSamples())
    assert samples / stage.GetTimeCodesPerSecond() == pytest.approx(clip.times_s, abs=1e-12)
    assert stage.GetStartTimeCode() == samples[0] == 0.5 * float(rate)


def test_weights_are_the_clip_under_the_names_of_the_rig(written: tuple[Rig, Clip, Path]) -> None:
    rig, clip, path = written
    stage = Usd.Stage.Open(str(path))
    assert tuple(animation_of(stage).GetBlendShapesAttr().Get()) == rig.shapes
    assert np.abs(weights_of(stage) - clip.select(rig.shapes).values).max() <= 1e-6
    binding = UsdSkel.BindingAPI(mesh_of(stage))
    assert tuple(binding.GetBlendShapesAttr().Get()) == rig.shapes
    assert tuple(target.name for target in binding.GetBlendShapeTargetsRel().GetTargets()) == rig.shapes


def test_shapes_are_sparse_and_lose_less_than_a_micrometre(written: tuple[Rig, Clip, Path]) -> None:
    rig, _, path = written
    assert rig.mesh
    stage = Usd.Stage.Open(str(path))
    for target, delta in zip(
        UsdSkel.BindingAPI(mesh_of(stage)).GetBlendShapeTargetsRel().GetTargets(), rig.mesh.deltas, strict=True
    ):
        shape = UsdSkel.BlendShape(stage.GetPrimAtPath(target))
        indices = np.array(shape.GetPointIndicesAttr().Get())
        assert 0 < len(indices) < len(delta)
        found = np.zeros_like(delta)
        found[indices] = np.array(shape.GetOffsetsAttr().Get())
        assert np.abs(found - delta).max() < 1e-6


def test_animation_has_the_joints_of_the_skeleton_in_their_order(written: tuple[Rig, Clip, Path]) -> None:
    """RealityKit drops the animation otherwise."""
    _, clip, path = written
    stage = Usd.Stage.Open(str(path))
    animation, skeleton = animation_of(stage), skeleton_of(stage)
    assert list(animation.GetJointsAttr().Get()) == list(skeleton.GetJointOrder()) == ["root", "root/head"]
    assert not animation.GetTranslationsAttr().GetNumTimeSamples()
    assert not animation.GetScalesAttr().GetNumTimeSamples()
    attribute = animation.GetRotationsAttr()
    rotations = [attribute.Get(time) for time in attribute.GetTimeSamples()]
    assert [turns[0] for turns in rotations] == [Gf.Quatf(1)] * len(clip)
    found = [[turns[1].GetReal(), *turns[1].GetImaginary()] for turns in rotations]
    assert np.abs(np.array(found) - head_rotations(clip)).max() <= 1e-6


def test_posed_by_usdskel_the_face_is_where_it_must_be(written: tuple[Rig, Clip, Path]) -> None:
    rig, clip, path = written
    low, high = extent_of(path)
    frames = [0, 7, 23]
    for frame, points in zip(frames, drawn(path, frames), strict=True):
        assert np.abs(points - posed(rig, clip, frame)).max() < 1e-5
        assert ((points >= low) & (points <= high)).all()


def test_materials_are_bound_to_their_faces(written: tuple[Rig, Clip, Path]) -> None:
    rig, _, path = written
    assert rig.mesh
    stage = Usd.Stage.Open(str(path))
    subsets = UsdGeom.Subset.GetAllGeomSubsets(mesh_of(stage))
    for index, (subset, material) in enumerate(zip(subsets, rig.mesh.materials, strict=True)):
        assert np.array_equal(subset.GetIndicesAttr().Get(), np.flatnonzero(rig.mesh.face_materials == index))
        bound, _ = UsdShade.MaterialBindingAPI(subset).ComputeBoundMaterial()
        shader, _, _ = bound.ComputeSurfaceSource()
        assert bound.GetPrim().GetName() == material.name
        assert shader.GetIdAttr().Get() == "UsdPreviewSurface"
        assert np.allclose(shader.GetInput("diffuseColor").Get(), material.color)


def test_colours_of_vertices_are_shown_in_place_of_the_material(tmp_path: Path) -> None:
    rig = patch()
    assert rig.mesh
    colors = np.random.default_rng(0).random(rig.mesh.vertices.shape).astype(np.float32)
    painted = replace(rig, mesh=replace(rig.mesh, colors=colors))
    stage = Usd.Stage.Open(str(usd_export.write(talking(2), tmp_path / "line.usda", rig=painted)))
    primvar = mesh_of(stage).GetDisplayColorPrimvar()
    assert primvar.GetInterpolation() == UsdGeom.Tokens.vertex
    assert np.array_equal(primvar.Get(), colors)
    for subset, material in zip(UsdGeom.Subset.GetAllGeomSubsets(mesh_of(stage)), rig.mesh.materials, strict=True):
        bound, _ = UsdShade.MaterialBindingAPI(subset).ComputeBoundMaterial()
        shader, _, _ = bound.ComputeSurfaceSource()
        (source,), _ = shader.GetInput("diffuseColor").GetConnectedSources()
        reader = UsdShade.Shader(source.source.GetPrim())
        assert reader.GetIdAttr().Get() == "UsdPrimvarReader_float3"
        assert reader.GetInput("varname").Get() == "displayColor"
        assert np.allclose(reader.GetInput("fallback").Get(), material.color)


def test_uv_comes_back_at_every_corner(written: tuple[Rig, Clip, Path]) -> None:
    rig, _, path = written
    stage = Usd.Stage.Open(str(path))
    primvar = UsdGeom.PrimvarsAPI(mesh_of(stage)).GetPrimvar("st")
    assert primvar.GetInterpolation() == UsdGeom.Tokens.faceVarying
    assert rig.mesh
    assert np.array_equal(np.array(primvar.ComputeFlattened()), rig.mesh.uv)


def test_channels_without_a_shape_are_dropped_and_shapes_without_a_channel_rest(tmp_path: Path) -> None:
    rig = patch(shapes=("jawOpen", "smile wide", "smile-wide"))
    clip = Clip(values=[[0.5, 0.7]], channels=("jawOpen", "mouthClose"), frame_rate=Fraction(24))
    stage = Usd.Stage.Open(str(usd_export.write(clip, tmp_path / "line.usdc", rig=rig)))
    assert tuple(animation_of(stage).GetBlendShapesAttr().Get()) == ("jawOpen", "smile wide", "smile-wide")
    assert weights_of(stage).tolist() == [[0.5, 0, 0]]
    targets = UsdSkel.BindingAPI(mesh_of(stage)).GetBlendShapeTargetsRel().GetTargets()
    assert [target.name for target in targets] == ["jawOpen", "smile_wide", "smile_wide_2"]


def test_a_rig_without_joints_gets_one(tmp_path: Path) -> None:
    rig, clip = replace(patch(), joints=()), talking(3)
    path = usd_export.write(clip, tmp_path / "line.usdc", rig=rig)
    assert usd_failures(path) == []
    assert omniverse_failures(path) == []
    (points,) = drawn(path, [2])
    assert np.abs(points - rig.posed(clip.select(ARKIT).values[2])).max() < 1e-5
    stage = Usd.Stage.Open(str(path))
    assert list(animation_of(stage).GetJointsAttr().Get()) == ["root"]


def usd_failures(path: Path) -> list[str]:
    """Return what Pixar's validators find."""
    context = UsdValidation.ValidationContext(UsdValidation.ValidationRegistry().GetOrLoadAllValidators())
    return [error.GetErrorAsString() for error in context.Validate(Usd.Stage.Open(str(path)))]


def omniverse_failures(path: Path) -> list[str]:
    """Return the failures and warnings that NVIDIA's validator prints.

    One rule is off for text: it fails every .usda that holds an array of more than 64 values, as any face does, and
    asks for .usdc instead.
    """
    command = [Path(sys.executable).with_name("omni_asset_validate"), path]
    command += ["-D", "UsdAsciiPerformanceChecker"] if path.suffix == ".usda" else []
    log = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False).stdout
    assert "Results for Asset" in log
    return [line for line in log.splitlines() if line.startswith(("ERROR", "WARNING"))]


def test_validators_find_nothing(written: tuple[Rig, Clip, Path]) -> None:
    _, _, path = written
    assert usd_failures(path) == []
    assert omniverse_failures(path) == []


def test_validators_do_find_faults(written: tuple[Rig, Clip, Path], tmp_path: Path) -> None:
    path = tmp_path / "broken.usdc"
    Sdf.Layer.FindOrOpen(str(written[2])).Export(str(path))
    stage = Usd.Stage.Open(str(path))
    stage.ClearDefaultPrim()
    mesh_of(stage).GetExtentAttr().Set([(0, 0, 0), (1, 1, 1)])
    stage.Save()
    assert usd_failures(path)
    assert omniverse_failures(path)


@pytest.mark.slow
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_built_in_head_passes_the_validators(suffix: str, tmp_path: Path) -> None:
    path = usd_export.write(talking(10), tmp_path / f"line{suffix}", rig=rigs.builtin())
    assert usd_failures(path) == []
    assert [line for line in omniverse_failures(path) if line.startswith("ERROR")] == []


def test_usdz_is_a_package_that_quicklook_takes(tmp_path: Path) -> None:
    path = usd_export.write(talking(2), tmp_path / "line.usdz", rig=patch())
    with zipfile.ZipFile(path) as package:
        (entry,) = package.infolist()
        assert entry.compress_type == zipfile.ZIP_STORED
        assert entry.filename.endswith(".usdc")
    assert Sdf.ZipFile.Open(str(path)).GetFileInfo(entry.filename).dataOffset % 64 == 0
    assert UsdUtils.ComputeAllDependencies(Sdf.AssetPath(str(path)))[2] == []


@pytest.mark.slow
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_the_same_input_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    """In another process too, where hashes and addresses differ."""
    script = "import sys; from tests.support.small_rig import patch; from tests.support.talking import talking; " \
        "import usd_export; usd_export.write(talking(24), sys.argv[1], rig=patch())"  # fmt: skip
    files = [tmp_path / f"{name}{suffix}" for name in "ab"]
    for file in files:
        subprocess.run([sys.executable, "-c", script, file], check=True, cwd=Path(__file__).parents[2])
    assert files[0].read_bytes() == files[1].read_bytes()


def test_the_extent_holds_every_frame_and_is_not_much_larger() -> None:
    rig, clip = rigs.builtin(), talking(20)
    assert rig.mesh
    low, high = reach(rig, rig.mesh, clip)
    seen = np.concatenate([posed(rig, clip, frame) for frame in range(len(clip))])
    assert ((seen >= low) & (seen <= high)).all()
    assert (high - low).max() < 3 * np.ptp(seen, axis=0).max()


def test_a_clip_without_frames_or_a_rig_without_mesh_is_refused(tmp_path: Path) -> None:
    empty = Clip(values=np.zeros((0, 1)), channels=("jawOpen",), frame_rate=Fraction(60))
    with pytest.raises(InputError, match="the clip holds no frames"):
        usd_export.write(empty, tmp_path / "line.usdc", rig=patch())
    with pytest.raises(InputError, match="needs a rig with a mesh"):
        usd_export.write(talking(2), tmp_path / "line.usdc", rig=Rig(name="names", shapes=ARKIT))
    assert not list(tmp_path.iterdir())


@pytest.mark.blender
def test_blender_plays_what_was_written(inside: blender.Child, tmp_path: Path) -> None:
    rig = patch()
    assert rig.mesh
    for rate, suffix in zip((Fraction(24), Fraction(30000, 1001), Fraction(60)), SUFFIXES, strict=True):
        clip = talking(48, rate)
        path = usd_export.write(clip, tmp_path / f"line{suffix}", rig=rig)
        frames = [0.0, 1.0, 20.0, 47.0]
        found = inside.call("tests.usd_export.worker.imported:describe", {"path": path, "frames": frames})
        assert tuple(found["shapes"]) == rig.shapes
        assert found["frame_range"] == [0, 47]
        assert found["materials"] == ["skin", "cloth"]
        assert found["bones"] == ["root", "head"]
        assert found["smooth"]
        assert found["vertices"].shape == (4, len(rig.mesh.vertices), 3)
        for row, frame in enumerate(map(int, frames)):
            assert np.abs(found["weights"][row] - clip.select(rig.shapes).values[frame]).max() < 1e-3
            assert np.abs(found["vertices"][row] - blender_axes(posed(rig, clip, frame))).max() < 1e-4
