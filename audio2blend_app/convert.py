"""Converting animations: a file of one format in, files of others out."""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from time import perf_counter

from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.clip import Clip
from audio2blend.errors import Audio2BlendError, InputError
from audio2blend.files import digest
from rigs.retarget import to_arkit
from usd_export.format import choices
from usd_export.registry import format_of, read, write

from .batch.outputs import expand, targets
from .batch.report import BatchReport, OutputReport, RecordingReport
from .character import BUILTIN, Character
from .manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertRequest:
    """What is to be converted, and into which files."""

    inputs: tuple[str, ...]
    """Paths of files that can be read; wildcards are expanded."""
    outputs: tuple[str, ...]
    """Paths; {stem} stands for an input's name without its suffix, {parent} for its folder's."""
    character: Character = field(default_factory=lambda: Character(BUILTIN))
    """Who is in files that hold a face, and whose names files of curves get; where it is the built-in head, those keep
    the names that they have."""
    frame_rate: Fraction | None = None
    """Of every file; None for the input's, or the format's usual one."""
    export: Mapping[str, object] = field(default_factory=dict)
    """Values for the fields of the formats' options; each format takes those that it knows."""
    force: bool = False
    """Write files again that are done and unchanged."""


@dataclass(slots=True)
class ConvertReport(BatchReport):
    """What became of all files; `recordings` are the inputs."""

    def __str__(self) -> str:
        lines = []
        for one in self.recordings:
            lines.append(f"{one.recording}: {one.n_frames} frames" if one.n_frames else one.recording)
            for output in one.outputs:
                took = f"  ({output.seconds:.2f} s)" if output.status == "written" else ""
                lines.append(f"  {output.status:<9}  {output.path}{took}")
                lines += [f"             {note}" for note in output.notes]
        return "\n".join([*lines, *self.notes])


def run(request: ConvertRequest) -> ConvertReport:
    """Convert every input and report on each.

    Raises InputError before anything is written for outputs that nobody writes, that are also inputs or that two
    inputs share; and the error itself where a lone input cannot be converted.
    """
    inputs, character = expand(request.inputs), request.character
    files = targets([(path, character.name) for path in inputs], request.outputs)
    report = ConvertReport()
    faces = [path for outputs in files for path in outputs if format_of(path).needs_rig]
    if faces or any(_onto_character(path, request) for outputs in files for path in outputs):
        character.check(faces)
        report.notes += [*character.notes, *character.left_behind(faces)]
    for path, outputs in zip(inputs, files, strict=True):
        done = RecordingReport(recording=str(path), outputs=[OutputReport(str(output)) for output in outputs])
        report.recordings.append(done)
        try:
            _convert(path, outputs, request, done)
        except (Audio2BlendError, OSError) as error:
            problem = error if isinstance(error, Audio2BlendError) else InputError(f"{path}: {error}")
            if len(inputs) == 1:
                raise problem from None
            done.error = str(problem)
    report.close()
    return report


def _convert(path: Path, outputs: Iterable[Path], request: ConvertRequest, done: RecordingReport) -> None:
    """Write what an input becomes and report on each file; raises what stands in the way of all of them."""
    clip: Clip | None = None
    key = _key(path)
    for output, report in zip(outputs, done.outputs, strict=True):
        started = perf_counter()
        try:
            own, manifest = f"{key} {_settings(output, request)}", Manifest(output.parent)
            if not request.force and manifest.holds(output, own) and format_of(output).is_whole(output):
                report.status = "unchanged"
                continue
            if clip is None:
                clip = _opened(path)
                done.n_frames, done.duration_s = len(clip), round(clip.duration_s, 3)
            _write(clip, output, request, report)
            manifest.add(output, own)
        except (Audio2BlendError, OSError) as error:
            if clip is None or len(done.outputs) == 1:
                raise
            report.error = str(error)
        report.seconds = round(perf_counter() - started, 3)


def _opened(path: Path) -> Clip:
    clip = read(path)
    return clip if "source" in clip.metadata else replace(clip, metadata={**clip.metadata, "source": path.name})


def _write(clip: Clip, output: Path, request: ConvertRequest, report: OutputReport) -> None:
    form, character = format_of(output), request.character
    onto = _onto_character(output, request)
    if form.keeps_arkit or onto:
        clip = _arkit(clip, report)
    if onto:
        clip = character.clip_for(output, clip)
    write(
        clip,
        output,
        rig=character.rig if form.needs_rig else None,
        frame_rate=request.frame_rate,
        options=form.chosen({**request.export, "note": report.notes.append}),
    )
    report.status = "written"


def _onto_character(output: Path, request: ConvertRequest) -> bool:
    """Return whether a file is of the character: it holds a face, or one was named whose channels it is to have."""
    form = format_of(output)
    return form.needs_rig or (request.character.path != BUILTIN and not form.keeps_arkit)


def _arkit(clip: Clip, report: OutputReport) -> Clip:
    """Return a clip in ARKit's channels and report that it had others."""
    if set(clip.channels) <= set(CHANNELS):
        return clip
    if any(name in ARKIT for name in clip.channels):
        others = [name for name in clip.channels if name not in CHANNELS]
        report.notes.append(f"left out, since they are not ARKit's: {', '.join(others[:8])}{' …' * (len(others) > 8)}")
        return clip.select([name for name in clip.channels if name in CHANNELS])
    mapped = to_arkit(clip)
    report.notes.append(f"{len(clip.channels)} channels became {len(mapped.channels)} of ARKit's, by their names")
    return mapped


def _key(path: Path) -> str:
    """Return a digest of an input, without which nothing counts as done."""
    if not os.path.isfile(path):
        raise InputError(f"{path}: no such file; check the name")
    return digest(path)


def _settings(output: Path, request: ConvertRequest) -> str:
    """Return a digest of all else that decides the bytes of a file."""
    form = format_of(output)
    options = form.chosen(request.export)
    settings = {
        "version": version("audio2blend"),
        "suffix": form.suffix,
        "frame_rate": str(request.frame_rate),
        "options": {choice.name: getattr(options, choice.name) for choice in choices(form.options)},
        "rig": request.character.digest if _onto_character(output, request) else None,
        "kept": request.character.kept_by(output) if form.needs_rig else None,
    }
    return hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode()).hexdigest()
