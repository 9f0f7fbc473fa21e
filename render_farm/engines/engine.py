"""`Engine`: how the tasks of a job come to machines; and what it is given, `Work`.

An engine is a plain object that is registered under `audio2blend.engines`. There are two kinds, and both are told the
same: those that stay (`local`, `dask`) do the tasks while `submit` runs, with `render_farm.schedule.Schedule` to say
what comes next; those that hand over (`slurm`, `deadline`) give all that is left to a scheduler of their own, and
return. Every task does the same on all of them: `audio2blend farm step`, or `render_farm.work.do` in a process.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from ..job import Job
from ..state import State
from ..task import Task


@dataclass(slots=True)
class Fate:
    """How a submission ended, as far as the engine knows."""

    event: str
    """"finished": all is done; "handed over": another scheduler has it; "stopped": too many failures, no room, a
    deadline or a budget; "cancelled"; "failed": all was tried, and some of it failed."""
    why: str = ""
    """One sentence, where not all is done."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """What is to be done, and whom to tell."""

    job: Job
    state: State
    """Of the job; its folder is there, and held by the caller as long as `submit` runs."""
    missing: Mapping[str, list[int]]
    """Units that are not there, by step; the units of later steps include those that cannot be made yet."""
    tell: Callable[[str, Task | None, Mapping[str, Any]], None] = field(default=lambda _event, _task, _values: None)
    """Called with an event ("begun", "done", "retried", "failed", "dropped"), its task and values, for tables and
    bars; the schedule has recorded it already."""


class Engine(Protocol):
    """Brings tasks to machines."""

    options: type
    """A dataclass of what can be chosen, its fields made by `usd_export.format.option`; the command line offers them
    as flags."""

    def submit(self, work: Work, options: Any) -> Fate:
        """Do what is missing, or hand it over. Raises InputError and MissingDependencyError for what is not there;
        work that failed is told by the fate."""

    def status(self, work: Work, identity: Mapping[str, Any]) -> Mapping[str, int]:
        """Return how many tasks the engine's own scheduler holds, by what it calls their state; empty where the
        engine has none. `identity` holds what `submit` recorded as the event "handed over"."""

    def cancel(self, work: Work, identity: Mapping[str, Any]) -> None:
        """Stop what runs and begin nothing more; what was finished is kept."""

    def log(self, work: Work, task: Task) -> str:
        """Return what a task printed. Raises InputError where there is nothing yet."""
