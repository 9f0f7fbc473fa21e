"""What the steps that work on shots have in common: what each file of a shot is made from."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from ..encode import Profile, profile
from ..job import Job, Shot
from ..made import digest

SCENE: Final = "scene.blend"
"""The scene of a shot, with its animation."""


def by_shot(job: Job, frames: Iterable[int]) -> Iterator[tuple[Shot, list[int]]]:
    """Yield each shot that frames of the job lie in, with their numbers in the shot."""
    for number, group in groupby(sorted(frames), lambda frame: job.shot_at(frame).number):
        shot = job.shots[number]
        yield shot, [frame - shot.first for frame in group]


def scene_of(shot: Shot) -> Path:
    """Return where the scene of a shot lies."""
    who = shot.character
    return who.scene if who.animated and who.scene is not None else shot.folder / SCENE


def scene_key(job: Job, shot: Shot) -> str:
    """Return what the scene of a shot, and so its frames, are made from."""
    who = shot.character
    rig = Path(who.rig) if Path(who.rig).exists() else who.rig
    return digest([job.clip_of(shot.line), rig, who.map or "", who.scene or "", job.look, shot.n_frames])


def video_key(job: Job, shot: Shot) -> str:
    """Return what the videos of a shot are made from."""
    line = shot.line
    return digest(
        [
            scene_key(job, shot),
            *videos(job, shot).values(),
            job.delivery,
            line.sound or "",
            line.captions or "",
            line.text,
        ]
    )


def videos(job: Job, shot: Shot) -> dict[Path, Profile]:
    """Return where the videos of a shot lie, and how each is encoded."""
    profiles = [profile(name) for name in job.delivery.profiles]
    return {shot.folder / f"{shot.line.name}.{one.name}{one.suffix}": one for one in profiles}
