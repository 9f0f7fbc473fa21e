"""The step *apply*: the curves of a line onto a character, as a scene to render."""

from collections.abc import Iterable, Sequence
from typing import Final

from ..job import Job
from ..made import Made
from .shots import scene_key, scene_of
from .step import Progress, StepReport, Unit


class Apply:
    """The step."""

    unit: Unit = "shot"

    def missing(self, job: Job, units: Iterable[int]) -> list[int]:
        """Return the shots whose scene is not there, or was made from something else."""
        shots = [job.shots[number] for number in units]
        return [
            shot.number
            for shot in shots
            if not (scene_of(shot).is_file() and Made(shot.folder).holds("scene", scene_key(job, shot)))
        ]

    def run(self, job: Job, units: Sequence[int], report: StepReport, progress: Progress) -> None:
        """Make scenes; frames of a shot's former scene are removed, so that none is taken for a new one."""
        from ..apply import apply

        for done, number in enumerate(units):
            progress(done, len(units))
            shot = job.shots[number]
            key = scene_key(job, shot)
            for picture in shot.frames.glob(f"*.{job.look.picture}"):
                picture.unlink()
            if not shot.character.animated:
                report.notes += [f"{shot.name}: {note}" for note in apply(job, shot, scene_of(shot))]
            Made(shot.folder).add("scene", key)
            report.done += 1
        progress(len(units), len(units))


APPLY: Final = Apply()
