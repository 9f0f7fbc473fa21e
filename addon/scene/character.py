"""The character of a speaker: its meshes and bones, the map onto them, and both in words."""

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from typing import Any, Final
from zipfile import BadZipFile

import bpy
import numpy as np

from audio2blend.blender import wire
from audio2blend.errors import InputError
from audio2blend.wording import listed
from rigs import Joint, Rig
from rigs.retarget import Match, Retarget, Target, by_name, fit, parse_map
from rigs.retarget.retarget import BONE_CHANNEL
from rigs.retarget.solver import Solver

from . import family
from .family import Matcher, relatives

HAND: Final = " (hand)"
"""How the names of shape keys end that the control rig adds; they are no shapes of the character's own."""

SOLVER: Final = "audio2blend_solver"
"""Custom property of a map's text: the `Solver` that came with it, as `wire.save` writes it, in base 64."""
_FEW: Final = 4


@dataclass(frozen=True, slots=True)
class CharacterObjects:
    """The objects that speak together."""

    name: str
    objects: tuple[Any, ...]
    """All of them, whatever their type."""

    @property
    def meshes(self) -> tuple[Any, ...]:
        """All meshes."""
        return tuple(thing for thing in self.objects if thing.type == "MESH")

    @property
    def faces(self) -> tuple[Any, ...]:
        """The meshes that have shape keys, each mesh once."""
        found = {thing.data: thing for thing in reversed(self.meshes) if thing.data.shape_keys}
        return tuple(reversed(found.values()))

    @property
    def armatures(self) -> tuple[Any, ...]:
        """All armatures."""
        return tuple(thing for thing in self.objects if thing.type == "ARMATURE")

    @property
    def shapes(self) -> tuple[str, ...]:
        """The names of all shape keys, those of several meshes once."""
        return tuple(dict.fromkeys(block.name for face in self.faces for block in own_keys(face)))

    @property
    def bones(self) -> tuple[str, ...]:
        """The names of all bones; of two armatures with a bone of one name the first counts."""
        return tuple(dict.fromkeys(bone.name for armature in self.armatures for bone in armature.data.bones))


def own_keys(face: Any) -> Iterator[Any]:
    """Yield a mesh object's shape keys, without the one at rest and those that the control rig added."""
    keys = face.data.shape_keys
    for block in keys.key_blocks:
        if block != keys.reference_key and not block.name.endswith(HAND):
            yield block


def of(speaker: Any) -> CharacterObjects:
    """Return the character of a speaker, or of a line of the batch table; without objects if none is chosen.

    Of an object it is the object, with all that the same armature holds, or that lies under the same parent and has no
    face of its own: teeth, tongue, lashes; and what was taken along. Of a collection it is all that lies in it.
    """
    collection = getattr(speaker, "collection", None)
    if speaker.character is not None:
        along = [part.thing for part in getattr(speaker, "parts", ()) if part.thing is not None]
        found = dict.fromkeys([*relatives(speaker.character, _MATCHER), *along])
        return CharacterObjects(speaker.character.name, tuple(found))
    if collection is not None:
        return CharacterObjects(collection.name, tuple(collection.all_objects))
    return CharacterObjects("", ())


def rig_of(character: CharacterObjects) -> Rig:
    """Return the character as a rig without a mesh: its names alone."""
    return _names(character.name, character.shapes, character.bones)


@lru_cache(maxsize=64)
def _names(name: str, shapes: tuple[str, ...], bones: tuple[str, ...]) -> Rig:
    nothing = np.zeros(0, np.float32)
    joints = tuple(Joint(name=bone, parent=None, position=(0, 0, 0), weights=nothing) for bone in bones)
    return Rig(name=name, shapes=shapes, joints=joints)


@lru_cache(maxsize=64)
def _matched(rig: Rig) -> Match:
    return by_name(rig)


_MATCHER: Final = Matcher(lambda names: _matched(_names("", names, ())))


