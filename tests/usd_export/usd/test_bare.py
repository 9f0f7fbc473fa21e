"""A USD character whose mesh has no shapes: those that are made for it become blend shapes, in our layer."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from pxr import Gf, Usd, UsdGeom, UsdSkel

import rigs
import usd_export
from rigs.retarget import Fit, fit
from tests.support.posing import posed
from tests.support.small_rig import STILL
from tests.support.talking import talking
from tests.support.usd_reader import drawn_all
from usd_export.usd import Options

pytestmark = pytest.mark.slow
FRAMES = [0, 9, 23]


def bare(path: Path, kind: str) -> Path:
    """Write our head without shapes, in inches, skinned or not, or an instance of it."""
    asset = path.with_name("asset.usda") if kind == "an instance" else path
    usd_export.write(STILL, asset, rig=rigs.builtin())
    stage = Usd.Stage.Open(str(asset))
    for prim in [prim for prim in stage.Traverse() if prim.IsA(UsdSkel.BlendShape) or prim.IsA(UsdSkel.Animation)]:
        stage.RemovePrim(prim.GetPath())
    for prim in stage.Traverse():
        for name in prim.GetAuthoredPropertyNames():
            if "blendShape" in name or "animationSource" in name or (kind == "no skeleton" and "skel:" in name):
                prim.RemoveProperty(name)
    root = stage.GetDefaultPrim()
    if kind == "no skeleton":
        stage.RemovePrim(root.GetPath().AppendChild("Skeleton"))
        root.SetTypeName("Xform")
    UsdGeom.Xformable(root).AddScaleOp().Set(Gf.Vec3f(1 / 0.0254))
    UsdGeom.SetStageMetersPerUnit(stage, 0.0254)
    stage.Save()
    if kind == "an instance":
        scene = Usd.Stage.CreateNew(str(path))
        UsdGeom.SetStageMetersPerUnit(scene, 0.0254)
        UsdGeom.SetStageUpAxis(scene, "Y")
        world = UsdGeom.Xform.Define(scene, "/World")
        scene.SetDefaultPrim(world.GetPrim())
        hero = scene.DefinePrim("/World/Hero")
        hero.GetReferences().AddReference("./asset.usda")
        hero.SetInstanceable(True)
        scene.Save()
    return path


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Fit]:
    """Return how a character of a kind is driven, found once."""

    @cache
    def found(kind: str) -> Fit:
        return fit(rigs.load(bare(tmp_path_factory.mktemp("bare") / "hero.usda", kind), bare=True))

    return found


@pytest.mark.parametrize("kind", ["skinned", "no skeleton", "an instance"])
def test_its_own_mesh_has_the_shapes_and_moves_as_the_rig_does(
    kind: str, driven: Callable[[str], Fit], tmp_path: Path
) -> None:
    onto = driven(kind)
    assert onto.rig.asset is not None
    before = onto.rig.asset.path.read_bytes()
    clip = onto(replace(talking(24), metadata={"source": "line.wav"}))
    path = usd_export.write(clip, tmp_path / "line.usdc", rig=onto.rig)
    assert usd_export.check(path, clip, onto.rig) == ()
    assert onto.rig.asset.path.read_bytes() == before
    rate = Usd.Stage.Open(str(path)).GetTimeCodesPerSecond()
    points = drawn_all(path, [frame * rate / 60 for frame in FRAMES], onto.rig.asset.space)
    for frame, found in zip(FRAMES, points, strict=True):
        wanted = posed(onto.rig, clip, frame)
        assert np.abs(found - wanted).max() < 2e-5
        assert np.abs(wanted - posed(onto.rig, clip, 0)).max() > 1e-3 or frame == 0


def test_the_layer_is_a_rig_with_shapes_for_the_next_line(driven: Callable[[str], Fit], tmp_path: Path) -> None:
    onto = driven("no skeleton")
    clip = onto(talking(24))
    once = usd_export.write(clip, tmp_path / "once.usda", rig=onto.rig)
    again = rigs.load(once)
    assert again.shapes == onto.rig.shapes
    twice = usd_export.write(clip, tmp_path / "twice.usda", rig=again, options=Options(flatten=True))
    assert again.asset is not None
    one, two = (drawn_all(path, [4.5], again.asset.space) for path in (once, twice))
    assert np.abs(one - two).max() < 1e-6
