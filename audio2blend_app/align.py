"""Aligning: where in recordings the words of their transcripts are, as files for people and other programs."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter

from audio2blend.align import Alignment
from audio2blend.align.files import write
from audio2blend.align.files.registry import renderer
from audio2blend.align.free import without_text
from audio2blend.audio import load
from audio2blend.errors import Audio2BlendError, InputError
from audio2blend.files import local, spare

from .batch import BatchReport, OutputReport, Progress, RecordingReport, expand, network
from .marks import filled
from .transcript import Transcript, transcripts


@dataclass(frozen=True, slots=True, kw_only=True)
class AlignRequest:
    """Which words to find in which recordings, and the files to write."""

    recordings: tuple[str, ...]
    """Paths; wildcards are expanded."""
    outputs: tuple[str, ...]
    """Paths; {stem} stands for a recording's name without its suffix, {parent} for its folder's."""
    text: str | None = None
    """The words, or the name of a file with {stem} and {parent}; None for the network's own phones."""
    language: str = ""
    """A BCP 47 tag, of the text."""
    transcriber: Path | None = None
    """The folder of a Whisper model that transcribes the recordings, where no text is given."""
    lexicon: Path | None = None
    """Pronunciations that take the place of all others."""
    aligner: str = "builtin"
    device: str = "auto"
    track: int | None = None
    """The sound track of a recording to take; None for the one where somebody speaks."""
    channel: int | None = None
    """The channel to take, in the same way."""


@dataclass(slots=True)
class AlignReport(BatchReport):
    """What became of the recordings, and how sure the alignments are."""

    confidence: dict[str, float] = field(default_factory=dict)
    """The mean of the words' confidences by recording, from 0 to 1."""


def run(request: AlignRequest, progress: Progress) -> AlignReport:
    """Align every recording and report on each; what fails does not stop the rest.

    Raises InputError for outputs that cannot be written, and the error itself of a lone recording.
    """
    recordings = expand(request.recordings)
    outputs = [_outputs(recording, request.outputs) for recording in recordings]
    if len({path for paths in outputs for path in paths}) < sum(map(len, outputs)):
        raise InputError(f"several recordings would be written to one file; put {{stem}} into {request.outputs[0]}")
    spare(recordings, [path for paths in outputs for path in paths])
    said: list[Transcript | None] = [None] * len(recordings)
    if request.text is not None:
        said = [
            *transcripts(
                request.text,
                recordings,
                language=request.language,
                lexicon=request.lexicon,
                aligner=request.aligner,
            )
        ]
    elif request.transcriber is not None:
        own = Transcript(whisper=request.transcriber, language=request.language, aligner=request.aligner)
        said = [own for _ in recordings]
    progress.begin(len(recordings))
    report = AlignReport()
    for recording, paths, words in zip(recordings, outputs, said, strict=True):
        done = RecordingReport(recording=str(recording), outputs=[OutputReport(str(path)) for path in paths])
        report.recordings.append(done)
        try:
            alignment = aligned(recording, words, request, progress, done)
            _written(alignment, paths, done)
            sure = [word.confidence for word in alignment.words]
            report.confidence[str(recording)] = round(sum(sure) / max(1, len(sure)), 3)
        except (Audio2BlendError, OSError) as error:
            if len(recordings) == 1:
                raise
            done.error = str(error)
        progress.recording_done(done)
    report.close()
    return report


def _outputs(recording: Path, templates: Sequence[str]) -> list[Path]:
    paths = [local(filled(template, recording)) for template in dict.fromkeys(templates)]
    for path in paths:
        renderer(path)  # before the work: a suffix that nobody writes
    return paths


def aligned(
    recording: Path, words: Transcript | None, request: AlignRequest, progress: Progress, report: RecordingReport
) -> Alignment:
    """Return the alignment of one recording, and report on it; `words` of None stand for the network's own phones."""
    started = perf_counter()
    progress.step(f"{recording.name}: listening")
    speech = load(recording, track=request.track, channel=request.channel)
    report.duration_s = round(speech.duration_s, 3)
    report.seconds["load"] = round(perf_counter() - started, 3)
    started = perf_counter()
    face, posteriors = network("best", device=request.device).predict(speech, progress=progress.advance)
    report.n_frames = len(face)
    alignment = without_text(posteriors, speech) if words is None else words.align(posteriors, speech)
    report.seconds["align"] = round(perf_counter() - started, 3)
    report.problems = [str(problem) for problem in alignment.problems]
    return alignment


def _written(alignment: Alignment, paths: Sequence[Path], report: RecordingReport) -> None:
    for path, output in zip(paths, report.outputs, strict=True):
        started = perf_counter()
        write(alignment, path)
        output.status, output.seconds = "written", round(perf_counter() - started, 3)
