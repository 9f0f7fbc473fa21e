"""How the joints of a rig move with a clip: in the face's axes, as maps say it, and in their parents', as files do."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip

from .motion import Motion, motions
from .quaternions import from_axis_angle, inverse, multiply, rotate, steady, stored
from .rig import Joint, Rig
from .words import words

_HEAD: Final = ("headYaw", "headPitch", "headRoll")
_HEAD_WORDS: Final = {"head", "頭"}
_HEAD_ELSEWHERE: Final = {
    "skull", "kopf", "tete", "cabeza", "cabeca", "testa", "hoofd", "huvud", "голова", "头", "머리",
}  # fmt: skip
"""What a joint that turns the head is called, and by others; accents do not matter."""
_NECK_WORDS: Final = {"neck", "首", "hals", "cou", "cuello", "pescoco", "collo", "nek", "шея", "脖子", "목"}
"""A neck turns it where no joint is a head."""
_NUMBERED: Final = re.compile(r"spine[._]?006$|FACIAL_C_FacialRoot$")
"""Rigify numbers its spine up into the head; MetaHuman's face alone hangs from its root."""
_ELSE_WORDS: Final = {"top", "end", "nub", "tip", "ik", "target", "twist", "look", "at", "aim", "null", "先"}
"""Words that make it another joint, such as HeadTop_End."""


class Place(NamedTuple):
    """Where joints are, each in the axes of its parent."""

    translation: NDArray[np.floating[Any]]
    """Shape (..., 3), in metres."""
    rotation: NDArray[np.floating[Any]]
    """Shape (..., 4): unit quaternions, w first."""


def head_of(joints: Sequence[Joint]) -> str | None:
    """Return the joint that takes headYaw, headPitch and headRoll, whatever its prefix: J_Bip_C_Head, mixamorig:Head.

    Of several heads it is the one called just "head", else the one nearest to the root; without one it is a skull, or a
    head in another language; else Rigify's last of the spine, or the root of MetaHuman's face; else a neck, of several
    the one farthest from the root; None without any.
    """
    for any_of in (_HEAD_WORDS, _HEAD_ELSEWHERE):
        if heads := [joint.name for joint in joints if _called(joint.name, any_of)]:
            return "head" if "head" in heads else heads[0]
    necks = [joint.name for joint in joints if _called(joint.name, _NECK_WORDS)]
    necks += [joint.name for joint in joints if _NUMBERED.search(joint.name)]
    return necks[-1] if necks else None


def _called(name: str, any_of: set[str]) -> bool:
    letters = unicodedata.normalize("NFKD", name)
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    found = {*words(unicodedata.normalize("NFC", plain))}
    return bool(found & any_of) and not found & _ELSE_WORDS


def follow(joints: Sequence[Joint], name: str) -> NDArray[np.float32]:
    """Return how much each vertex, shape (n_vertices,), follows a joint or one that hangs below it."""
    hanging = {name}
    for joint in joints:  # parents come first
        if joint.parent in hanging:
            hanging.add(joint.name)
    total: NDArray[np.float32] = np.sum([joint.weights for joint in joints if joint.name in hanging], axis=0)
    return total


def motions_of(rig: Rig, clip: Clip) -> Mapping[str, Motion]:
    """Return the motion of every joint of a rig that a clip moves: those it has channels of, and the head.

    Where a map moves the head too, the clip's turn of the head comes on top.
    """
    names = {joint.name for joint in rig.joints}
    moved = {name: motion for name, motion in motions(clip).items() if name in names}
    head = head_of(rig.joints)
    if head is not None and not {*_HEAD}.isdisjoint(clip.channels):
        turn = head_rotations(clip)
        if head in moved:
            moved[head] = Motion(
                rotation=multiply(turn, moved[head].rotation).astype(np.float32), translation=moved[head].translation
            )
        else:
            moved[head] = Motion(rotation=turn, translation=np.zeros((len(clip), 3), np.float32))
    return moved