def loose(speaker: Any, scene: Any) -> list[Any]:
    """Return the meshes at a speaker's face that have shapes of it and yet do not move with it, nor with another's."""
    if speaker.character is None or why_not(speaker):
        return []
    character = of(speaker)
    driven = frozenset(target.name for target in retarget(speaker).targets if not target.at_rest)
    found = family.loose(character.objects, driven, scene, _MATCHER)
    if not found:
        return []
    others = [of(other).objects for other in scene.audio2blend.speakers if other != speaker]
    taken = {thing for objects in others for thing in objects}
    return [thing for thing in found if thing not in taken]


@lru_cache(maxsize=64)
def _mapped(rig: Rig, text: str, name: str) -> tuple[Retarget, tuple[str, ...]]:
    """Return a map with the targets that a rig has, and the names of targets that it has not."""
    given = parse_map(text, name)
    bones = {joint.name for joint in rig.joints}
    absent = tuple(target.name for target in given.targets if target.kind == "bone" and _bone(target) not in bones)
    kept = tuple(target for target in given.targets if target.name not in absent)
    found = fit(rig, replace(given, targets=kept))
    return found.retarget, (*found.left_out, *absent)


def has(character: CharacterObjects, target: Target) -> bool:
    """Return whether a character has what a target moves."""
    return (_bone(target) in character.bones) if target.kind == "bone" else (target.name in character.shapes)


def _bone(target: Target) -> str:
    parts = BONE_CHANNEL.fullmatch(target.name)
    return parts["bone"] if parts else ""


def retarget(speaker: Any) -> Retarget:
    """Return the map onto a speaker's character: the one it was given, else the one found by name.

    Raises InputError, naming place and cure, if there is no character, nothing of it is known, or the map is wrong.
    """
    return _retarget(of(speaker), getattr(speaker, "map", None))


def _retarget(character: CharacterObjects, text: Any | None) -> Retarget:
    if not character.objects:
        raise InputError("there is no character; choose a mesh or a collection")
    rig = rig_of(character)
    if text:
        return _mapped(rig, text.as_string(), text.name)[0]
    found = _matched(rig)
    if not found.retarget.targets:
        raise InputError(_unknown(character))
    return found.retarget


def solver(speaker: Any) -> Solver | None:
    """Return what holds the weights of a map to what the character's mesh allows; None where the map asks for none.

    Raises InputError if what was kept of it in the .blend file is damaged.
    """
    text: Any = getattr(speaker, "map", None)
    kept = text.get(SOLVER) if text else None
    return _solver(kept, text.name) if kept and retarget(speaker).solve else None


@lru_cache(maxsize=16)
def _solver(kept: str, name: str) -> Solver:
    try:
        found = wire.load(BytesIO(b64decode(kept)))
    except (ValueError, TypeError, KeyError, EOFError, BadZipFile):
        found = None
    if not isinstance(found, Solver):
        raise InputError(f"what came with the map '{name}' is damaged; Match by Shape makes it again")
    return found


def matched(speaker: Any) -> Match:
    """Return the match by name of a speaker's character, whether it has a map or not."""
    return _matched(rig_of(of(speaker)))


def words(speaker: Any) -> tuple[str, ...]:
    """Return what was matched: a line a fact, the most important first; the reason where nothing was."""
    character = of(speaker)
    if reason := _why_not(speaker, character):
        return (reason,)
    rig = rig_of(character)
    if speaker.map:
        given, absent = _mapped(rig, speaker.map.as_string(), speaker.map.name)
        lines = [f"{_counted(given)} by the map '{speaker.map.name}'"]
        lines += [f"Not on the character: {listed(absent, most=_FEW)}"] if absent else []
    else:
        found = _matched(rig)
        given = found.retarget
        lines = [_tally(found, number) for number in range(len(found.found))] or [_counted(given)]
        lines += [f"Lost: {listed(found.missing, most=_FEW)}"] if found.missing else []
        lines += [f"Not known: {listed(found.unknown, most=_FEW)}"] if found.unknown else []
    if bones := list(dict.fromkeys(_bone(target) for target in given.targets if target.kind == "bone")):
        lines.append(f"Bones: {listed(bones, most=_FEW)}")
    driven = {target.name for target in given.targets if not target.at_rest}
    moved = [face.name for face in character.faces if any(block.name in driven for block in own_keys(face))]
    if len(moved) > 1:
        lines.append(f"{len(moved)} meshes: {listed(moved, most=_FEW)}")
    return tuple(lines)


