"""All strips of a speaker in one go: a take of each, of the part of the sound that it plays."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import bpy

from audio2blend.errors import InputError

from ..client import modal
from ..client.modal import Request, ServiceOperator
from ..client.reports import allows
from ..keys import actions, plan
from ..keys.covered import covered
from ..keys.diagnose import blocked
from ..keys.timing import Timing
from ..scene import character, consent, sequencer
from ..state.properties import active_speaker, part_of, place_of, speaker_at
from . import animate
from .animate import list_take, listening
from .speech import sound_file


def why_not_animate_all(context: Any) -> str:
    """Return what is in the way of animating the strips of the active speaker, or ""."""
    if reason := modal.why_not(context):
        return reason
    speaker = active_speaker(context)
    if speaker is None or not speaker.strips:
        return "Select sound strips in the sequencer and press Use Sound Strip first"
    return character.why_not(speaker)


class _Line(NamedTuple):
    """What is to be made of a strip."""

    name: str
    sound: Path
    part: sequencer.Part


class A2B_OT_animate_all(ServiceOperator, bpy.types.Operator):
    """Create a take for each of the speaker's sound strips, trimmed and placed like the strip"""

    bl_idname, bl_label = "audio2blend.animate_all", "Animate All"
    cancelled = "Cancelled; the takes that were done are kept"

    _made: tuple[str, int] | None = None
    """Name and number of the Action that is being written."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_animate_all(context))

    def request(self, context: Any) -> Sequence[Request]:
        """Ask for a prediction of every strip's part; strips that fail are reported at the end."""
        speaker = active_speaker(context)
        self._place = place_of(speaker)
        self._lines: list[_Line] = []
        self._refused: list[str] = []
        for name in [strip.name for strip in speaker.strips]:
            try:
                self._lines.append(self._line(context, name))
            except InputError as error:
                self._refused.append(str(error))
        if not self._lines:
            raise InputError("; ".join(self._refused))
        speaker = speaker_at(*self._place)
        how = {"quality": speaker.quality, "seed": speaker.seed, "consent": consent.asked(speaker)}
        return [listening(context, line.sound, **how, part=part_of(self._wishes(line))) for line in self._lines]

    def _line(self, context: Any, name: str) -> _Line:
        strip = sequencer.find(name, sequencer.edited_scene(context))
        if strip is None:
            raise InputError(f"the strip '{name}' is not in the sequencer any more; press Use Sound Strip again")
        sound = sound_file(context, strip)
        if not sound.is_file():
            raise InputError(f"there is no file {sound}; choose the sound of the strip '{name}' again")
        return _Line(name, sound, sequencer.part_of(strip))

    def _wishes(self, line: _Line) -> SimpleNamespace:
        """Return the speaker's settings for a line."""
        speaker = speaker_at(*self._place)
        settings = {name: getattr(speaker, name) for name in ("quality", "seed", *animate.CONTROLS)}
        part = {"from_s": line.part.from_s, "until_s": line.part.until_s}
        return SimpleNamespace(sound=str(line.sound), strip=line.name, **part, **settings)

    def apply(self, context: Any, results: list[Any]) -> Iterator[tuple[int, int] | None]:
        """Make one take after another."""
        self._blocked: list[str] = []
        for number, (line, reply) in enumerate(zip(self._lines, results, strict=True)):
            scene = bpy.data.scenes[self._place[0]]
            wishes, speaker = self._wishes(line), speaker_at(*self._place)
            intended = plan.Plan.of(speaker, wishes, Timing.of(scene, line.part.start_frame))
            clip = Path(reply["clip"])
            keys = yield from plan.worked_out(intended, clip)
            action = actions.new_action(line.name)
            self._made = made = action.name, action.session_uid
            for _ in plan.write_all(*made, keys):
                yield number, len(results)
            action, speaker = plan.found(*made), speaker_at(*self._place)
            plan.show(action, keys)
            take = list_take(speaker, action, wishes, intended.timing, reply)
            self._made = None
            take.blocked = blocked(context, action, keys, character.of(speaker), take.start_frame)
            take.covered = covered(action, intended.retarget)
            self._blocked += [f"{take.name}: {take.blocked}"] if take.blocked else []
            yield number + 1, len(results)

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Report what was made, and what was not."""
        for reason in (*self._blocked, *self._refused):
            self.report({"WARNING"}, reason)
        if not self._refused:
            self.report({"INFO"}, f"{len(results)} takes, one of each strip")
        return {"FINISHED"}

    def discard(self) -> None:
        """Take half an Action away."""
        action = bpy.data.actions.get(self._made[0]) if self._made else None
        if self._made and action is not None and action.session_uid == self._made[1]:
            actions.remove(action)


CLASSES = (A2B_OT_animate_all,)
