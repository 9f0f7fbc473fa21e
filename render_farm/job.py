"""`Job`: what is to be rendered, read from a TOML file that a person writes.

    name = "Episode 3"
    output = "out"

    [[characters]]
    name = "hero"
    rig = "hero.glb"

    [[lines]]
    sound = "lines/hello.wav"

Every character says every line, unless the line names who does; each such pair is a shot with a video of its own.
"""

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Final, Self

from audio2blend.errors import InputError
from audio2blend.files import local

from . import job_file
from .length import seconds_of
from .look import FarmLook
from .parts import Character, Consent, Delivery, Limits, Line, Speech

MOST_FRAMES: Final = 100_000_000
"""What a job may have; more is a slip of the keyboard, and no engine holds it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A line said by a character: a folder of frames and the videos of it."""

    number: int
    """Among the shots of the job, from 0."""
    line: Line
    character: Character
    n_frames: int
    first: int
    """Number of its first frame among all frames of the job, from 0."""
    folder: Path
    """Holds all that is made of it."""

    @property
    def name(self) -> str:
        """As a person calls it."""
        return f"{self.line.name}/{self.character.name}"

    @property
    def frames(self) -> Path:
        """The folder of the pictures, 000000.png and so on; number 0 is time 0."""
        return self.folder / "frames"


@dataclass(frozen=True, kw_only=True)
class Job:
    """Lines, characters, and how they are rendered and delivered."""

    path: Path
    """The job file, absolute."""
    name: str
    output: Path
    """The folder of all results, absolute."""
    characters: tuple[Character, ...]
    lines: tuple[Line, ...]
    look: FarmLook = field(default_factory=FarmLook)
    speech: Speech = field(default_factory=Speech)
    consent: Consent = field(default_factory=Consent)
    delivery: Delivery = field(default_factory=Delivery)
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Return the job in a TOML file; its paths are relative to the file's folder.

        Raises InputError, in one sentence with the place, for whatever is wrong with it: also for files that are not
        there, and for paths that lead out of the job's folder and those that AUDIO2BLEND_FARM_ROOTS names.
        """
        return cls(**job_file.read(local(path).absolute()))

    @cached_property
    def shots(self) -> tuple[Shot, ...]:
        """All pairs of a line and a character that says it. Raises InputError if a recording cannot be read."""
        found: list[Shot] = []
        first = 0
        for line in self.lines:
            n_frames = self._n_frames(line)
            for who in self.who_says(line):
                folder = self.output / line.name / who.name
                shot = Shot(number=len(found), line=line, character=who, n_frames=n_frames, first=first, folder=folder)
                found.append(shot)
                first += n_frames
        if first > MOST_FRAMES:
            raise InputError(f"{self.path}: the job has {first} frames, and {MOST_FRAMES} is the most; split it")
        return tuple(found)

    @property
    def n_frames(self) -> int:
        """Of all shots together."""
        last = self.shots[-1]
        return last.first + last.n_frames

    def shot_at(self, frame: int) -> Shot:
        """Return the shot that a frame of the job lies in. Raises InputError if the job has no such frame."""
        if not 0 <= frame < self.n_frames:
            raise InputError(f"{self.path}: there is no frame {frame}; the job has 0 to {self.n_frames - 1}")
        return self.shots[bisect_right(self._firsts, frame) - 1]

    @cached_property
    def _firsts(self) -> tuple[int, ...]:
        return tuple(shot.first for shot in self.shots)

    def who_says(self, line: Line) -> tuple[Character, ...]:
        """Return the characters that say a line."""
        return tuple(who for who in self.characters if not line.characters or who.name in line.characters)

    def clip_of(self, line: Line) -> Path:
        """Return where the curves of a line lie, in ARKit's channels: its own, or those that the job makes."""
        return line.clip or self.output / line.name / "clip.npz"

    @property
    def state(self) -> Path:
        """The folder of what is known about the job while it runs: events, logs, reports."""
        return self.output / "farm"

    def _n_frames(self, line: Line) -> int:
        """Return how many frames cover the sound, or else the clip; the last one may outlast it."""
        source = line.sound or line.clip
        assert source is not None
        try:
            duration_s = seconds_of(source)
        except InputError as error:
            raise InputError(f"{self.path}: line '{line.name}': {error}") from None
        return max(1, math.ceil(duration_s * self.look.frame_rate - Fraction(1, 1000)))
