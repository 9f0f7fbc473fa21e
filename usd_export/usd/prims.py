"""The prims of a face in USD: its mesh with blend shapes and materials, its skeleton, its animation."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from pxr import Gf, Sdf, Tf, Usd, UsdGeom, UsdShade, UsdSkel, Vt

from audio2blend.clip import Clip
from rigs import Joint, Material, Mesh, Rig
from rigs.quaternions import matrix_of
from rigs.skeleton import Place, at_rest, motions_of, moved

from ..skinning import influences

SMALLEST_M = 1e-6
"""Deltas shorter than this many metres are left out of the sparse blend shapes."""
_MOST_JOINTS = 8
"""Of a vertex, strongest first; a vertex rarely follows more, and what is left of it is scaled up."""


def unique_identifiers(names: Iterable[str]) -> list[str]:
    """Return a prim name for each name: the name itself where it can be one, and none twice.

    >>> unique_identifiers(["jawOpen", "jaw-open", "jaw open"])
    ['jawOpen', 'jaw_open', 'jaw_open_2']
    """
    taken: list[str] = []
    for name in names:
        plain = Tf.MakeValidIdentifier(name)
        candidates = [plain, *(f"{plain}_{number}" for number in range(2, len(taken) + 2))]
        taken.append(next(candidate for candidate in candidates if candidate not in taken))
    return taken


def joint_paths(joints: tuple[Joint, ...]) -> list[str]:
    """Return the joints as UsdSkel names them: each with its parents, such as "root/head"."""
    paths: dict[str, str] = {}
    for joint, name in zip(joints, unique_identifiers(joint.name for joint in joints), strict=True):
        paths[joint.name] = name if joint.parent is None else f"{paths[joint.parent]}/{name}"
    return list(paths.values())


def define_skeleton(stage: Usd.Stage, path: Sdf.Path, joints: tuple[Joint, ...]) -> UsdSkel.Skeleton:
    """Define the skeleton of `joints`, each with its own axes."""
    skeleton = UsdSkel.Skeleton.Define(stage, path)
    skeleton.CreateJointsAttr(joint_paths(joints))
    bind = Place(np.array([joint.position for joint in joints]), np.array([joint.orientation for joint in joints]))
    skeleton.CreateBindTransformsAttr(_matrices(bind))
    skeleton.CreateRestTransformsAttr(_matrices(at_rest(joints)))
    UsdGeom.Imageable(skeleton).CreatePurposeAttr(UsdGeom.Tokens.guide)
    return skeleton


def _matrices(places: Place) -> Vt.Matrix4dArray:
    """Return a matrix for each place; USD's act on rows."""
    matrices = np.tile(np.eye(4), (len(places.translation), 1, 1))
    matrices[:, :3, :3] = matrix_of(places.rotation).transpose(0, 2, 1)
    matrices[:, 3, :3] = places.translation
    return Vt.Matrix4dArray.FromNumpy(matrices)


def define_animation(
    stage: Usd.Stage, path: Sdf.Path, clip: Clip, rig: Rig, joints: tuple[Joint, ...]
) -> UsdSkel.Animation:
    """Define the weights of the rig's shapes and the motion of its joints, one time sample a frame.

    RealityKit wants the joints to be those of the skeleton in the same order. Only what moves has time samples.
    """
    animation = UsdSkel.Animation.Define(stage, path)
    animation.CreateJointsAttr(joint_paths(joints))
    rest = at_rest(joints)
    translations, rotations = rest.translation.astype(np.float32), rest.rotation.astype(np.float32)
    places = animation.CreateTranslationsAttr(Vt.Vec3fArray.FromNumpy(translations)).GetPath()
    animation.CreateScalesAttr(Vt.Vec3hArray([Gf.Vec3h(1, 1, 1)] * len(joints)))
    turns = animation.CreateRotationsAttr(_quaternions(rotations)).GetPath()
    motions = motions_of(rig, clip)
    rows = [row for row, joint in enumerate(joints) if joint.name in motions]
    moving = [moved(joints, joints[row], motions[joints[row].name]) for row in rows]
    shifted = any(motion.translation.any() for motion in motions.values())

    layer = stage.GetRootLayer()
    times = time_codes(clip)
    with Sdf.ChangeBlock():
        if rig.shapes:
            animation.CreateBlendShapesAttr(rig.shapes)
            weights = animation.CreateBlendShapeWeightsAttr().GetPath()
            for time, values in zip(times, clip.select(rig.shapes).values, strict=True):
                layer.SetTimeSample(weights, time, Vt.FloatArray.FromNumpy(values))
        for frame, time in enumerate(times if rows else ()):
            rotations[rows] = [place.rotation[frame] for place in moving]
            layer.SetTimeSample(turns, time, _quaternions(rotations))
            if shifted:
                translations[rows] = [place.translation[frame] for place in moving]
                layer.SetTimeSample(places, time, Vt.Vec3fArray.FromNumpy(translations))
    return animation


def _quaternions(turns: NDArray[np.float32]) -> Vt.QuatfArray:
    """Return turns (n, 4), w first, as USD has them."""
    return Vt.QuatfArray.FromNumpy(np.roll(turns, -1, axis=1))


def time_codes(clip: Clip) -> list[float]:
    """Return the time code of every frame: frames from the time 0 of the sound."""
    first = clip.start_s * float(clip.frame_rate)
    return [first + number for number in range(len(clip))]


