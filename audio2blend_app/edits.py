"""Keeping what somebody did to an animation by hand: two files of curves in, the difference as a file out."""

from dataclasses import dataclass, field
from pathlib import Path

from audio2blend.channels import CHANNELS
from audio2blend.edits import Edits
from audio2blend.errors import InputError
from audio2blend.files import local, spare
from usd_export.registry import read


@dataclass(frozen=True, slots=True, kw_only=True)
class EditsRequest:
    """Which curves to compare, and the file to write."""

    made: Path
    """The animation as it was made, in any format that is read."""
    edited: Path
    """The same after somebody's work, at any frame rate."""
    output: Path
    """A .json file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EditsReport:
    """What was found; its text is what a person reads."""

    output: str
    channels: dict[str, int]
    """How many edits there are of each channel that has any."""
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        count = sum(self.channels.values())
        about = f" of {', '.join(self.channels)}" if self.channels else ": the curves are alike"
        return f"{self.output}: {count} edit{'s' * (count != 1)}{about}"


def run(request: EditsRequest) -> EditsReport:
    """Write the edits between two files; raises InputError for what cannot be read, compared or written."""
    output = local(request.output)
    if output.suffix.lower() != ".json":
        raise InputError(f"{output}: edits are kept in a .json file; name one, such as line.edits.json")
    spare([request.made, request.edited], [output])
    made, edited = read(request.made), read(request.edited)
    try:
        edits = Edits.between(made, edited, of="arkit" if {*edited.channels} <= {*CHANNELS} else "character")
    except InputError as error:
        raise InputError(f"{request.edited}: {error}; compare it with what it was made from") from None
    edits.write(output)
    counts: dict[str, int] = {}
    for edit in edits.edits:
        counts[edit.channel] = counts.get(edit.channel, 0) + 1
    return EditsReport(output=str(output), channels=counts)
