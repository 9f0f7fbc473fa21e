"""Animating lines one after another: what is done is skipped, and what fails does not stop the rest."""

import hashlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from time import perf_counter
from typing import NamedTuple, Protocol

from audio2blend.audio import Speech, load
from audio2blend.clip import Clip
from audio2blend.edits import Edits, Face
from audio2blend.errors import Audio2BlendError, InputError
from audio2blend.hybrid import with_alignment
from audio2blend.keys import held
from audio2blend.network import EncoderNetwork, Network
from audio2blend.pipeline import predict
from audio2blend.post import AUTO, least_opening
from audio2blend.prediction import Prediction
from rigs import Rig
from usd_export import Format
from usd_export.registry import check, format_of, write

from ..manifest import Manifest
from ..take import take
from .keys import keys, network_digest
from .line import Line, Settings
from .report import BatchReport, OutputReport, RecordingReport


class Progress(Protocol):
    """Who wants to know how far the work is."""

    def begin(self, n_recordings: int) -> None: ...
    def recording_done(self, report: RecordingReport) -> None: ...
    def step(self, name: str) -> None: ...
    def advance(self, done: int, total: int) -> None: ...


def animate_all(lines: Sequence[Line], *, force: bool, progress: Progress) -> BatchReport:
    """Do the lines in turn and report on each; errors of one recording or file are noted and the rest is done.

    With `force` nothing counts as done. Raises the error itself where no line escapes it: what is wrong with a lone
    line of which nothing was written, or with the character that all lines have.
    """
    progress.begin(len(lines))
    worker = _Worker(lines, force, progress)
    report = BatchReport()
    unfit: dict[int, Audio2BlendError] = {}
    shares: dict[int, list[Line]] = {}
    for line in lines:
        shares.setdefault(id(line.character), []).append(line)
    for number, share in shares.items():
        character = share[0].character
        try:
            if any(map(worker.missing, share)):
                outputs = list(dict.fromkeys(output for line in share for output in line.outputs))
                character.check(outputs)
                report.notes += [*character.notes, *character.left_behind(outputs)]
                if character.lost:
                    report.lost[character.path] = list(character.lost)
        except Audio2BlendError as error:
            if len(shares) == 1:
                raise
            unfit[number] = error
    for line in lines:
        done = RecordingReport(recording=str(line.recording))
        report.recordings.append(done)
        try:
            if id(line.character) in unfit:
                raise unfit[id(line.character)]
            worker.do(line, done)
        except (Audio2BlendError, OSError, ValueError) as error:
            problem = error if isinstance(error, Audio2BlendError) else InputError(f"{line.recording}: {error}")
            if len(lines) == 1:
                raise problem from None
            done.error = str(problem)
        progress.recording_done(done)
    worker.write_shared()
    report.provider = worker.provider
    return report.close()


@lru_cache(maxsize=2)
def network(
    quality: str, weights: Path | None = None, encoder: Path | None = None, device: str = "auto", threads: int = 0
) -> Network:
    """Return a network, the same object again while it is in use. Errors are those of `Network.load`."""
    if encoder is not None:
        return EncoderNetwork.open(encoder, device=device)
    return Network.load(weights, quality=quality, device=device, threads=threads)


class _Spoken(NamedTuple):
    """A recording as a face says it."""

    speech: Speech
    arkit: Clip
    """In ARKit's channels."""
    own: Clip | None
    """In the character's, where an artist has changed them; None where they follow from the others."""


class _Part(NamedTuple):
    """What a line gives to a file, and where to report on it."""

    line: Line
    spoken: _Spoken
    report: OutputReport


