"""Characters in USD as studios have them, made with Pixar's own library: a body of two meshes on one skeleton."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Sdf, Usd, UsdGeom, UsdShade, UsdSkel, Vt

from tests.support.small_rig import SIDE, patch

INCH: Final = 0.0254
FEATURES: Final = (
    "plain",
    "inches and Z up",
    "two skeletons",
    "placed and scaled",
    "inbetweens",
    "a body that moves",
    "no pose at rest",
    "no names of shapes",
    "referenced",
    "an instance",
    "an instance in an instance",
    "payload and variants",
    "shapes without a skeleton",
    "a skeleton outside a SkelRoot",
    "one skeleton, two SkelRoots",
    "a hat without a skeleton",
)
WALK: Final = (0.0, 6.0, 12.0, 40.0)
"""Time codes at which the body that moves is posed, at 24 a second."""
JOINTS: Final = ("root", "root/spine", "root/spine/head", "root/arm")
_PLACES: Final = ((0.0, 1.2, 0.0), (0.0, 1.35, 0.0), (0.0, 1.5, 0.0), (0.2, 1.4, 0.0))


def character(path: Path, feature: str = "plain") -> Path:
    """Write a character with one feature; what it is made of lies in files beside it."""
    if feature == "an instance in an instance":
        inner = _reference(_body(path.with_name("asset.usda"), feature), path.with_name("inner.usda"), "an instance")
        return _reference(inner, path, "an instance")
    if feature in ("referenced", "an instance", "payload and variants"):
        return _reference(_body(path.with_name("asset.usda"), feature), path, feature)
    return _body(path, feature)


def _reference(asset: Path, path: Path, feature: str) -> Path:
    stage = Usd.Stage.CreateNew(str(path))
    _units(stage, feature)
    world = UsdGeom.Xform.Define(stage, "/World")
    stage.SetDefaultPrim(world.GetPrim())
    hero = stage.DefinePrim("/World/Hero_1")
    if feature == "payload and variants":
        look = hero.GetVariantSets().AddVariantSet("look")
        for name in ("coat", "shirt"):
            look.AddVariant(name)
            look.SetVariantSelection(name)
            with look.GetVariantEditContext():
                hero.GetPayloads().AddPayload(f"./{asset.name}")
                UsdGeom.Sphere.Define(stage, f"/World/Hero_1/{name}")
    else:
        hero.GetReferences().AddReference(f"./{asset.name}")
        hero.SetInstanceable(feature == "an instance")
    stage.Save()
    return path


def _units(stage: Usd.Stage, feature: str) -> None:
    inches = feature == "inches and Z up"
    UsdGeom.SetStageMetersPerUnit(stage, INCH if inches else 1.0)
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.z if inches else UsdGeom.Tokens.y)
    if feature == "a body that moves":
        stage.SetTimeCodesPerSecond(24)
        stage.SetFramesPerSecond(24)
        stage.SetStartTimeCode(WALK[0])
        stage.SetEndTimeCode(WALK[-1])


def _body(path: Path, feature: str) -> Path:
    stage = Usd.Stage.CreateNew(str(path))
    _units(stage, feature)
    hero = UsdGeom.Xform.Define(stage, "/Hero")
    stage.SetDefaultPrim(hero.GetPrim())
    roots = (
        ["/Hero/Rig", "/Hero/Hair"] if feature in ("two skeletons", "one skeleton, two SkelRoots") else ["/Hero/Rig"]
    )
    for root in roots:
        _root(stage, root, feature)
    owners = {"shapes without a skeleton": [], "one skeleton, two SkelRoots": roots[:1]}.get(feature, roots)
    skeletons = [_skeleton(stage, root, feature) for root in owners]
    rig = patch()
    assert rig.mesh is not None
    half = SIDE * SIDE
    for number, (name, root) in enumerate((("skin", roots[0]), ("cloth", roots[-1]))):
        rows = slice(number * half, (number + 1) * half)
        shapes = {shape: rig.mesh.deltas[row, rows] for row, shape in enumerate(rig.shapes)}
        hat = feature == "a hat without a skeleton" and name == "cloth"
        mesh = _mesh(stage, f"/Hero/{name}" if hat else f"{root}/{name}", rig.mesh.vertices[rows], shapes, feature)
        if skeletons and not hat:
            _skin(mesh, skeletons[number % len(skeletons)])
        else:
            mesh.AddTranslateOp().Set(Gf.Vec3d(0, 0, 0.1 + 0.1 * number))
            mesh.GetPrim().RemoveAPI(UsdSkel.BindingAPI)  # as older programs write it
    stage.Save()
    return path


def _own(points: NDArray[np.floating], feature: str) -> NDArray[np.float32]:
    """Return points, which are in metres with Y up, as the file has them."""
    if feature == "inches and Z up":
        points = points @ np.array([[1, 0, 0], [0, 0, 1], [0, -1, 0]]) / INCH
    return np.ascontiguousarray(points, np.float32)


def _root(stage: Usd.Stage, root: str, feature: str) -> None:
    """Define what a skeleton and its meshes lie in."""
    plain = feature in ("shapes without a skeleton", "a skeleton outside a SkelRoot")
    place = UsdGeom.Xformable((UsdGeom.Xform if plain else UsdSkel.Root).Define(stage, root))
    if feature in ("placed and scaled", "shapes without a skeleton"):
        place.AddTranslateOp().Set(Gf.Vec3d(1, 2, 3))
        place.AddRotateXYZOp().Set(Gf.Vec3f(10, 5, 20))
        place.AddScaleOp().Set(Gf.Vec3f(0.5))


def _skeleton(stage: Usd.Stage, root: str, feature: str) -> UsdSkel.Skeleton:
    skeleton = UsdSkel.Skeleton.Define(stage, f"{root}/Skel")
    skeleton.CreateJointsAttr(JOINTS)
    random = np.random.default_rng(3)
    turns = [Gf.Rotation(Gf.Vec3d(*random.normal(size=3)), float(random.uniform(0, 90))) for _ in JOINTS]
    places = _own(np.array(_PLACES), feature).tolist()
    binds = [Gf.Matrix4d(turn, Gf.Vec3d(*place)) for turn, place in zip(turns, places, strict=True)]
    above = [next((JOINTS.index(up) for up in [joint.rpartition("/")[0]] if up), None) for joint in JOINTS]
    rests = [bind if up is None else bind * binds[up].GetInverse() for bind, up in zip(binds, above, strict=True)]
    skeleton.CreateBindTransformsAttr(binds)
    if feature != "no pose at rest":
        skeleton.CreateRestTransformsAttr(rests)
    if feature == "a body that moves":
        _walk(stage, f"{root}/Walk", rests)
        binding = UsdSkel.BindingAPI.Apply(stage.GetPrimAtPath(root))
        binding.CreateAnimationSourceRel().SetTargets([f"{root}/Walk"])
    return skeleton


def _walk(stage: Usd.Stage, path: str, rests: list[Gf.Matrix4d]) -> None:
    """Define a walk of spine and head, in an order of its own, with a shape that the clip knows and one that it not."""
    walk = UsdSkel.Animation.Define(stage, path)
    walk.CreateJointsAttr([JOINTS[2], JOINTS[1]])
    walk.CreateBlendShapesAttr(["jawOpen", "belly"])
    scales = Vt.Vec3hArray([Gf.Vec3h(1), Gf.Vec3h(1)])
    for time in WALK:
        poses = [Gf.Matrix4d(Gf.Rotation(Gf.Vec3d(1, 2, 0), 2 * time), Gf.Vec3d(0)) * rests[row] for row in (2, 1)]
        walk.CreateTranslationsAttr().Set([Gf.Vec3f(pose.ExtractTranslation()) for pose in poses], time)
        walk.CreateRotationsAttr().Set([Gf.Quatf(pose.ExtractRotationQuat()) for pose in poses], time)
        walk.CreateScalesAttr().Set(scales, time)
        walk.CreateBlendShapeWeightsAttr().Set([0.9, time / 100], time)


def _mesh(
    stage: Usd.Stage, path: str, points: NDArray[np.float32], shapes: dict[str, NDArray[np.float32]], feature: str
) -> UsdGeom.Mesh:
    mesh = UsdGeom.Mesh.Define(stage, path)
    corner = np.add.outer(np.arange(SIDE - 1) * SIDE, np.arange(SIDE - 1)).ravel()
    quads = np.stack([corner, corner + 1, corner + SIDE + 1, corner + SIDE], axis=1).astype(np.int32)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(_own(points, feature)))
    mesh.CreateFaceVertexCountsAttr([4] * len(quads))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(quads.ravel()))
    mesh.CreateSubdivisionSchemeAttr("catmullClark")  # what it is anyway; NVIDIA's validator wants it said
    mesh.CreateExtentAttr(UsdGeom.Mesh.ComputeExtent(mesh.GetPointsAttr().Get()))
    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    targets = []
    for name, delta in (shapes | {"belly": -points} if feature == "a body that moves" else shapes).items():
        shape = UsdSkel.BlendShape.Define(stage, f"{path}/{name}")
        shape.CreateOffsetsAttr(Vt.Vec3fArray.FromNumpy(_own(delta, feature)))
        if feature == "inbetweens" and name == "jawOpen":
            half = shape.CreateInbetween("half")
            half.SetWeight(0.5)
            half.SetOffsets(Vt.Vec3fArray.FromNumpy(_own(delta * [0.5, 0.5, 0.9], feature)))
        targets.append(shape.GetPath())
    if feature != "no names of shapes":
        binding.CreateBlendShapesAttr([target.name for target in targets])
    binding.CreateBlendShapeTargetsRel().SetTargets(targets)
    _material(stage, mesh)
    return mesh


def _skin(mesh: UsdGeom.Mesh, skeleton: UsdSkel.Skeleton) -> None:
    """Have a mesh follow spine and head."""
    heights = np.array(mesh.GetPointsAttr().Get())[:, 1]
    if UsdGeom.GetStageUpAxis(mesh.GetPrim().GetStage()) == UsdGeom.Tokens.z:
        heights = np.array(mesh.GetPointsAttr().Get())[:, 2] * INCH
    binding = UsdSkel.BindingAPI(mesh)
    binding.CreateSkeletonRel().SetTargets([skeleton.GetPath()])
    share = np.clip((heights - 1.45) / 0.1, 0, 1)
    indices = np.tile(np.array([1, 2], np.int32), len(heights))
    binding.CreateJointIndicesPrimvar(False, 2).Set(Vt.IntArray.FromNumpy(indices))
    weights = np.stack([1 - share, share], axis=1).astype(np.float32)
    binding.CreateJointWeightsPrimvar(False, 2).Set(Vt.FloatArray.FromNumpy(weights.ravel()))
    binding.CreateGeomBindTransformAttr(Gf.Matrix4d(1))


def _material(stage: Usd.Stage, mesh: UsdGeom.Mesh) -> None:
    """Give a mesh a material with a texture beside the file."""
    folder = Path(stage.GetRootLayer().realPath).parent
    (folder / "skin.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    material = UsdShade.Material.Define(stage, mesh.GetPath().AppendChild("Look"))
    shader = UsdShade.Shader.Define(stage, material.GetPath().AppendChild("Texture"))
    shader.CreateIdAttr("UsdUVTexture")
    shader.CreateInput("file", Sdf.ValueTypeNames.Asset).Set("./skin.png")
    UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).Bind(material)
