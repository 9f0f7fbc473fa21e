"""The client's own FBX scene with our take, through Blender: meshes, materials, textures and skeleton are its own.

Blender reads the file and writes all of it again, with one animation stack more: a key on every frame of shapes and
bones, time 0 at the start of the sound. Textures are named by path, or embedded where they were. The file's own stacks
come behind it, with a key on every frame as well.

What Blender does not carry through is lost, and reported: what its importer does not know (such as physics, layered
textures and the settings of other programs), and names beyond 63 bytes.
"""

from collections.abc import Sequence
from pathlib import Path

from audio2blend.audio import Speech
from audio2blend.clip import Clip
from rigs import Rig

from ..take import name_of
from ..through_blender import rewrite
from . import Options
from .scene import refuse_untimed


def into(
    clips: Sequence[Clip],
    source: Path,
    target: Path,
    *,
    place: Path,
    rig: Rig,
    speech: Speech | None,
    options: Options,
) -> None:
    """Write the scene that a rig was read from with a clip as its take.

    Raises InputError if the file is gone or nothing in it moves, and for a clip without frames or with frames before 0;
    MissingDependencyError without Blender.
    """
    (clip,) = clips
    refuse_untimed(clip)
    arguments = {
        "place": place.absolute(),
        "clip": clip,
        "take": name_of(clip),
        "rig": rig,
        "alone": options.animation_only,
    }
    rewrite("usd_export.fbx.worker.into:write", source, target, ".fbx", arguments)
