"""Shapes for a face that has none: the 52 of ARKit, as the built-in head moves, made for the mesh at hand."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from audio2blend.blender import wire
from audio2blend.channels import ARKIT
from audio2blend.errors import InputError
from rigs.worker import scene as stage

from ..client import modal
from ..client.modal import Request, ServiceOperator
from ..client.reports import allows
from ..scene import character, snapshot
from ..state.properties import active_speaker

_STILL: Final = 1e-6
"""A mesh that no shape moves by so much of its size gets none."""


def why_not_make_shapes(context: Any) -> str:
    """Return why no shapes can be made for the speaker's character; "" when they can."""
    speaker = active_speaker(context)
    who = character.of(speaker) if speaker is not None else None
    if who is None or not who.meshes:
        return "Choose a character: a mesh or a collection"
    if set(ARKIT) <= set(who.shapes):
        return f"'{who.name}' has all 52 ARKit shapes already"
    for mesh in who.meshes:
        if mesh.data.library or mesh.data.override_library:
            return f"The mesh of '{mesh.name}' lies in another file; make its shapes there"
        if mesh.mode == "EDIT":
            return f"'{mesh.name}' is being edited; leave Edit Mode first"
    return modal.why_not(context)


class A2B_OT_make_shapes(ServiceOperator, bpy.types.Operator):
    """Add the 52 ARKit shape keys to the character, fitted to its mesh; existing shape keys are kept"""

    bl_idname, bl_label = "audio2blend.make_shapes", "Make Shapes"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_make_shapes(context))

    def request(self, context: Any) -> Sequence[Request]:
        """Ask for the shapes of the character as it stands."""
        who = character.of(active_speaker(context))
        self._added: list[tuple[str, str]] = []
        self._path = snapshot.scratch()
        asked = {"character": str(snapshot.save(context, who)), "name": who.name, "output": str(self._path)}
        return [("make_shapes", asked)]

    def apply(self, context: Any, results: list[Any]) -> Iterator[tuple[int, int]]:
        """Add the shapes, one after another."""
        made: dict[str, NDArray[np.float32]] = wire.load(Path(self._path))
        names: list[str] = results[0]["shapes"]
        moved = {mesh: _moving(deltas) for mesh, deltas in made.items()}
        face = max(moved, key=lambda mesh: int(moved[mesh].sum()))
        wanted = [(mesh, at) for mesh in made for at in range(len(names)) if mesh == face or moved[mesh][at]]
        for done, (mesh, at) in enumerate(wanted):
            self._add(mesh, names[at], made[mesh][at])
            yield done + 1, len(wanted)

    def _add(self, mesh: str, name: str, delta: NDArray[np.float32]) -> None:
        """Add a shape key that moves a mesh by so much in the scene's space, unless it has one of that name."""
        thing = bpy.data.objects.get(mesh)
        if thing is None or len(thing.data.vertices) != len(delta):
            raise InputError(f"'{mesh}' has changed meanwhile; make its shapes again")
        if thing.mode == "EDIT":  # leaving it would put the shapes back to what they are in there
            raise InputError(f"'{mesh}' is being edited; leave Edit Mode and make its shapes again")
        if thing.data.shape_keys is None:
            stage.add_shape(thing, "Basis")
            self._added.append((mesh, "Basis"))
        keys = thing.data.shape_keys
        if name in keys.key_blocks:
            return
        linear = np.linalg.inv(np.array(thing.matrix_world, float)[:3, :3])
        rest = np.empty(3 * len(delta), np.float32)
        keys.reference_key.points.foreach_get("co", rest)
        stage.add_shape(thing, name, rest.reshape(-1, 3) + delta @ linear.T)
        self._added.append((mesh, name))

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Report what was made."""
        meshes = dict.fromkeys(mesh for mesh, _ in self._added)
        shapes = dict.fromkeys(name for _, name in self._added if name != "Basis")
        for mesh in meshes:
            bpy.data.objects[mesh].data.update()
        self.report({"INFO"}, f"{len(shapes)} shapes for {', '.join(meshes)}")
        return {"FINISHED"}

    def discard(self) -> None:
        """Take away the shapes that were added, the last first."""
        for mesh, name in reversed(self._added):
            thing = bpy.data.objects.get(mesh)
            block = thing.data.shape_keys.key_blocks.get(name) if thing and thing.data.shape_keys else None
            if block is not None:
                thing.shape_key_remove(block)


def _moving(deltas: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return which shapes, of deltas (n_shapes, n, 3), move a mesh: (n_shapes,)."""
    most = np.abs(deltas).max(axis=(1, 2), initial=0)
    moving: NDArray[np.bool_] = most > max(_STILL, 1e-3 * float(most.max(initial=0)))
    return moving


CLASSES = (A2B_OT_make_shapes,)
