"""A line's curves onto a character: the scene of a shot."""

from pathlib import Path

import rigs
from audio2blend import blender
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.files import draft
from rigs import Rig
from rigs.builtin import named
from usd_export.registry import read, write

from .job import Job, Shot


def apply(job: Job, shot: Shot, target: Path) -> list[str]:
    """Write the scene of a shot to a .blend file, and return what a person should know.

    In the character's own scene nothing but its animation is new; without one it stands in a small portrait studio.
    Raises InputError for a face that cannot be read or driven, MissingDependencyError without Blender.
    """
    who = shot.character
    rig, clip, notes = driven(job, shot)
    if who.scene is not None:
        write(clip, target, rig=rig)
        return notes
    if rig.mesh is None:
        raise InputError(f"{who.rig}: the rig is a list of names, and there is nothing to render; name a mesh")
    with draft(target) as path, blender.start() as child:
        child.call(
            "render_farm.worker.shots:build",
            {"rig": rig, "clip": clip, "look": job.look, "n_frames": shot.n_frames, "path": path.absolute()},
        )
    return notes


def driven(job: Job, shot: Shot) -> tuple[Rig, Clip, list[str]]:
    """Return the face of a shot, its curves in the face's channels and the job's rate, and what a person should know.

    Errors are those of `apply`.
    """
    who = shot.character
    if who.scene is not None and who.rig != "builtin" and Path(who.rig) != who.scene:
        raise InputError(f"{who.scene}: the rig {who.rig} is not what stands in this scene; leave rig out")
    rig = rigs.load(str(who.scene or who.rig), bare=True)
    clip = read(job.clip_of(shot.line)).resampled(job.look.frame_rate)
    if who.scene is None and who.map is None and named(who.rig) is not None:
        return rig, clip, []
    from rigs.retarget import Match, fit
    from rigs.retarget import read as read_map

    found = fit(rig, None if who.map is None else read_map(who.map))
    if found.mute:
        raise InputError(f"{rig.name}: {found.mute}")
    lost = found.found.missing if isinstance(found.found, Match) else ()
    return found.rig, found(clip), [f"{len(lost)} of ARKit's channels are lost"] * bool(lost)
