"""What is left of a job, and doing a task of it: the same calls for every engine."""

from statistics import median

from .job import Job
from .state import State
from .steps import ORDER, Progress, StepReport, load, run
from .task import Task


def missing(job: Job) -> dict[str, list[int]]:
    """Return the units of each step that are to be done, also those that wait for another step.

    Looks at the output itself, so it is right whoever was killed while writing it. Errors are those of the steps.
    """
    lines = {*load("animate").missing(job, range(len(job.lines)))}
    left: dict[str, list[int]] = {step: [] for step in ORDER} | {"animate": sorted(lines)}
    numbers = {line.name: number for number, line in enumerate(job.lines)}
    for shot in job.shots:
        stale = numbers[shot.line.name] in lines
        for step in ORDER[1:]:
            found = load(step)
            units = range(shot.first, shot.first + shot.n_frames) if found.unit == "frame" else (shot.number,)
            more = [*units] if stale else found.missing(job, units)
            left[step] += more
            stale = stale or bool(more)
    return left


def do(job: Job, task: Task, progress: Progress = lambda _done, _total: None) -> StepReport:
    """Do a task in this process and keep what became of it. Errors are those of the step."""
    state = State(job)
    state.make()
    state.forget(task)
    report = run(job, task, progress)
    state.keep(report)
    return report


def measured_frame_s(state: State) -> float | None:
    """Return what a frame of the job took so far in the middle, in seconds; None if none was rendered."""
    took = [frame["seconds"] for report in state.reports() if report.step == "render" for frame in report.frames]
    return median(took) if took else None
