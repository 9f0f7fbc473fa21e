"""`Schedule`: what is done next, for engines that stay while a job runs.

A line that is animated sets its shots free, a shot with a scene its frames, and so on; what comes late in a shot goes
first, so that videos come out one after the other. All methods may be called from several threads.
"""

from collections import Counter, deque
from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median
from threading import RLock
from typing import Final

from .engines.engine import Fate, Work
from .job import Shot
from .plan.chunks import chunk_of
from .room import why_not
from .steps import ORDER, load
from .steps.step import StepReport
from .task import Task, cut, runs
from .work import measured_frame_s

_LEAST: Final = 0.1
"""No task is shorter than this share of a full one: the scene has to be opened for it."""
_MEASURED: Final = 50
"""The last so many frames say how long the next take."""


class Schedule:
    """The tasks of a job that are left: which may begin, which run, and when it is over."""

    def __init__(self, work: Work, *, workers: int = 1) -> None:
        self._work, self._job, self._workers = work, work.job, workers
        self._limits = work.job.limits
        self._guard = RLock()
        self._pending: Counter[tuple[str, int]] = Counter()
        """Units that are left, by step and line (of animate) or shot (of the others)."""
        self._free: dict[str, deque[Task]] = {step: deque() for step in ORDER}
        """Runs of units that may begin."""
        self._blocked: dict[tuple[str, int], list[Task]] = {}
        """Runs of units that wait for the step before."""
        self._tries: Counter[Task] = Counter()
        self._running: set[Task] = set()
        self._shots_of: dict[str, list[Shot]] = {}
        self._stopped: Fate | None = None
        self.n_failed = 0
        """Tasks that were given up."""
        self.spent_s = sum(event.get("seconds", 0.0) for event in work.state.events())
        """Seconds that workers ran for this job, also before it was submitted again."""
        took = measured_frame_s(work.state)
        self._frame_s: deque[float] = deque([] if took is None else [took], maxlen=_MEASURED)
        self._plan()

    def take(self, shot: int | None = None) -> Task | None:
        """Return a task that is to begin now, None if there is none at the moment or `over` says why.

        `shot` is what the worker rendered last: it gets more of it if there is more.
        """
        with self._guard:
            if self._stopped is None:
                self._stopped = self._reason_to_stop()
            if self._stopped is not None:
                return None
            for step in reversed(ORDER):
                if self._free[step]:
                    task = self._cut_from(step, shot)
                    self._running.add(task)
                    self._tries[task] += 1
                    self._tell("begun", task)
                    return task
            return None

    def done(self, task: Task, report: StepReport) -> None:
        """Note what became of a task that ended; units in `report.failed` are given up."""
        with self._guard:
            self._running.discard(task)
            self.spent_s += report.seconds
            self._frame_s.extend(frame["seconds"] for frame in report.frames)
            values = {"seconds": report.seconds, "done": report.done, "kept": report.kept, "node": report.node}
            self._tell("done", task, **values, failed=report.failed, notes=report.notes)
            for unit in task.units:
                if (why := report.failed.get(str(unit))) is not None:
                    self._give_up(Task(task.step, unit, unit), why)
                else:
                    self._advance(task.step, unit)

    def failed(self, task: Task, why: str, *, again: bool, seconds: float = 0.0) -> None:
        """Note that a task did not end well; `again` says whether another try may help.

        What it finished counts, and what is left of it is tried anew: only tries in which nothing was finished add up
        to those that the job allows.
        """
        with self._guard:
            self._running.discard(task)
            self.spent_s += seconds
            if full := why_not(self._job.output, self._job.look):
                self._stopped = self._stopped or Fate("stopped", full)
            left = load(task.step).missing(self._job, task.units)
            for unit in sorted({*task.units} - {*left}):
                self._advance(task.step, unit)
            rest = [Task(task.step, first, last) for first, last in runs(left)]
            if len(left) == len(task.units) and not (again and self._tries[task] < self._limits.attempts):
                self._tell("failed", task, why=why, seconds=seconds)
                self._give_up(task, why)
            else:
                self._free[task.step].extendleft(reversed(rest))
                self._tell("retried", task, why=why, seconds=seconds)

    def dropped(self, task: Task, seconds: float) -> None:
        """Note that a task was ended on purpose before it was done; that is no failure."""
        with self._guard:
            self._running.discard(task)
            self.spent_s += seconds
            self._tell("dropped", task, seconds=seconds)

    def stop(self, fate: Fate) -> None:
        """Begin nothing more."""
        with self._guard:
            self._stopped = self._stopped or fate

    @property
    def over(self) -> Fate | None:
        """How it ended, None as long as something runs or may begin."""
        with self._guard:
            if self._running:
                return None
            if self._stopped is not None:
                return self._stopped
            if any(self._free.values()):
                return None
            if self.n_failed:
                lost = f"{self.n_failed} task{'s' * (self.n_failed > 1)} failed"
                waiting = len({shot for _, shot in self._blocked})
                return Fate("failed", lost + f"; shots that are incomplete for that: {waiting}" * bool(waiting))
            return Fate("finished")

    def _plan(self) -> None:
        """Set free what can begin, and note what waits for what."""
        missing = {step: {*units} for step, units in self._work.missing.items()}
        for shot in self._job.shots:
            self._shots_of.setdefault(shot.line.name, []).append(shot)
        lines = sorted(missing["animate"])
        for number in lines:
            self._pending["animate", number] = 1
        self._free["animate"].extend(cut("animate", lines, chunk_of("animate", self._job)))
        for number, line in enumerate(self._job.lines):
            for shot in self._shots_of.get(line.name, []):
                waits = bool(self._pending["animate", number])
                for step in ORDER[1:]:
                    left = [unit for unit in _units(step, shot) if unit in missing[step]]
                    if not left:
                        continue
                    self._pending[step, shot.number] = len(left)
                    tasks = [Task(step, first, last) for first, last in runs(left)]
                    if waits:
                        self._blocked[step, shot.number] = tasks
                    else:
                        self._free[step].extend(tasks)
                    waits = True

    def _cut_from(self, step: str, shot: int | None) -> Task:
        """Take a task of the right size off a run of units that may begin."""
        free = self._free[step]
        run = free[0]
        if step == "render":  # opening a scene takes as long as some frames of it
            open_elsewhere = {self._shot_of(task) for task in self._running if task.step == "render"}
            untouched = (one for one in free if self._shot_of(one) not in open_elsewhere)
            run = next((one for one in free if self._shot_of(one) == shot), next(untouched, run))
        free.remove(run)
        if self._tries[run] or step == "animate":
            return run
        last = min(run.last, run.first + self._size(step, run) - 1)
        if last < run.last:
            free.appendleft(Task(step, last + 1, run.last))
        return Task(step, run.first, last)

    def _size(self, step: str, run: Task) -> int:
        """Return how many units the next task gets: of frames fewer towards the end, so that all workers end together.

        Source: guided self-scheduling, Polychronopoulos and Kuck 1987.
        """
        took = median(self._frame_s) if self._frame_s else None
        size = chunk_of(step, self._job, frame_s=took)
        if step != "render" or self._job.limits.chunk or self._workers == 1:
            return size
        left = sum(len(one.units) for one in (run, *self._free[step]))
        return min(size, max(-(-left // (2 * self._workers)), round(size * _LEAST)))

    def _advance(self, step: str, unit: int) -> None:
        """Count a unit as done, and set free what waited for it."""
        key = step, self._owner(step, unit)
        self._pending[key] -= 1
        if self._pending[key]:
            return
        later = ORDER[ORDER.index(step) + 1 :]
        for shot in self._shots_below(*key):
            following = next((one for one in later if (one, shot.number) in self._blocked), None)
            if following is not None:
                self._free[following].extend(self._blocked.pop((following, shot.number)))

    def _give_up(self, task: Task, why: str) -> None:
        self.n_failed += 1
        if self.n_failed >= self._limits.failures and self._stopped is None:
            times = f"{self.n_failed} task{'s' * (self.n_failed > 1)} failed, as many as [limits] failures allows"
            self._stopped = Fate("stopped", f"{times}; the last: {task.name}: {why}")

    def _reason_to_stop(self) -> Fate | None:
        """Return why nothing more is to begin."""
        if self._work.state.asked_to_stop:
            return Fate("cancelled", "somebody asked for it; submit the job again to go on")
        deadline, hours = self._limits.deadline, self._limits.node_hours
        if deadline is not None and datetime.now(UTC) >= deadline:
            return Fate("stopped", f"the deadline {deadline.isoformat()} has passed; set a later one and submit again")
        if hours and self.spent_s >= 3600 * hours:
            spent = f"{self.spent_s / 3600:.2f} of {hours:g} node hours are spent"
            return Fate("stopped", f"{spent}; raise [limits] node_hours and submit again")
        return None

    def _owner(self, step: str, unit: int) -> int:
        """Return the line or shot that a unit belongs to."""
        return self._job.shot_at(unit).number if load(step).unit == "frame" else unit

    def _shot_of(self, task: Task) -> int:
        return self._job.shot_at(task.first).number

    def _shots_below(self, step: str, owner: int) -> Iterator[Shot]:
        """Yield the shots that wait for a line or shot."""
        if step == "animate":
            yield from self._shots_of.get(self._job.lines[owner].name, [])
        else:
            yield self._job.shots[owner]

    def _tell(self, event: str, task: Task, **values: object) -> None:
        self._work.state.record(event, task=task.name, **values)
        self._work.tell(event, task, values)


def _units(step: str, shot: Shot) -> range:
    """Return the units of a step that a shot has."""
    if load(step).unit == "frame":
        return range(shot.first, shot.first + shot.n_frames)
    return range(shot.number, shot.number + 1)
