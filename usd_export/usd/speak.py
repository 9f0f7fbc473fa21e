"""A clip as the SkelAnimation of a skeleton in somebody's own scene, over what moves it already."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pxr import Sdf, Tf, Usd, UsdGeom, UsdSkel, Vt

from audio2blend.clip import Clip
from rigs import Rig
from rigs.motion import Motion
from rigs.quaternions import inverse, multiply, of_matrix, steady, stored
from rigs.readers.usd_names import shapes_of
from rigs.skeleton import motions_of

from ..take import name_of
from .body import OURS, OVER, Body, Pose, binds_of, body_of, parents_of
from .bound import Bound

_STILL: Final = 1e-6
"""What moves less rests."""

Array = NDArray[np.floating[Any]]


def moves(bound: Bound, clip: Clip, rig: Rig) -> bool:
    """Return whether a clip moves anything that hangs on a skeleton."""
    return any(shape in clip for shape in bound.shapes) or bool(_motions(bound, clip, rig))


def speak(stage: Usd.Stage, bound: Bound, clip: Clip, rig: Rig, times: Sequence[float]) -> Sdf.Path:
    """Define the animation of a clip below a skeleton, bind it and return it; frame k is at `times[k]`.

    The animation that the skeleton has is held in it, at its own times, but for the shapes that the clip moves.
    """
    body = body_of(bound)
    skeleton = bound.skeleton.GetPrim()
    animation = UsdSkel.Animation.Define(stage, _free(skeleton, name_of(clip)))
    animation.GetPrim().SetCustomDataByKey(OURS, {OVER: body.path})
    with Sdf.ChangeBlock():
        _write_weights(animation, bound, body, clip, times)
        _write_joints(animation, bound, body, clip, rig, times)
    UsdSkel.BindingAPI.Apply(skeleton).CreateAnimationSourceRel().SetTargets([animation.GetPath()])
    for mesh in bound.meshes:
        own = shapes_of(mesh)
        if own.names != own.tokens:
            UsdSkel.BindingAPI(mesh).CreateBlendShapesAttr(own.names)
    path: Sdf.Path = animation.GetPath()
    return path


def _free(skeleton: Usd.Prim, name: str) -> Sdf.Path:
    """Return a path below a skeleton that nothing has, called as much like `name` as USD lets."""
    plain, taken = Tf.MakeValidIdentifier(name), set(skeleton.GetAllChildrenNames())
    names = (plain, *(f"{plain}_{number}" for number in range(2, len(taken) + 3)))
    return skeleton.GetPath().AppendChild(next(one for one in names if one not in taken))


def _write_weights(animation: UsdSkel.Animation, bound: Bound, body: Body, clip: Clip, times: Sequence[float]) -> None:
    """Write the weights of the shapes that the clip moves, and of those that only the animation beneath does."""
    spoken = [shape for shape in bound.shapes if shape in clip]
    values, at = clip.select(spoken).values, list(times)
    others = [name for name in body.weights(0.0) if name not in spoken]
    if others:
        at = sorted({*times, *body.weight_times})
        more = np.array([[weights[name] for name in others] for weights in map(body.weights, at)], np.float32)
        values = np.concatenate([_between(values, times, at), more], axis=1).astype(np.float32)
    if not spoken and not others:
        return
    animation.CreateBlendShapesAttr([*spoken, *others])
    path = animation.CreateBlendShapeWeightsAttr().GetPath()
    layer = animation.GetPrim().GetStage().GetRootLayer()
    for time, row in zip(at, values, strict=True):
        layer.SetTimeSample(path, time, Vt.FloatArray.FromNumpy(np.ascontiguousarray(row, np.float32)))


def _write_joints(
    animation: UsdSkel.Animation, bound: Bound, body: Body, clip: Clip, rig: Rig, times: Sequence[float]
) -> None:
    """Write where all joints of the skeleton are: at rest, or as the animation beneath has them, and as we turn them.

    What rests throughout has no time samples.
    """
    if not bound.joints:
        return
    turns = _turns(bound, clip, rig)
    at = sorted({*(times if turns else ()), *body.joint_times})
    poses = [body.pose(time) for time in at or [0.0]]
    pose = Pose(*(np.stack(parts) for parts in zip(*poses, strict=True)))
    for row, (turn, shift) in turns.items():
        own = _between(turn, times, at)
        own /= np.linalg.norm(own, axis=1, keepdims=True)
        pose.rotations[:, row] = multiply(pose.rotations[:, row], own)
        pose.translations[:, row] += _between(shift, times, at)
    for row in range(len(bound.joints)):
        pose.rotations[:, row] = steady(pose.rotations[:, row])
    animation.CreateJointsAttr(list(bound.joints))
    rotations = np.roll(stored(pose.rotations), -1, axis=2)
    _write(animation.CreateTranslationsAttr(), at, pose.translations.astype(np.float32), Vt.Vec3fArray)
    _write(animation.CreateRotationsAttr(), at, rotations, Vt.QuatfArray)
    _write(animation.CreateScalesAttr(), at, pose.scales.astype(np.float16), Vt.Vec3hArray)


def _write(attribute: Usd.Attribute, times: Sequence[float], values: NDArray[Any], kind: Any) -> None:
    """Write the values of every time, shape (n_times, n_joints, width), or one where they stay the same."""
    layer = attribute.GetStage().GetRootLayer()
    if np.abs(values - values[:1]).max() <= _STILL:
        layer.GetAttributeAtPath(attribute.GetPath()).default = kind.FromNumpy(np.ascontiguousarray(values[0]))
        return
    for time, row in zip(times, values, strict=True):
        layer.SetTimeSample(attribute.GetPath(), time, kind.FromNumpy(np.ascontiguousarray(row)))


def _motions(bound: Bound, clip: Clip, rig: Rig) -> Mapping[str, Motion]:
    """Return the motion of those joints of a skeleton that a clip moves, by their names."""
    own = {*bound.joints.values()}
    return {name: motion for name, motion in motions_of(rig, clip).items() if name in own}


def _turns(bound: Bound, clip: Clip, rig: Rig) -> dict[int, tuple[Array, Array]]:
    """Return for each joint that moves, by its row, its turns in its own axes, (n_frames, 4), and its shifts in its
    parent's, (n_frames, 3), in the scene's unit."""
    assert rig.asset is not None
    space = rig.asset.space
    face = of_matrix(space.T)  # from the scene to the rig
    world = np.array(UsdGeom.XformCache(Usd.TimeCode.EarliestTime()).GetLocalToWorldTransform(bound.skeleton.GetPrim()))
    binds = [bind[:3, :3] @ world[:3, :3] for bind in binds_of(bound)]
    rows = {name: row for row, name in enumerate(bound.joints.values())}
    found: dict[int, tuple[Array, Array]] = {}
    for name, motion in _motions(bound, clip, rig).items():
        row = rows[name]
        bind, up = binds[row], parents_of(bound)[row]
        axes = bind.T if np.linalg.det(bind) > 0 else -bind.T  # what mirrors all three axes turns nothing
        own = multiply(face, of_matrix(axes))
        turn = steady(multiply(inverse(own), multiply(motion.rotation.astype(np.float64), own)))
        into = np.linalg.inv(space) @ np.linalg.inv(binds[up] if up >= 0 else world[:3, :3])
        shift: Array = motion.translation.astype(np.float64) @ into
        found[row] = turn, shift
    return found


def _between(values: Array, times: Sequence[float], at: Sequence[float]) -> NDArray[np.float64]:
    """Return values (n_times, width) at other times: on the line between two, and as at the ends beyond them."""
    return np.stack([np.interp(at, times, column) for column in values.T], axis=1)
