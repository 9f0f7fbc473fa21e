"""The step *check*: whether a shot is what it should be, frame by frame and as a video."""

from collections.abc import Iterable, Sequence
from typing import Final

from ..job import Job
from ..made import Made
from .shots import video_key
from .step import Progress, StepReport, Unit


class Check:
    """The step."""

    unit: Unit = "shot"

    def missing(self, job: Job, units: Iterable[int]) -> list[int]:
        """Return the shots that were not checked as they are now."""
        shots = [job.shots[number] for number in units]
        return [shot.number for shot in shots if not Made(shot.folder).holds("check", video_key(job, shot))]

    def run(self, job: Job, units: Sequence[int], report: StepReport, progress: Progress) -> None:
        raise NotImplementedError


CHECK: Final = Check()
