"""`JobReport`: how far a job is, read off its output and what was recorded of it."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from render_farm import engines
from render_farm.engines import Work
from render_farm.job import Job
from render_farm.state import State
from render_farm.steps import ORDER, count, load
from render_farm.work import missing


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCount:
    """How far a step of a job is."""

    step: str
    done: int
    total: int
    unit: str
    failed: int = 0
    """Tasks that were given up."""
    retried: int = 0
    running: int = 0
    """Tasks that run at the moment."""
    seconds: float = 0.0
    """That workers spent on it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobReport:
    """How far a job is; its text is a table."""

    job: str
    engine: str
    state: str
    """"new", "running", "finished", "handed over", "stopped", "cancelled", "failed" or "interrupted"."""
    why: str
    """Why not all is done, in one sentence."""
    output: str
    steps: list[StepCount]
    queue: dict[str, int] = field(default_factory=dict)
    """What another scheduler holds, by its own words for their state."""
    videos: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        rows: list[tuple[str, ...]] = [("step", "done", "of", "running", "failed", "retried", "time")]
        rows += [
            (one.step, *map(str, (one.done, f"{one.total} {one.unit}s", one.running, one.failed, one.retried)),
             f"{one.seconds:.1f} s")
            for one in self.steps
        ]  # fmt: skip
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        table = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        queue = [f"queue: {', '.join(f'{number} {name}' for name, number in self.queue.items())}"] * bool(self.queue)
        head = f"{self.job}: {self.state}" + f" ({self.engine})" * bool(self.engine)
        return "\n".join([head, *(f"  {line}" for line in [*table, *queue, *self.videos]), *self.notes])


def job_report(job: Job, state: State) -> JobReport:
    """Look at the output and at what was recorded."""
    left = missing(job)
    failed, retried, seconds = Counter[str](), Counter[str](), Counter[str]()
    running: set[str] = set()
    notes: dict[str, None] = {}
    complaints: dict[str, str] = {}
    engine, now, why = "", "new", ""
    for event in state.events():
        task, what = str(event.get("task", "")), event["event"]
        name = task.partition("-")[0]
        seconds[name] += event.get("seconds", 0.0)
        if what == "submitted":
            engine, now, why = event["engine"], "running", ""
            failed.clear()
            complaints.clear()
            running.clear()
        elif what == "begun":
            running.add(task)
        elif task:
            running.discard(task)
            retried[name] += what == "retried"
            gone = event.get("failed") or {}
            failed[name] += len(gone) + (what == "failed")
            complaints |= gone if what == "done" else {task: f"{task}: {event['why']}"} if what == "failed" else {}
            notes |= dict.fromkeys(event.get("notes") or [])
        else:
            now, why = what, event.get("why", "")
    if now == "running" and not state.is_held:
        now, why = "interrupted", "whoever worked on it is gone; submit the job again to go on"
    if not any(left.values()):
        now, why = "finished", ""
    queue: Mapping[str, int] = {}
    if now == "handed over":
        handed = state.last("handed over")
        queue = engines.load(engine).status(Work(job=job, state=state, missing=left), handed or {})
    steps = []
    for name in ORDER:
        unit = load(name).unit
        total = count(job, unit)
        steps.append(
            StepCount(
                step=name,
                done=total - len(left[name]),
                total=total,
                unit=unit,
                failed=failed[name],
                retried=retried[name],
                running=sum(task.partition("-")[0] == name for task in running) if now == "running" else 0,
                seconds=round(seconds[name], 3),
            )
        )
    bad = now in ("stopped", "cancelled", "failed", "interrupted")
    return JobReport(
        job=job.name,
        engine=engine,
        state=now,
        why=why,
        output=str(job.output),
        steps=steps,
        queue=dict(queue),
        notes=list(notes),
        exit_code=int(bad),
        complaints=[
            *dict.fromkeys(complaints.values()),
            *([f"{now}: {why}"] if why and (bad or now == "cancelled") else []),
        ],
    )
