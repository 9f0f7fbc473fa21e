"""The step *encode*: frames and sound into the videos that the job wants."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from audio2blend.files import draft
from usd_export.registry import read

from ..apply import driven
from ..encode import Box, Frames, Inputs, Profile, encode
from ..encode.mouth import mouth_box
from ..job import Job, Shot
from ..made import Made
from .note import captions_of
from .shots import video_key, videos
from .step import Progress, StepReport, Unit


class Encode:
    """The step."""

    unit: Unit = "shot"

    def missing(self, job: Job, units: Iterable[int]) -> list[int]:
        """Return the shots of which a video is not there, or was made from something else."""
        shots = [job.shots[number] for number in units]
        return [shot.number for shot in shots if not _is_done(job, shot)]

    def run(self, job: Job, units: Sequence[int], report: StepReport, progress: Progress) -> None:
        """Make the videos of shots; what is not as a profile asks is kept beside the video, for the step *check*."""
        for done, number in enumerate(units):
            progress(done, len(units))
            shot = job.shots[number]
            for video, profile in videos(job, shot).items():
                report.notes += _encode(job, shot, video, profile)
            Made(shot.folder).add("videos", video_key(job, shot))
            report.done += 1
        progress(len(units), len(units))


def report_of(video: Path) -> Path:
    """Return where it lies what was found when a video was read back."""
    return video.with_name(f"{video.name}.json")


def _is_done(job: Job, shot: Shot) -> bool:
    there = all(video.is_file() for video in videos(job, shot))
    return there and Made(shot.folder).holds("videos", video_key(job, shot))


def _encode(job: Job, shot: Shot, video: Path, profile: Profile) -> list[str]:
    """Make a video, and return what a person should know of it."""
    captions, burnt = captions_of(job, shot)
    inputs = Inputs(
        sound=shot.line.sound,
        captions=captions,
        captions_as="burnt" if burnt else "muxed",
        language=job.speech.language,
        mouth=_mouth(job, shot),
    )
    found = encode(Frames.of(shot.frames, frame_rate=job.look.frame_rate), video, profile, inputs)
    with draft(report_of(video)) as target:
        target.write_text(json.dumps(asdict(found), indent=1))
    return [f"{shot.name}: {note}" for note in found.notes]


def _mouth(job: Job, shot: Shot) -> Box | None:
    """Return what the mouth covers, where the camera is ours; None where only the scene knows."""
    if shot.character.scene is not None or read(job.clip_of(shot.line)).metadata.get("fallback"):
        return None
    rig, clip, _ = driven(job, shot)
    return mouth_box(rig, clip, (job.look.width, job.look.height))


ENCODE: Final = Encode()
