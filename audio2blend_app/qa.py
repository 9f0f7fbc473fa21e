"""Scoring an animation against its sound and, where they are given, its words and a reference."""

from dataclasses import dataclass, field
from pathlib import Path

from audio2blend.align.reading import WORD_HEARD
from audio2blend.audio import load
from audio2blend.clip import FRAME_RATE
from audio2blend.errors import InputError
from audio2blend.network import Network
from audio2blend.qa.checks import CHECKS
from audio2blend.qa.format import limits, shown
from audio2blend.qa.judge import Judgement, judge
from audio2blend.wording import listed
from rigs.measure import face
from usd_export.registry import read

from .character import Character
from .page import called
from .qa_page import write_page


@dataclass(frozen=True, slots=True, kw_only=True)
class QaRequest:
    """What is to be measured against what."""

    clip: str
    """Curves: .csv, .json or .npz."""
    speech: str
    """The recording that they say."""
    character: Character
    """On whose mesh lips are measured."""
    reference: str | None = None
    """The same line as it should be."""
    text: str | None = None
    """The words."""
    track: int | None = None
    """The sound track of the recording to take; None for the one where somebody speaks."""
    channel: int | None = None
    """The channel to take, in the same way."""
    html: Path | None = None
    """A page with curves and measures to write."""


@dataclass(frozen=True, slots=True)
class MeasureReport:
    """One measure, its limits and its verdict."""

    name: str
    label: str
    value: float | None
    """None if it could not be measured."""
    unit: str
    """"ms", "mm", "" for plain numbers, or "%" for a share, whose value is 0 to 1 all the same."""
    at_least: float | None
    at_most: float | None
    verdict: str
    """"pass", "fail", or "info" where it is not judged."""
    note: str
    """Why it was not measured or not judged."""


@dataclass(frozen=True, slots=True)
class ClosureReport:
    """A p, b or m of a word."""

    letter: str
    start_s: float
    end_s: float
    closed: bool
    """Whether the lips close on it."""


@dataclass(frozen=True, slots=True)
class WordReport:
    """A word of the text, where the sound has it."""

    word: str
    start_s: float
    end_s: float
    heard: float | None
    """Share of its letters that are detected; None if none can be read."""
    closures: list[ClosureReport]

    @property
    def is_heard(self) -> bool:
        """Whether enough of it is detected, or nothing can be known."""
        return self.heard is None or self.heard >= WORD_HEARD


@dataclass(frozen=True, slots=True)
class QaReport:
    """What became of the checks; its text is what a person reads."""

    clip: str
    speech: str
    reference: str | None
    rig: str
    duration_s: float
    """How much of clip, sound and reference was compared."""
    html: str | None
    notes: list[str] = field(default_factory=list)
    """What a person should know about the rig and the map onto it."""
    measures: list[MeasureReport] = field(default_factory=list)
    words: list[WordReport] = field(default_factory=list)
    """Those of the text, if there is one that can be read."""
    exit_code: int = 0

    def __str__(self) -> str:
        against = f" and {self.reference}" if self.reference else ""
        lines = [f"{self.clip} against {self.speech}{against}: {self.duration_s:.2f} s"]
        for measure in self.measures:
            check = CHECKS[measure.name]
            verdict = "" if measure.verdict == "info" else measure.verdict
            value = "–" if measure.value is None else shown(check, measure.value)
            about = measure.note or limits(check)
            lines.append(f"  {verdict:<4}  {measure.label:<26} {value:>9}  {about}".rstrip())
        open_ = [
            f"{word.word} ({closure.letter} at {closure.start_s:.2f} s)"
            for word in self.words
            for closure in word.closures
            if not closure.closed
        ]
        missing = [f"{word.word} ({word.start_s:.2f} s)" for word in self.words if not word.is_heard]
        lines += [
            f"  {what}: {listed(which)}" for what, which in (("open on", open_), ("not detected", missing)) if which
        ]
        lines += self.notes
        judged = [measure for measure in self.measures if measure.verdict != "info"]
        passed = sum(measure.verdict == "pass" for measure in judged)
        lines.append(f"{passed} of {len(judged)} checks pass." + (f" Curves: {self.html}" if self.html else ""))
        return "\n".join(lines)

    @property
    def complaints(self) -> list[str]:
        """One sentence for every check that fails."""
        out = []
        for measure in self.measures:
            if measure.verdict == "fail":
                check = CHECKS[measure.name]
                found = measure.note if measure.value is None else shown(check, measure.value)
                out.append(f"{self.clip}: {measure.label}: {found}; wanted: {limits(check)}")
        return out


def run(request: QaRequest) -> QaReport:
    """Measure a clip. Raises InputError for files that cannot be read, and for a clip that cannot be judged."""
    clip = read(request.clip)
    reference = read(request.reference) if request.reference else None
    speech = load(request.speech, track=request.track, channel=request.channel)
    who = request.character
    measured_on = face(who.rig, who.fit)
    _, posteriors = Network.load().predict(speech)
    try:
        found = judge(clip, speech, posteriors, measured_on, reference=reference, text=request.text)
    except InputError as error:
        raise InputError(f"{request.clip}: {error}") from None
    report = _report(request, found, who.notes)
    if request.html:
        files = [(request.clip, clip), *([] if reference is None else [(str(request.reference), reference)])]
        clips = dict(zip(called([Path(name) for name, _ in files]), (clip for _, clip in files), strict=True))
        write_page(found, clips, speech, who, measured_on, request.html)
    return report


def _report(request: QaRequest, found: Judgement, notes: list[str]) -> QaReport:
    measures = []
    for measure in found.measures:
        check = CHECKS[measure.name]
        measures.append(
            MeasureReport(
                name=measure.name,
                label=check.label,
                value=None if measure.value is None else round(measure.value, 5),
                unit=check.unit,
                at_least=check.at_least,
                at_most=check.at_most,
                verdict=measure.verdict,
                note=measure.note,
            )
        )
    return QaReport(
        clip=request.clip,
        speech=request.speech,
        reference=request.reference,
        rig=request.character.path,
        duration_s=round(len(found.times_s) / float(FRAME_RATE), 3),
        html=None if request.html is None else str(request.html),
        notes=notes,
        measures=measures,
        words=_words(found),
        exit_code=int(any(measure.verdict == "fail" for measure in measures)),
    )


def _words(found: Judgement) -> list[WordReport]:
    """Return the words of the text and whether lips close in them."""
    out = []
    for word in found.reading.words if found.reading else ():
        closures = [
            ClosureReport(closure.letter, round(closure.start_s, 3), round(closure.end_s, 3), bool(closed))
            for closure, closed in zip(word.closures, found.closes(word.closures_s), strict=True)
        ]
        heard = None if word.heard is None else round(word.heard, 3)
        out.append(WordReport(word.text, round(word.start_s, 3), round(word.end_s, 3), heard, closures))
    return out
