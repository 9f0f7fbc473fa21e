"""Validating files: what their formats' validators say, checks of ours, and what a kind of program demands."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np

from audio2blend.audio import Speech, load
from audio2blend.blender import BlenderError
from audio2blend.clip import FRAME_RATE, Clip
from audio2blend.errors import Audio2BlendError, InputError, MissingDependencyError
from audio2blend.network import Network
from audio2blend.posteriors import PhonePosteriors
from audio2blend.qa.checks import CHECKS
from audio2blend.qa.judge import judge
from audio2blend.qa.offset import offset
from audio2blend.qa.sampled import MeasuredFace
from usd_export.contents import Contents, joined
from usd_export.outcome import Finding, Outcome, Severity
from usd_export.validation import checks, inspected, length, of_line, profile, suffix_of, validated

_FITS: Final = 0.5
"""From this correlation on, what the network would do with a sound says when a mouth moves; a line played backwards
has 0.48, a line of its own 0.99."""
_MOST: Final = 4
"""Kinds of findings that a person is shown of one validator."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateRequest:
    """What is to be validated."""

    files: tuple[Path, ...]
    speech: str | None = None
    """The recording that is said in them."""
    profile: str | None = None
    """Whose demands they must meet, such as "web"; None for nobody's in particular."""
    track: int | None = None
    """The sound track of the recording to take; None for the one where somebody speaks."""
    channel: int | None = None
    """The channel to take, in the same way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingReport:
    """One thing that was found, and how often."""

    severity: str
    """"error", "warning" or "info"."""
    message: str
    rule: str
    """What the validator calls its rule; "" where it has no name."""
    place: str
    """Where it was found first."""
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeReport:
    """What one validator, or one check of ours, found."""

    name: str
    kind: str
    """Whose rules they are: "format", a validator of the file's format; "line", a check of ours; or "profile"."""
    verdict: str
    """"pass", "warn", "fail" or "not run"."""
    not_run: str
    """Why, and what to do about it."""
    findings: list[FindingReport]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What is to be said of one file."""

    file: str
    verdict: str
    """The worst of its outcomes, "not run" where nobody looked; "error" where it cannot be read."""
    error: str
    """Why it cannot be read, with the cure."""
    outcomes: list[OutcomeReport]

    @property
    def first(self) -> str:
        """The worst that was found, an error or a warning; "" if there is neither."""
        found = [one for outcome in self.outcomes for one in outcome.findings]
        return next((one.message for kind in ("error", "warning") for one in found if one.severity == kind), "")

    @property
    def lines(self) -> Iterator[str]:
        """The file as a table, a line each."""
        yield f"{self.file}: {self.error or self.verdict}"
        for outcome in self.outcomes:
            verdict = "–" if outcome.verdict == "not run" else outcome.verdict
            told = _by_rule(one for one in outcome.findings if one.severity != "info") or _own(outcome)
            first, *more = [_told(one) for one in told[:_MOST]] or [outcome.not_run and f"not run: {outcome.not_run}"]
            yield f"  {verdict:<4}  {outcome.name:<38}  {first}".rstrip()
            for line in more:
                yield f"{'':48}{line}"
            if len(told) > _MOST:
                yield f"{'':48}and {len(told) - _MOST} more; see --json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidateReport:
    """What became of the files; its text is what a person reads."""

    files: list[FileReport]
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [line for file in self.files for line in file.lines]
        good = sum(file.verdict in ("pass", "warn") for file in self.files)
        return "\n".join([*lines, f"{good} of {len(self.files)} files pass."])


def run(request: ValidateRequest) -> ValidateReport:
    """Validate files; one that cannot be read does not stop the others.

    Raises InputError for a recording that cannot be read, and for a profile that is not there.
    """
    demands = None if request.profile is None else profile(request.profile)
    line = None if request.speech is None else _Line(request)
    files = []
    for path in dict.fromkeys(request.files):
        try:
            contents, found = _looked_into(path)
            if contents is not None:
                found["line"] += checks(contents)
            if contents is not None and demands is not None:
                found["profile"].append(demands.outcome(suffix_of(path), contents))
            if contents is not None and line is not None:
                found["line"] += line.against(path, contents)
        except Audio2BlendError as error:
            files.append(FileReport(file=str(path), verdict="error", error=str(error), outcomes=[]))
            continue
        reports = [_report(outcome, kind) for kind, outcomes in found.items() for outcome in outcomes]
        files.append(FileReport(file=str(path), verdict=_worst(reports), error="", outcomes=reports))
    return ValidateReport(
        files=files,
        exit_code=2 if any(file.error for file in files) else int(any(file.verdict == "fail" for file in files)),
        complaints=[complaint for file in files for complaint in _complaints(file)],
    )


def _looked_into(path: Path) -> tuple[Contents | None, dict[str, list[Outcome]]]:
    """Return what a file holds, None where nobody can say, and what is found by kind.

    Raises InputError if it cannot be read.
    """
    contents, why = None, "what such a file holds is not looked at; play it"
    try:
        contents = inspected(path)
    except (MissingDependencyError, BlenderError) as error:
        why = str(error)
    unknown = [Outcome(name="contents", not_run=why)] if contents is None else []
    return contents, {"format": validated(path), "line": unknown, "profile": []}


class _Line:
    """A recording, and the face on which clips of it are measured; both are made ready when first needed."""

    def __init__(self, request: ValidateRequest) -> None:
        assert request.speech is not None
        self._name = Path(request.speech).stem
        self._speech: Speech = load(request.speech, track=request.track, channel=request.channel)
        self._ready: tuple[MeasuredFace, Clip, PhonePosteriors] | None = None

    def against(self, path: Path, contents: Contents) -> Iterator[Outcome]:
        """Yield how an animation goes with the recording."""
        groups, why = of_line(contents, self._name)
        if why:
            yield Outcome(name="length", findings=(Finding("error", why),))
            return
        if not contents.events:
            yield length(groups, self._speech.duration_s)
        try:
            yield Outcome(name="sync", findings=tuple(self._sync(_arkit(path, joined(groups)))))
        except Audio2BlendError as error:
            yield Outcome(name="sync", not_run=str(error))

    def _sync(self, clip: Clip) -> Iterator[Finding]:
        """Yield how the mouth's opening goes with that which the network predicts for the sound."""
        if self._ready is None:
            import rigs
            from rigs.measure import face

            self._ready = face(rigs.builtin()), *Network.load().predict(self._speech)
        on, predicted, posteriors = self._ready
        found = judge(clip, self._speech, posteriors, on, reference=predicted)
        for measure in found.measures:
            if measure.name == "coverage" and measure.verdict == "fail" and measure.value is not None:
                yield Finding("error", f"it covers {measure.value:.0%} of what is said", "coverage")
        assert found.reference is not None
        try:
            lag = offset(found.clip.opening, found.reference.opening, frame_rate=FRAME_RATE)
        except ValueError as error:  # too short
            yield Finding("info", f"not measured: {error}", "offset")
            return
        if lag is None or lag.correlation < _FITS:
            fit = "nowhere" if lag is None else f"badly (r = {lag.correlation:.2f})"
            yield Finding("warning", f"the mouth fits the sound {fit}; check that it is this recording's", "offset")
            return
        most = CHECKS["offset"].at_most or 0.0
        way = "late" if lag.ms > 0 else "early"
        severity: Severity = "error" if abs(lag.ms) > most else "info"
        wanted = f"; more than {most:g} ms are seen" if severity == "error" else ""
        yield Finding(
            severity, f"the mouth is {way} by {abs(lag.ms):.0f} ms (r = {lag.correlation:.2f}){wanted}", "offset"
        )


