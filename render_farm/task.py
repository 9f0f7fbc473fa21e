"""`Task`: a run of units that one worker does at once, and how a job is cut into them."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Self

from audio2blend.errors import InputError


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """A step of a job for the units from `first` to `last`, both included: lines, shots or frames of the job."""

    step: str
    first: int
    last: int

    @property
    def name(self) -> str:
        """As files are called after it.

        >>> Task("render", 0, 23).name
        'render-0-23'
        """
        return f"{self.step}-{self.first}-{self.last}"

    @property
    def units(self) -> range:
        """The numbers of the units."""
        return range(self.first, self.last + 1)

    @classmethod
    def of(cls, step: str, text: str) -> tuple[Self, ...]:
        """Return the tasks that a text as Open Job Description writes ranges names.

        Raises InputError for another text.

        >>> Task.of("render", "0-23,30")
        (Task(step='render', first=0, last=23), Task(step='render', first=30, last=30))
        """
        found = []
        for part in text.split(","):
            first, _, last = part.strip().partition("-")
            if not all(one.isascii() and one.isdecimal() and len(one) < 12 for one in (first, last or first)):
                raise InputError(f"{text!r} names no units; write them as 7, 0-23 or 0-23,30")
            if int(last or first) < int(first):
                raise InputError(f"{text!r} counts backwards; write the smaller number first")
            found.append(cls(step, int(first), int(last or first)))
        return tuple(found)


def runs(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of consecutive numbers.

    >>> list(runs([3, 1, 2, 7]))
    [(1, 3), (7, 7)]
    """
    for _, group in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        yield run[0], run[-1]


def cut(step: str, numbers: Sequence[int], size: int) -> Iterator[Task]:
    """Yield tasks of at most `size` consecutive units that cover the numbers.

    >>> [task.name for task in cut("render", [0, 1, 2, 3, 8], 3)]
    ['render-0-2', 'render-3-3', 'render-8-8']
    """
    for first, last in runs(numbers):
        for start in range(first, last + 1, size):
            yield Task(step, start, min(start + size - 1, last))
