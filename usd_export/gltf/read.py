"""The animation of a .glb, .gltf, .vrm or .vrma file as a clip: weights of morph targets or expressions, and the head.

Of several animations it is the last of ours, else the first that moves a weight. Of meshes that share a shape the
first counts. The head is the node called so (see `rigs.skeleton.head_of`), away from its rest; VRM 0 looks the other
way. Ours say their exact rate; of others it is that of the times. Cubic splines are read as Hermite's, steps as steps.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Joint
from rigs.quaternions import degrees_of, from_axis_angle, inverse, multiply, of_matrix
from rigs.readers.gltf_file import GltfFile, Json
from rigs.readers.gltf_nodes import Nodes
from rigs.readers.gltf_shapes import target_names
from rigs.readers.piece import distinct
from rigs.skeleton import head_of

from ..keyed import Keys, sampled
from ..rates import of_times
from .animation import OURS

_BROKEN: Final = (KeyError, IndexError, TypeError, ValueError, AttributeError)
"""What a file raises that contradicts itself."""
_ANGLES: Final = ("headYaw", "headPitch", "headRoll")


def read(path: Path) -> Clip:
    """Return the animation of a file; raises InputError if it is damaged, or nothing moves a weight in it."""
    file = GltfFile(path)
    try:
        found = [(about, dict(_channels(file, about))) for about in file.json.get("animations", ())]
        moved = [(about, channels) for about, channels in found if any(name not in _ANGLES for name in channels)]
        if not moved:
            raise InputError("no animation in it moves a weight; export it again with one")
        ours = [one for one in moved if OURS in (one[0].get("extras") or {})]
        about, channels = ours[-1] if ours else moved[0]
        extras = (about.get("extras") or {}).get(OURS, {})
        times = np.concatenate([np.asarray(keys.times_s) for keys in channels.values()])
        rate = Fraction(extras["frame_rate"]) if "frame_rate" in extras else of_times(times)
        clip = sampled(channels, rate)
        metadata = {str(key): str(text) for key, text in extras.get("metadata", {}).items()}
        return Clip(
            values=clip.values, channels=clip.channels, frame_rate=rate, start_s=clip.start_s, metadata=metadata
        )
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except _BROKEN:
        raise InputError(f"{path}: damaged, its animation contradicts itself; export it again") from None


def _channels(file: GltfFile, about: Json) -> Iterator[tuple[str, Keys]]:
    """Yield what an animation moves that a clip can hold."""
    nodes = Nodes(file)
    kinds = (file.json.get("extensions", {}).get("VRMC_vrm_animation") or {}).get("expressions", {})
    expressions = {one["node"]: name for kind in kinds.values() for name, one in kind.items()}
    head = _head(file, nodes)
    named: set[str] = set()
    for channel in about["channels"]:
        node, path = channel["target"].get("node"), channel["target"]["path"]
        sampler = about["samplers"][channel["sampler"]]
        if path == "weights" and node is not None:
            mesh = file.json["meshes"][nodes.all[node]["mesh"]]
            names = distinct(target_names(file, mesh, mesh["primitives"]), "the mesh")[0]
            for name, keys in zip(names, _keys(file, sampler, len(names)), strict=True):
                if name not in named:
                    named.add(name)
                    yield name, keys
        elif path == "translation" and node in expressions:
            yield expressions[node], _keys(file, sampler, 3)[0]
        elif path == "rotation" and node is not None and node == head:
            yield from _turns(file, nodes, node, sampler)


def _head(file: GltfFile, nodes: Nodes) -> int | None:
    bare = np.zeros(0, np.float32)
    joints = [Joint(name=nodes.names[node], parent=None, position=(0, 0, 0), weights=bare) for node in nodes.order]
    name = head_of(joints)
    return None if name is None else nodes.names.index(name)


def _keys(file: GltfFile, sampler: Json, width: int) -> list[Keys]:
    """Return the keys of every number that a sampler moves."""
    times = file.accessor(sampler["input"])[:, 0].astype(np.float64)
    kind = sampler.get("interpolation", "LINEAR")
    values = file.accessor(sampler["output"]).astype(np.float64).reshape(len(times), -1, width)
    if kind == "CUBICSPLINE":
        before, at, after = (values[:, part] for part in range(3))
        return [Keys(times, at[:, i], (before[:, i], after[:, i])) for i in range(width)]
    slopes = (np.full(len(times), np.inf),) * 2 if kind == "STEP" else None
    return [Keys(times, values[:, 0, i], slopes) for i in range(width)]


def _turns(file: GltfFile, nodes: Nodes, node: int, sampler: Json) -> Iterator[tuple[str, Keys]]:
    """Yield the angles of the head: how it is turned away from its rest, about the axes of the face."""
    keys = _keys(file, sampler, 4)
    turned: NDArray[Any] = np.stack([np.asarray(keys[i].values) for i in (3, 0, 1, 2)], axis=1)
    turned = turned / np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-9)
    axes = of_matrix(nodes.above(node))
    if "VRM" in file.json.get("extensions", {}):
        axes = multiply(from_axis_angle(1, np.array(180.0)), axes)
    away = multiply(turned, inverse(nodes.rest(node).rotation))
    x, y, z = degrees_of(multiply(axes, multiply(away, inverse(axes)))).T
    for name, angle in zip(_ANGLES, (y, -x, z), strict=True):
        yield name, Keys(keys[0].times_s, angle)
