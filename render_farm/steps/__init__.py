"""The steps of a job: animate, apply, render, encode, check. Each is done the same way on every engine."""

import platform
from datetime import UTC, datetime
from time import perf_counter
from typing import Final, cast

from audio2blend import plugins

from ..job import Job
from ..task import Task
from .step import Progress, Step, StepReport, Unit

__all__ = ["ORDER", "Progress", "Step", "StepReport", "Unit", "count", "load", "run"]

ORDER: Final = ("animate", "apply", "render", "encode", "check")
"""In which they are done: each needs what the one before it made of the same line, shot or frame."""


def load(name: str) -> Step:
    """Return a step by its name. Raises InputError if there is none, MissingDependencyError if it cannot be loaded."""
    return cast(Step, plugins.load("steps", name))


def count(job: Job, unit: Unit) -> int:
    """Return how many units of a kind a job has."""
    return {"line": len(job.lines), "shot": len(job.shots), "frame": job.n_frames}[unit]


def run(job: Job, task: Task, progress: Progress = lambda _done, _total: None) -> StepReport:
    """Do a task in this process and report on it. Errors are those of the step."""
    started = perf_counter()
    report = StepReport(
        step=task.step,
        first=task.first,
        last=task.last,
        began=datetime.now(UTC).isoformat(timespec="milliseconds"),
        node=platform.node(),
    )
    step = load(task.step)
    missing = step.missing(job, task.units)
    report.kept = len(task.units) - len(missing)
    if missing:
        step.run(job, missing, report, progress)
    report.seconds = round(perf_counter() - started, 3)
    return report
