"""One run over the table of a batch: a line becomes a take and files, where it is not so already.

The user goes on between two steps, and Undo makes every reference to Blender's data void: names and numbers are kept
over a step, and looked up again after it.
"""

import hashlib
from collections.abc import Generator
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final, NamedTuple

import bpy

from audio2blend.blender import wire
from audio2blend.errors import InputError
from audio2blend.prediction import Prediction
from audio2blend_app.manifest import Manifest, digest
from audio2blend_app.service._files import Handed
from rigs.retarget import format_map

from ..client.service import Call, Service, raised
from ..client.threads import in_thread
from ..keys import actions, plan
from ..keys.covered import covered
from ..keys.diagnose import blocked
from ..keys.timing import Timing
from ..scene import character, motion, snapshot
from ..state import files, preferences
from ..state.properties import quietly
from . import animate, takes
from .export import frame_rate

UNCHANGED: Final = "unchanged"
"""The report on a line that was done before."""
_LINE: Final = "audio2blend_line"
"""Custom property of an Action that the batch made: what decided how it came out, and which recording it says."""
_COPIED: Final = ("quality", "seed", "start_frame", "keys", "tolerance", "step", *animate.CONTROLS)
"""What a speaker that the batch adds takes over from the one that is active."""

Work = Generator[bool, None, Any]
"""Yields whether there is more to do right now; False: wait a moment."""


class Asked(NamedTuple):
    """A line of the table."""

    number: int
    sound: str
    character: str
    """The object's name; "" for nobody."""
    wrong: str
    """Why nobody says it, as far as it is known."""


class _Line(NamedTuple):
    """What is to be made of a line."""

    sound: Path
    recording: str
    """Digest of the recording."""
    speaker: int
    """Number of the speaker in the scene."""
    intended: plan.Plan
    key: str
    """Digest of what decides how it comes out."""


