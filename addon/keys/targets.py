"""What of a character takes keys: the shape keys of its meshes, the bones of its armatures."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Joint, Rig
from rigs.quaternions import of_matrix
from rigs.retarget import Retarget
from rigs.retarget.retarget import BONE_CHANNEL
from rigs.skeleton import head_of, in_own_axes, motions_of
from rigs.worker.turns import in_mode

from ..scene.character import CharacterObjects

_NO_WEIGHTS: Final = np.zeros(0, np.float32)
_POSE: Final = ("location", "rotation_quaternion", "rotation_axis_angle", "rotation_euler", "scale")
"""What the pose of a bone is made of."""


class Curve(NamedTuple):
    """How one property moves."""

    path: str
    axis: int
    values: NDArray[np.floating[Any]]
    """Shape (n_frames,)."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shape keys of one mesh; like `Bones` it is known by what survives an undo."""

    owner: str
    """Name of the Key data-block."""
    uid: int
    """Its number in this session."""
    paths: Mapping[str, str]
    """Where the value of each shape lies."""
    blend: str = "REPLACE"
    """How its NLA strip joins what lies below."""

    def block(self) -> Any:
        """Return the Key data-block."""
        return _found(bpy.data.shape_keys, self)

    def curves(self, clip: Clip) -> Iterator[Curve]:
        """Yield a curve for each shape that the clip has."""
        for name, path in self.paths.items():
            if name in clip.channels:
                yield Curve(path, 0, clip[name])

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Have the shapes at 0 for a while."""
        keys = [self.block().key_blocks[name] for name in self.paths]
        before = [key.value for key in keys]
        for key in keys:
            key.value = 0.0
        try:
            yield
        finally:
            for key, value in zip(keys, before, strict=True):
                key.value = value


@dataclass(frozen=True, slots=True)
class Bones:
    """The bones of one armature."""

    owner: str
    """Name of the armature object."""
    uid: int
    """Its number in this session."""
    rig: Rig
    """Its bones as joints in metres, Y up, looking along +Z, without weights."""
    modes: Mapping[str, str]
    """The rotation mode of each bone that moves."""
    unit: float
    """Length of a metre in the armature's own space."""
    blend: str = "COMBINE"
    """How its NLA strip joins what lies below: a head turns on top of the body's motion."""

    def block(self) -> Any:
        """Return the armature object."""
        return _found(bpy.data.objects, self)

    def curves(self, clip: Clip) -> Iterator[Curve]:
        """Yield the curves of each bone that the clip moves."""
        moved = motions_of(self.rig, clip)
        for joint in self.rig.joints:
            if joint.name not in moved or joint.name not in self.modes:
                continue
            place = in_own_axes(joint, moved[joint.name])
            bone = bone_path(joint.name)
            name, turns = in_mode(self.modes[joint.name], place.rotation)
            for index, values in enumerate(turns.T):
                yield Curve(f"{bone}.{name}", index, values)
            if place.translation.any():
                for index, values in enumerate(place.translation.T * self.unit):
                    yield Curve(f"{bone}.location", index, values)

    @contextmanager
    def at_rest(self) -> Iterator[None]:
        """Have the bones where they are without a pose for a while."""
        bones = [self.block().pose.bones[name] for name in self.modes]
        before = [[tuple(getattr(bone, name)) for name in _POSE] for bone in bones]
        for bone in bones:
            bone.matrix_basis = Matrix.Identity(4)
        try:
            yield
        finally:
            for bone, pose in zip(bones, before, strict=True):
                for name, values in zip(_POSE, pose, strict=True):
                    setattr(bone, name, values)


def bone_path(name: str) -> str:
    """Return where the pose of a bone lies in its armature object."""
    return f'pose.bones["{bpy.utils.escape_identifier(name)}"]'


Target = Shapes | Bones
"""A data-block that takes keys."""


def targets(character: CharacterObjects, retarget: Retarget) -> tuple[Target, ...]:
    """Return what of a character a map moves. Raises InputError if that is nothing."""
    moved = [target for target in retarget.targets if not target.at_rest]
    names = {target.name for target in moved if target.kind != "bone"}
    bones = {parts["bone"] for target in moved if (parts := BONE_CHANNEL.fullmatch(target.name))}
    found: list[Target] = []
    for face in character.faces:
        keys = face.data.shape_keys
        blocks = [block for block in keys.key_blocks if block.name in names and block != keys.reference_key]
        if blocks:
            paths = {block.name: f'key_blocks["{bpy.utils.escape_identifier(block.name)}"].value' for block in blocks}
            found.append(Shapes(keys.name, keys.session_uid, paths))
    turns_head = not {*ROTATIONS[:3]} & set(retarget.sources)
    for armature in character.armatures:
        rig = _rig(armature)
        head = head_of(rig.joints) if turns_head else None
        modes = {
            bone.name: bone.rotation_mode for bone in armature.pose.bones if bone.name in bones or bone.name == head
        }
        bones -= modes.keys()  # of two armatures with a bone of one name the first moves
        if modes:
            unit = 1 / (armature.matrix_world.median_scale or 1.0)
            found.append(Bones(armature.name, armature.session_uid, rig, modes, unit))
    if not found:
        raise InputError(f"nothing of '{character.name}' moves by the map '{retarget.name}'; use a map of its names")
    return tuple(found)


def _rig(armature: Any) -> Rig:
    """Return the bones of an armature at rest, parents first, in the face's axes."""
    axes = _axes(armature.data.bones)
    unit = armature.matrix_world.median_scale or 1.0
    joints = []
    for bone in sorted(armature.data.bones, key=lambda bone: len(bone.parent_recursive)):
        stand = axes @ np.array(bone.matrix_local, float)[:3, :]
        w, x, y, z = of_matrix(stand[:, :3]).tolist()
        place = (stand[:, 3] * unit).tolist()
        joints.append(
            Joint(
                name=bone.name,
                parent=bone.parent.name if bone.parent else None,
                position=(place[0], place[1], place[2]),
                weights=_NO_WEIGHTS,
                orientation=(w, x, y, z),
            )
        )
    return Rig(name=armature.name, shapes=(), joints=tuple(joints))


def _axes(bones: Sequence[Any]) -> NDArray[np.float64]:
    """Return what turns an armature's own axes into the face's: Y up, looking along +Z.

    Blender's characters have Z up and look along −Y; those that come from other programs may keep Y up inside. Up is
    where the skeleton reaches farther.
    """
    ends = np.array([end for bone in bones for end in (bone.head_local, bone.tail_local)])
    reach = np.abs(ends).max(axis=0)
    return np.eye(3) if reach[1] > reach[2] else np.array([[1.0, 0, 0], [0, 0, 1], [0, -1, 0]])


def _found(blocks: Any, target: Target) -> Any:
    block = blocks.get(target.owner)
    if block is None or block.session_uid != target.uid:
        block = next((other for other in blocks if other.session_uid == target.uid), None)
    if block is None:
        raise InputError(f"'{target.owner}' no longer exists; animate the character again")
    return block
