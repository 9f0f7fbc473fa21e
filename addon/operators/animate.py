"""The one big button: a speaker's sound becomes keys on their character."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any, Final

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, StringProperty

from audio2blend.errors import InputError
from audio2blend.prediction import Prediction
from audio2blend_app.transcript import is_alignment

from ..client import modal
from ..client.modal import Request, ServiceOperator
from ..client.reports import allows
from ..client.threads import in_thread
from ..keys import actions, plan
from ..keys.covered import covered
from ..keys.diagnose import blocked
from ..keys.timing import Timing
from ..scene import character, consent, sequencer
from ..scene.speaking_frame import speaking_frame
from ..state import preferences
from ..state.listed import quietly
from ..state.properties import (
    EMOTION_ITEMS,
    active_speaker,
    ensure_speaker,
    part_of,
    place_of,
    sound_path,
    speaker_at,
    spoken_text,
    text_file,
)
from . import refine, takes, words

CONTROLS: Final = (
    "strength", "jaw", "lips", "smooth_ms", "lead_ms", "emotion", "emotion_amount", "performance", "mouth_only",
    "blinks", "gaze", "head", "brows",
)  # fmt: skip
_PART: Final = ("from_s", "until_s", "strip")
_SETTINGS: Final = ("sound", *_PART, "quality", "seed", "start_frame", "keys", "tolerance", "step", *CONTROLS)
"""What arguments of the operator set on the speaker by the same name."""
_WORDS: Final = ("mode", "language", "aligner")
"""How the mouth goes by the transcript, as the speaker has it."""


def why_not_animate(context: Any) -> str:
    """Return what is in the way of animating the active speaker, or ""."""
    if reason := modal.why_not(context):
        return reason
    speaker = active_speaker(context)
    if speaker is None:
        return "Choose a sound first"
    return _why_no_sound(sound_path(speaker), speaker.sound) or character.why_not(speaker)


def _why_no_sound(path: Path | None, name: str) -> str:
    if path is None:
        return "Choose a sound first"
    if name.startswith("//") and not bpy.data.filepath:
        return f"{name} is relative to this file, which is not saved yet; save it, or choose the sound again"
    return "" if path.is_file() else f"There is no file {path}; choose the sound again"


def _dial(name: str, what: str) -> Any:
    return FloatProperty(name=name, description=what, default=1, min=0, max=10, options={"SKIP_SAVE"})


def listening(
    context: Any,
    sound: Path,
    quality: str,
    *,
    seed: int = 0,
    part: Sequence[float] = (),
    said: Mapping[str, str] = MappingProxyType({}),
    consent: Mapping[str, str],
) -> Request:
    """Return the request for a recording's prediction, into a file of the takes folder.

    `part` is what `part_of` returns, `said` what `transcript` does, and `consent` what `consent.asked` does. The file
    has another name for whatever may change the prediction, since older takes keep theirs.
    """
    chosen = preferences.get(context)
    weights = bpy.path.abspath(chosen.weights) if chosen.weights else ""
    asked = {"speech": str(sound), "quality": quality, "weights": weights}
    asked |= {"seed": seed} if seed else {}
    asked |= {"part": list(part)} if part else {}
    output = _file(context, sound, asked)
    if said:
        asked |= {**said, "without_text": str(output)}
        output = _file(context, sound, asked)
    asked |= {"output": str(output), "device": chosen.device, "threads": chosen.threads}
    return "animate", asked | {"consent": dict(consent)}


def _file(context: Any, sound: Path, asked: Mapping[str, Any]) -> Path:
    """Return the file of a prediction, with another name for whatever may change it."""
    files = (sound, *(Path(str(asked[name])) for name in ("weights", "text_file") if asked.get(name)))
    read = [path.stat() for path in files if path.is_file()]
    decisive = asked, version("audio2blend"), [(about.st_mtime_ns, about.st_size) for about in read]
    key = hashlib.sha256(repr(decisive).encode()).hexdigest()[:12]
    return preferences.takes_folder(context) / f"{sound.stem}-{key}.npz"


def transcript(wishes: Any) -> dict[str, str]:
    """Return what the child process is to know of the transcript; nothing where the mouth does not go by one."""
    text, file = wishes.said
    if wishes.mode == "AUDIO" or not (text or file) or not (wishes.language or _is_alignment(file)):
        return {}
    said = {"language": wishes.language, "aligner": wishes.aligner, "mode": wishes.mode.lower()}
    return said | ({"text_file": file} if file else {"text": text})


def said_by(speaker: Any) -> SimpleNamespace:
    """Return what a speaker's settings say of the transcript, for `transcript`."""
    wishes = SimpleNamespace(**{name: getattr(speaker, name) for name in _WORDS})
    wishes.said = spoken_text(speaker), text_file(speaker)
    return wishes


def _is_alignment(file: str) -> bool:
    return bool(file) and is_alignment(file)