def _arkit(path: Path, clip: Clip) -> Clip:
    """Return curves in ARKit's channels: by their names, else by what the shapes of the file do."""
    from rigs.retarget import back, to_arkit

    moving = [name for name in clip.channels if np.ptp(clip[name]) > 0]  # names at rest may be those of dead shapes
    clip = replace(clip.select(moving), start_s=max(clip.start_s, 0.0))
    try:
        return to_arkit(clip)
    except InputError:
        import rigs

        return back(clip, rigs.load(path))


def _worst(outcomes: Sequence[OutcomeReport]) -> str:
    verdicts = {outcome.verdict for outcome in outcomes}
    return next((verdict for verdict in ("fail", "warn", "pass") if verdict in verdicts), "not run")


def _report(outcome: Outcome, kind: str) -> OutcomeReport:
    """Return an outcome with alike findings told once, the worst first."""
    kinds: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in outcome.findings:
        kinds.setdefault((finding.severity, finding.rule, finding.message), []).append(finding)
    order = ("error", "warning", "info")
    return OutcomeReport(
        name=outcome.name,
        kind=kind,
        verdict=outcome.verdict,
        not_run=outcome.not_run,
        findings=[
            FindingReport(severity=severity, message=message, rule=rule, place=alike[0].place, count=len(alike))
            for (severity, rule, message), alike in sorted(kinds.items(), key=lambda one: order.index(one[0][0]))
        ],
    )


def _by_rule(findings: Iterable[FindingReport]) -> list[FindingReport]:
    """Return the first finding of each rule, counted as often as all that go against it."""
    kinds: dict[tuple[str, str], list[FindingReport]] = {}
    for one in findings:
        kinds.setdefault((one.severity, one.rule or one.message), []).append(one)
    return [replace(alike[0], count=sum(one.count for one in alike)) for alike in kinds.values()]


def _own(outcome: OutcomeReport) -> list[FindingReport]:
    """Return what informs a person where nothing is wrong: of our checks, not the small talk of validators."""
    return outcome.findings if outcome.kind == "line" else []


def _told(finding: FindingReport) -> str:
    place = f" [{finding.place}]" if finding.place else ""
    return f"{finding.message}{place}" + (f" ({finding.count} times)" if finding.count > 1 else "")


def _complaints(file: FileReport) -> Iterator[str]:
    if file.error:
        yield file.error
    for outcome in file.outcomes:
        for finding in _by_rule(one for one in outcome.findings if one.severity == "error"):
            yield f"{file.file}: {outcome.name}: {_told(finding)}"
