"""Clips go into a copy of a .blend file; runs in Blender."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import bpy
import numpy as np

from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.wording import listed
from rigs import Rig

from . import own


def write(
    *,
    source: Path,
    target: Path,
    clips: Sequence[Clip],
    names: Sequence[str],
    rig: Rig,
    replace: str,
    progress: Callable[[int, int], None],
) -> list[str]:
    """Save a copy with an Action for each clip, called as `names` says, and return notes for people.

    `replace` is the cure where an Action of ours has the name; without one it is replaced. Raises InputError if nothing
    in the scene moves.
    """
    bpy.ops.wm.open_mainfile(filepath=str(source), load_ui=True, use_scripts=False)
    scene, notes = bpy.context.scene, []
    saved, ours = bpy.data.version[:2], bpy.app.version[:2]  # what follows counts changes of the file, or releases
    if saved > ours:
        was, now = (".".join(map(str, one)) for one in (saved, ours))
        notes.append(f"it was saved by Blender {was}, and the copy is by {now}, which may not know all of it")
    held = [name for keys in own.key_blocks(scene) for name in own.shapes_of(keys)[1] if name in clips[0]]
    if held:
        notes.append(f"shape keys that drivers or other files hold, and no Action moves: {listed(held)}")
    for name in names:
        action = _ours(name)
        if action is not None and replace:
            raise InputError(f"it has an animation '{name}' already; {replace}")
        if action is not None:
            own.forget(action)
    first = scene.frame_start
    for number, (name, clip) in enumerate(zip(names, clips, strict=True)):
        shown = clip.resampled(own.rate_of(scene))
        moved = own.moved_by(scene, shown, rig)
        if not moved:
            raise InputError("it has no shape key and no bone that the clip moves and that drivers leave free")
        start = first + round(shown.start_s * float(shown.frame_rate))
        last = start + len(shown) - 1
        action = own.add_action(name, moved, start, about=str(clip.frame_rate))
        own.show(action, moved, start, last, mute=number > 0)
        scene.frame_end = max(scene.frame_end, last)
    bpy.ops.wm.save_as_mainfile(filepath=str(target), copy=True, relative_remap=True, compress=_packed(source))
    return notes


def read(*, path: Path, name: str, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Return the "rate" of a file, the "curves" of an Action of ours: of each block of shape keys their names and
    values, (n_frames, n_names); and the shape keys that are "driven"."""
    bpy.ops.wm.open_mainfile(filepath=str(path), load_ui=False, use_scripts=False)
    scene, action = bpy.context.scene, _ours(name)
    found = []
    for keys in own.key_blocks(scene):
        slots = [
            slot
            for slot in (action.slots if action else ())
            if slot.target_id_type == "KEY" and slot.name_display == keys.name
        ]
        paths = {curve.data_path: curve for slot in slots for curve in own.curves_of(action, slot)}
        names = [block.name for block in keys.key_blocks if own.value_path(block.name) in paths]
        if names:
            columns = [[point.co[1] for point in paths[own.value_path(one)].keyframe_points] for one in names]
            found.append((names, np.array(columns, np.float32).T))
    driven = [one for keys in own.key_blocks(scene) for one in own.shapes_of(keys)[1]]
    return {"rate": own.rate_of(scene), "curves": found, "driven": driven}


def _ours(name: str) -> bpy.types.Action | None:
    """Return the Action of ours that has a name, as far as Blender has room for it."""
    known = name.encode()[:63].decode(errors="ignore")
    return next((one for one in bpy.data.actions if own.OURS in one and one.name == known), None)


def _packed(source: Path) -> bool:
    """Return whether a file is compressed."""
    with source.open("rb") as file:
        return not file.read(7).startswith(b"BLENDER")
