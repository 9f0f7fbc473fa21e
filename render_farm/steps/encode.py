"""The step *encode*: frames and sound into the videos that the job wants."""

from collections.abc import Iterable, Sequence
from typing import Final

from ..job import Job
from ..made import Made
from .shots import video_key
from .step import Progress, StepReport, Unit


class Encode:
    """The step."""

    unit: Unit = "shot"

    def missing(self, job: Job, units: Iterable[int]) -> list[int]:
        """Return the shots of which a video is not there, or was made from something else."""
        return [number for number in units if not self._done(job, number)]

    def run(self, job: Job, units: Sequence[int], report: StepReport, progress: Progress) -> None:
        raise NotImplementedError

    @staticmethod
    def _done(job: Job, number: int) -> bool:
        shot = job.shots[number]
        return Made(shot.folder).holds("videos", video_key(job, shot))


ENCODE: Final = Encode()