class _Worker:
    """Does one line after another, with networks and records that are opened once.

    A file that several lines go into is written when all of them are done.
    """

    def __init__(self, lines: Sequence[Line], force: bool, progress: Progress) -> None:
        self._force, self._progress = force, progress
        self._opening = ThreadPoolExecutor(1)
        self.provider = ""
        """What ran the network last; "" as long as none was needed."""
        self._manifests: dict[Path, Manifest] = {}
        self._networks: dict[tuple[str, Path | None, Path | None], str] = {}
        """The digest of each network."""
        self._keys_of: dict[Line, dict[Path, str]] = {}
        """Those of lines that were looked at and are still to be done."""
        self._shares: dict[Path, list[Line]] = {}
        self._parts: dict[Path, list[_Part]] = {}
        """Of files that several lines go into, what is there so far."""
        for line in lines:
            for output in dict.fromkeys(line.outputs):
                self._shares.setdefault(output, []).append(line)
        for output, share in self._shares.items():
            if len(share) > 1:
                self._join(output, share)

    def do(self, line: Line, report: RecordingReport) -> None:
        """Make the files of a line that are missing. Raises what stands in the way of all of them."""
        started = perf_counter()
        self._progress.step(f"{line.recording.name}: loading")
        missing, keys = self.missing(line), self._keys_of.pop(line)
        report.outputs = [OutputReport(str(o), "failed" if o in missing else "unchanged") for o in line.outputs]
        if not missing:
            return
        spoken = self._spoken(line, report, started)
        for output, done in zip(line.outputs, report.outputs, strict=True):
            if output in missing:
                part = _Part(line, spoken, done)
                if len(self._shares[output]) > 1:
                    self._parts.setdefault(output, []).append(part)
                    self._keys_of[line] = keys
                elif self._write([part], output) and output in keys:
                    self._manifest(output).add(output, keys[output])

    def write_shared(self) -> None:
        """Write the files that several lines go into, with those that could be done."""
        for output, parts in self._parts.items():
            whole = len(parts) == len(self._shares[output])
            key = self._keys_of[parts[0].line].get(output)
            if self._write(parts, output) and whole and key is not None:
                self._manifest(output).add(output, key)

    def _join(self, output: Path, share: Sequence[Line]) -> None:
        """Make one key of those that lines have for a file that they share; none if one of them has none."""
        known = [self._known(line).pop(output, "") for line in share]
        if all(known):
            key = hashlib.sha256(" ".join(known).encode()).hexdigest()
            for line in share:
                self._known(line)[output] = key

    def missing(self, line: Line) -> list[Path]:
        """Return the files that are not there as they should be.

        Their keys are taken once, before the work, so that a recording that is replaced meanwhile is not taken for the
        one that was used.
        """
        known = self._known(line)
        return [output for output in line.outputs if self._force or not self._is_done(output, known)]

    def _known(self, line: Line) -> dict[Path, str]:
        if line not in self._keys_of:
            self._keys_of[line] = keys(line, self._network_digest(line.settings))
        return self._keys_of[line]

    def _spoken(self, line: Line, report: RecordingReport, started: float) -> _Spoken:
        settings = line.settings
        opening: Future[Network] | None = None
        if line.prediction is None and line.take is None:  # it is loaded while the sound is decoded
            opening = self._opening.submit(
                network, settings.quality, settings.weights, settings.encoder, settings.device, settings.threads
            )
        speech = load(line.recording, track=settings.track, channel=settings.channel)
        report.duration_s = round(speech.duration_s, 3)
        report.seconds["load"] = round(perf_counter() - started, 3)

        started = perf_counter()
        self._progress.step(f"{line.recording.name}: listening")
        own = None
        if line.take is not None:
            arkit, own = take(line.take)
        else:
            predicted = self._predicted(line, speech, opening)
            if line.transcript is not None:
                predicted = _by_text(line, predicted, speech, report)
            shown = predicted.only(performance=settings.performance, mouth_only=settings.mouth_only)
            arkit = shown.to_clip(settings.motion)
        if line.edits is not None:
            arkit = _edited(line.edits, "arkit", arkit)
        report.n_frames = len(arkit)
        report.seconds["animate"] = round(perf_counter() - started, 3)
        return _Spoken(speech, arkit, own)

    def _predicted(self, line: Line, speech: Speech, opening: Future[Network] | None) -> Prediction:
        if opening is None:
            assert line.prediction is not None
            return Prediction.read(line.prediction)
        opened = opening.result()
        self.provider = opened.provider
        return predict(
            speech,
            network=opened,
            performance=line.settings.performance,
            seed=line.settings.seed,
            emotion=line.settings.motion.emotion == AUTO,
            progress=self._progress.advance,
        )

    def _write(self, parts: Sequence[_Part], output: Path) -> bool:
        """Write a file of some lines, report on it to each, and return whether it is as it should be."""
        started = perf_counter()
        line = parts[0].line
        self._progress.step(f"{line.recording.name}: {output.name}")
        form, settings = format_of(output), line.settings
        notes: list[str] = []
        try:
            clips = [_at_rate(part, output, form) for part in parts]
            rig = line.character.rig if form.needs_rig else None
            rate = settings.rate_of(form.suffix)
            options = form.chosen({**settings.export, "progress": self._progress.advance, "note": notes.append})
            speech = parts[0].spoken.speech if len(parts) == 1 else None
            write(clips, output, rig=rig, speech=speech, frame_rate=rate, options=options)
            error = next(filter(None, (_wrong(output, clip, rig, settings) for clip in clips)), "")
        except Audio2BlendError as problem:
            error = str(problem) if str(output) in str(problem) else f"{output}: {problem}"
        except Exception as problem:  # a format from outside may fail in any way; the rest goes on
            error = f"{output} cannot be written ({type(problem).__name__}: {problem})"
        for part in parts:
            part.report.error, part.report.notes = error, list(notes)
            part.report.status = "failed" if error else "written"
            part.report.seconds = round(perf_counter() - started, 3)
        return not error

    def _manifest(self, output: Path) -> Manifest:
        if output.parent not in self._manifests:
            self._manifests[output.parent] = Manifest(output.parent)
        return self._manifests[output.parent]

    def _is_done(self, output: Path, keys: dict[Path, str]) -> bool:
        return (
            output in keys and self._manifest(output).holds(output, keys[output]) and format_of(output).is_whole(output)
        )

    def _network_digest(self, settings: Settings) -> str:
        which = settings.quality, settings.weights, settings.encoder
        if which not in self._networks:
            self._networks[which] = network_digest(settings)
        return self._networks[which]


