"""Animating recordings one after another: what is done is skipped, and what fails does not stop the rest."""

import glob
import hashlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from time import perf_counter
from typing import Protocol

from audio2blend.audio import Speech, load
from audio2blend.clip import Clip
from audio2blend.errors import Audio2BlendError, InputError
from audio2blend.files import local, same_file, spare
from audio2blend.network import EncoderNetwork, Network
from audio2blend.network.encoder import HEAD
from audio2blend.network.network import WEIGHTS
from audio2blend.network.whisper import model_file
from audio2blend.pipeline import animate
from audio2blend.post import Controls
from usd_export.registry import format_of, write

from .character import BUILTIN, Character
from .manifest import Manifest, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What decides how a recording becomes files."""

    motion: Controls = field(default_factory=Controls)
    seed: int = 0
    performance: bool = True
    frame_rate: Fraction | None = None
    rig: str = BUILTIN
    """The built-in head, or the path of a rig."""
    map: Path | None = None
    """A map onto the rig, in place of the one found by names or geometry."""
    landmarks: Path | None = None
    """Where the face of the rig is, where it is not found."""
    quality: str = "best"
    encoder: Path | None = None
    """Folder of the Whisper model to use instead of the built-in networks."""
    device: str = "auto"
    track: int | None = None
    """The sound track to take, from 1 on, in place of the one where somebody speaks."""
    channel: int | None = None
    """The channel to take, in the same way."""
    export: Mapping[str, object] = field(default_factory=dict)
    """Values for the fields of the formats' options; each format takes those that it knows."""


@dataclass(frozen=True, slots=True)
class Line:
    """A recording and the files to make of it."""

    recording: Path
    outputs: tuple[Path, ...]


@dataclass(slots=True)
class OutputReport:
    """What became of one file."""

    path: str
    status: str = "failed"
    """"written", "unchanged" or "failed"."""
    seconds: float = 0.0
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
    error: str = ""

    @property
    def failures(self) -> list[str]:
        """One sentence for everything that went wrong."""
        return [text for text in (self.error, *(output.error for output in self.outputs)) if text]


