"""The lines of a batch as they are asked for: who says which recording, into which files, and what is known of it."""

import hashlib
from collections.abc import Generator
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

import bpy

from audio2blend.errors import InputError
from audio2blend.files import digest
from audio2blend_app.batch import OutputReport, RecordingReport, targets
from rigs.retarget import format_map

from ..client.threads import in_thread
from ..keys import plan
from ..keys.timing import Timing
from ..scene import character
from ..state import files, preferences
from ..state.listed import quietly
from . import animate

MARK: Final = "audio2blend_line"
"""Custom property of an Action that a batch made: what decided how it came out, and which recording it says."""
_COPIED: Final = ("quality", "seed", "start_frame", "keys", "tolerance", "step", *animate.CONTROLS)
"""What a speaker that a batch adds takes over from the one that is active."""


class Line(NamedTuple):
    """A line of the table that can be done."""

    number: int
    """Its place in the table."""
    name: str
    """The recording, as the table has it."""
    sound: Path
    speaker: int
    """Number of the speaker in the scene."""
    outputs: tuple[Path, ...]


class Known(NamedTuple):
    """What is known of a line before anything is made."""

    recording: str
    """Digest of the recording; "" where it cannot be read."""
    intended: plan.Plan
    mark: str
    """What the Action of its take is marked with."""


def asked(scene: Any) -> tuple[list[Line], dict[int, str]]:
    """Return the lines of the table and, for those that nobody says, the reasons by their places.

    Speakers are added for characters that are none yet. Raises InputError as `targets` does.
    """
    settings = scene.audio2blend_files
    speakers: dict[str, int] = {}
    wrong: dict[int, str] = {}
    found: list[Line] = []
    for number, line in enumerate(scene.audio2blend.lines):
        sound, who = Path(bpy.path.abspath(line.sound)), line.character
        if who is None or who.name not in scene.objects:
            wrong[number] = line.message or f"{sound.name}: no character is set; choose one of the scene"
            continue
        if who.name not in speakers:
            speakers[who.name] = _speaker(scene, who)
        found.append(Line(number, line.sound, sound, speakers[who.name], ()))
    folder = files.folder(settings.folder) if settings.batch_formats else Path()
    outputs = targets(
        [(line.sound, files.safe(character.of(at(scene, line)).name)) for line in found],
        [str(folder / f"{settings.batch_name}.{name}") for name, *_ in files.FORMATS if name in settings.batch_formats],
    )
    return [line._replace(outputs=paths) for line, paths in zip(found, outputs, strict=True)], wrong


def at(scene: Any, line: Line) -> Any:
    """Return the speaker of a line."""
    return scene.audio2blend.speakers[line.speaker]


def known(context: Any, scene: Any, line: Line) -> Generator[None, None, Known]:
    """Return what is known of a line. Raises InputError if its character cannot speak."""
    recording = yield from in_thread(lambda: digest(line.sound) if line.sound.is_file() else "")
    speaker = at(scene, line)
    intended = plan.Plan.of(speaker, speaker, Timing.of(scene, speaker.start_frame))
    decisive = (
        (recording, speaker.quality, speaker.seed, preferences.get(context).weights, version("audio2blend")),
        (intended.motion, intended.performance, intended.mouth_only),
        (intended.timing, intended.tolerance, intended.step, format_map(intended.retarget)),
        [target.owner for target in intended.targets],
    )
    key = hashlib.sha256(repr(decisive).encode()).hexdigest()
    return Known(recording, intended, f"{key} {line.sound}")


def take_of(scene: Any, line: Line, mark: str) -> Any | None:
    """Return the take that says a line as it is to be said, if there is one."""
    return next((take for take in at(scene, line).takes if take.action and take.action.get(MARK) == mark), None)


def says(action: Any, line: Line) -> bool:
    """Return whether a batch made an Action of the recording of a line."""
    return bool(action) and str(action.get(MARK, "")).partition(" ")[2] == str(line.sound)


def wishes_of(speaker: Any) -> SimpleNamespace:
    """Return what a speaker wishes of any recording, of which all is meant."""
    names = ("quality", "seed", *animate.CONTROLS)
    return SimpleNamespace(from_s=0.0, until_s=0.0, strip="", **{name: getattr(speaker, name) for name in names})


def _speaker(scene: Any, who: Any) -> int:
    """Return the number of the speaker whose character an object is or belongs to; one is added where there is none."""
    settings = scene.audio2blend
    for number, speaker in enumerate(settings.speakers):
        if speaker.character == who:
            return number
    for number, speaker in enumerate(settings.speakers):
        if who in character.of(speaker).objects:
            return number
    first = not settings.speakers
    made = settings.speakers.add()
    made.name, made.character = who.name, who
    if not first:
        with quietly():
            for name in _COPIED:
                setattr(made, name, getattr(settings.speakers[settings.active], name))
    return len(settings.speakers) - 1


def failed(line: Line, error: str) -> RecordingReport:
    """Return the report on a line of which nothing could be made."""
    outputs = [OutputReport(str(output)) for output in line.outputs]
    return RecordingReport(recording=str(line.sound), outputs=outputs, error=error)


def scene_of(name: str) -> Any:
    """Return the scene whose table it is. Raises InputError if it is gone."""
    scene = bpy.data.scenes.get(name)
    if scene is None:
        raise InputError("the scene of the batch no longer exists")
    return scene
