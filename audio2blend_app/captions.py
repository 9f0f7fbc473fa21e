"""Captions from what is said when."""

from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Final

from audio2blend import captions
from audio2blend.align import files
from audio2blend.align.alignment import Alignment, Problem
from audio2blend.audio import load
from audio2blend.captions.files import check
from audio2blend.captions.written import agreement
from audio2blend.errors import InputError
from audio2blend.files import spare

from .align import AlignRequest, aligned
from .batch import Progress, RecordingReport, expand
from .transcript import Transcript, transcripts

_OTHER_TEXT: Final = 0.4
"""A text that agrees less with the words that have times is most likely that of another line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionsRequest:
    """How captions are to look, and the files to write."""

    outputs: tuple[Path, ...]
    """.srt, .vtt or .ttml."""
    rules: str = "netflix-en"
    """A preset, or a .toml file."""
    text: str | None = None
    """What is said, with its punctuation; None for the words of the alignment."""
    language: str | None = None
    """A BCP 47 tag; None for the alignment's, or that of the rules."""
    frame_rate: Fraction | None = None
    """Of the picture; None for times to the millisecond."""
    shots_s: tuple[float, ...] = ()
    """When new shots begin, in seconds."""
    each_word: bool = False
    """Whether .vtt files also tell when each word begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaptionsReport:
    """What was written; its text is what a person reads."""

    source: str
    rules: str
    n_captions: int
    outputs: list[str]
    problems: list[dict[str, float | str]]
    """What of the rules the speech does not allow to be kept, and a text of another line: start_s, end_s and text."""
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(
            [
                f"{self.source}: {self.n_captions} caption{'s' * (self.n_captions != 1)} by the rules {self.rules}",
                *(f"  written  {output}" for output in self.outputs),
                *(f"  {one['start_s']:.2f} s  {one['text']}" for one in self.problems),
            ]
        )


def run(source: Path, request: CaptionsRequest, *, speaker: str | None = None) -> CaptionsReport:
    """Write captions of a file with an alignment; raises InputError at the first file that cannot be read or written.

    Args:
        source: any file that `audio2blend.align.files` reads.
        request: what to write.
        speaker: whose words to take, from a file that tells speakers apart; by default everybody's.
    """
    spare([source], map(check, request.outputs))
    if source.suffix.lower() not in files.suffixes():
        raise InputError(
            f"{source}: captions are made of words with times; find those of a recording with audio2blend align, and "
            f"name the file that it writes, or another that ends in {', '.join(files.suffixes())}"
        )
    return of_alignment(files.read(source, speaker=speaker), request, source=str(source))


def of_recording(request: AlignRequest, wanted: CaptionsRequest, progress: Progress) -> CaptionsReport:
    """Write captions of a recording, whose words are given or transcribed; raises InputError as `run` and `align` do.

    Args:
        request: the one recording and its text, or who transcribes it; without outputs.
        wanted: what to write; its text and language are those of the recording.
        progress: how far it is.
    """
    (recording,) = expand(request.recordings)
    spare([recording], map(check, wanted.outputs))
    captions.rules(wanted.rules)  # before the work
    if request.transcriber is not None:
        speech = load(recording, track=request.track, channel=request.channel)
        heard = Transcript(whisper=request.transcriber, language=request.language).transcription(speech)
        transcript = Transcript(words=heard.text, language=heard.language, aligner=request.aligner)
    elif request.text is not None:
        (transcript,) = transcripts(
            request.text,
            [recording],
            language=request.language,
            lexicon=request.lexicon,
            aligner=request.aligner,
        )
    else:
        raise InputError(
            f"{recording}: captions want the words; give a text and its language, or have them transcribed by a "
            "Whisper model (docs/captions.md)"
        )
    progress.begin(1)
    about = RecordingReport(recording=str(recording))
    alignment = aligned(recording, transcript, request, progress, about)
    progress.recording_done(about)
    text = None if transcript.is_aligned else transcript.text
    written = of_alignment(alignment, replace(wanted, text=text), source=str(recording))
    return replace(written, problems=[*map(_plain, alignment.problems), *written.problems])


def of_alignment(alignment: Alignment, request: CaptionsRequest, *, source: str) -> CaptionsReport:
    """Write captions of an alignment that is at hand; `source` is what the report calls it."""
    outputs = [check(output) for output in dict.fromkeys(request.outputs)]
    rules = captions.rules(request.rules)
    alignment = replace(alignment, language=request.language or alignment.language or rules.language)
    try:
        shown = captions.captions(
            alignment, rules, text=request.text, frame_rate=request.frame_rate, shots_s=request.shots_s
        )
    except ValueError as error:
        raise InputError(f"{source}: {error}; give the text that is said, or a file with words") from None
    for output in outputs:
        captions.write(shown, output, language=alignment.language, each_word=request.each_word)
    problems = captions.violations(shown, rules)
    if request.text is not None and agreement(alignment, request.text) < _OTHER_TEXT:
        what = "the text has little in common with the words that have times; is it that of this line?"
        problems.insert(0, Problem(start_s=0.0, end_s=alignment.duration_s, text=what))
    return CaptionsReport(
        source=source,
        rules=request.rules,
        n_captions=len(shown),
        outputs=[str(output) for output in outputs],
        problems=list(map(_plain, problems)),
    )


def _plain(problem: Problem) -> dict[str, float | str]:
    return {"start_s": problem.start_s, "end_s": problem.end_s, "text": problem.text}
