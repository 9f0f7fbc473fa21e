"""A take goes into somebody's own FBX scene; runs in Blender."""

from collections.abc import Callable
from pathlib import Path

import bpy

from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.wording import listed
from rigs import Rig
from rigs.worker import fbx_file
from rigs.worker.read import open_file
from rigs.worker.scene import set_frame_rate

from ...blend.worker import own
from . import clips
from .alone import strip
from .evaluation import keep_while_sampling
from .fbx import after_rest
from .same_bytes import call, constant


def write(
    *,
    source: Path,
    target: Path,
    place: Path,
    clip: Clip,
    take: str,
    rig: Rig,
    alone: bool,
    progress: Callable[[int, int], None],
) -> list[str]:
    """Write the scene again with an animation stack more, called `take`, and return notes for people; or, `alone`, that
    stack with what moves. `place` is where the file will lie.

    Raises InputError if nothing in the scene moves.
    """
    open_file(source)
    scene = bpy.context.scene
    notes = _drop_nameless()
    lengthy = [name for name in rig.shapes if name in clip and len(name.encode()) > fbx_file.LONGEST]
    if lengthy:
        notes.append(f"names beyond {fbx_file.LONGEST} bytes are not moved: {listed(lengthy)}")
    set_frame_rate(scene, clip.frame_rate)
    if not alone:
        notes += _keep_clips(source, scene, take)
    moved = own.moved_by(scene, after_rest(clip), rig)
    if not moved:
        raise InputError("it has no shape and no bone that the clip moves")
    first = round(clip.start_s * float(clip.frame_rate)) - 1  # at rest, for the pose that the file holds beside curves
    last = first + len(clip)
    own.show(own.add_action(take, moved, first, about=str(clip.frame_rate)), moved, first, last, mute=False)
    scene.frame_start, scene.frame_end = first + 1, last
    scene.frame_set(first)
    if alone:
        strip(scene, {one.owner for one in moved if isinstance(one.owner, bpy.types.Key)})
    else:
        keep_while_sampling(scene)
    constant()
    call(target.stem, place.stem)
    scene.name = take  # the exporter calls the animation stack so
    bpy.ops.export_scene.fbx(
        filepath=str(target),
        add_leaf_bones=False,
        mesh_smooth_type="FACE",
        path_mode="COPY" if any(image.packed_file for image in bpy.data.images) else "AUTO",
        embed_textures=any(image.packed_file for image in bpy.data.images),
        bake_anim_use_all_bones=False,
        bake_anim_use_nla_strips=False,
        bake_anim_use_all_actions=False,
        bake_anim_simplify_factor=0.0,  # a key on every frame
    )
    return notes


def _drop_nameless() -> list[str]:
    """Remove textures whose files have lost their names, for which the exporter would name a folder of this machine."""
    files = [image for image in bpy.data.images if image.source == "FILE" and not image.packed_file]
    lost = [image for image in files if _is_folder(bpy.path.abspath(image.filepath))]
    for image in lost:
        bpy.data.images.remove(image)
    return [f"textures that name no file are left out ({len(lost)})"] if lost else []


def _is_folder(path: str) -> bool:
    return not path or path.endswith(("/", "\\", "/.", "\\.")) or Path(path).is_dir()


def _keep_clips(source: Path, scene: bpy.types.Scene, take: str) -> list[str]:
    """Have the file's own clips written too, but for one of the take's name; return notes for people."""
    named = fbx_file.clips(path=source)
    if not named:
        return []
    found = clips.read(source, scene)
    kept = [one for one in found if one.action.name != take]
    clips.keep(kept, scene)
    notes = []
    if lost := sorted({*named} - {one.action.name for one in found} - {take}):
        notes.append(f"clips of its own that Blender does not read, so they are lost: {listed(lost)}")
    if kept:
        names = listed([one.action.name for one in kept])
        notes.append(f"its own clips have a key on every frame now, since FBX goes through Blender: {names}")
    if take in named:
        notes.append(f"its own clip '{take}' is replaced")
    return notes