def _tally(found: Match, number: int) -> str:
    """Return how much of a preset there is, such as "51 of 52 ARKit shapes, missing tongueOut"."""
    preset = found.found[number]
    noun = "" if preset.title.split()[-1] in ("visemes", "mouths", "names") else " shapes"
    absent = f", missing {listed(preset.absent, most=_FEW)}" if 0 < len(preset.absent) < len(preset.known) else ""
    return f"{len(preset.known)} of {len(preset.known) + len(preset.absent)} {preset.title}{noun}{absent}"


def _counted(given: Retarget) -> str:
    moved = [target for target in given.targets if not target.at_rest]
    counts = [
        (len([target for target in moved if target.kind == "shape"]), "shape"),
        (len([target for target in moved if target.kind == "pose"]), "viseme"),
        (len({_bone(target) for target in moved if target.kind == "bone"}), "bone"),
    ]
    return ", ".join(f"{count} {noun}{'s' * (count != 1)}" for count, noun in counts if count)


def why_not(speaker: Any | None) -> str:
    """Return why a speaker has no face to move, in one sentence with its cure; "" when it has."""
    return "Add a speaker first" if speaker is None else _why_not(speaker, of(speaker))


def _why_not(speaker: Any, character: CharacterObjects) -> str:
    if not character.objects:
        chosen = speaker.character or getattr(speaker, "collection", None)
        return f"There is nothing in '{chosen.name}'" if chosen else "Choose a character: a mesh or a collection"
    if reason := _why_linked(character) or _why_shared(character):
        return reason
    if not character.meshes and not character.armatures:
        return f"There is no mesh in '{character.name}'; choose the face"
    if not character.faces and not (speaker.map or _matched(rig_of(character)).retarget.targets):
        return f"'{character.name}' has no shape keys; Make Shapes gives it 52"
    try:
        _retarget(character, speaker.map)
    except InputError as error:
        return str(error)
    return ""


def why_linked(speaker: Any) -> str:
    """Return why the data of a speaker's character cannot be animated in this file; "" when they can."""
    return _why_linked(of(speaker))


def _why_linked(character: CharacterObjects) -> str:
    for thing in (*character.armatures, *character.faces):
        keys = thing.data.shape_keys if thing.type == "MESH" else None
        if (keys or thing).library is not None:
            return f"'{thing.name}' is linked from another file; Make Override lets it be animated here"
    return ""


def _why_shared(character: CharacterObjects) -> str:
    """Return that a mesh of the character says what another speaker's character says, being the same; "" where none."""
    shared = {face.data for face in character.faces if face.data.users > 1}
    if shared:
        for scene in bpy.data.scenes:
            for other in scene.audio2blend.speakers:
                for face in of(other).faces if other.takes else ():
                    if face.data in shared and face not in character.objects:
                        return (
                            f"'{character.name}' has the mesh of '{face.name}', which speaks already, and would say "
                            "the same; give it its own: Object > Relations > Make Single User > Object & Data"
                        )
    return ""


def _unknown(character: CharacterObjects) -> str:
    names = character.shapes or character.bones
    what = "shapes" if character.shapes else "bones"
    return (
        f"none of the {len(names)} {what} of '{character.name}' is known by name ({listed(names, most=_FEW)}); "
        "use Match by Shape, or give it a map"
    )
