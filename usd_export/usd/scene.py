"""Universal Scene Description with UsdSkel: .usda (text), .usdc (binary) and .usdz (one file to hand around).

```
/builtin                   SkelRoot, named after the rig: the default prim; its extentsHint holds every frame
    Face                   points in metres, Y up; GeomSubsets by material; joint influences
        jawOpen …          a sparse BlendShape for each shape of the rig
    Skeleton               the rig's joints, each at its place with its own axes
        Animation          blendShapeWeights and the motion of joints, a time sample a frame
    Materials              UsdPreviewSurface
```

Time code k is frame k of the clip, counted from the time 0 of the sound, and `timeCodesPerSecond` is the rate as a
double. The exact rate, such as "30000/1001", and the clip's metadata are text in `customLayerData["audio2blend"]`.

The mesh is a Catmull-Clark surface without normals, on purpose. Hydra, which draws in usdview, Omniverse, Houdini and
RenderMan, drops or leaves behind the authored normals of a skinned mesh, and a polygon mesh without normals comes out
faceted (OpenUSD issues 3406 and 3699); of a subdivision surface it computes smooth normals from the deformed points,
right at every weight, even where it is not set to subdivide. Blender's importer shades it smooth and adds no modifier.

Lost: channels that the rig has neither shape nor joint for, the sound, and shape deltas below a micrometre.
"""

import errno
import tempfile
from pathlib import Path

from pxr import Sdf, Tf, Usd, UsdGeom, UsdSkel, Vt

from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Mesh, Rig

from ..skinning import joints_of, reach
from . import Options
from . import prims as usd_face
from .package import pack


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Options) -> None:
    """Write the face of `rig`, moved by `clip`, to a .usda, .usdc or .usdz file; speech is not used.

    Raises InputError if the rig has no mesh or the clip no frames, and for options, which are for others.
    """
    if rig is None or rig.mesh is None:
        raise InputError(f"{path}: a USD file needs a rig with a mesh")
    if not len(clip):
        raise InputError("the clip holds no frames; a USD file needs at least one")
    if options != Options():
        raise InputError("options for a USD character of your own, and the rig is none; leave them out")
    if path.suffix.lower() == ".usdz":
        with tempfile.TemporaryDirectory(dir=path.parent) as folder:
            scene = Path(folder) / "face.usdc"
            write(clip, scene, rig=rig, speech=speech, options=options)
            pack(scene, path)
    else:
        stage = _stage(clip, rig, rig.mesh, path.suffix.lower())  # named, since its layer lives only as long as it does
        try:
            stage.GetRootLayer().Export(str(path))
        except Tf.ErrorException as error:
            raise OSError(errno.EIO, "USD could not write the whole file; the disk may be full") from error


def _stage(clip: Clip, rig: Rig, mesh: Mesh, suffix: str) -> Usd.Stage:
    """Return the scene, in memory."""
    stage = Usd.Stage.CreateInMemory(suffix)
    rate = float(clip.frame_rate)
    times = usd_face.time_codes(clip)
    stage.SetTimeCodesPerSecond(rate)
    stage.SetFramesPerSecond(rate)
    stage.SetStartTimeCode(times[0])
    stage.SetEndTimeCode(times[-1])
    UsdGeom.SetStageUpAxis(stage, UsdGeom.Tokens.y)
    UsdGeom.SetStageMetersPerUnit(stage, UsdGeom.LinearUnits.meters)
    about = {"frame_rate": str(clip.frame_rate), "metadata": dict(clip.metadata)}
    stage.GetRootLayer().customLayerData = {"audio2blend": about}

    root = UsdSkel.Root.Define(stage, Sdf.Path.absoluteRootPath.AppendChild(Tf.MakeValidIdentifier(rig.name)))
    UsdGeom.ModelAPI.Apply(root.GetPrim()).SetExtentsHint(Vt.Vec3fArray.FromNumpy(reach(rig, mesh, clip)))
    Usd.ModelAPI(root).SetKind("component")
    stage.SetDefaultPrim(root.GetPrim())

    joints = joints_of(rig, mesh)
    skeleton = usd_face.define_skeleton(stage, root.GetPath().AppendChild("Skeleton"), joints)
    animation = usd_face.define_animation(stage, skeleton.GetPath().AppendChild("Animation"), clip, rig, joints)
    body = usd_face.define_mesh(stage, root.GetPath().AppendChild("Face"), rig, mesh, joints)
    usd_face.bind_materials(stage, root.GetPath().AppendChild("Materials"), body, mesh)

    UsdSkel.BindingAPI.Apply(skeleton.GetPrim()).CreateAnimationSourceRel().SetTargets([animation.GetPath()])
    UsdSkel.BindingAPI(body).CreateSkeletonRel().SetTargets([skeleton.GetPath()])
    return stage