def list_take(speaker: Any, action: Any, wishes: Any, timing: Timing, reply: Any) -> Any:
    """Return a new take of a speaker that an Action holds the keys of; it is the one that is shown.

    `wishes` are the recording and the settings it was made with, `reply` the answer to
    `listening`.
    """
    take = speaker.takes.add()
    with quietly():
        take.name, take.sound, take.action = action.name, wishes.sound, action
        take.clip_path, take.duration_s = reply["clip"], reply["duration_s"]
        timing.keep(take)
        for name in (*_PART, "quality", "seed", *CONTROLS):
            setattr(take, name, getattr(wishes, name))
        refine.fill(take, reply["phones"])
        if "words" in reply:
            take.mode, take.language, take.without_text_path = wishes.mode, wishes.language, reply["without_text"]
            words.fill(take, reply)
        speaker.active_take = len(speaker.takes) - 1
    takes.show(speaker, speaker.active_take)
    return take


class A2B_OT_animate(ServiceOperator, bpy.types.Operator):
    """Animate the face from the sound, in a new Action on its own NLA track; existing animation is kept"""

    bl_idname, bl_label = "audio2blend.animate", "Animate"

    sound: StringProperty(
        name="Sound", description="The recording; by default the speaker's", subtype="FILE_PATH", options={"SKIP_SAVE"}
    )
    character: StringProperty(
        name="Character",
        description="Name of the face mesh or armature; by default the speaker's character",
        options={"SKIP_SAVE"},
    )
    map: StringProperty(
        name="Map",
        description="Name of the text data-block with the map; by default the speaker's",
        options={"SKIP_SAVE"},
    )
    quality: EnumProperty(
        name="Quality", description="Which network to use", items=[("best", "Best", ""), ("live", "Live", "")],
        options={"SKIP_SAVE"},
    )  # fmt: skip
    strength: _dial("Strength", "Amount of jaw, lip and tongue motion")
    jaw: _dial("Jaw", "Amount of jaw motion, in addition to Strength")
    lips: _dial("Lips", "Amount of lip motion, in addition to Strength")
    smooth_ms: FloatProperty(
        name="Smooth (ms)",
        description="Length of the smoothing window in milliseconds",
        min=0,
        max=200,
        options={"SKIP_SAVE"},
    )
    lead_ms: FloatProperty(
        name="Lead (ms)", description="How early the mouth is", min=0, max=200, options={"SKIP_SAVE"}
    )
    performance: BoolProperty(
        name="Performance",
        description="Add blinks, gaze, raised brows and head motion in time with the voice",
        options={"SKIP_SAVE"},
    )
    emotion: EnumProperty(
        name="Emotion", description="What the face shows while it speaks", items=EMOTION_ITEMS, options={"SKIP_SAVE"}
    )
    emotion_amount: FloatProperty(
        name="Amount", description="How strongly it shows", default=0.7, min=0, max=1, options={"SKIP_SAVE"}
    )
    blinks: _dial("Blinks", "How far the lids fall when they blink")
    gaze: _dial("Gaze", "Amount of eye motion")
    head: _dial("Head", "Amount of head motion")
    brows: _dial("Brows", "How far the voice raises the brows")
    mouth_only: BoolProperty(
        name="Mouth Only",
        description="Animate only the mouth",
        options={"SKIP_SAVE"},
    )
    seed: IntProperty(
        name="Seed", description="Each number gives a different performance", min=0, options={"SKIP_SAVE"}
    )
    from_s: FloatProperty(
        name="From",
        description="Start of the part to animate, in seconds of the recording",
        min=0,
        options={"SKIP_SAVE"},
    )
    until_s: FloatProperty(
        name="Until", description="End of the part to animate, in seconds of the recording; 0 is its end", min=0,
        options={"SKIP_SAVE"},
    )  # fmt: skip
    strip: StringProperty(
        name="Strip", description="The strip of the sequencer that the sound comes from", options={"SKIP_SAVE"}
    )
    start_frame: IntProperty(name="Start Frame", description="Where the sound starts", options={"SKIP_SAVE"})
    keys: EnumProperty(
        name="Keys", description="Which keyframes are written",
        items=[("DENSE", "Every Frame", ""), ("REDUCED", "Reduced", ""), ("STEPPED", "Stepped", "")],
        options={"SKIP_SAVE"},
    )  # fmt: skip
    tolerance: FloatProperty(
        name="Tolerance",
        description="Maximum deviation of reduced keyframes from the motion",
        default=0.01,
        min=0.0001,
        max=0.2,
        options={"SKIP_SAVE"},
    )
    step: IntProperty(
        name="Held For",
        description="Number of frames each stepped pose is held",
        default=2,
        min=2,
        max=12,
        options={"SKIP_SAVE"},
    )

    _made: tuple[str, int] | None = None
    """Name and number of the Action that is being written."""

    @classmethod
    def poll(cls, context: Any) -> bool:
        """Say why not; what the speaker lacks may come as an argument, so that the panel shows it and not this."""
        return allows(cls, modal.why_not(context))

    def request(self, context: Any) -> Sequence[Request]:
        """Ask for the sound's prediction, once all else is known to be well."""
        self._place = place_of(ensure_speaker(context.scene))
        self._look_at_strip(context)
        wishes = self._wishes()
        self._plan(wishes)
        return [
            listening(
                context,
                wishes.path,
                wishes.quality,
                seed=wishes.seed,
                part=part_of(wishes),
                said=transcript(wishes),
                consent=consent.asked(speaker_at(*self._place)),
            )
        ]

    def apply(self, context: Any, results: list[Any]) -> Iterator[tuple[int, int] | None]:
        """Write the keys into an Action that nothing uses yet, show it, and list it as a take."""
        wishes = self._wishes()
        intended = self._plan(wishes)
        clip = Path(results[0]["clip"])
        self._keys = yield from in_thread(lambda: intended.keys(Prediction.read(clip)))
        action = actions.new_action(wishes.path.stem)
        self._made = action.name, action.session_uid
        yield from plan.write_all(*self._made, self._keys)
        plan.show(plan.found(*self._made), self._keys)
        yield None  # the window takes in the keys: as long a step as the look at them, and as noting them for Undo
        action = plan.found(*self._made)
        message = blocked(context, action, self._keys, character.of(wishes), wishes.start_frame)
        yield None
        action, speaker = plan.found(*self._made), speaker_at(*self._place)
        self._set(speaker, wishes)
        take = list_take(speaker, action, wishes, intended.timing, results[0])
        take.blocked, take.covered = message, covered(action, intended.retarget)
        yield None

    def finish(self, context: Any, results: list[Any]) -> set[str]:
        """Report the take."""
        assert self._made is not None
        action = plan.found(*self._made)
        take = next(take for take in speaker_at(*self._place).takes if take.action == action)
        # A script may be in the middle of something of its own.
        if not (bpy.app.background or context.screen is None or context.screen.is_animation_playing):
            context.scene.frame_set(speaking_frame(context.scene, take))
        if take.blocked:
            self.report({"WARNING"}, f"{take.name}: {take.blocked}")
        else:
            last = take.start_frame + len(self._keys.positions) - 1
            late = f"; the scene ends at {context.scene.frame_end}" if last > context.scene.frame_end else ""
            self.report({"INFO"}, f"{take.name}: frames {take.start_frame} to {last}{late}")
        if take.covered:
            self.report({"WARNING"}, f"{take.name} {take.covered}")
        return {"FINISHED"}

    def discard(self) -> None:
        """Take the Action away, and the take if it is listed already."""
        if self._made is not None:
            action = bpy.data.actions.get(self._made[0])
            if action is not None and action.session_uid == self._made[1]:
                takes.give_up(speaker_at(*self._place), action)

    def _look_at_strip(self, context: Any) -> None:
        """Let the speaker have the part that the strip plays by now, if it comes from a strip and none was given."""
        speaker = speaker_at(*self._place)
        if any(map(self.properties.is_property_set, ("sound", *_PART, "start_frame"))) or not speaker.strip:
            return
        if strip := sequencer.find(speaker.strip, sequencer.edited_scene(context)):
            with quietly():
                speaker.start_frame, speaker.from_s, speaker.until_s = sequencer.part_of(strip)

    def _wishes(self) -> Any:
        """Return what to animate: the arguments that were given, and the speaker's settings for the rest."""
        speaker = speaker_at(*self._place)
        given = self.properties.is_property_set
        wishes = SimpleNamespace(**{name: getattr(self if given(name) else speaker, name) for name in _SETTINGS})
        if given("sound"):  # of which a part is meant only if that is given too
            for name in _PART:
                setattr(wishes, name, getattr(self, name))
        wishes.__dict__.update(said_by(speaker).__dict__)
        if given("sound") and self.sound != speaker.sound:
            wishes.said = "", ""  # the transcript is of the speaker's own recording
        wishes.character, wishes.collection, wishes.parts = speaker.character, speaker.collection, speaker.parts
        if given("character"):
            wishes.character, wishes.collection = bpy.data.objects.get(self.character), None
            wishes.parts = wishes.parts if wishes.character == speaker.character else ()
            if wishes.character is None:
                raise InputError(f"there is no object '{self.character}'; name one of the scene")
        wishes.map = bpy.data.texts.get(self.map) if given("map") else speaker.map
        if given("map") and wishes.map is None:
            raise InputError(f"there is no text '{self.map}'; open the map in the text editor")
        wishes.path = Path(bpy.path.abspath(wishes.sound)) if wishes.sound else None
        if reason := _why_no_sound(wishes.path, wishes.sound):
            raise InputError(reason)
        return wishes

    def _plan(self, wishes: Any) -> plan.Plan:
        return plan.Plan.of(wishes, wishes, Timing.of(bpy.data.scenes[self._place[0]], wishes.start_frame))

    def _set(self, speaker: Any, wishes: Any) -> None:
        """Keep what was given as the speaker's settings, so that the controls of the take find them."""
        with quietly():
            for name in _SETTINGS:
                if self.properties.is_property_set(name):
                    setattr(speaker, name, getattr(wishes, name))
        if self.properties.is_property_set("character") and speaker.character != wishes.character:
            speaker.character, speaker.collection = wishes.character, None
        if self.properties.is_property_set("map"):
            speaker.map = wishes.map


CLASSES = (A2B_OT_animate,)
