"""`local`: this machine, with one or more workers; nothing has to be started or set up.

A worker is a session of Open Job Description: it runs the very commands of the plan as child processes, one at a time,
and keeps a Blender open between the tasks of *render*, in the step environment of the plan. So what works here works
under any other runner of Open Job Description.
"""

import logging
import os
import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from audio2blend.errors import InputError, MissingDependencyError
from usd_export.format import option

from ..plan import template
from ..plan.template import PARAMETERS
from ..schedule import Schedule
from ..steps import load
from ..task import Task
from .engine import Fate, Work

if TYPE_CHECKING:
    from openjd.sessions import ActionStatus

_POLL_S: Final = 0.2
_GRACE_S: Final = 20
"""Blender gets so long to close."""
_IN_VAIN: Final = (2, 3)
"""Exit codes of commands that another try does not help: wrong input, and no consent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How this machine is used."""

    workers: int = option(1, "of the engine local: how many workers run at once", metavar="N")


class Local:
    """The engine."""

    options = Options

    def submit(self, work: Work, options: Options) -> Fate:
        """Do what is missing, and return when it is done or given up."""
        if not 1 <= options.workers <= 256:
            raise InputError(f"{options.workers} workers are out of range; choose from 1 to 256")
        steps = _scripts(work)
        schedule = Schedule(work, workers=options.workers)
        workers = [_Worker(work, schedule, steps) for _ in range(options.workers)]
        with _logs():
            for worker in workers:
                worker.start()
            try:
                while any(worker.is_alive() for worker in workers):
                    workers[0].join(_POLL_S)
                    if not workers[0].is_alive():
                        for worker in workers:
                            worker.join(_POLL_S)
                    if work.state.asked_to_stop:
                        _stop(schedule, workers, "somebody asked for it; submit the job again to go on")
            except KeyboardInterrupt:
                _stop(schedule, workers, "it was interrupted; submit the job again to go on")
            for worker in workers:
                worker.join()
        if (broken := next((worker.error for worker in workers if worker.error is not None), None)) is not None:
            raise broken
        fate = schedule.over
        assert fate is not None
        return fate

    def status(self, work: Work, identity: Mapping[str, Any]) -> Mapping[str, int]:
        """Return nothing: there is no other scheduler."""
        return {}

    def cancel(self, work: Work, identity: Mapping[str, Any]) -> None:
        """Ask the client that works on the job to stop."""
        work.state.ask_to_stop()

    def log(self, work: Work, task: Task) -> str:
        """Return what a task printed, the last time that it was tried."""
        return read_log(work, task)


def read_log(work: Work, task: Task) -> str:
    """Return the log of a task from the job's folder. Raises InputError where there is none."""
    try:
        return work.state.log_of(task).read_text("utf-8", "replace")
    except OSError:
        known = sorted(path.stem for path in (work.state.folder / "logs").glob("*.log"))
        there = f"there are {', '.join(known[:20])}" + " …" * (len(known) > 20) if known else "nothing was begun"
        raise InputError(f"there is no log of {task.name}; {there}") from None


def _stop(schedule: Schedule, workers: "list[_Worker]", why: str) -> None:
    schedule.stop(Fate("cancelled", why))
    for worker in workers:
        worker.cancel()


def _scripts(work: Work) -> Any:
    """Return the steps of the job as Open Job Description runs them, by name."""
    try:
        from openjd.model import create_job, decode_job_template, preprocess_job_parameters
    except ImportError:
        raise MissingDependencyError(
            "the engine local needs Open Job Description; pip install 'audio2blend[farm]'"
        ) from None
    plan = decode_job_template(template=template(work.job), supported_extensions=["TASK_CHUNKING"])
    values = preprocess_job_parameters(
        job_template=plan,
        job_parameter_values={"Job": str(work.job.path)},
        job_template_dir=work.job.path.parent,
        current_working_dir=Path.cwd(),
    )
    job = create_job(job_template=plan, job_parameter_values=values)
    return {step.name: step for step in job.steps}, values


class _logs:  # noqa: N801 - a context
    """Lead what sessions log to the file of the task that each runs at the time."""

    def __enter__(self) -> None:
        from openjd.sessions import LOG

        self._handler = _Router()
        self._propagates, LOG.propagate = LOG.propagate, False
        LOG.addHandler(self._handler)
        LOG.setLevel(logging.INFO)

    def __exit__(self, *_: object) -> None:
        from openjd.sessions import LOG

        LOG.removeHandler(self._handler)
        LOG.propagate = self._propagates


_FILES: Final[dict[str, Path]] = {}
"""The log that each session writes at the moment, by its identity."""


