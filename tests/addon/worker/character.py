"""Runs in Blender: what the extension understands of characters."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import bpy

from rigs import Rig
from tests.support.worker import scenes
from tests.support.worker.scenes import curves_of_shapes, extension, keyed, put, refusal, speaker


def words(*, rig: Rig, progress: Any) -> dict[str, Any]:
    """Return what is said of a rig that stands in the scene alone."""
    with extension():
        from addon.scene import character

        made = speaker(put(rig))
        return {"words": character.words(made), "why_not": character.why_not(made)}


def family(*, rig: Rig, progress: Any) -> dict[str, list[str]]:
    """Return which meshes speak together: of one armature, of one parent, of one collection, and of nothing."""
    with extension():
        from addon.scene import character

        plain = replace(rig, joints=())
        face = put(rig, name="Face")
        teeth, lashes, stranger = (put(plain, name=name) for name in ("Teeth", "Lashes", "Stranger"))
        teeth.parent = face.parent
        lashes.modifiers.new("Armature", "ARMATURE").object = face.parent
        found = {"armature": speaker(face), "bone of it": speaker(face.parent), "alone": speaker(stranger)}
        root = bpy.data.objects.new("Root", None)
        bpy.context.scene.collection.objects.link(root)
        stranger.parent = root
        other = put(plain, name="Other")
        other.parent = root
        found["parent"] = speaker(stranger)
        group = bpy.data.collections.new("Group")
        bpy.context.scene.collection.children.link(group)
        group.objects.link(lashes)
        group.objects.link(other)
        found["collection"] = speaker(collection=group)
        alone = ["Stranger"]
        return {
            name: sorted(face.name for face in character.of(made).faces) if name != "alone" else alone
            for name, made in found.items()
        }


def maps(*, rig: Rig, progress: Any) -> dict[str, Any]:
    """Return what the operators on maps do: by names, edited, broken, from a preset, forgotten."""
    with extension():
        from addon.scene import character

        made = speaker(put(rig))
        out: dict[str, Any] = {}
        bpy.ops.audio2blend.map_edit()
        out["text"] = made.map.as_string()
        out["edited words"] = character.words(made)
        made.map.clear()
        made.map.write('[shapes]\njawOpen = { jawOpen = 0.5 }\nnose = "jawOpen"\n')
        out["own words"] = character.words(made)
        out["gain"] = dict(character.retarget(made).targets[0].sources)
        made.map.clear()
        made.map.write("[shapes]\njawOpen = jaw\n")
        out["broken"] = character.why_not(made)
        bpy.ops.audio2blend.map_forget()
        out["forgotten"] = character.words(made)
        bpy.ops.audio2blend.map_preset(preset="arkit")
        out["preset"] = character.words(made)
        out["refused"] = refusal(bpy.ops.audio2blend.map_preset, preset="oculus")
        return out


def linked(*, rig: Rig, folder: Path, progress: Any) -> dict[str, Any]:
    """Return what is said of a linked character, before and after it is overridden and the file opened again."""
    hero = scenes.linked(rig, folder)
    with extension():
        from addon.scene import character

        made = speaker(hero)
        out: dict[str, Any] = {"before": character.why_not(made)}
        bpy.ops.audio2blend.make_override()
        out["after"] = character.words(made)
        keys = made.character.data.shape_keys
        out["editable"] = keys.is_editable
        keys.key_blocks["jawOpen"].value = 0.5
        bpy.ops.wm.save_as_mainfile(filepath=str(folder / "shot.blend"))
        bpy.ops.wm.open_mainfile(filepath=str(folder / "shot.blend"))
        again = bpy.context.scene.audio2blend.speakers[0]
        out["reopened"] = character.words(again)
        out["kept"] = again.character.data.shape_keys.key_blocks["jawOpen"].value
        return out


def by_shape(*, rig: Rig, sound: Path, path: Path, progress: Any) -> dict[str, Any]:
    """Return what *Match by Shape* makes of a rig without known names, and its keys at 60 fps in a file opened again.

    "keys" are by shape, float [frame].
    """
    with extension():
        from addon.scene import character

        made = speaker(put(rig))
        out: dict[str, Any] = {"before": character.why_not(made)}
        bpy.ops.audio2blend.map_match()
        out["words"] = character.words(made)
        bpy.ops.wm.save_as_mainfile(filepath=str(path))
        bpy.ops.wm.open_mainfile(filepath=str(path))
        bpy.context.scene.render.fps = 60
        bpy.ops.audio2blend.animate(sound=str(sound))
        (take,) = bpy.context.scene.audio2blend.speakers[0].takes
        out["keys"] = {name: keyed(curve) for name, curve in curves_of_shapes(take.action).items()}
        return out


def gathered(*, rig: Rig, progress: Any) -> Path:
    """Return a file of a rig as the extension hands it over, out of Blender's temporary folder."""
    with extension():
        from addon.scene import character, snapshot

        path = snapshot.save(bpy.context, character.of(speaker(put(rig))))
        return path.rename(path.with_name("gathered.npz"))
