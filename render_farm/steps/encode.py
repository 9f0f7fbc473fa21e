"""The step *encode*: frames and sound into the videos that the job wants."""

import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from audio2blend.audio import ffmpeg
from audio2blend.blender import BlenderError
from audio2blend.errors import InputError
from audio2blend.files import draft

from ..job import Job, Shot
from ..made import Made
from ..parts import Delivery
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
        """Make the videos of shots."""
        for done, number in enumerate(units):
            progress(done, len(units))
            shot = job.shots[number]
            if job.delivery != Delivery():
                raise InputError(f"{job.path}: [delivery] asks for what cannot be made yet; leave it out")
            for video in videos(job, shot):
                _encode(job, shot, video)
            Made(shot.folder).add("videos", video_key(job, shot))
            report.done += 1
        progress(len(units), len(units))


def _is_done(job: Job, shot: Shot) -> bool:
    there = all(video.is_file() for video in videos(job, shot))
    return there and Made(shot.folder).holds("videos", video_key(job, shot))


def _encode(job: Job, shot: Shot, video: Path) -> None:
    sound = ["-i", f"file:{shot.line.sound}"] if shot.line.sound is not None else []
    with draft(video) as target:
        command = [
            *(ffmpeg.program(), "-v", "error", "-nostdin", "-y"),
            *("-framerate", str(job.look.frame_rate), "-i", f"file:{shot.frames}/%06d.{job.look.picture}"),
            *sound,
            *("-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,pad=ceil(iw/2)*2:ceil(ih/2)*2"),
            *("-c:v", "libx264", "-crf", "18", "-threads", "4", "-c:a", "aac", "-ar", "48000"),
            *("-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", f"file:{target}"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode:
            raise BlenderError(done.stderr)


ENCODE: Final = Encode()