class _Router(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        path = _FILES.get(getattr(record, "session_id", ""))
        if path is not None:
            with suppress(OSError), path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(record.getMessage() + "\n")


class _Worker(threading.Thread):
    """One worker: takes tasks from the schedule until nothing is left."""

    def __init__(self, work: Work, schedule: Schedule, steps: Any) -> None:
        super().__init__(daemon=True)
        self._work, self._schedule = work, schedule
        self._steps, self._values = steps
        self._plain: _Room | None = None
        self._blender: _Room | None = None
        self._current: _Room | None = None
        self._cancelled = False
        self.error: BaseException | None = None
        """What went wrong with the worker itself."""

    def run(self) -> None:
        """Work."""
        shot: int | None = None
        try:
            while self._schedule.over is None:
                task = self._schedule.take(shot)
                if task is None:
                    threading.Event().wait(_POLL_S)
                    continue
                if task.step == "render":
                    shot = self._work.job.shot_at(task.first).number
                self._do(task)
        except BaseException as error:  # told by the main thread
            self.error = error
            self._schedule.stop(Fate("stopped", f"{type(error).__name__}: {error}"))
        finally:
            for room in (self._plain, self._blender):
                if room is not None:
                    room.close()

    def cancel(self) -> None:
        """Stop what runs now, from another thread."""
        self._cancelled = True
        if self._current is not None:
            self._current.cancel()

    def _do(self, task: Task) -> None:
        began = perf_counter()
        state = self._work.state
        state.forget(task)
        log = state.log_of(task)
        log.unlink(missing_ok=True)
        room = self._current = self._room(task, log)
        outcome = room.run(self._steps[task.step], task, log) if room.why == "" else room.why
        self._current = None
        seconds = round(perf_counter() - began, 3)
        report = state.report_of(task)
        if report is not None:
            self._schedule.done(task, report)
            return
        if self._cancelled:
            self._schedule.dropped(task, seconds)
        else:
            why = outcome or "it ended without a report"
            self._schedule.failed(task, why, again=room.exit_code not in _IN_VAIN, seconds=seconds)
        room.close()  # a session in which something failed runs nothing more, and its Blender may be what is broken
        if room is self._blender:
            self._blender = None
        else:
            self._plain = None

    def _room(self, task: Task, log: Path) -> "_Room":
        """Return the session that a task runs in, made when it is first needed."""
        if task.step != "render":
            if self._plain is None:
                self._plain = _Room(self._values, None, log)
            return self._plain
        if self._blender is None:
            self._blender = _Room(self._values, self._steps["render"].stepEnvironments[0], log)
        return self._blender


class _Room:
    """A session, with a step environment or without."""

    def __init__(self, values: Any, environment: Any, log: Path) -> None:
        from openjd.model import RevisionExtensions, SpecificationRevision
        from openjd.sessions import Session

        self._changed = threading.Condition()
        self.exit_code: int | None = None
        self.why = ""
        """Why nothing can run in it."""
        self._identity = uuid4().hex
        _FILES[self._identity] = log
        self._session: Session = Session(
            session_id=self._identity,
            job_parameter_values=values,
            callback=self._told,
            os_env_vars={"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])},
            revision_extensions=RevisionExtensions(
                spec_rev=SpecificationRevision.v2023_09, supported_extensions=["TASK_CHUNKING"]
            ),
        )
        self._environment: str | None = None
        if environment is not None:
            self._environment = self._session.enter_environment(environment=environment)
            self.why = self._ended()

    def run(self, step: Any, task: Task, log: Path) -> str:
        """Run a task and return why it failed, "" if it did not."""
        from openjd.model import ParameterValue, ParameterValueType

        _FILES[self._identity] = log
        units = f"{task.first}-{task.last}"
        name = PARAMETERS[load(task.step).unit]
        self._session.run_task(
            step_script=step.script,
            task_parameter_values={name: ParameterValue(type=ParameterValueType.CHUNK_INT, value=units)},
            log_task_banner=False,
        )
        return self._ended()

    def cancel(self) -> None:
        """Stop what runs now."""
        with suppress(RuntimeError):  # it has just ended
            self._session.cancel_action()

    def close(self) -> None:
        """Leave the environment and end."""
        from openjd.sessions import SessionState

        if self._environment is not None and self._session.state in (
            SessionState.READY,
            SessionState.READY_ENDING,
        ):
            self._session.exit_environment(identifier=self._environment)
            self._ended(_GRACE_S)
        self._session.cleanup()
        _FILES.pop(self._identity, None)

    def _told(self, _session: str, status: "ActionStatus") -> None:
        with self._changed:
            self._changed.notify_all()

    def _ended(self, limit_s: float | None = None) -> str:
        """Wait for what runs, and return why it failed, "" if it did not."""
        from openjd.sessions import ActionState, SessionState

        busy = (SessionState.RUNNING, SessionState.CANCELING)
        with self._changed:
            self._changed.wait_for(lambda: self._session.state not in busy, limit_s)
        status = self._session.action_status
        if status is None:
            return "it never ran"
        self.exit_code = status.exit_code
        if status.state == ActionState.SUCCESS:
            return ""
        return status.fail_message or f"it ended with exit code {status.exit_code}; see audio2blend farm logs"


LOCAL: Final = Local()
