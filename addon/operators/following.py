"""Takes and the sound strips they come from: whether they are still together, and bringing them together again."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import bpy

from audio2blend.errors import InputError

from ..client import modal
from ..client.modal import Request, ServiceOperator
from ..client.reports import allows, guarded
from ..keys import actions, plan
from ..keys.actions import Place
from ..keys.diagnose import why_not_playing
from ..keys.placing import Placing, move, same, scale, why_off_time
from ..keys.timing import Timing
from ..scene import consent, sequencer
from ..state.listed import quietly
from ..state.properties import active_speaker, active_take, part_of, place_of, speaker_at
from . import animate, quality, refine


def strip_of(scene: Any, take: Any, placing: Placing | None = None) -> Any | None:
    """Return the strip that plays a take's sound: the one it comes from, or else the nearest that plays the file."""
    if take.strip and (strip := sequencer.find(take.strip, scene)):
        return strip
    playing = sequencer.strips_playing(scene, Path(bpy.path.abspath(take.sound)))
    start = (placing or Placing.of(scene, take)).start
    return min(playing, key=lambda strip: abs(sequencer.frame_at(strip, take.from_s) - start), default=None)


def why_apart(scene: Any, take: Any, places: Sequence[Place] | None = None) -> str:
    """Return in which way a take and its sound strip are not together any more; "" when they are.

    `places` are those of its Action, where they are known.
    """
    if take.action is None:
        return ""
    places = list(actions.places(take.action)) if places is None else places
    if reason := why_off_time(scene, take, places):
        return reason
    placing = Placing.of(scene, take, places)
    strip = strip_of(scene, take, placing)
    if strip is None:
        return ""
    try:
        part = sequencer.part_of(strip)
    except InputError as error:
        return str(error)
    if strip.name == take.strip and _cut_anew(scene, take, part):
        return f"the strip '{strip.name}' was trimmed differently since '{take.name}' was made of it"
    here, there = placing.start, sequencer.frame_at(strip, take.from_s)
    if same(here, there):
        return ""
    return f"'{take.name}' starts at frame {here:.0f}, and the strip '{strip.name}' has its sound at frame {there:.0f}"


def _cut_anew(scene: Any, take: Any, part: sequencer.Part) -> bool:
    """Return whether a part is another than that of a take, by a frame or more."""
    rate = scene.render.fps / scene.render.fps_base
    end_s = part.until_s or (take.until_s and float("inf"))
    mine_s = take.until_s or (part.until_s and take.from_s + take.duration_s)
    return not same(part.from_s * rate, take.from_s * rate) or not (
        end_s == mine_s or same(end_s * rate, mine_s * rate)
    )


def move_sound(scene: Any, take: Any, strip: Any) -> None:
    """Move a strip to where the take is."""
    by = round(Placing.of(scene, take).start - sequencer.frame_at(strip, take.from_s))
    if by:
        strip.frame_start += by


def _apart(context: Any) -> dict[int, str]:
    """Return in which way the active speaker's takes are not together with their sound strips, by their numbers."""
    speaker = active_speaker(context)
    if speaker is None or not speaker.takes:
        return {}
    found = actions.all_places()
    uids = {at: take.action.session_uid for at, take in enumerate(speaker.takes) if take.action is not None}
    reasons = {at: why_apart(context.scene, speaker.takes[at], found.get(uid, [])) for at, uid in uids.items()}
    return {at: reason for at, reason in reasons.items() if reason}


def apart_from_sound(context: Any) -> list[str]:
    """Return in which ways the active speaker's takes are not together with their sound strips, a sentence each."""
    return list(_apart(context).values())


def why_not_follow(context: Any) -> str:
    """Return why no take has to follow its sound; "" when one has."""
    return modal.why_not(context) or ("" if _apart(context) else "All takes are in sync with their sound")


def why_not_move_sound(context: Any) -> str:
    """Return why the sound strip of the take that is shown cannot be moved to it; "" when it can."""
    speaker = active_speaker(context)
    take = active_take(speaker) if speaker is not None else None
    if take is None or take.action is None:
        return "There is no take yet; press Animate first"
    strip = strip_of(context.scene, take)
    if strip is None:
        return "There is no sound strip in the sequencer"
    if strip.lock:
        return "The sound strip is locked; unlock it in the sequencer"
    together = same(sequencer.frame_at(strip, take.from_s), Placing.of(context.scene, take).start)
    return "All takes are in sync with their sound" if together else ""


class _Way(NamedTuple):
    """How a take is to follow its sound."""

    uid: int
    """Of its Action."""
    part: sequencer.Part | None
    """What its strip plays; None where it has no strip."""
    reply_at: int | None
    """Which answer of the child process it takes its motion from; None where that is as it was."""


