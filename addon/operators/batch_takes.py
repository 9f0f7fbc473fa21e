"""The takes of a batch: Actions, which only Blender can make.

The user goes on between two steps, and Undo makes every reference to Blender's data void: names and numbers are kept
over a step, and looked up again after it.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any, Final

import bpy

from audio2blend.prediction import Prediction

from ..client.service import Call, Service, raised
from ..client.threads import in_thread
from ..keys import actions, plan
from ..keys.covered import covered
from ..keys.diagnose import blocked
from ..scene import character, consent
from ..state import preferences
from ..state.listed import quietly
from . import animate, takes
from .batch_lines import MARK, Known, Line, at, known, says, scene_of, take_of, wishes_of

_RECENT: Final = 64
"""So many predictions are kept in mind, which other characters may say as well."""


Work = Generator[bool, None, Any]
"""Yields whether there is more to do right now; False: wait a moment."""


class Takes:
    """What makes a take of one line after another."""

    def __init__(self, context: Any, scene: Any, *, again: bool) -> None:
        """Begin; with `again` no line counts as done."""
        self._context, self._again, self._scene_name = context, again, scene.name
        self._predicted: dict[tuple[str, str, int, str], Any] = {}
        """What the child process said of the last recordings, by their digests, quality, seed and whose voice it is."""
        self._call: Call | None = None
        self._made: tuple[str, int] | None = None
        """Name and number of the Action that is being written."""

    def let_go(self) -> None:
        """Give up what is under way, and take half an Action away."""
        if self._call is not None:
            self._call.cancel()
        action = bpy.data.actions.get(self._made[0]) if self._made else None
        if self._made and action is not None and action.session_uid == self._made[1]:
            actions.remove(action)
        self._call = self._made = None

    def make(self, line: Line) -> Work:
        """Make a take of a line, and return the report on it; None where it has one that is as it should be.

        Raises what is wrong with the line, InputError among others.
        """
        about = yield from _waiting(known(self._context, self._scene, line))
        if take_of(self._scene, line, about.mark) is not None and not self._again:
            return None
        notes: list[str] = []
        predicted = yield from self._predict(line, about, notes)
        message = yield from self._keyed(line, about, predicted)
        return "; ".join(filter(None, [message, *notes]))

    @property
    def _scene(self) -> Any:
        return scene_of(self._scene_name)

    def _predict(self, line: Line, about: Known, notes: list[str]) -> Work:
        """Return what the child process says of a recording; another line of the same asks no more."""
        wishes = wishes_of(at(self._scene, line))
        key = about.recording, wishes.quality, wishes.seed, at(self._scene, line).voice
        if key not in self._predicted:
            who = consent.asked(at(self._scene, line))
            verb, arguments = animate.listening(
                self._context, line.sound, wishes.quality, seed=wishes.seed, consent=who
            )
            self._call = Service.get(preferences.get(self._context)).submit(verb, **arguments)
            while self._call is not None:
                for reply in self._call.poll():
                    if "error" in reply:
                        raise raised(reply)
                    if "result" in reply:
                        self._call = None
                        notes += reply["notes"]
                        self._predicted[key] = reply["result"]
                        break
                else:
                    yield False
            if len(self._predicted) > _RECENT:
                del self._predicted[next(iter(self._predicted))]
        return self._predicted[key]

    def _keyed(self, line: Line, about: Known, predicted: Any) -> Work:
        """Make a take in place of those that the batch made of the recording before, and return what blocks it."""
        clip = Path(predicted["clip"])
        work = in_thread(lambda: about.intended.keys(Prediction.read(clip)))
        keys = yield from _waiting(work)
        action = actions.new_action(line.sound.stem)
        self._made = made = action.name, action.session_uid
        for _ in plan.write_all(*made, keys):
            yield True
        action, speaker = plan.found(*made), at(self._scene, line)
        plan.show(action, keys)
        yield False  # the window takes in the keys before we look at what they do
        action, speaker = plan.found(*made), at(self._scene, line)
        action[MARK] = about.mark
        old = [take.action for take in speaker.takes if says(take.action, line) and not plan.why_edited(take.action)]
        wishes = wishes_of(speaker)
        wishes.sound = str(line.sound)
        take = animate.list_take(speaker, action, wishes, about.intended.timing, predicted)
        self._made = None
        take.blocked = message = blocked(self._context, action, keys, character.of(speaker), take.start_frame)
        take.covered = covered(action, about.intended.retarget)
        for other in old:
            name = other.name
            takes.delete(speaker, next(at for at, take in enumerate(speaker.takes) if take.action == other))
            _rename(action, name)
        with quietly():
            speaker.active_take = next(at for at, take in enumerate(speaker.takes) if take.action == action)
            speaker.takes[speaker.active_take].name = action.name
        takes.show(speaker, speaker.active_take)
        return message


def _rename(action: Any, name: str) -> None:
    """Call an Action of ours, and what shows it, like the one that it is in place of."""
    action.name = name
    for place in actions.places(action):
        place.track.name = place.strip.name = action.name


def _waiting(work: Generator[None, None, Any]) -> Work:
    """Wait for what a thread does."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value
        yield False
