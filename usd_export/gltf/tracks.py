"""What a clip of a rig moves in the file that the rig was read from: on its own nodes, at its own scale."""

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Rig
from rigs.motion import Motion
from rigs.quaternions import inverse, multiply, of_matrix, steady, stored
from rigs.readers.gltf_file import GltfFile
from rigs.readers.gltf_nodes import Nodes
from rigs.readers.gltf_shapes import Morph, shapes_of
from rigs.rig import Asset
from rigs.skeleton import motions_of

from .animation import Track

_STILL: Final = 1e-6
"""What moves less rests."""


def tracks_of(file: GltfFile, clip: Clip, rig: Rig, asset: Asset) -> list[Track]:
    """Return the tracks of every mesh that has a shape which the clip moves, and of every bone that it turns.

    What stays at rest throughout is left out, unless nothing else is there.
    """
    nodes = Nodes(file)
    tracks = [*_weights(file, nodes, clip), *_bones(nodes, clip, rig, asset)]
    moving = [track for track in tracks if (np.abs(track.values - _rest(file, nodes, track)) > _STILL).any()]
    return moving or tracks


def _weights(file: GltfFile, nodes: Nodes, clip: Clip) -> list[Track]:
    """Return the weights of every mesh, with those that no channel moves at rest."""
    driven: dict[int, list[tuple[str, Morph]]] = {}
    for shape, morphs in shapes_of(file, nodes).items():
        for morph in morphs if shape in clip else ():
            driven.setdefault(morph.node, []).append((shape, morph))
    tracks = []
    for node, moves in sorted(driven.items()):
        values = np.tile(rest_weights(file, nodes, node), (len(clip), 1))
        values[:, [morph.target for _, morph in moves]] = 0
        for shape, morph in moves:
            values[:, morph.target] += np.float32(morph.weight) * clip[shape]
        tracks.append(Track(node, "weights", values))
    return tracks


def rest_weights(file: GltfFile, nodes: Nodes, node: int) -> NDArray[np.float32]:
    """Return the weights of a node's mesh where nothing moves them, shape (n_targets,)."""
    mesh = file.json["meshes"][nodes.all[node]["mesh"]]
    count = max(len(primitive.get("targets", ())) for primitive in mesh["primitives"])
    weights = nodes.all[node].get("weights") or mesh.get("weights") or [0.0] * count
    return np.array(weights, np.float32)[:count]


def _bones(nodes: Nodes, clip: Clip, rig: Rig, asset: Asset) -> list[Track]:
    """Return the rotations of the bones that a clip moves, and their places where it shifts them."""
    motions: Mapping[str, Motion] = motions_of(rig, clip)
    face = of_matrix(asset.space.T)  # from the file's scene to the rig's
    at = {nodes.names[node]: node for node in nodes.order}
    tracks = []
    for name, motion in motions.items():
        node = at[name]
        above = nodes.above(node)
        axes = of_matrix(above if np.linalg.det(above) > 0 else -above)  # what mirrors all three axes turns nothing
        into = multiply(inverse(axes), inverse(face))
        turn = multiply(into, multiply(motion.rotation.astype(np.float64), inverse(into)))
        place = nodes.rest(node)
        turned = stored(steady(multiply(turn, place.rotation)))
        tracks.append(Track(node, "rotation", np.roll(turned, -1, axis=1)))
        if motion.translation.any():
            shift = motion.translation.astype(np.float64) @ np.linalg.inv(asset.space) @ np.linalg.inv(above).T
            tracks.append(Track(node, "translation", (place.translation + shift).astype(np.float32)))
    return tracks


def _rest(file: GltfFile, nodes: Nodes, track: Track) -> NDArray[np.float32]:
    """Return what a track is where nothing moves."""
    if track.path == "weights":
        return rest_weights(file, nodes, track.node)
    place = nodes.rest(track.node)
    rest = np.roll(stored(place.rotation), -1) if track.path == "rotation" else place.translation
    return rest.astype(np.float32)
