"""The captions of a video; where the face keeps still because it could not be animated, with a note that says so."""

from pathlib import Path
from typing import Final

from audio2blend.files import draft
from usd_export.registry import read

from ..encode.captions import Cue, cues
from ..job import Job, Shot

NOTE: Final = "[no lip sync for this line]"


def captions_of(job: Job, shot: Shot) -> tuple[Path | None, bool]:
    """Return the file of a shot's captions, None for a video without, and whether they are drawn into the picture.

    A face that keeps still has its captions, else its text, drawn in whatever the job says, each with the note.
    """
    line, how = shot.line, job.delivery.captions
    if shot.character.animated or not read(job.clip_of(line)).metadata.get("fallback"):
        return (None, False) if how == "none" else (line.captions, how == "burnt")
    length_s = shot.n_frames / float(job.look.frame_rate)
    said = [] if line.captions is None else cues(line.captions)
    if not said and line.text and not Path(line.text).is_file():
        said = [Cue(0.0, length_s, (line.text,))]
    path = shot.folder / "note.srt"
    with draft(path) as target:
        target.write_text(_srt(noted(said, length_s)), "utf-8")
    return path, True


def noted(said: list[Cue], length_s: float) -> list[Cue]:
    """Return captions in which the note stands all the time, alone where nothing else does.

    >>> [(cue.start_s, len(cue.lines)) for cue in noted([Cue(1.0, 2.0, ("Hello",))], 3.0)]
    [(0.0, 1), (1.0, 2), (2.0, 1)]
    """
    found, at_s = [], 0.0
    for cue in said:
        if cue.start_s >= length_s:
            break
        if cue.start_s > at_s:
            found.append(Cue(at_s, cue.start_s, (NOTE,)))
        at_s = min(cue.end_s, length_s)
        found.append(Cue(cue.start_s, at_s, (NOTE, *cue.lines)))
    return [*found, *([Cue(at_s, length_s, (NOTE,))] if at_s < length_s else [])]


def _srt(shown: list[Cue]) -> str:
    blocks = (
        f"{number}\n{_clock(cue.start_s)} --> {_clock(cue.end_s)}\n" + "\n".join(cue.lines)
        for number, cue in enumerate(shown, 1)
    )
    return "\n\n".join(blocks) + "\n"


def _clock(at_s: float) -> str:
    ms = round(1000 * at_s)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02},{ms % 1000:03}"
