"""`Step`: one kind of work of a job, found by entry point under `audio2blend.steps`."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol, Self

from ..job import Job

Unit = Literal["line", "shot", "frame"]
Progress = Callable[[int, int], None]
"""Called with units done and wanted; may raise to stop."""


@dataclass(slots=True, kw_only=True)
class StepReport:
    """What became of a task; it is kept as JSON beside the output and is what every engine sees."""

    step: str
    first: int
    last: int
    done: int = 0
    """Units that were made now."""
    kept: int = 0
    """Units that were there already, whole and up to date."""
    failed: dict[str, str] = field(default_factory=dict)
    """Units that cannot be made however often they are tried: number, and one sentence."""
    notes: list[str] = field(default_factory=list)
    """What a person should know about what was made."""
    frames: list[dict[str, Any]] = field(default_factory=list)
    """Of rendered frames: number in the job, seconds, memory in MB, device."""
    seconds: float = 0.0
    """Of the clock, from begin to end."""
    began: str = ""
    """In UTC, ISO 8601."""
    node: str = ""
    """The machine."""

    @property
    def exit_code(self) -> int:
        """0 all is done, 1 some of it failed."""
        return 1 if self.failed else 0

    @property
    def complaints(self) -> list[str]:
        """One sentence for each thing that went wrong."""
        return list(dict.fromkeys(self.failed.values()))

    def __str__(self) -> str:
        text = f"{self.step} {self.first}-{self.last}: {self.done} made, {self.kept} kept ({self.seconds:.2f} s)"
        return "\n".join([text, *(f"  {note}" for note in self.notes)])

    def as_json(self) -> dict[str, Any]:
        """Return what `of` takes."""
        return asdict(self)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """Return the report that `as_json` made."""
        return cls(**values)


class Step(Protocol):
    """A plain module or object; the same on every engine."""

    unit: Unit
    """What it is done for, one by one: a line, a shot, or a frame of all shots numbered through."""

    def missing(self, job: Job, units: Iterable[int]) -> list[int]:
        """Return the units that are not there, whole and up to date."""

    def run(self, job: Job, units: Sequence[int], report: StepReport, progress: Progress) -> None:
        """Make what is missing of the units, and say in `report` what became of them.

        What fails for good is put into `report.failed`; any other error is raised, and the task is tried again.
        """
