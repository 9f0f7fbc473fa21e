"""Judging a finished film: whether sound and mouth are together, and whether pictures lack or are repeated."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from audio2blend.audio import load
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.pipeline import animate
from render_farm.encode import Box, Frames
from render_farm.encode.continuity import continuity
from render_farm.encode.mouth import mouth_box, mouth_offset, opening
from render_farm.encode.sync import flash_and_beep
from rigs import Rig, builtin

from .character import Character
from .curves import arkit

SUFFIXES: Final = (".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".ts", ".mts")
SEEN_MS, WARNED_MS, FAILED_MS = 45.0, 80.0, 120.0
"""From here on people see that sound and picture are apart; it disturbs; it is wrong."""
_ALIKE: Final = 0.4
"""Below this correlation, mouth and sound are not those of one line."""
_MOVES: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmRequest:
    """What is known about a film."""

    film: Path
    character: Character
    mouth: Box | None = None
    """What the mouth covers in it, in pixels; None to find it by the curves."""
    curves: Path | None = None
    """Those that it shows; None for what the network predicts from its sound."""
    has_flashes: bool = False
    """Whether it is a test film of flashes that come with beeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmReport:
    """What was found; its text is what a person reads."""

    film: str
    n_frames: int
    offset_ms: float | None
    """By how much the sound is late against the picture; negative where it leads. None if it was not measured."""
    offset_by: str
    """"flashes", "curves" or "sound"; "" for none."""
    correlation: float | None
    """Of the mouth in the picture and as it ought to be."""
    dropped_s: tuple[float, ...]
    repeated: tuple[int, ...]
    verdict: str
    """"pass", "seen", "warn" or "fail"."""
    notes: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 pass, 1 not."""
        return int(self.verdict == "fail")

    def __str__(self) -> str:
        lines = [f"{self.film}: {self.n_frames} frames"]
        if self.offset_ms is not None:
            how = f" (r = {self.correlation:.2f})" if self.correlation is not None else ""
            lines.append(f"  the sound is {self.offset_ms:+.1f} ms late, by the {self.offset_by}{how}")
        lines.append(f"  {len(self.dropped_s)} dropped, {len(self.repeated)} repeated")
        return "\n".join([*lines, *(f"  {note}" for note in self.notes), f"  {self.verdict}"])


def run(request: FilmRequest) -> FilmReport:
    """Measure a film. Raises InputError for what cannot be read, MissingDependencyError without PyAV."""
    frames = Frames.of(request.film)
    notes = list[str]()
    curves = None if request.curves is None else arkit(request.curves, None)
    who = request.character
    rig, clip = who.rig, curves
    if curves is not None and who.fit is not None:
        clip = who.clip_for(Path("film.npz"), curves)
    moves = None
    if curves is not None:
        weights = curves.resampled(frames.frame_rate).values
        moves = np.concatenate([[False], np.abs(np.diff(weights, axis=0)).max(axis=1) > _MOVES])
    shown = continuity(request.film, moves)
    if not shown.is_constant:
        notes.append("its frame rate varies; give editors a film of a constant one")
    late_ms: float | None = None
    how, alike = "", None
    if request.has_flashes:
        found = flash_and_beep(request.film)
        if not found:
            raise InputError(f"{request.film} has no flashes with beeps near them; judge it by its mouth")
        late_ms, how = float(np.median(found)), "flashes"
    else:
        late_ms, how, alike = _by_mouth(request, frames, rig, clip, notes)
    return _judged(request, shown.n_frames, late_ms, how, alike, shown.dropped_s, shown.repeated, notes)


def _by_mouth(
    request: FilmRequest, frames: Frames, rig: Rig, clip: Clip | None, notes: list[str]
) -> tuple[float | None, str, float | None]:
    """Return by how much the sound is late against the mouth in the picture, by what, and the correlation."""
    box = request.mouth
    if box is None and clip is not None:
        box = mouth_box(rig, clip, (frames.width, frames.height))
    if box is None:
        notes.append("nobody knows where its mouth is; give its box, or the curves, for the offset of the sound")
        return None, "", None
    if not Box(0, 0, frames.width, frames.height).holds(box):
        raise InputError(f"the mouth's box {box} leaves the film of {frames.width} × {frames.height}; correct it")
    by = "sound" if clip is None else "curves"
    if clip is None:
        rig, clip = builtin(), animate(load(request.film), performance=False)
    wanted = opening(rig, clip, frames.frame_rate, frames.n_frames)
    found = None if wanted is None else mouth_offset(request.film, box, wanted)
    if found is None or found.correlation < _ALIKE:
        notes.append("what moves in the mouth's box is not the mouth that says this; the offset is not known")
        return None, "", None if found is None else round(found.correlation, 3)
    return -found.ms, by, round(found.correlation, 3)


def _judged(
    request: FilmRequest, n_frames: int, late_ms: float | None, how: str, alike: float | None,
    dropped: tuple[float, ...], repeated: tuple[int, ...], notes: list[str],
) -> FilmReport:  # fmt: skip
    wrong, verdict = [], "pass"
    if late_ms is not None:
        away = abs(late_ms)
        verdict = "pass" if away <= SEEN_MS else "seen" if away <= WARNED_MS else "warn" if away < FAILED_MS else "fail"
        if verdict != "pass":
            wrong.append(f"{request.film}: the sound is {late_ms:+.0f} ms late; {SEEN_MS:g} ms are not seen")
    if dropped:
        wrong.append(f"{request.film} lacks {len(dropped)} frames, the first at {dropped[0]:.2f} s; encode it again")
    sure = request.curves is not None
    if repeated and not sure:
        notes.append("a face that pauses for a frame looks like one shown twice; the curves would tell them apart")
    if repeated and sure:
        wrong.append(f"{request.film} repeats {len(repeated)} frames, the first is {repeated[0]}; encode it again")
    return FilmReport(
        film=str(request.film),
        n_frames=n_frames,
        offset_ms=None if late_ms is None else round(late_ms, 1),
        offset_by=how,
        correlation=alike,
        dropped_s=tuple(round(at, 4) for at in dropped),
        repeated=repeated,
        verdict="fail" if dropped or (repeated and sure) else verdict,
        notes=notes,
        complaints=wrong,
    )
