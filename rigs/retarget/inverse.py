"""The way back by what a face looks like: ARKit's weights with which our head does what another rig does."""

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend import wording
from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError

from ..builtin import builtin
from ..rig import Rig
from ..skeleton import posed
from ..surface.correspondence import correspond
from ..surface.mesh import Points
from .fit import by_name, names_tell
from .solver import on_its_jaw
from .with_joints import joint_targets

_RIDGE: Final = 1e-4
"""What the square of a weight costs, in the square of the motion that it makes."""
_SPARSE: Final = 0.004
"""What a weight costs, as much as a motion of so much of what shapes do by the median: without, opposite shapes that
undo each other would both come up."""
_BLIND: Final = ("tongueOut",)
"""What skin does not show."""
_STEPS: Final = 400
_CHUNK: Final = 256
"""Frames that are looked at together."""


def back(clip: Clip, rig: Rig) -> Clip:
    """Return a clip in a rig's own channels as one in ARKit's: by names if `fit` believes them, else by what shapes do.

    Raises InputError if neither matches, or the clip has none of the rig's channels.
    """
    found = by_name(rig)
    if not names_tell(rig, found):
        return back_by_shape(clip, builtin(), rig)
    if not found.retarget.targets:
        raise InputError(
            f"none of the names of rig '{rig.name}' is known, and it has no shapes to see; name a file that has them"
        )
    return found.retarget.inverse()(clip)


def back_by_shape(clip: Clip, source: Rig, rig: Rig) -> Clip:
    r"""Return a clip in the channels of `rig` as one in those of `source`, whatever the rig's shapes are called.

    .. math::
        \min_{0 \le a \le 1} \lVert D (M a - x) \rVert^2 + \rho \lVert N a \rVert^2 + \lambda \lVert N a \rVert_1

    for every frame, with the motion x of the rig's face by shapes and jaw, the motions M that the source's shapes, of
    size N, make on that face, and D, which counts lips more than cheeks; mouthClose comes on an open jaw alone. Solved
    by projected gradients with momentum (Beck and Teboulle 2009). Gaze is read from the eyes' joints, where there are
    any. Skin shows nothing of the tongue, so tongueOut is absent; rotations of the head stay.
    Raises InputError if a face cannot be found, or the clip has none of the rig's channels.
    """
    joints = joint_targets(rig)
    known = [name for name in clip.channels if name in rig.shapes or name in {joint.name for joint in joints}]
    if not known:
        raise InputError(
            f"the clip has none of the channels of rig '{rig.name}', such as {(*rig.shapes, '')[0]}; "
            f"{wording.current().name_origin}"
        )
    pair = correspond(source, rig)
    motions = on_its_jaw(pair.motions, source.shapes, 1)
    count = pair.importance()
    rows = (motions * count[:, None]).reshape(len(motions), -1)
    size = np.linalg.norm(rows, axis=1)
    gaze = _gaze(clip, rig)
    visible = [i for i, name in enumerate(source.shapes) if name not in _BLIND]
    names = tuple(source.shapes[i] for i in visible)
    rows, size = rows[visible], np.maximum(size[visible], 1e-6 * size.max())
    cost = np.float32(_SPARSE * np.median(size))
    moved = _along(rows / size[:, None], pair.face(), clip.select(known), count)
    low, high = np.zeros((2, len(clip), len(visible)), np.float32)
    high[:] = size
    for column, name in enumerate(names):
        if name in gaze:
            low[:, column] = high[:, column] = gaze[name] * size[column]
    gram = rows @ rows.T / np.outer(size, size)
    values = _nearest(gram + _RIDGE * np.eye(len(visible)), moved - cost, low, high) / size
    if {"jawOpen", "mouthClose"} <= set(names):
        values[:, names.index("jawOpen")] += values[:, names.index("mouthClose")]
    kept = [name for name in clip.channels if name in ROTATIONS]
    values = np.hstack([np.clip(values, 0, 1), clip.select(kept).values])
    return replace(clip, values=values, channels=(*names, *kept))


def _along(rows: Points, face: Rig, clip: Clip, count: Points) -> NDArray[np.float32]:
    """Return how far a clip moves a face along each of some motions, (n_frames, n_motions).

    `rows` (n_motions, 3 n_vertices) and what the clip does are both times `count`, how much each vertex counts.
    """
    out = np.empty((len(clip), len(rows)), np.float32)
    rest = face.posed(np.zeros(len(face.shapes), np.float32))
    for start in range(0, len(clip), _CHUNK):
        part = replace(clip, values=clip.values[start : start + _CHUNK])
        away = (posed(face, part) - rest) * count[:, None]
        out[start : start + _CHUNK] = away.reshape(len(part), -1) @ rows.T
    return out


def _gaze(clip: Clip, rig: Rig) -> dict[str, NDArray[np.float32]]:
    """Return the channels of gaze that joints of a rig show, each of shape (n_frames,)."""
    found: dict[str, NDArray[np.float32]] = {}
    for joint in joint_targets(rig):
        if joint.name in clip.channels:
            for source, gain in joint.sources.items():
                if source.startswith("eyeLook"):
                    found[source] = np.clip(clip[joint.name] / np.float32(gain), 0, 1)
    return found


def _nearest(
    gram: NDArray[np.float64], moved: NDArray[np.float32], low: NDArray[np.float32], high: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Return for every row of `moved` (n, m) the w between low and high with the least wᵀ gram w / 2 - moved · w."""
    step = np.float32(1 / np.linalg.eigvalsh(gram)[-1])
    system = gram.astype(np.float32)
    best = np.clip(moved, low, high)
    ahead, momentum = best, 1.0
    for _ in range(_STEPS):
        new = np.clip(ahead - step * (ahead @ system - moved), low, high)
        faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        ahead = new + np.float32((momentum - 1) / faster) * (new - best)
        best, momentum = new, faster
    return best