def _by_text(line: Line, predicted: Prediction, speech: Speech, report: RecordingReport) -> Prediction:
    """Return a prediction that goes by the line's words, and report where they do not fit."""
    assert line.transcript is not None
    alignment = line.transcript.align(predicted.posteriors, speech)
    report.problems = [str(problem) for problem in alignment.problems]
    return with_alignment(predicted, alignment, speech, mode=line.settings.mode)


def _clip(part: _Part, output: Path) -> Clip:
    """Return what a line gives to a file, in the channels that such files have."""
    spoken = part.spoken
    if spoken.own is None:
        clip, edits = part.line.character.clip_for(output, spoken.arkit), part.line.edits
        return clip if edits is None or clip is spoken.arkit else _edited(edits, "character", clip)
    return spoken.arkit if format_of(output).keeps_arkit else spoken.own


def _at_rate(part: _Part, output: Path, form: Format) -> Clip:
    """Return what a line gives to a file at the file's rate, its poses held for as long as they are to be."""
    clip, settings = _clip(part, output), part.line.settings
    clip = clip.resampled(form.rate_of(settings.rate_of(form.suffix), clip.frame_rate))
    if settings.step == 1:
        return clip
    return held(clip, least_opening(part.spoken.arkit.resampled(clip.frame_rate)), settings.step)


def _edited(path: Path, face: Face, clip: Clip) -> Clip:
    """Return a clip with the edits of a file, where they are of such a face's channels."""
    edits = Edits.read(path)
    try:
        return edits.applied(clip) if edits.of == face else clip
    except InputError as error:
        raise InputError(f"{path}: {error}") from None


def _wrong(output: Path, clip: Clip, rig: Rig | None, settings: Settings) -> str:
    """Return what is wrong with a file that was written, where it is to be read back; "" where nothing is."""
    findings = check(output, clip, rig) if settings.check else ()
    return f"{output}: {'; '.join(findings)}" if findings else ""
