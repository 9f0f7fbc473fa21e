"""Shapes that do not move as their names say: dead ones, swapped sides, wrong places, wrong ways, wrong lengths.

Every shape that a map drives by one ARKit channel is held against what that channel means, and against what the
built-in head does with it: where on the face it moves, which way, and how far for the size of the face. Shapes of one
channel, such as those of a face, its teeth and its lashes, move together and are held against it as one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from audio2blend.channels import ARKIT

from .builtin import builtin
from .retarget import Retarget, match
from .retarget.spelling import key
from .rig import Mesh, Rig
from .still import still_shapes

Kind = Literal["dead", "swapped", "one-sided", "place", "direction", "length"]

_FACE: Final = 0.1
"""What some shape moves by so much of its farthest belongs to the face."""
_ASIDE: Final = 0.025
"""So far from the middle, in widths of the face, a motion has a side."""
_STRAY: Final = 0.25
"""A shape that moves a part of the face it has no business in by so much of its farthest is suspicious."""
_UNITED: Final = 0.6
"""How far vertices must agree, 0 to 1, for a shape to have a direction."""
_AGAINST: Final = -0.6
"""Cosine to the built-in head's direction below which a shape goes the other way."""
_FACTOR: Final = 8.0
"""How many times farther or less far than the built-in head's a shape may go."""
_WHOLE: Final = ("jawLeft", "jawRight", "mouthLeft", "mouthRight")
"""Channels that are called by where they go, not by the side that they are on."""
_LOW: Final = ("jaw", "mouth", "tongue")
_HIGH: Final = ("brow", "eye")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A shape, or two that belong together, that do not move as their names say."""

    kind: Kind
    shapes: tuple[str, ...]
    """The rig's own names."""
    sentence: str
    """What is wrong, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Movement:
    """What a shape does, in heights of the face."""

    farthest: float
    centre: NDArray[np.float64]
    """Shape (3,): where it moves, from the middle of the face; vertices count by the square of their motion."""
    direction: NDArray[np.float64]
    """Shape (3,): where it moves to, as long as vertices agree, 0 to 1."""
    heights: NDArray[np.float64]
    """Shape (n,): how high each vertex lies that it moves by at least `_STRAY` of its farthest."""


def suspects(rig: Rig, retarget: Retarget) -> tuple[Suspect, ...]:
    """Return the shapes of a rig that do not move as the map onto it says; none if it has no mesh.

    >>> suspects(builtin(), Retarget(name="none", targets=()))
    ()
    """
    if rig.mesh is None:
        return ()
    still = set(still_shapes(rig))
    named = _channels(rig, match(rig.shapes).retarget)  # what moves nothing is in no map found by name
    shown = {**{shape: channel for shape, channel in named.items() if shape in still}, **_channels(rig, retarget)}
    channels, deltas = _together(rig, {shape: channel for shape, channel in shown.items() if shape not in still})
    silent = [channel for channel in dict.fromkeys(shown.values()) if channel not in channels.values()]
    found = [_dead(tuple(shape for shape in rig.shapes if shown.get(shape) == channel), channel) for channel in silent]
    if not deltas:
        return tuple(found)
    middle, height, width = _face(rig.mesh)
    motions = {shape: _motion(rig.mesh, delta, middle, height) for shape, delta in deltas.items()}
    found += _sides(motions, channels, width / height)
    found += _places(motions, channels)
    accused = {shape for suspect in found for shape in suspect.shapes}
    rest = {shape: motion for shape, motion in motions.items() if shape not in accused}
    found += _directions(rest, channels)
    found += _lengths(motions, channels)
    return tuple(found)


def _dead(shapes: tuple[str, ...], channel: str) -> Suspect:
    verb = "moves" if len(shapes) == 1 else "move"
    says = f"{', '.join(shapes)} {verb} nothing, but should show {channel}"
    return Suspect(kind="dead", shapes=shapes, sentence=says)


def _together(rig: Rig, channels: Mapping[str, str]) -> tuple[dict[str, str], dict[str, NDArray[np.float32]]]:
    """Return channels and deltas by shape, those of one channel summed up as the shape of the plainest name."""
    assert rig.mesh is not None
    row = {name: index for index, name in enumerate(rig.shapes)}
    groups: dict[str, list[str]] = {}
    for shape, channel in channels.items():
        groups.setdefault(channel, []).append(shape)
    plainest = {
        channel: min(group, key=lambda shape: (len(key(shape)), row[shape])) for channel, group in groups.items()
    }
    deltas = {}
    for channel, (first, *others) in groups.items():
        delta = rig.mesh.deltas[row[first]]
        deltas[plainest[channel]] = sum((rig.mesh.deltas[row[other]] for other in others), delta)
    return {shape: channel for channel, shape in plainest.items()}, deltas


def _channels(rig: Rig, retarget: Retarget) -> dict[str, str]:
    """Return the ARKit channel that each shape shows, where it is one alone; a turn of head or eyes is none.

    Nor is mouthClose where shapes were matched by geometry: it means the jaw's opening undone, by any of them.
    """
    own = set(rig.shapes)
    shown = {}
    for target in retarget.targets:
        strongest = sorted(target.sources, key=lambda source: -target.sources[source])[:2]
        if target.kind == "shape" and target.name in own and strongest and target.sources[strongest[0]] > 0:
            alone = len(strongest) < 2 or target.sources[strongest[1]] <= target.sources[strongest[0]] / 2
            if alone and strongest[0] in ARKIT and not (retarget.solve and strongest[0] == "mouthClose"):
                shown[target.name] = strongest[0]
    return shown


def _face(mesh: Mesh) -> tuple[NDArray[np.float64], float, float]:
    """Return the middle of what the shapes move, and its height and width in metres."""
    reach = np.zeros(len(mesh.vertices))
    for delta in mesh.deltas:
        length = np.linalg.norm(delta, axis=1)
        if length.any():
            np.maximum(reach, length / length.max(), out=reach)
    points = mesh.vertices[reach > _FACE].astype(np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    width, height, _ = np.maximum(high - low, 1e-9)
    return (low + high) / 2, float(height), float(width)


def _motion(mesh: Mesh, delta: NDArray[np.float32], middle: NDArray[np.float64], height: float) -> _Movement:
    length = np.linalg.norm(delta, axis=1).astype(np.float64)
    farthest = float(length.max())
    energy = (length / farthest) ** 2
    places = (mesh.vertices - middle) / height
    return _Movement(
        farthest=farthest / height,
        centre=energy @ places / energy.sum(),
        direction=(delta / farthest * length[:, None] / farthest).sum(axis=0) / energy.sum(),
        heights=places[length > _STRAY * farthest, 1],
    )


def _sides(motions: Mapping[str, _Movement], channels: Mapping[str, str], width: float) -> list[Suspect]:
    """Return the shapes of one side that move the other or both; `width` is in heights of the face."""
    sided = {
        shape: (1.0 if channel.endswith("Left") else -1.0, channel)
        for shape, channel in channels.items()
        if shape in motions and channel.endswith(("Left", "Right")) and channel not in _WHOLE
    }
    wrong = {shape for shape, (side, _) in sided.items() if side * motions[shape].centre[0] < -_ASIDE * width}
    found = []
    for shape in sorted(wrong):
        side, channel = sided[shape]
        name = channel.removesuffix("Left").removesuffix("Right")
        others = [
            other for other in sided if other in wrong and sided[other][0] != side and sided[other][1].startswith(name)
        ]
        if not others:
            where = "right" if side > 0 else "left"
            says = f"{shape} moves the character's {where} side, but should show {channel}"
            found.append(Suspect(kind="one-sided", shapes=(shape,), sentence=says))
        elif side > 0:
            says = f"{shape} and {others[0]} are swapped: each moves the other side of the face"
            found.append(Suspect(kind="swapped", shapes=(shape, others[0]), sentence=says))
    for shape, (_, channel) in sided.items():
        if shape not in wrong and abs(motions[shape].centre[0]) < _ASIDE * width:
            says = f"{shape} moves both sides of the face alike, but should show {channel}"
            found.append(Suspect(kind="one-sided", shapes=(shape,), sentence=says))
    return found


def _places(motions: Mapping[str, _Movement], channels: Mapping[str, str]) -> list[Suspect]:
    """Return the shapes of the mouth that reach the brows, and those of eyes and brows that reach the mouth."""
    heights = {
        part: [motions[shape].centre[1] for shape, channel in channels.items() if shape in motions
               and channel.startswith(part)] for part in ("brow", "eye", "mouth")
    }  # fmt: skip
    if min(map(len, heights.values())) < 2:  # too few to locate where brows, eyes and mouth are
        return []
    brow, mouth = np.median(heights["brow"]), np.median(heights["mouth"])
    found = []
    for shape, motion in motions.items():
        channel = channels[shape]
        if channel.startswith(_LOW) and (motion.heights > brow).any():
            says = f"{shape} moves the brow, but should show {channel}"
        elif channel.startswith(_HIGH) and (motion.heights < mouth).any():
            says = f"{shape} moves the mouth, but should show {channel}"
        else:
            continue
        found.append(Suspect(kind="place", shapes=(shape,), sentence=says))
    return found


def _directions(motions: Mapping[str, _Movement], channels: Mapping[str, str]) -> list[Suspect]:
    """Return the shapes that go the other way than the built-in head's."""
    found = []
    for shape, motion in motions.items():
        own, usual = motion.direction, _usual()[channels[shape]].direction
        lengths = np.linalg.norm(own), np.linalg.norm(usual)
        if min(lengths) > _UNITED and own @ usual < _AGAINST * lengths[0] * lengths[1]:
            says = f"{shape} goes the other way than {channels[shape]} should"
            found.append(Suspect(kind="direction", shapes=(shape,), sentence=says))
    return found


def _lengths(motions: Mapping[str, _Movement], channels: Mapping[str, str]) -> list[Suspect]:
    """Return the shapes that go much too far or hardly move."""
    found = []
    for shape, motion in motions.items():
        factor = motion.farthest / _usual()[channels[shape]].farthest
        if factor > _FACTOR:
            says = f"{shape} goes {factor:.0f} times as far as {channels[shape]} should: are its units or scale off?"
        elif factor < 1 / _FACTOR:
            share = f"1/{round(1 / factor):,} of what {channels[shape]} should"
            says = f"{shape} hardly moves, {share}: are its units or scale off?"
        else:
            continue
        found.append(Suspect(kind="length", shapes=(shape,), sentence=says))
    return found


@cache
def _usual() -> Mapping[str, _Movement]:
    """Return what the built-in head does for each channel."""
    rig = builtin()
    assert rig.mesh is not None
    middle, height, _ = _face(rig.mesh)
    return {
        shape: _motion(rig.mesh, delta, middle, height)
        for shape, delta in zip(rig.shapes, rig.mesh.deltas, strict=True)
    }
