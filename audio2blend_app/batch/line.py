"""`Line`: a recording with all that decides what becomes of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from audio2blend.hybrid import Mode
from audio2blend.post import Controls

from ..character import Character
from ..transcript import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a recording becomes files."""

    motion: Controls = field(default_factory=Controls)
    mode: Mode = "hybrid"
    """What moves the mouth of a line that has a transcript."""
    seed: int = 0
    performance: bool = True
    mouth_only: bool = False
    """Leave eyes, brows, nose and head at rest; then there is no performance either."""
    frame_rate: Fraction | None = None
    """Of every file; None for the usual rate of its format."""
    frame_rates: Mapping[str, Fraction] = field(default_factory=dict)
    """Rates for files of some suffixes, such as ".mp4", in place of `frame_rate`."""
    step: int = 1
    """For how many frames of each file a pose is held: 2 is animation on twos."""
    quality: str = "best"
    weights: Path | None = None
    """A network in place of the shipped one of that quality."""
    encoder: Path | None = None
    """Folder of a Whisper model, in place of a network of any quality."""
    device: str = "auto"
    threads: int = 0
    """Of the CPU, 0 for as many as there are cores."""
    track: int | None = None
    """The sound track to take, from 1 on, in place of the one where somebody speaks."""
    channel: int | None = None
    """The channel to take, in the same way."""
    export: Mapping[str, object] = field(default_factory=dict)
    """Values for the fields of the formats' options; each format takes those that it knows."""
    check: bool = False
    """Read every file back; one that does not hold what it should counts as failed."""

    def rate_of(self, suffix: str) -> Fraction | None:
        """Return the frame rate that is asked for files of a suffix, None for the usual one."""
        return self.frame_rates.get(suffix.lower(), self.frame_rate)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Line:
    """A recording, who says it, and the files to make of it."""

    recording: Path
    outputs: tuple[Path, ...]
    settings: Settings
    character: Character
    transcript: Transcript | None = None
    """What is said, where it is known."""
    edits: Path | None = None
    """What somebody did to the curves by hand, a file of `audio2blend.edits.Edits`, to be done again."""
    prediction: Path | None = None
    """What the network predicted of this recording with these settings, a file of `Prediction.write`; None to have it
    predicted."""
    take: Path | None = None
    """The motion as an artist left it, an `audio2blend_app.take.Handed` in a file; None for that of the settings."""