@dataclass(slots=True)
class BatchReport:
    """What became of all recordings; its text is what a person reads."""

    provider: str = ""
    """What ran the network, such as "CPUExecutionProvider"."""
    recordings: list[RecordingReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What a person should know about the rig and the map onto it."""
    exit_code: int = 0

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
        lines += self.notes
        if self.provider:
            lines.append(f"The network ran on {self.provider}.")
        return "\n".join(lines)

    @property
    def complaints(self) -> list[str]:
        """One sentence for everything that went wrong."""
        return [text for recording in self.recordings for text in recording.failures]


class BatchProgress(Protocol):
    """Who wants to know how far the work is."""

    def begin(self, n_recordings: int) -> None: ...
    def recording_done(self) -> None: ...
    def step(self, name: str) -> None: ...
    def advance(self, done: int, total: int) -> None: ...


def expand(patterns: Iterable[str]) -> list[Path]:
    """Return the recordings that are meant; wildcards are expanded for shells that leave them, such as Windows'.

    Raises InputError for the address of something elsewhere.
    """
    paths: dict[str, Path] = {}  # by absolute name: a file named twice is one recording
    for pattern in patterns:
        local(pattern)
        matches = [] if os.path.exists(pattern) else sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207
        for match in matches or [pattern]:
            paths.setdefault(os.path.abspath(match), Path(match))  # noqa: PTH100
    return list(paths.values())


def targets(recordings: Iterable[Path], templates: Iterable[str]) -> list[Line]:
    """Return what to make of every recording.

    Raises InputError for a suffix that nobody writes, for an address, for two recordings that would share a file, and
    for an output that would replace a recording.
    """
    recordings, templates = list(recordings), list(dict.fromkeys(templates))
    for template in templates:
        local(template)
        format_of(template)
        if unknown := _unknown_mark(Path(template)):
            raise InputError(f"{template}: {unknown} is not a placeholder; use {{stem}} or {{parent}}")
    lines = [Line(recording, tuple(_filled(template, recording) for template in templates)) for recording in recordings]
    owner: dict[str, Path] = {}
    for line in lines:
        for template, output in zip(templates, line.outputs, strict=True):
            other = owner.setdefault(same_file(output), line.recording)
            if other != line.recording:
                cure = "rename one" if "{stem}" in template else "put {stem} into the output's name"
                raise InputError(f"{other} and {line.recording} would both be written to {output}; {cure}")
        spare(recordings, line.outputs)
    return lines


def _unknown_mark(template: Path) -> str | None:
    """Return what in a template looks like a mark and is neither one nor in the name of a folder that is there."""
    for path in (template, *template.parents):
        if os.path.isdir(path):
            return None
        if unknown := set(re.findall(r"\{\w+\}", path.name)) - {"{stem}", "{parent}"}:
            return str(min(unknown))
    return None


def _filled(template: str, recording: Path) -> Path:
    """Return the output that a template means for a recording."""
    names = {"{stem}": recording.stem, "{parent}": recording.resolve().parent.name}
    return Path(re.sub(r"\{(?:stem|parent)\}", lambda mark: names[mark[0]], template))


def animate_all(lines: list[Line], settings: Settings, *, force: bool, progress: BatchProgress) -> BatchReport:
    """Do the lines in turn and report on each; errors of one recording or file are noted and the rest is done.

    Raises the error itself if there is but one line and nothing of it could be written.
    """
    character = Character(settings.rig, settings.map, settings.landmarks)
    worker = _Worker(settings, character, force, progress)
    report = BatchReport()
    if any(map(worker.missing, lines)):
        character.check(output for line in lines for output in line.outputs)
        report.notes += character.notes
    for line in lines:
        done = RecordingReport(recording=str(line.recording))
        report.recordings.append(done)
        try:
            worker.do(line, done)
        except (Audio2BlendError, OSError, ValueError) as error:
            problem = error if isinstance(error, Audio2BlendError) else InputError(f"{line.recording}: {error}")
            if len(lines) == 1:
                raise problem from None
            done.error = str(problem)
        progress.recording_done()
    report.provider = worker.provider
    written = any(output.status != "failed" for recording in report.recordings for output in recording.outputs)
    report.exit_code = (1 if written or len(lines) > 1 else 2) if report.complaints else 0
    return report


class _Worker:
    """Does one line after another with one network and one character."""

    def __init__(self, settings: Settings, character: Character, force: bool, progress: BatchProgress) -> None:
        self._settings, self._character, self._force, self._progress = settings, character, force, progress
        self._opening = ThreadPoolExecutor(1)
        self._network: Future[Network] | None = None
        self.provider = ""
        """What ran the network; "" as long as it was not needed."""
        self._ledgers: dict[Path, Manifest] = {}
        self._keys_of: dict[Line, dict[Path, str]] = {}
        folder = settings.encoder
        files = [WEIGHTS[settings.quality]] if folder is None else [HEAD, model_file(folder)]
        self._network_digest = " ".join(map(digest, files))

    def do(self, line: Line, report: RecordingReport) -> None:
        started = perf_counter()
        self._progress.step(f"{line.recording.name}: loading")
        missing = self.missing(line)
        keys = self._keys(line)
        report.outputs = [OutputReport(str(o), "failed" if o in missing else "unchanged") for o in line.outputs]
        if not missing:
            return
        if self._network is None:  # it is loaded while the sound is decoded
            self._network = self._opening.submit(self._open)
        speech = load(line.recording, track=self._settings.track, channel=self._settings.channel)
        report.duration_s = round(speech.duration_s, 3)
        report.seconds["load"] = round(perf_counter() - started, 3)

        started = perf_counter()
        self._progress.step(f"{line.recording.name}: listening")
        clip = self._animate(speech)
        report.n_frames = len(clip)
        report.seconds["animate"] = round(perf_counter() - started, 3)

        for output, done in zip(line.outputs, report.outputs, strict=True):
            if output in missing:
                self._write(clip, speech, output, done)
                if done.status == "written" and output in keys:
                    self._ledger(output).add(output, keys[output])

    def missing(self, line: Line) -> list[Path]:
        """Return the files that are not there as they should be."""
        keys = self._keys(line)
        return [output for output in line.outputs if self._force or not self._is_done(output, keys)]

    def _animate(self, speech: Speech) -> Clip:
        settings = self._settings
        assert self._network is not None
        network = self._network.result()
        self.provider = network.provider
        return animate(
            speech,
            network=network,
            **asdict(settings.motion),
            performance=settings.performance,
            seed=settings.seed,
            progress=self._progress.advance,
        )

    def _open(self) -> Network:
        settings = self._settings
        if settings.encoder is not None:
            return EncoderNetwork.open(settings.encoder, device=settings.device)
        return Network.load(quality=settings.quality, device=settings.device)

    def _write(self, clip: Clip, speech: Speech, output: Path, report: OutputReport) -> None:
        started = perf_counter()
        self._progress.step(f"{clip.metadata['source']}: {output.name}")
        try:
            write(
                self._character.clip_for(output, clip),
                output,
                rig=self._character.rig if format_of(output).needs_rig else None,
                speech=speech,
                frame_rate=self._settings.frame_rate,
                options=format_of(output).chosen({**self._settings.export, "progress": self._progress.advance}),
            )
            report.status = "written"
        except Audio2BlendError as error:
            report.error = str(error) if str(output) in str(error) else f"{output}: {error}"
        except Exception as error:  # a format from outside may fail in any way; the rest goes on
            report.error = f"{output} cannot be written ({type(error).__name__}: {error})"
        report.seconds = round(perf_counter() - started, 3)

    def _ledger(self, output: Path) -> Manifest:
        if output.parent not in self._ledgers:
            self._ledgers[output.parent] = Manifest(output.parent)
        return self._ledgers[output.parent]

    def _is_done(self, output: Path, keys: Mapping[Path, str]) -> bool:
        return output in keys and self._ledger(output).holds(output, keys[output])

    def _keys(self, line: Line) -> dict[Path, str]:
        """Return, for each output, a digest of all that decides its bytes; nothing if the recording cannot be read.

        Taken once, before the work, so that a recording that is replaced meanwhile is not taken for the one that was
        used.
        """
        if line not in self._keys_of:
            self._keys_of[line] = self._take_keys(line)
        return self._keys_of[line]

    def _take_keys(self, line: Line) -> dict[Path, str]:
        try:
            recording = digest(line.recording) if os.path.isfile(line.recording) else None
        except OSError:
            recording = None
        if recording is None:
            return {}
        decisive = asdict(self._settings) | {
            "frame_rate": str(self._settings.frame_rate),
            "recording": recording,
            "network": self._network_digest,
            "rig": self._character.digest,
            "map": None,  # the digest holds them, wherever they lie
            "landmarks": None,
            "version": version("audio2blend"),
        }
        keys = {}
        for output in line.outputs:
            about = json.dumps(decisive | {"suffix": output.suffix.lower()}, sort_keys=True, default=str)
            keys[output] = hashlib.sha256(about.encode()).hexdigest()
        return keys
