"""Writing a character with a take to files of any format, each read back and checked."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import Audio2BlendError
from render_farm.settings import Engine
from rigs import Rig
from usd_export import check, format_of, write

from .. import validate
from ..take import take as read_take
from . import _consent, _files


def run(
    *,
    take: str,
    character: str,
    name: str,
    outputs: list[str],
    speech: str = "",
    part: Sequence[float] = (),
    frame_rate: str = "",
    engine: Engine = "workbench",
    width: int = 640,
    height: int = 640,
    blender: str = "",
    consent: Mapping[str, str] = MappingProxyType({}),
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Write the files in `outputs`; what goes wrong with one does not stop the others.

    Args:
        take: the motion, as `audio2blend_app.take` reads it.
        character: the character, as `_files.character` reads it.
        name: what the character is called.
        outputs: paths; their suffixes name the formats.
        speech: the recording, for formats with sound; may be empty.
        part: where in it the take begins and ends, in seconds, as `animate` has it.
        frame_rate: of the files, such as "30000/1001"; empty for the motion's own.
        engine: what renders a video: "workbench", "eevee" or "cycles".
        width: its width in pixels.
        height: its height in pixels.
        blender: the Blender program that asks.
        consent: what `_consent.permission` takes.
        progress: called with the files done and their number.

    Returns:
        "files": for each its "path"; "error", a sentence if it was not written; "findings", sentences on what is wrong
        with it, empty for a file that holds all it should; "told", what was checked in words; and what validators say
        of it: "verdict" as `audio2blend_app.validate` has it, "by", their names, and "first", the worst that is found.

    Raises:
        ConsentError: where the project requires consent and there is none.
        InputError: for a suffix that no format has, and where character, take or recording cannot be read.
    """
    _files.use_blender(blender)
    motion = read_take(Path(take))
    sound = _files.recording(speech, part) if speech else None
    rate = Fraction(frame_rate) if frame_rate else motion.own.frame_rate
    rig = _files.character(character, name) if any(format_of(path).needs_rig for path in outputs) else None
    chosen = {"engine": engine, "size": (width, height)}
    files = []
    with _consent.permission(consent, [(Path(speech), map(Path, outputs))]):
        for done, path in enumerate(outputs):
            progress(done, len(outputs))
            form = format_of(path)
            clip = motion.arkit if form.keeps_arkit else motion.own
            face = rig if form.needs_rig else None
            told: list[str] = []
            files.append(
                _written(
                    Path(path),
                    clip.resampled(form.rate_of(rate, rate)),
                    face,
                    sound,
                    form.chosen({**chosen, "note": told.append}),
                    told,
                )
            )
    return {"files": files}


def _written(
    path: Path, clip: Clip, rig: Rig | None, speech: Speech | None, options: Any, told: Sequence[str]
) -> dict[str, Any]:
    report: dict[str, Any] = {"path": str(path), "error": "", "findings": [], "told": "", "verdict": "not run"}
    report |= {"by": [], "first": ""}
    try:
        write(clip, path, rig=rig, speech=speech, frame_rate=clip.frame_rate, options=options)
        report["findings"] = list(check(path, clip, rig))
    except Audio2BlendError as error:
        report["error"] = str(error)
        return report
    shapes = rig.shapes if rig is not None else clip.channels
    noun = "shapes" if rig is not None else "channels"
    (file,) = validate.run(validate.ValidateRequest(files=(path,))).files
    asked = [outcome for outcome in file.outcomes if outcome.kind == "format" and outcome.verdict != "not run"]
    report |= {"verdict": file.verdict, "by": [outcome.name for outcome in asked], "first": file.error or file.first}
    held = f"{len(shapes)} {noun}, {len(clip)} frames at {float(clip.frame_rate):g} fps"
    report["told"] = "; ".join([held, *told])
    return report