def head_rotations(clip: Clip) -> NDArray[np.float32]:
    """Return the head's rotation in every frame as unit quaternions (w, x, y, z), shape (n_frames, 4).

    The turns are those of `channels.ROTATIONS`: roll about +Z first, then pitch about -X, then yaw about +Y.
    """
    yaw, pitch, roll = clip.select(_HEAD).values.astype(np.float64).T
    return stored(
        steady(multiply(from_axis_angle(1, yaw), multiply(from_axis_angle(0, -pitch), from_axis_angle(2, roll))))
    )


def posed(rig: Rig, clip: Clip) -> NDArray[np.float32]:
    """Return the vertices of every frame, shape (n_frames, n_vertices, 3): shapes first, then linear blend skinning.

    Raises ValueError if the rig has no mesh.
    """
    points = rig.posed(clip.select(rig.shapes).values)
    motions = motions_of(rig, clip)
    turns: dict[str | None, NDArray[np.float64]] = {}  # of joints that leave their rest, and how their places move
    shifts: dict[str | None, NDArray[np.float64]] = {}
    away = np.zeros_like(points)
    for joint in rig.joints:
        if joint.name not in motions and joint.parent not in turns:
            continue
        place = np.array(joint.position)
        turn: NDArray[np.float64] = np.tile([1.0, 0, 0, 0], (len(clip), 1))
        shift = np.zeros((len(clip), 3))
        if joint.name in motions:
            turn = motions[joint.name].rotation.astype(np.float64)
            shift = place + motions[joint.name].translation - rotate(turn, place)
        if joint.parent in turns:
            shift = shifts[joint.parent] + rotate(turns[joint.parent], shift)
            turn = multiply(turns[joint.parent], turn)
        turns[joint.name], shifts[joint.name] = turn, shift
        rows = np.flatnonzero(joint.weights)
        moved = rotate(turn[:, None], points[:, rows]) + shift[:, None] - points[:, rows]
        away[:, rows] += joint.weights[rows, None] * moved
    return np.asarray(points + away, np.float32)


def at_rest(joints: Sequence[Joint]) -> Place:
    """Return where each joint lies in its parent, shapes (n_joints, 3) and (n_joints, 4)."""
    if not joints:
        return Place(np.zeros((0, 3)), np.zeros((0, 4)))
    places = [_in_parent(joint, _parent(joints, joint), None) for joint in joints]
    return Place(np.stack([place.translation for place in places]), np.stack([place.rotation for place in places]))


def moved(joints: Sequence[Joint], joint: Joint, motion: Motion) -> Place:
    """Return where a joint that moves lies in its parent, shapes (n_frames, 3) and (n_frames, 4)."""
    place = _in_parent(joint, _parent(joints, joint), motion)
    return Place(place.translation.astype(np.float32), stored(steady(place.rotation)))


def in_own_axes(joint: Joint, motion: Motion) -> Place:
    """Return a motion away from rest in the joint's own axes, shapes (n_frames, 3) and (n_frames, 4)."""
    back, own = inverse(np.array(joint.orientation)), np.array(joint.orientation)
    turns = multiply(back, multiply(motion.rotation.astype(np.float64), own))
    return Place(rotate(back, motion.translation.astype(np.float64)), steady(turns))


def _parent(joints: Sequence[Joint], joint: Joint) -> Joint | None:
    return next((other for other in joints if other.name == joint.parent), None)


def _in_parent(joint: Joint, parent: Joint | None, motion: Motion | None) -> Place:
    """Return where a joint lies in its parent, at rest or in every frame of a motion."""
    position, turn = np.array(joint.position), np.array(joint.orientation)
    if motion is not None:
        position, turn = position + motion.translation, multiply(motion.rotation.astype(np.float64), turn)
    if parent is None:
        return Place(position, turn)
    back = inverse(np.array(parent.orientation))
    return Place(rotate(back, position - np.array(parent.position)), multiply(back, turn))
