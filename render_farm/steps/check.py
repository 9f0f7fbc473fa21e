"""The step *check*: whether a shot is what it should be, frame by frame."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from audio2blend.clip import Clip
from usd_export.registry import read

from ..apply import driven
from ..encode import Box
from ..encode.mouth import mouth_offset, opening
from ..frames import unfinished
from ..job import Job, Shot
from ..made import Made
from ..task import runs
from .encode import report_of
from .shots import video_key, videos
from .step import Progress, StepReport, Unit

_MOVES: Final = 0.05
"""A clip in which some channel changes by so much from one frame to the next moves visibly."""
_LATE_MS: Final = 45.0
"""A mouth that is farther from its curves is out of step."""
_SURE: Final = 0.5
"""The correlation from which the place of the mouth in time is known."""


class Check:
    """The step."""

    unit: Unit = "shot"

    def missing(self, job: Job, units: Iterable[int]) -> list[int]:
        """Return the shots that were not checked as they are now."""
        shots = [job.shots[number] for number in units]
        return [shot.number for shot in shots if not Made(shot.folder).holds("check", video_key(job, shot))]

    def run(self, job: Job, units: Sequence[int], report: StepReport, progress: Progress) -> None:
        """Look at every frame of shots; what is wrong with one is one sentence."""
        for done, number in enumerate(units):
            progress(done, len(units))
            shot = job.shots[number]
            faults = [*_faults(job, shot)]
            if faults:
                report.failed[str(number)] = f"{shot.name}: {'; '.join(faults)}"
            else:
                Made(shot.folder).add("check", video_key(job, shot))
                report.done += 1
        progress(len(units), len(units))


def _faults(job: Job, shot: Shot) -> Iterator[str]:
    """Yield what is wrong with a shot: gaps, black frames, frames that keep still while the face moves."""
    if gaps := unfinished(shot.frames, range(shot.n_frames), job.look):
        yield f"frames {_listed(gaps)} are missing; submit the job again"
        return
    black, still = _seen(job, shot)
    if black:
        yield f"frames {_listed(black)} are black; look at the scene's lights and camera"
    if still:
        yield f"frames {_listed(still)} show what the one before shows, while the face moves; look at the scene"
    for video in videos(job, shot):
        if not video.is_file():
            yield f"{video.name} is missing; submit the job again"
        else:
            yield from _heard_and_seen(job, shot, video)


def _heard_and_seen(job: Job, shot: Shot, video: Path) -> Iterator[str]:
    """Yield what is not as the video's profile asks, and whether its mouth is late."""
    found = json.loads(report_of(video).read_bytes())
    yield from found["complaints"]
    if not found["mouth"]:
        return
    rig, clip, _ = driven(job, shot)
    wanted = opening(rig, clip, job.look.frame_rate, shot.n_frames)
    late = None if wanted is None else mouth_offset(video, Box(*map(float, found["mouth"].split(","))), wanted)
    if late is not None and late.correlation > _SURE and abs(late.ms) > _LATE_MS:
        yield f"{video.name}: the mouth is {late.ms:.0f} ms late; look at the frame rate and the scene's first frame"


def _seen(job: Job, shot: Shot) -> tuple[list[int], list[int]]:
    """Return the frames that are all black, and those like the one before in spite of motion."""
    from PIL import Image

    if job.look.picture != "png":
        return [], []
    moves = set() if shot.character.animated else _moving(read(job.clip_of(shot.line)), job, shot.n_frames)
    black, still, before = [], [], ""
    for number in range(shot.n_frames):
        with Image.open(shot.frames / f"{number:06}.png") as picture:
            pixels = picture.tobytes()
            lightest = max(high for _, high in picture.convert("RGB").getextrema())
        now = hashlib.blake2b(pixels).hexdigest()
        if lightest == 0:
            black.append(number)
        elif now == before and number in moves:
            still.append(number)
        before = now
    return black, still


def _moving(clip: Clip, job: Job, n_frames: int) -> set[int]:
    """Return the frames at which the face moves visibly."""
    values = clip.resampled(job.look.frame_rate).values[:n_frames]
    return {int(number) + 1 for number in np.flatnonzero(np.abs(np.diff(values, axis=0)).max(axis=1) > _MOVES)}


def _listed(numbers: Iterable[int]) -> str:
    """Return numbers as ranges, the first few of them.

    >>> _listed([1, 2, 3, 7])
    '1-3, 7'
    """
    found = [f"{first}-{last}" if last > first else f"{first}" for first, last in runs(numbers)]
    return ", ".join(found[:8]) + " …" * (len(found) > 8)


CHECK: Final = Check()