class A2B_OT_follow(ServiceOperator, bpy.types.Operator):
    """Update the speaker's takes to their sound strips and the scene's frame rate: takes follow strips that were moved, and strips that were trimmed are animated again; settings are kept"""  # noqa: E501

    bl_idname, bl_label = "audio2blend.follow", "Follow the Sound"

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_follow(context))

    def request(self, context: Any) -> Sequence[Request]:
        """Ask for the parts that no take was made of yet."""
        speaker = active_speaker(context)
        self._place = place_of(speaker)
        self._ways: list[_Way] = []
        requests: list[Request] = []
        for number in _apart(context):
            take = speaker.takes[number]
            if reason := actions.why_locked(take.action):
                raise InputError(reason)
            strip = strip_of(context.scene, take)
            part = sequencer.part_of(strip) if strip is not None else None
            reply_at = None
            if strip is not None and part is not None:
                if strip.name == take.strip and _cut_anew(context.scene, take, part):
                    if reason := plan.why_edited(take.action):
                        raise InputError(reason)
                    reply_at = len(requests)
                    sound, meant = Path(bpy.path.abspath(take.sound)), part_of(part)
                    how = {"seed": take.seed, "part": meant, "consent": consent.asked(speaker)}
                    requests.append(animate.listening(context, sound, take.quality, **how))
                else:  # the part that it was made of, wherever that is now
                    start = round(sequencer.frame_at(strip, take.from_s))
                    part = sequencer.Part(start, take.from_s, take.until_s)
            self._ways.append(_Way(take.action.session_uid, part, reply_at))
        return requests

    def apply(self, context: Any, results: list[Any]) -> Iterator[tuple[int, int] | None]:
        """Write the keys of one take after another."""
        for way in self._ways:
            take = self._take(way)
            scene = take.id_data
            before = Placing.of(scene, take)
            start = round(before.start) if way.part is None else way.part.start_frame
            timing, old = Timing.of(scene, start), Timing.of_take(scene, take)
            as_it_was = (timing.rate, timing.stretch) == (old.rate, old.stretch) or plan.why_edited(take.action)
            if way.reply_at is None and as_it_was:  # the keys stay, the artist's own among them; strips alone change
                scale(scene, take, float(timing.rate))
                move(scene, take, start)
                continue
            reply = results[way.reply_at] if way.reply_at is not None else None
            clip = Path(reply["clip"] if reply else take.clip_path)
            shown = _trimmed(before, take) if reply is None else None
            intended = plan.Plan.of(speaker_at(*self._place), take, timing)
            name, uid = take.action.name, way.uid
            keys = yield from plan.worked_out(intended, clip)
            actions.remember(plan.found(name, uid), actions.UNFINISHED)
            yield from plan.write_all(name, uid, keys)
            self._settle(way, timing, reply, keys, shown)

    def _settle(
        self, way: _Way, timing: Timing, reply: Any, keys: plan.TakeKeys, shown: tuple[float, float] | None
    ) -> None:
        """Put the strips of a take where its new keys are, and note what it is made of now."""
        take = self._take(way)
        first, last = float(keys.positions[0]), float(keys.positions[-1])
        if shown is not None:
            first, last = max(first, timing.position(shown[0])), min(last, timing.position(shown[1]))
        plan.show(take.action, keys)
        for place in list(actions.places(take.action)):
            actions.put(place.strip, first, last, first)
        with quietly():
            timing.keep(take)
            if reply is not None and way.part is not None:
                take.from_s, take.until_s = way.part.from_s, way.part.until_s
                take.clip_path, take.heard_path, take.duration_s = reply["clip"], "", reply["duration_s"]
                refine.fill(take, reply["phones"])

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Report which takes moved."""
        speaker = speaker_at(*self._place)
        for way in self._ways:
            take = self._take(way)
            quality.forget(take)
            if take == active_take(speaker):
                take.unheard = why_not_playing(take.action)
        names = ", ".join(self._take(way).name for way in self._ways)
        self.report({"INFO"}, f"{names}: together with the sound again")
        return {"FINISHED"}

    def _take(self, way: _Way) -> Any:
        takes = speaker_at(*self._place).takes
        for take in takes:
            if take.action is not None and take.action.session_uid == way.uid:
                return take
        raise InputError("a take no longer exists; follow the sound again")


def _trimmed(placing: Placing, take: Any) -> tuple[float, float] | None:
    """Return from when to when a take is seen, in seconds of its sound; None where its strip is not trimmed."""
    first_s, last_s = ((at - placing.start) / placing.pace for at in (placing.first, placing.last))
    frame_s = 1 / placing.pace
    whole = first_s < frame_s / 2 and last_s > take.duration_s - 2 * frame_s
    return None if whole or not first_s < last_s else (first_s, last_s)


class A2B_OT_move_sound(bpy.types.Operator):
    """Move the sound strip in the sequencer to where the take is now"""

    bl_idname, bl_label, bl_options = "audio2blend.move_sound", "Move the Sound Here", {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not."""
        return allows(cls, why_not_move_sound(context))

    @guarded
    def execute(self, context: Any) -> set[str]:
        """Move it."""
        take = active_take(active_speaker(context))
        move_sound(context.scene, take, strip_of(context.scene, take))
        return {"FINISHED"}


CLASSES = (A2B_OT_follow, A2B_OT_move_sound)