class Run:
    """What the lines of one run share."""

    def __init__(self, context: Any, *, again: bool) -> None:
        """Begin; with `again` nothing counts as done."""
        self._context, self._again = context, again
        self._scene_name = context.scene.name
        self._heard: dict[tuple[str, str, int], Any] = {}
        """What the child process said of each recording, by its digest, the quality and the seed."""
        self._gathered: dict[str, tuple[Path, str]] = {}
        """The file of each character, and its digest."""
        self._owner: dict[Path, Asked] = {}
        """Which line writes each file."""
        self._notes: list[str] = []
        """What the child process reports on the line at hand."""
        self._call: Call | None = None
        self._made: tuple[str, int] | None = None
        """Name and number of the Action that is being written."""

    @property
    def scene(self) -> Any:
        """The scene whose table it is. Raises InputError if it is gone."""
        scene = bpy.data.scenes.get(self._scene_name)
        if scene is None:
            raise InputError("the scene of the batch no longer exists")
        return scene

    def let_go(self) -> None:
        """Give up what is under way, and take half an Action away."""
        if self._call is not None:
            self._call.cancel()
        action = bpy.data.actions.get(self._made[0]) if self._made else None
        if self._made and action is not None and action.session_uid == self._made[1]:
            actions.remove(action)
        self._call = self._made = None

    def line(self, asked: Asked) -> Work:
        """Do a line and return the report on it. Raises what is wrong with it, InputError among others."""
        self._notes = []
        line = yield from self._line(asked)
        settings = self.scene.audio2blend_files
        take = self._take(line)
        outputs = self._outputs(asked, line)
        wants_take = settings.batch_takes and (take is None or self._again)
        stale = self._stale(outputs, line) if outputs else []
        if not wants_take and not stale:
            return UNCHANGED
        reply = None
        if wants_take or take is None:
            reply = yield from self._predicted(line)
        message = []
        if wants_take:
            message.append((yield from self._keyed(line, reply)))
        if stale:
            message.append((yield from self._written(line, stale, reply)))
        return "; ".join(filter(None, [*message, *self._notes]))

    def _line(self, asked: Asked) -> Work:
        sound = Path(bpy.path.abspath(asked.sound))
        if asked.character not in self.scene.objects:
            raise InputError(asked.wrong or f"{sound.name}: no character is set; choose one of the scene")
        if not sound.is_file():
            raise InputError(f"{sound}: no such file; correct the line")
        recording = yield from _waiting(in_thread(lambda: digest(sound)))
        number = _speaker(self.scene, self.scene.objects[asked.character])
        speaker = self._speaker(number)
        intended = plan.Plan.of(speaker, speaker, Timing.of(self.scene, speaker.start_frame))
        decisive = (
            (recording, speaker.quality, speaker.seed, preferences.get(self._context).weights, version("audio2blend")),
            (intended.motion, intended.performance, intended.mouth_only),
            (intended.timing, intended.tolerance, intended.step, format_map(intended.retarget)),
            [target.owner for target in intended.targets],
        )
        return _Line(sound, recording, number, intended, _digest(decisive))

    def _speaker(self, number: int) -> Any:
        return self.scene.audio2blend.speakers[number]

    def _take(self, line: _Line) -> Any | None:
        """Return the take that says a line as it is to be said, if there is one."""
        mark = f"{line.key} {line.sound}"
        found = self._speaker(line.speaker).takes
        return next((take for take in found if take.action and take.action.get(_LINE) == mark), None)

    def _predicted(self, line: _Line) -> Work:
        """Return what the child process says of a recording; another line of the same asks no more."""
        wishes = _whole(self._speaker(line.speaker))
        key = line.recording, wishes.quality, wishes.seed
        if key not in self._heard:
            verb, arguments = animate.listening(self._context, line.sound, wishes.quality, seed=wishes.seed)
            self._heard[key] = yield from self._ask(verb, arguments)
        return self._heard[key]

    def _ask(self, verb: str, arguments: dict[str, Any]) -> Work:
        self._call = Service.get(preferences.get(self._context)).submit(verb, **arguments)
        while True:
            for reply in self._call.poll():
                if "error" in reply:
                    raise raised(reply)
                if "result" in reply:
                    self._call = None
                    self._notes += reply["notes"]
                    return reply["result"]
            yield False

    def _keyed(self, line: _Line, reply: Any) -> Work:
        """Make a take in place of those that the batch made of the recording before, and return what blocks it."""
        clip = Path(reply["clip"])
        work = in_thread(lambda: line.intended.keys(Prediction.read(clip)))
        keys = yield from _waiting(work)
        action = actions.new_action(line.sound.stem)
        self._made = made = action.name, action.session_uid
        for _ in plan.write_all(*made, keys):
            yield True
        action, speaker = plan.found(*made), self._speaker(line.speaker)
        plan.show(action, keys)
        yield False  # the window takes in the keys before we look at what they do
        action, speaker = plan.found(*made), self._speaker(line.speaker)
        action[_LINE] = f"{line.key} {line.sound}"
        old = [
            take.action
            for take in speaker.takes
            if take.action and _says(take.action, line.sound) and not plan.why_edited(take.action)
        ]
        wishes = _whole(speaker)
        wishes.sound = str(line.sound)
        take = animate.list_take(speaker, action, wishes, line.intended.timing, reply)
        self._made = None
        take.blocked = message = blocked(self._context, action, keys, character.of(speaker), take.start_frame)
        take.covered = covered(action, line.intended.retarget)
        for other in old:
            name = other.name
            takes.delete(speaker, next(at for at, take in enumerate(speaker.takes) if take.action == other))
            _rename(action, name)
        with quietly():
            speaker.active_take = next(at for at, take in enumerate(speaker.takes) if take.action == action)
            speaker.takes[speaker.active_take].name = action.name
        takes.show(speaker, speaker.active_take)
        return message

    def _outputs(self, asked: Asked, line: _Line) -> list[Path]:
        """Return the files of a line. Raises InputError if another line writes them too."""
        settings = self.scene.audio2blend_files
        if not settings.batch_formats:
            return []
        folder = files.folder(settings.folder)
        stem = f"{files.safe(line.sound.stem)}-{files.safe(character.of(self._speaker(line.speaker)).name)}"
        outputs = [folder / f"{stem}.{name}" for name, *_ in files.FORMATS if name in settings.batch_formats]
        for output in outputs:
            other = self._owner.setdefault(output, asked)
            if (other.sound, other.character) != (asked.sound, asked.character):
                raise InputError(f"{asked.sound} and {other.sound} would both be written to {output}; rename one")
        return outputs

    def _character(self, line: _Line) -> tuple[Path, str]:
        who = character.of(self._speaker(line.speaker))
        if who.name not in self._gathered:
            path = snapshot.save(self._context, who)
            self._gathered[who.name] = path, digest(path)
        return self._gathered[who.name]

    def _keys(self, line: _Line) -> tuple[str, str]:
        """Return digests of what decides the bytes of a line's files, and of its videos."""
        take = self._take(line)
        speaker = self._speaker(line.speaker)
        by_hand = motion.by_hand(self.scene, speaker, take) if take is not None else ""
        decisive = line.key, by_hand, self._character(line)[1]
        file, video = (_digest((decisive, how)) for how in self._formatted())
        return file, video

    def _formatted(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the child process's arguments for files and for videos: their rates, and what renders."""
        chosen, settings = preferences.get(self._context), self.scene.audio2blend_files
        look = {"engine": settings.engine, "width": settings.width, "height": settings.height}
        file, video = ({"frame_rate": frame_rate(self.scene, r)} for r in (chosen.export_rate, chosen.preview_rate))
        return file, video | look

    def _stale(self, outputs: list[Path], line: _Line) -> list[Path]:
        ledger, keys = Manifest(outputs[0].parent), self._keys(line)
        return [output for output in outputs if self._again or not ledger.holds(output, keys[_is_video(output)])]

    def _written(self, line: _Line, outputs: list[Path], reply: Any) -> Work:
        """Write files and return the report on them. Raises InputError if one is not well."""
        speaker, take = self._speaker(line.speaker), self._take(line)
        if take is not None:
            handed = motion.save(self._context, speaker, take)
        else:
            handed = snapshot.scratch()
            clip, onto = Path(reply["clip"]), format_map(line.intended.retarget)
            intended = line.intended
            plain = Handed(
                clip=clip,
                motion=intended.motion,
                performance=intended.performance,
                mouth_only=intended.mouth_only,
                map=onto,
                solver=intended.solver,
            )
            wire.save(plain, handed)
        keys = self._keys(line)
        asked = {
            "take": str(handed),
            "character": str(self._character(line)[0]),
            "name": character.of(speaker).name,
            "speech": str(line.sound),
            "blender": bpy.app.binary_path,
        }
        ledger = Manifest(outputs[0].parent)
        wrong = []
        try:
            for how, key, videos in zip(self._formatted(), keys, (False, True), strict=True):
                chosen = [str(output) for output in outputs if _is_video(output) == videos]
                if not chosen:
                    continue
                result = yield from self._ask("export", {**asked, **how, "outputs": chosen})
                for file in result["files"]:
                    if file["error"] or file["findings"]:
                        wrong.append(file["error"] or f"{file['path']}: {'; '.join(file['findings'])}")
                    else:
                        ledger.add(Path(file["path"]), key)
        finally:
            snapshot.drop(handed)
        if wrong:
            raise InputError("; ".join(wrong))
        return f"{len(outputs)} file{'s' * (len(outputs) != 1)}"


def _whole(speaker: Any) -> SimpleNamespace:
    """Return what a speaker wishes of any recording, of which all is meant."""
    names = ("quality", "seed", *animate.CONTROLS)
    return SimpleNamespace(from_s=0.0, until_s=0.0, strip="", **{name: getattr(speaker, name) for name in names})


def _is_video(output: Path) -> bool:
    return output.suffix == ".mp4"


def _waiting(work: Generator[None, None, Any]) -> Work:
    """Wait for a thread."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value
        yield False


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


def _rename(action: Any, name: str) -> None:
    """Call an Action of ours, and what shows it, like the one that it is in place of."""
    action.name = name
    for place in actions.places(action):
        place.track.name = place.strip.name = action.name


def _says(action: Any, sound: Path) -> bool:
    """Return whether an Action was made by a batch of this recording."""
    return str(action.get(_LINE, "")).partition(" ")[2] == str(sound)


def _digest(what: object) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()
