"""Encoding: frames, sound and captions into a film by a profile, read back and measured."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil
from pathlib import Path
from typing import Literal

from audio2blend.errors import InputError
from audio2blend.files import spare
from render_farm.encode import Box, EncodeReport, Frames, Inputs, Plate, encode, profile
from render_farm.encode.mouth import mouth_box, mouth_offset, opening
from render_farm.encode.poster import calm_s

from .character import Character
from .curves import arkit

OFFSET_MS = 45.0
"""A mouth that is farther from its curves is out of step."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodeRequest:
    """What a film is made of."""

    frames: Path
    """A folder of numbered pictures, or a video."""
    output: Path
    profile: str = "web"
    """A name, or a .toml file."""
    frame_rate: Fraction | None = None
    """Of the pictures in a folder; None for that of the video or the clip."""
    premultiplied: bool | None = None
    sound: Path | None = None
    captions: Path | None = None
    captions_as: Literal["muxed", "burnt"] = "muxed"
    language: str = ""
    plate: Plate | None = None
    mouth: Box | None = None
    """In pixels of the frames; None to find it by the clip."""
    clip: Path | None = None
    """The curves that the frames show, as our own portrait camera sees the character."""
    character: Character = field(default_factory=lambda: Character("builtin"))
    poster: Path | None = None
    poster_s: float | None = None


def run(request: EncodeRequest, *, progress: Callable[[int, int], None] | None = None) -> EncodeReport:
    """Encode a film. Raises InputError for whatever is wrong with an input, MissingDependencyError without PyAV."""
    clip = None
    if request.clip is not None:
        spare([request.clip], [request.output])
        clip = arkit(request.clip, None)
    rate = request.frame_rate
    if rate is None and clip is not None and request.frames.is_dir():
        rate = clip.frame_rate
    frames = Frames.of(request.frames, frame_rate=rate, premultiplied=request.premultiplied)
    mouth, wanted, poster_s, notes = request.mouth, None, request.poster_s, list[str]()
    if clip is not None:
        who = request.character
        driven = clip if who.fit is None else who.clip_for(Path("frames.npz"), clip)
        if mouth is None:
            mouth = mouth_box(who.rig, driven, (frames.width, frames.height))
        if mouth is None:
            notes.append(f"{who.path}: the lips of this character are not found; give the box of the mouth")
        wanted = opening(who.rig, driven, frames.frame_rate, frames.n_frames)
        if wanted is not None and poster_s is None:
            poster_s = calm_s(clip, wanted, frames.frame_rate)
    if poster_s is not None and not 0 <= poster_s <= frames.n_frames / frames.frame_rate:
        raise InputError(f"the poster's time {poster_s:g} s lies outside the film; choose one within")
    report = encode(
        frames,
        request.output,
        profile(request.profile),
        Inputs(
            sound=request.sound,
            captions=request.captions,
            captions_as=request.captions_as,
            language=request.language,
            plate=request.plate,
            mouth=mouth,
            poster=request.poster,
            poster_s=poster_s,
        ),
        progress=progress,
    )
    report = replace(report, notes=[*notes, *report.notes])
    if wanted is None or not report.mouth:
        return report
    box = Box(*map(float, report.mouth.split(",")))
    found = mouth_offset(request.output, box, wanted)
    if found is None:
        return replace(report, notes=[*report.notes, "the mouth in the film cannot be compared with the curves"])
    late = ceil(abs(found.ms)) > OFFSET_MS and found.correlation > 0.5
    wrong = f"{request.output}: the mouth is {found.ms:.0f} ms late; check the frame rate and the first frame"
    return replace(
        report,
        mouth_ms=round(found.ms, 1),
        mouth_correlation=round(found.correlation, 3),
        complaints=[*report.complaints, *([wrong] if late else [])],
    )
