"""What became of a batch: its text is what a person reads, as JSON it is for programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(slots=True)
class OutputReport:
    """What became of one file."""

    path: str
    status: str = "failed"
    """"written", "unchanged" or "failed"."""
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    """What a person should know about what is in it, such as how many keys were saved."""
    error: str = ""


@dataclass(slots=True)
class RecordingReport:
    """What became of one recording."""

    recording: str
    duration_s: float = 0.0
    n_frames: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    """Computing time of the steps "load" and "animate"."""
    outputs: list[OutputReport] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """Where the text and the sound disagree."""
    error: str = ""

    @property
    def failures(self) -> list[str]:
        """One sentence for everything that went wrong."""
        return [text for text in (self.error, *(output.error for output in self.outputs)) if text]

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return the report that `asdict` made `values` of."""
        return cls(**{**values, "outputs": [OutputReport(**output) for output in values["outputs"]]})


@dataclass(slots=True)
class BatchReport:
    """What became of all recordings; its text is what a person reads."""

    provider: str = ""
    """What ran the network, such as "CPUExecutionProvider"."""
    recordings: list[RecordingReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What a person should know about the rig and the map onto it."""
    lost: dict[str, list[str]] = field(default_factory=dict)
    """ARKit channels that a rig has nothing for, by rig."""
    exit_code: int = 0

    def close(self) -> Self:
        """Set the exit code by what became of the recordings: 0 all is done, 1 some of it failed, 2 nothing of a lone
        recording was made."""
        written = any(output.status != "failed" for recording in self.recordings for output in recording.outputs)
        self.exit_code = (1 if written or len(self.recordings) > 1 else 2) if self.complaints else 0
        return self

    def __str__(self) -> str:
        lines = []
        for recording in self.recordings:
            steps = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in recording.seconds.items())
            lines.append(
                f"{recording.recording}" + (f": {recording.duration_s:.2f} s of sound; {steps}" if steps else "")
            )
            for output in recording.outputs:
                took = f"  ({output.seconds:.2f} s)" if output.status == "written" else ""
                lines.append(f"  {output.status:<9}  {output.path}{took}")
                lines += [f"             {note}" for note in output.notes]
            lines += [f"  text: {problem}" for problem in recording.problems]
        lines += self.notes
        if self.provider:
            lines.append(f"The network ran on {self.provider}.")
        return "\n".join(lines)

    @property
    def complaints(self) -> list[str]:
        """One sentence for everything that went wrong."""
        return list(dict.fromkeys(text for recording in self.recordings for text in recording.failures))

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """Return the report that `values` holds as `asdict` gives them."""
        return cls(**{**values, "recordings": [RecordingReport.of(one) for one in values["recordings"]]})
