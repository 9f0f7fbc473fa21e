"""`State`: what is known about a submitted job, in a folder beside its output that survives whoever is killed.

    farm/events.jsonl   what happened, a line of JSON each, only ever appended to
    farm/tasks/         what became of each task, a file each: the reports of the steps
    farm/logs/          what each task printed, a file each
    farm/plan.json      the job in Open Job Description
    farm/lock           held by the client that works on the job

What is done is not known from here but from the output itself: whoever removes this folder loses the history alone.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audio2blend.errors import InputError, MissingDependencyError
from audio2blend.files import draft, no_room

from .job import Job
from .steps.step import StepReport
from .task import Task

if TYPE_CHECKING:
    from filelock import FileLock

STOPPED = ("finished", "stopped", "cancelled", "failed")
"""Events after which nobody works on the job."""


class State:
    """The folder of one job."""

    def __init__(self, job: Job) -> None:
        self.folder = job.state
        self.events_file = self.folder / "events.jsonl"
        self._cancel = self.folder / "cancel"

    def make(self) -> None:
        """Make the folder. Raises InputError if that cannot be done."""
        for name in ("tasks", "logs"):
            try:
                (self.folder / name).mkdir(parents=True, exist_ok=True)
            except OSError as error:
                cure = "make room" if no_room(error) else "choose another output"
                raise InputError(f"{self.folder} cannot be written: {error.strerror}; {cure}") from None

    def record(self, event: str, **values: object) -> None:
        """Append what happened. Raises OSError if there is no more room."""
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"at": now, "event": event, **values}) + "\n"
        with self.events_file.open("a+b") as file:
            if file.tell() and (file.seek(-1, os.SEEK_END), file.read(1))[1] != b"\n":
                line = "\n" + line  # whoever wrote the last one was killed in the middle of it
            file.write(line.encode())  # in one piece: two writers do not mix

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield what happened, in turn; a line that was cut short is left out."""
        with suppress(OSError):
            for line in self.events_file.read_bytes().splitlines():
                with suppress(ValueError):
                    event = json.loads(line)
                    if isinstance(event, dict) and {"at", "event"} <= event.keys():
                        yield event

    def last(self, *events: str) -> dict[str, Any] | None:
        """Return the last of some events, None if there was none."""
        found = None
        for event in self.events():
            if event["event"] in events:
                found = event
        return found

    def log_of(self, task: Task) -> Path:
        """Return where a task's log lies."""
        return self.folder / "logs" / f"{task.name}.log"

    def keep(self, report: StepReport) -> None:
        """Keep what became of a task."""
        name = Task(report.step, report.first, report.last).name
        with draft(self.folder / "tasks" / f"{name}.json") as target:
            target.write_text(json.dumps(report.as_json()))

    def report_of(self, task: Task) -> StepReport | None:
        """Return what became of a task; None if it never ended."""
        try:
            return StepReport.of(json.loads((self.folder / "tasks" / f"{task.name}.json").read_bytes()))
        except (OSError, ValueError, TypeError):
            return None

    def forget(self, task: Task) -> None:
        """Remove what became of a task before it is tried anew."""
        with suppress(OSError):
            (self.folder / "tasks" / f"{task.name}.json").unlink()

    def reports(self) -> Iterator[StepReport]:
        """Yield what became of all tasks."""
        with suppress(OSError):
            for path in sorted((self.folder / "tasks").glob("*.json")):
                with suppress(OSError, ValueError, TypeError):
                    yield StepReport.of(json.loads(path.read_bytes()))

    def ask_to_stop(self) -> None:
        """Ask whoever works on the job to stop."""
        self._cancel.touch()

    @property
    def asked_to_stop(self) -> bool:
        """Whether somebody asked."""
        return os.path.exists(self._cancel)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the job in a block: nobody else works on it. Raises InputError if somebody does."""
        from filelock import Timeout

        try:
            with self._lock():
                self._cancel.unlink(missing_ok=True)
                yield
        except Timeout:
            cure = "wait, or stop it with audio2blend farm cancel"
            raise InputError(f"{self.folder}: somebody works on this job already; {cure}") from None

    @property
    def is_held(self) -> bool:
        """Whether a client works on the job now."""
        from filelock import Timeout

        try:
            with self._lock():
                return False
        except Timeout:
            return True

    def _lock(self) -> "FileLock":
        """Return a lock that the system lets go of when its holder dies, however that was."""
        try:
            from filelock import FileLock
        except ImportError:
            raise MissingDependencyError("jobs need more libraries; pip install 'audio2blend[farm]'") from None
        return FileLock(self.folder / "lock", timeout=0)