def define_mesh(stage: Usd.Stage, path: Sdf.Path, rig: Rig, rig_mesh: Mesh, joints: tuple[Joint, ...]) -> UsdGeom.Mesh:
    """Define the mesh with its joint influences and, below it, a sparse blend shape for each shape of the rig."""
    mesh = UsdGeom.Mesh.Define(stage, path)
    mesh.CreatePointsAttr(Vt.Vec3fArray.FromNumpy(rig_mesh.vertices))
    mesh.CreateFaceVertexCountsAttr(Vt.IntArray.FromNumpy(rig_mesh.face_sizes))
    mesh.CreateFaceVertexIndicesAttr(Vt.IntArray.FromNumpy(rig_mesh.face_vertices))
    mesh.CreateSubdivisionSchemeAttr(UsdGeom.Tokens.catmullClark)
    box = np.stack([rig_mesh.vertices.min(axis=0), rig_mesh.vertices.max(axis=0)])
    mesh.CreateExtentAttr(Vt.Vec3fArray.FromNumpy(box))
    if rig_mesh.uv is not None:
        primvar = UsdGeom.PrimvarsAPI(mesh).CreatePrimvar(
            "st", Sdf.ValueTypeNames.TexCoord2fArray, UsdGeom.Tokens.faceVarying
        )
        places, which = np.unique(rig_mesh.uv, axis=0, return_inverse=True)
        primvar.Set(Vt.Vec2fArray.FromNumpy(places))
        primvar.SetIndices(Vt.IntArray.FromNumpy(which.ravel().astype(np.int32)))

    if rig_mesh.colors is not None:
        paint = mesh.CreateDisplayColorPrimvar(UsdGeom.Tokens.vertex)
        paint.Set(Vt.Vec3fArray.FromNumpy(rig_mesh.colors))

    binding = UsdSkel.BindingAPI.Apply(mesh.GetPrim())
    chosen = influences(joints, _MOST_JOINTS)
    size = chosen.joints.shape[1]
    binding.CreateJointIndicesPrimvar(False, size).Set(Vt.IntArray.FromNumpy(chosen.joints.ravel()))
    binding.CreateJointWeightsPrimvar(False, size).Set(Vt.FloatArray.FromNumpy(chosen.weights.ravel()))
    binding.CreateGeomBindTransformAttr(Gf.Matrix4d(1))

    targets = [path.AppendChild(name) for name in unique_identifiers(rig.shapes)]
    for target, delta in zip(targets, rig_mesh.deltas, strict=True):
        moved = np.flatnonzero(np.linalg.norm(delta, axis=1) >= SMALLEST_M).astype(np.int32)
        shape = UsdSkel.BlendShape.Define(stage, target)
        shape.CreateOffsetsAttr(Vt.Vec3fArray.FromNumpy(delta[moved]))
        shape.CreatePointIndicesAttr(Vt.IntArray.FromNumpy(moved))
    if targets:
        binding.CreateBlendShapesAttr(rig.shapes)
        binding.CreateBlendShapeTargetsRel().SetTargets(targets)
    return mesh


def bind_materials(stage: Usd.Stage, folder: Sdf.Path, mesh: UsdGeom.Mesh, rig_mesh: Mesh) -> None:
    """Define the materials that are used, and bind each to a subset of the faces."""
    UsdGeom.Scope.Define(stage, folder)
    names = unique_identifiers(material.name for material in rig_mesh.materials)
    for index, (name, look) in enumerate(zip(names, rig_mesh.materials, strict=True)):
        faces = np.flatnonzero(rig_mesh.face_materials == index).astype(np.int32)
        if len(faces):
            material = _define_material(stage, folder.AppendChild(name), look, painted=rig_mesh.colors is not None)
            subset = UsdShade.MaterialBindingAPI.Apply(mesh.GetPrim()).CreateMaterialBindSubset(
                name, Vt.IntArray.FromNumpy(faces)
            )
            UsdShade.MaterialBindingAPI.Apply(subset.GetPrim()).Bind(material)


def _define_material(stage: Usd.Stage, path: Sdf.Path, look: Material, *, painted: bool) -> UsdShade.Material:
    """Define a UsdPreviewSurface; it knows no subsurface scattering.

    On a `painted` mesh the colours of its vertices take the place of the material's, which stands beside them for
    programs that do not follow the connection.
    """
    material = UsdShade.Material.Define(stage, path)
    shader = UsdShade.Shader.Define(stage, path.AppendChild("Surface"))
    shader.CreateIdAttr("UsdPreviewSurface")
    color = shader.CreateInput("diffuseColor", Sdf.ValueTypeNames.Color3f)
    color.Set(Gf.Vec3f(*look.color))
    if painted:
        paint = UsdShade.Shader.Define(stage, path.AppendChild("Paint"))
        paint.CreateIdAttr("UsdPrimvarReader_float3")
        paint.CreateInput("varname", Sdf.ValueTypeNames.String).Set("displayColor")
        paint.CreateInput("fallback", Sdf.ValueTypeNames.Float3).Set(Gf.Vec3f(*look.color))
        paint.CreateOutput("result", Sdf.ValueTypeNames.Float3)
        color.ConnectToSource(paint.ConnectableAPI(), "result")
    shader.CreateInput("roughness", Sdf.ValueTypeNames.Float).Set(look.roughness)
    shader.CreateInput("metallic", Sdf.ValueTypeNames.Float).Set(0.0)
    material.CreateSurfaceOutput().ConnectToSource(shader.ConnectableAPI(), "surface")
    return material
