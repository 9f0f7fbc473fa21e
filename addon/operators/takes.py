"""The takes of a speaker: shown one at a time, recomputed, deleted."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Final

import bpy

from audio2blend.errors import InputError
from audio2blend.prediction import Prediction

from ..client.reports import allows, guarded, sentence
from ..client.threads import in_thread
from ..keys import actions, plan
from ..keys.covered import covered
from ..keys.diagnose import why_not_playing
from ..keys.placing import Placing
from ..keys.timing import Timing
from ..state import events
from ..state.listed import quietly
from ..state.properties import active_speaker, active_take, owner_of
from . import quality

_AT_ONCE_S: Final = 60.0
"""A take up to this long is recomputed while the slider moves; a longer one after that, a slice at a time."""
_REST_S: Final = 0.25
"""How long a slider has to rest until a long take is recomputed."""
_SLICE_S: Final = 0.03


@events.take_chosen.connect
def _show_chosen(speaker: Any) -> None:
    show(speaker, speaker.active_take)


@events.control_moved.connect
def _reweigh_moved(take: Any) -> None:
    reweigh(*owner_of(take))


def show(speaker: Any, index: int) -> None:
    """Let one take of a speaker play, and mute those of theirs that overlap it in time."""
    take = speaker.takes[index]
    for other in speaker.takes:
        if other.action is not None and (other == take or _overlap(take, other)):
            actions.set_shown(other.action, other == take)


def why_not_weigh(take: Any) -> str:
    """Return what keeps the keys of a take from being rewritten, or ""."""
    if take.action is None:
        return f"the Action of take '{take.name}' was deleted; animate the line again"
    return actions.why_locked(take.action) or plan.why_edited(take.action)


def reweigh(speaker: Any, index: int) -> None:
    """Rewrite a take's keys for its settings, without the network; what is in the way is kept in `blocked`.

    A long take is done a little later, so that its slider moves freely.
    """
    take = speaker.takes[index]
    quality.forget(take)
    take.blocked = why_not_weigh(take)
    if take.blocked:
        return
    work = _weighing(speaker.id_data.name, take.action.name, take.action.session_uid)
    if take.duration_s <= _AT_ONCE_S or bpy.app.background:
        for _ in work:
            pass
    else:
        _Later.begin(take.action.session_uid, work)


def _weighing(scene: str, name: str, uid: int) -> Iterator[None]:
    """Do what `reweigh` says for an Action by name and number, a slice of work between two yields.

    Nothing but names is kept meanwhile: the user goes on, and may delete the take.
    """
    found = _owned(scene, uid)
    if found is None:
        return
    try:
        speaker, take = found
        intended = plan.Plan.of(speaker, take, Timing.of_take(speaker.id_data, take))
        path = Path(take.clip_path)
        keys = yield from in_thread(lambda: intended.keys(Prediction.read(path)))
        actions.remember(plan.found(name, uid), actions.UNFINISHED)
        for _ in plan.write_all(name, uid, keys):
            yield
        plan.show(plan.found(name, uid), keys)
        blocked = ""
    except Exception as error:
        blocked = sentence(error)
    if found := _owned(scene, uid):
        speaker, take = found
        if not blocked and active_take(speaker) == take:
            take.unheard, take.covered = why_not_playing(take.action), covered(take.action, intended.retarget)
        take.blocked = blocked


def _owned(scene: str, uid: int) -> tuple[Any, Any] | None:
    """Return the take of a scene whose Action has this number, after the speaker whose it is; None if it is gone."""
    found = bpy.data.scenes.get(scene)
    takes = ((speaker, take) for speaker in found.audio2blend.speakers for take in speaker.takes) if found else ()
    return next((pair for pair in takes if pair[1].action is not None and pair[1].action.session_uid == uid), None)


class _Later:
    """The long takes that are recomputed beside the window, one after another."""

    works: ClassVar[dict[int, Iterator[None]]] = {}
    """By the number of the take's Action."""

    @classmethod
    def begin(cls, uid: int, work: Iterator[None]) -> None:
        """Begin, or begin again for the latest value of a slider."""
        cls.works[uid] = work
        if bpy.app.timers.is_registered(cls.go_on):
            bpy.app.timers.unregister(cls.go_on)
        bpy.app.timers.register(cls.go_on, first_interval=_REST_S)

    @classmethod
    def go_on(cls) -> float | None:
        """Do a slice; Blender calls this until it answers None."""
        until = time.perf_counter() + _SLICE_S
        while cls.works and time.perf_counter() < until:
            uid, work = next(iter(cls.works.items()))
            try:
                next(work)
            except StopIteration:
                del cls.works[uid]
                with bpy.context.temp_override(window=bpy.context.window_manager.windows[0]):  # a timer has none
                    bpy.ops.ed.undo_push(message="Lip Sync Settings")
        return 0.01 if cls.works else None


def delete(speaker: Any, index: int) -> None:
    """Delete a take with its keys; the one before it is shown.

    The file of what the network said stays, so that undoing brings the take back whole. Raises InputError if the
    take is locked.
    """
    take = speaker.takes[index]
    if take.action is not None:
        if reason := actions.why_locked(take.action):
            raise InputError(reason)
        actions.remove(take.action)
    with quietly():
        speaker.takes.remove(index)
        speaker.active_take = min(max(index - 1, 0), len(speaker.takes) - 1)
    if active_take(speaker) is not None:
        show(speaker, speaker.active_take)


def give_up(speaker: Any, action: Any) -> None:
    """Take an Action of ours away, and the take of the speaker that it holds the keys of, if there is one yet."""
    listed = next((at for at, take in enumerate(speaker.takes) if take.action == action), None)
    if listed is None:
        actions.remove(action)
    else:
        delete(speaker, listed)


def why_not_delete(context: Any) -> str:
    """Return what is in the way of deleting the take that is shown, or ""."""
    speaker = active_speaker(context)
    if speaker is None or active_take(speaker) is None:
        return "There is no take to delete"
    return "Wait until the running task is done" if context.window_manager.audio2blend.running else ""


class A2B_OT_take_delete(bpy.types.Operator):
    """Delete the active take and its keyframes; your own animation is kept"""

    bl_idname, bl_label, bl_options = "audio2blend.take_delete", "Delete Take", {"UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_delete(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Delete it."""
        speaker = active_speaker(context)
        assert speaker is not None
        delete(speaker, speaker.active_take)
        return {"FINISHED"}


def _overlap(one: Any, other: Any) -> bool:
    here, there = (Placing.of(take.id_data, take) for take in (one, other))
    return bool(here.first < there.last - 0.5 and there.first < here.last - 0.5)


CLASSES = (A2B_OT_take_delete,)


def unregister() -> None:
    """Leave no timer behind."""
    _Later.works.clear()
    if bpy.app.timers.is_registered(_Later.go_on):
        bpy.app.timers.unregister(_Later.go_on)
