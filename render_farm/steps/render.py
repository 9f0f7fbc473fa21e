"""The step *render*: frames of all shots, numbered through, as pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from audio2blend.blender import BlenderError

from ..frames import unfinished
from ..job import Job
from ..made import Made
from .shots import by_shot, scene_key, scene_of
from .step import Progress, StepReport, Unit


class Render:
    """The step."""

    unit: Unit = "frame"

    def missing(self, job: Job, units: Iterable[int]) -> list[int]:
        """Return the frames that are not there, whole, of the scene as it is now."""
        left: list[int] = []
        for shot, numbers in by_shot(job, units):
            if Made(shot.folder).holds("scene", scene_key(job, shot)):
                numbers = unfinished(shot.frames, numbers, job.look)
            left += [shot.first + number for number in numbers]
        return left

    def run(self, job: Job, units: Sequence[int], report: StepReport, progress: Progress) -> None:
        """Render frames; each is there, whole, before the next is begun."""
        from .. import keeper

        for shot, numbers in by_shot(job, units):
            progress(report.done, len(units))
            for frame in keeper.render(scene_of(shot), job.look, numbers, shot.frames):
                report.frames.append({**asdict(frame), "frame": shot.first + frame.frame})
                report.done += 1
            if broken := unfinished(shot.frames, numbers, job.look):
                for number in broken:
                    (shot.frames / f"{number:06}.{job.look.picture}").unlink(missing_ok=True)
                raise BlenderError(f"{shot.name}: frame {broken[0]} was rendered and cannot be read")
        progress(report.done, len(units))


RENDER: Final = Render()
