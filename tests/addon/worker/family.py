"""Runs in Blender: whose the meshes of a scene are."""

from dataclasses import replace
from typing import Any

import bpy
import numpy as np

from rigs import Rig
from tests.support.worker.scenes import extension, put, shown, speaker


def _only(rig: Rig, names: tuple[str, ...]) -> Rig:
    """Return a rig with all its shapes, of which only those named move anything: as teeth that came with a face."""
    moves = np.array([name in names for name in rig.shapes])
    return replace(rig, joints=(), mesh=replace(rig.mesh, deltas=rig.mesh.deltas * moves[:, None, None]))


def _stand(thing: Any, parent: Any, x: float) -> Any:
    thing.parent, thing.location.x = parent, x
    return thing


def _cast(rig: Rig, parent: Any, apart: float) -> dict[str, Any]:
    """Return two characters under one parent, each a face, teeth and lashes, with some metres between them."""
    found = {}
    for name, x in (("Ada", 0.0), ("Bob", apart)):
        face = replace(rig, joints=())
        found[name] = _stand(put(face, name=name), parent, x)
        found[f"{name} Teeth"] = _stand(put(_only(rig, ("jawOpen",)), name=f"{name} Teeth"), parent, x)
        lashes = put(_only(rig, ("eyeBlinkLeft", "eyeBlinkRight")), name=f"{name} Lashes")
        found[f"{name} Lashes"] = _stand(lashes, parent, x)
    bpy.context.view_layer.update()
    return found


def _root(name: str) -> Any:
    root = bpy.data.objects.new(name, None)
    bpy.context.scene.collection.objects.link(root)
    return root


def under_one_empty(*, rig: Rig, sound: str, apart: float, progress: Any) -> dict[str, Any]:
    """Return whose the meshes of two characters under one empty are, and who opens the jaw when one of them speaks."""
    with extension():
        from addon.scene import character

        cast = _cast(rig, _root("Characters"), apart)
        ada, bob = speaker(cast["Ada"]), speaker(cast["Bob"])
        found: dict[str, Any] = {
            name: sorted(face.name for face in character.of(made).faces) for name, made in (("Ada", ada), ("Bob", bob))
        }
        bpy.context.scene.audio2blend.active = 0
        bpy.ops.audio2blend.animate(sound=sound)
        frames = range(1, 110, 4)
        found["moved"] = sorted(name for name, thing in cast.items() if shown(thing, ["jawOpen"], frames).max() > 0.05)
        return found


def beside_armatures(*, rig: Rig, progress: Any) -> list[str]:
    """Return what is of a face without bones, beside another face with an armature of its own, under one empty."""
    with extension():
        from addon.scene import character

        root = _root("Characters")
        plain = _stand(put(replace(rig, joints=()), name="Plain"), root, 0.0)
        other = put(rig, name="Other")
        other.parent.parent, other.parent.location.x = root, 1.0
        bpy.context.view_layer.update()
        return sorted(thing.name for thing in character.of(speaker(plain)).objects)


def left_behind(*, rig: Rig, sound: str, progress: Any) -> dict[str, Any]:
    """Return which meshes are named that nothing ties to a face, and what moves once they are taken along."""
    with extension():
        from addon.scene import character

        face = put(rig, name="Face")
        teeth = put(_only(rig, ("jawOpen",)), name="Teeth")
        far = put(replace(rig, joints=()), name="Elsewhere")
        far.location.x = 2.0
        put(
            replace(rig, joints=(), shapes=rig.shapes[:1], mesh=replace(rig.mesh, deltas=rig.mesh.deltas[:1] * 0)),
            name="Still",
        )
        group = put(_only(rig, ("jawOpen",)), name="Taken")
        bpy.context.view_layer.update()
        taken = speaker(group)
        someone = speaker(face)
        scene = bpy.context.scene
        found: dict[str, Any] = {"named": [thing.name for thing in character.loose(someone, scene)]}
        bpy.ops.audio2blend.take_along()
        found["then"] = [thing.name for thing in character.loose(someone, scene)]
        found["faces"] = sorted(mesh.name for mesh in character.of(someone).faces)
        bpy.ops.audio2blend.animate(sound=sound)
        frames = range(1, 110, 3)
        found["together"] = np.array_equal(shown(face, ["jawOpen"], frames), shown(teeth, ["jawOpen"], frames))
        bpy.ops.audio2blend.leave_behind()
        found["left"] = sorted(mesh.name for mesh in character.of(someone).faces)
        bpy.ops.audio2blend.take_along()
        someone.character = taken.character
        return found | {"another": len(someone.parts)}
