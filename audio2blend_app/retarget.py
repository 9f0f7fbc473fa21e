"""Retargeting an existing clip to a character."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from audio2blend.audio import load
from audio2blend.files import spare
from usd_export.registry import format_of, write

from .character import Character
from .curves import arkit


@dataclass(frozen=True, slots=True, kw_only=True)
class RetargetRequest:
    """What is to be put onto which character, and into which files."""

    clip: Path
    """Curves: .csv, .json or .npz."""
    character: Character
    outputs: tuple[Path, ...]
    origin: str | None = None
    """The rig whose channels the clip has; None where their names say it."""
    speech: str | None = None
    """The recording, for files with sound."""
    track: int | None = None
    """The sound track of the recording to take; None for the one where somebody speaks."""
    channel: int | None = None
    """The channel to take, in the same way."""
    frame_rate: Fraction | None = None
    """Of every file; None for the clip's, or the format's usual one."""
    export: Mapping[str, object] = field(default_factory=dict)
    """Values for the fields of the formats' options; each format takes those that it knows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetargetReport:
    """What was written; its text is what a person reads."""

    clip: str
    rig: str
    n_frames: int
    outputs: list[str]
    notes: list[str]
    """What a person should know about the rig and the map onto it."""
    lost: list[str]
    """ARKit channels that the rig has nothing for."""
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(
            [f"{self.clip}: {self.n_frames} frames", *(f"  written  {o}" for o in self.outputs), *self.notes]
        )


def run(request: RetargetRequest) -> RetargetReport:
    """Retarget a clip; raises InputError at the first file that cannot be written."""
    outputs = list(dict.fromkeys(request.outputs))
    for output in outputs:
        format_of(output)
    spare(filter(None, (request.clip, request.speech, request.origin)), outputs)
    clip = arkit(request.clip, request.origin)
    if "source" not in clip.metadata:
        clip = replace(clip, metadata={**clip.metadata, "source": request.clip.name})
    onto = request.character
    onto.check(outputs)
    speech = None if request.speech is None else load(request.speech, track=request.track, channel=request.channel)
    for output in outputs:
        form = format_of(output)
        write(
            onto.clip_for(output, clip),
            output,
            rig=onto.rig if form.needs_rig else None,
            speech=speech,
            frame_rate=request.frame_rate,
            options=form.chosen(request.export),
        )
    return RetargetReport(
        clip=str(request.clip),
        rig=onto.path,
        n_frames=len(clip),
        outputs=[str(output) for output in outputs],
        notes=[*onto.notes, *onto.left_behind(outputs)],
        lost=list(onto.lost),
    )
