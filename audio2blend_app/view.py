"""Viewing: a clip on a character with its sound, as one page for any browser."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from audio2blend.align import Alignment
from audio2blend.align.free import without_text
from audio2blend.audio import Speech, load
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.files import same_file, spare
from audio2blend.qa.difference import Difference, difference
from usd_export.viewer import Page, write

from .batch import network
from .character import Character
from .curves import arkit
from .page import called, difference_lane, difference_text, measured_on, noted, seen
from .transcript import Transcript


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewRequest:
    """What is to be seen on which character."""

    clip: Path
    """Curves: .csv, .json or .npz."""
    other: Path | None = None
    """Those that they are compared with."""
    output: Path
    """The page."""
    character: Character
    speech: str | None = None
    """The recording; None for a page without sound."""
    transcript: Transcript | None = None
    """What is said in it; None for the phones that the network predicts."""
    origin: str | None = None
    """The rig whose channels the clips have; None where their names say it."""
    track: int | None = None
    """The sound track of the recording to take; None for the one where somebody speaks."""
    channel: int | None = None
    """The channel to take, in the same way."""
    device: str = "auto"
    """What runs the network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewReport:
    """What was written; its text is what a person reads."""

    clip: str
    other: str | None
    rig: str
    page: str
    size: int
    """Of the page, in bytes."""
    duration_s: float
    difference: str
    """How far the clips are apart, in a sentence; "" of one clip."""
    differences: dict[str, float]
    """By channel: the root of the mean square."""
    lips_mm: float | None
    """The lip vertex error between the clips, in millimetres."""
    problems: list[str]
    """Where the words and the sound disagree."""
    notes: list[str] = field(default_factory=list)
    """What a person should know about the rig and the map onto it."""
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        against = f" and {self.other}" if self.other else ""
        lines = [f"{self.clip}{against} on {self.rig}: {self.duration_s:.2f} s"]
        if self.difference:
            lines.append(f"  {self.difference}")
        lines += [f"  {problem}" for problem in self.problems]
        return "\n".join([*lines, f"  written  {self.page} ({self.size / 1e6:.1f} MB)", *self.notes])


def run(request: ViewRequest) -> ViewReport:
    """Write a page. Raises InputError for what cannot be read or is too large for a page, and MissingDependencyError
    where this installation has no script for pages."""
    files = [request.clip, request.other, request.speech, request.transcript and request.transcript.file]
    spare([path for path in (*files, request.character.path) if path], [request.output])
    if request.transcript is not None and request.speech is None and not request.transcript.is_aligned:
        raise InputError("words have no times without their recording; give the recording too, or name an alignment")
    clips = _clips(request)
    shown = list(clips.values())
    speech = None
    if request.speech is not None:
        speech = load(request.speech, track=request.track, channel=request.channel)
    on_page = seen(request.character, shown)
    found, lips_note = _difference(request.character, shown)
    alignment = _alignment(request, speech, max(clip.start_s + clip.duration_s for clip in shown))
    lane = None if found is None else difference_lane(found)
    more = [lips_note] if lips_note else []
    page = Page(
        title=" and ".join(clips),
        clips=clips,
        facts=_facts(request, shown[0], speech),
        character=on_page.character,
        focus=on_page.focus,
        speech=speech,
        words=() if alignment is None else alignment.words,
        phones=() if alignment is None else alignment.phones,
        lanes=() if lane is None else (lane,),
        difference="" if found is None else difference_text(found),
        differences=None if found is None else found.channels,
        notes=(*noted(request.character, on_page), *more),
    )
    write(page, request.output)
    return ViewReport(
        clip=str(request.clip),
        other=None if request.other is None else str(request.other),
        rig=request.character.path,
        page=str(request.output),
        size=request.output.stat().st_size,
        duration_s=round(max(clip.duration_s for clip in shown), 3),
        difference=page.difference,
        differences={} if found is None else {name: round(value, 5) for name, value in found.channels.items()},
        lips_mm=None if found is None or found.lips_mm is None else round(float(found.lips_mm.mean()), 4),
        problems=[] if alignment is None else [str(problem) for problem in alignment.problems],
        notes=[*request.character.notes, *on_page.character.notes, *more],
    )


def _clips(request: ViewRequest) -> dict[str, Clip]:
    """Return the clips by what the page calls them."""
    paths = [request.clip, *([] if request.other is None else [request.other])]
    if len({*map(same_file, paths)}) < len(paths):
        raise InputError(f"{request.other} is to be compared with itself; name another clip")
    clips = {}
    for name, path in zip(called(paths), paths, strict=True):
        clips[name] = arkit(path, request.origin)
        if not len(clips[name]):
            raise InputError(f"{path} holds no frames; there is nothing to show")
        if clips[name].start_s + clips[name].duration_s <= 0:
            raise InputError(f"{path} ends before time 0, where the sound starts; shift it")
    return clips


def _difference(who: Character, clips: list[Clip]) -> tuple[Difference | None, str]:
    if len(clips) < 2:
        return None, ""
    on, note = measured_on(who)
    return difference(clips[0], clips[1], on), note


def _alignment(request: ViewRequest, speech: Speech | None, duration_s: float) -> Alignment | None:
    """Return the transcript's words and phones, else the phones that the network predicts, if there is sound."""
    said = request.transcript
    if said is not None and said.is_aligned:
        from audio2blend.align.files import read as read_alignment

        assert said.file is not None
        return read_alignment(said.file, sound_s=duration_s if speech is None else speech.duration_s)
    if speech is None:
        return None
    _, posteriors = network("best", device=request.device).predict(speech)
    return without_text(posteriors, speech) if said is None else said.align(posteriors, speech)


def _facts(request: ViewRequest, clip: Clip, speech: Speech | None) -> Mapping[str, str]:
    facts = {"character": Path(request.character.path).name}
    if request.speech is not None and speech is not None:
        facts["sound"] = Path(request.speech).name
    rate = float(clip.frame_rate)
    facts["length"] = f"{clip.duration_s:.2f} s, {len(clip)} frames at {rate:g} fps"
    return facts
