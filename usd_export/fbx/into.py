"""The client's own FBX scene with our take, through Blender: meshes, materials, textures and skeleton are its own.

Blender reads the file and writes all of it again, with one animation stack: a key on every frame of shapes and bones,
time 0 at the start of the sound. Textures are named by path, or embedded where they were.

What Blender does not carry through is lost, and told: other clips, what its importer does not know (such as physics,
layered textures and the settings of other programs), and names beyond 63 bytes.
"""

import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from audio2blend import blender
from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from ..take import name_of
from .scene import refuse_untimed

_log = logging.getLogger("audio2blend.fbx")  # whoever shows notes listens to this name
_TIMEOUT_S: Final = 600.0


def into(
    clips: Sequence[Clip],
    source: Path,
    target: Path,
    *,
    place: Path,
    rig: Rig,
    speech: Speech | None,
    options: Any,
) -> None:
    """Write the scene that a rig was read from with a clip as its take.

    Raises InputError if the file is gone or nothing in it moves, and for a clip without frames or with frames before 0;
    MissingDependencyError without Blender.
    """
    (clip,) = clips
    refuse_untimed(clip)
    if not os.path.isfile(source):
        raise InputError(f"{source}: it is gone since it was read; put it back")
    beside = target.parent.with_suffix(".fbx")  # where the file will lie, so that paths in it are right there
    arguments = {
        "source": source.absolute(),
        "target": beside.absolute(),
        "clip": clip,
        "take": name_of(clip),
        "rig": rig,
    }
    try:
        with blender.start() as child:
            for note in child.call("usd_export.fbx.worker.into:write", arguments, timeout_s=_TIMEOUT_S):
                _log.warning("%s: %s", source, note)
        beside.replace(target)
    except InputError as error:
        raise InputError(f"{source}: {error}") from None
    finally:
        beside.unlink(missing_ok=True)
