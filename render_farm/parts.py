"""The parts of a job: who speaks, what is said, and how it is made."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

Fallback = Literal["stop", "still"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Character:
    """Who speaks: a face, and the scene that it stands in."""

    name: str
    """In the names of folders and files."""
    rig: str = "builtin"
    """The built-in head, as "builtin" or "builtin:ada", or the file of a face as commands take it by --rig."""
    scene: Path | None = None
    """A .blend file with camera and light, in which the character stands; None for a small portrait studio."""
    map: Path | None = None
    """How the rig is driven, where names do not say it."""
    animated: bool = False
    """The scene moves already, as an artist left it: it is rendered as it is, from its first frame on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is said once."""

    name: str
    """In the names of folders and files."""
    sound: Path | None
    """The recording; None for a clip without one."""
    clip: Path | None = None
    """Curves that are there already, in place of animating the recording."""
    text: str = ""
    """The words, or the file of a script or an alignment."""
    captions: Path | None = None
    """Captions that go into the video."""
    emotion: str = ""
    """In place of that of `[speech]`."""
    characters: tuple[str, ...] = ()
    """Who says it; empty for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """How recordings become curves: the table `[speech]`, as `audio2blend animate` takes it."""

    language: str = ""
    """A BCP 47 tag, of the texts."""
    emotion: str = "neutral"
    quality: Literal["best", "live"] = "best"
    strength: float = 1.0
    seed: int = 0
    fallback: Fallback = "stop"
    """What becomes of a line that cannot be animated: nothing, or a still face with its captions and a note."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """Who speaks, and what the videos are for, where a project requires consent: the table `[consent]`."""

    speaker: str = ""
    """By the name in the register; may hold {stem} and {parent} of a recording."""
    purpose: str = ""
    territories: tuple[str, ...] = ()
    not_needed: str = ""
    """Why none is needed, where that is so; it is logged in the register."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What becomes of the frames: the table `[delivery]`."""

    profiles: tuple[str, ...] = ("web",)
    """Of `audio2blend encode`; empty for frames alone."""
    captions: Literal["none", "muxed", "burnt"] = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the job may take, and when it gives up: the table `[limits]`."""

    chunk: int = 0
    """Frames that a worker is given at once; 0 lets the plan choose."""
    attempts: int = 3
    """How often a task is tried before it counts as failed."""
    failures: int = 5
    """After so many failed tasks the job stops: the scene is broken."""
    priority: int = 50
    """From 0 to 100; higher comes first."""
    deadline: datetime | None = None
    """Nothing is begun after it."""
    node_hours: float = 0.0
    """The budget: nothing is begun once workers have run for so long together; 0 for no limit."""
    price_per_node_hour: float = 0.0
    """In whatever money; for the report."""
    cores: int = 0
    """A worker has at least so many; 0 for any."""
    memory_mb: int = 0
    """A worker has at least so much memory; 0 for any."""
    gpu_memory_mb: int = 0
    """… and so much on its GPU."""
