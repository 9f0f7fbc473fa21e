"""What the extension remembers: in a scene, who speaks and what was made of it; in the window, what is running."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from audio2blend.errors import InputError
from audio2blend.phones import PHONES

from . import events

_quiet = 0


@contextmanager
def quietly() -> Iterator[None]:
    """Let code set properties without what a hand on the slider sets off: no take is shown or weighed again."""
    global _quiet
    _quiet += 1
    try:
        yield
    finally:
        _quiet -= 1


def _show_take(speaker: Any, _context: Any) -> None:
    if not _quiet and 0 <= speaker.active_take < len(speaker.takes):
        events.take_chosen(speaker)


def _weigh_take(take: Any, _context: Any) -> None:
    if not _quiet:
        events.control_moved(take)


def _look_at_sound(speaker: Any, _context: Any) -> None:
    speaker.from_s, speaker.until_s, speaker.strip = 0, 0, ""  # another recording, of which all is meant
    speaker.strips.clear()
    if path := sound_path(speaker):
        events.sound_chosen(path)


def _leave_strip(speaker: Any, _context: Any) -> None:
    if not _quiet:
        speaker.strip = ""  # it starts where somebody has said, not where the strip does


def _correct(phone: Any, edge: str) -> None:
    if not _quiet:
        events.phone_changed(phone, edge)


def _dial(name: str, what: str, **options: Any) -> Any:
    """Return a dial with the limits of `audio2blend.post.Controls`; the slider shows what is of use."""
    return FloatProperty(name=name, description=what, default=1, min=0, max=10, soft_max=2, subtype="FACTOR", **options)


def _milliseconds(name: str, what: str, **options: Any) -> Any:
    return FloatProperty(name=name, description=what, default=0, min=0, max=200, precision=0, step=100, **options)


def _dials(**options: Any) -> dict[str, Any]:
    """Return the properties that a speaker and a take share, as annotations."""
    return {
        "quality": EnumProperty(
            name="Quality",
            description="Which network listens",
            items=[
                ("best", "Best", "Hears the whole line before it moves the face"),
                ("live", "Live", "Gives what a live stream would give: it looks 50 ms ahead"),
            ],
        ),
        "strength": _dial("Strength", "How far jaw, lips and tongue move; at 1 as they were heard", **options),
        "jaw": _dial("Jaw", "How far the jaw moves, on top of the strength; closed lips stay closed", **options),
        "lips": _dial("Lips", "How far the lips move, on top of the strength; closed lips stay closed", **options),
        "smooth_ms": _milliseconds(
            "Smooth (ms)", "How many milliseconds of motion are averaged; closures stay", **options
        ),
        "lead_ms": _milliseconds("Lead (ms)", "By how many milliseconds the mouth is ahead of the sound", **options),
        "performance": BoolProperty(
            name="Performance",
            description="Blinks, gaze and head motion in time with the voice; off: they are left as they are",
            default=True,
            **options,
        ),
        "mouth_only": BoolProperty(
            name="Mouth Only",
            description="Move jaw, lips, cheeks and tongue, and leave eyes, brows, nose and head to your own animation",
            **options,
        ),
    }


def _part() -> dict[str, Any]:
    """Return the properties of a speaker and of a take that say which part of a recording it is."""
    return {
        "from_s": FloatProperty(
            name="From", description="Where in the recording to begin, in seconds", min=0, precision=2, step=10
        ),
        "until_s": FloatProperty(
            name="Until", description="Where in the recording to end, in seconds; 0 is its end", min=0, precision=2,
            step=10,
        ),
        "strip": StringProperty(
            name="Strip", description="The strip of the sequencer that it comes from; empty where it comes from none"
        ),
        "seed": IntProperty(name="Seed", description="Another number gives other blinks, gaze and head motion", min=0),
    }  # fmt: skip


class A2B_PG_phone(bpy.types.PropertyGroup):
    """A sound of speech that the network heard, with its times in seconds from the start of the recording"""

    label: StringProperty(
        name="Phone",
        description="The sound of speech, in the International Phonetic Alphabet; “sil” is silence",
        search=lambda _phone, _context, _typed: PHONES,
        search_options={"SUGGESTION"},
        update=lambda phone, _context: _correct(phone, ""),
    )
    start_s: FloatProperty(
        name="Start",
        description="When it begins, in seconds from the start of the sound; the phone before it ends there",
        precision=3,
        step=1,
        update=lambda phone, _context: _correct(phone, "start_s"),
    )
    end_s: FloatProperty(
        name="End",
        description="When it ends, in seconds from the start of the sound; the phone after it begins there",
        precision=3,
        step=1,
        update=lambda phone, _context: _correct(phone, "end_s"),
    )
    edited: BoolProperty(name="Corrected", description="It was changed, and the face has not said it anew yet")


class A2B_PG_take(bpy.types.PropertyGroup):
    """A result that was made: where its motion is kept and the dials it is shown with"""

    name: StringProperty(name="Name", description="What the take is called")
    sound: StringProperty(name="Sound", description="The recording it was made from", subtype="FILE_PATH")
    clip_path: StringProperty(name="Motion", description="The file of what the network said", subtype="FILE_PATH")
    heard_path: StringProperty(
        name="Motion as Heard",
        description="The file of what the network said before phones were corrected; empty where none were",
        subtype="FILE_PATH",
    )
    action: PointerProperty(name="Action", description="The keys of the take", type=bpy.types.Action)
    start_frame: IntProperty(
        name="Start Frame", description="The frame of the Action at which the sound starts", default=1
    )
    frame_rate: StringProperty(
        name="Frame Rate", description="Frames a second that its keys were written for; empty: the scene's"
    )
    stretch: StringProperty(
        name="Stretch", description="How far its keys move on a frame, where the scene's time is stretched"
    )
    duration_s: FloatProperty(name="Duration", description="How long the sound is", unit="TIME_ABSOLUTE")
    phones: CollectionProperty(type=A2B_PG_phone, name="Phones", description="What the network heard")
    active_phone: IntProperty(name="Phone", description="The phone that is selected in the list", default=-1)
    blocked: StringProperty(name="Blocked", description="What keeps the face from moving; empty when it moves")
    unheard: StringProperty(
        name="Unheard", description="Why Blender does not listen to the NLA strips of the take; empty when it does"
    )
    covered: StringProperty(name="Covered", description="What of your own animation the take lies over, in words")


A2B_PG_take.__annotations__.update(_part())
A2B_PG_take.__annotations__.update(_dials(update=_weigh_take))  # not in the class: Python 3.14 has no name for it there


class A2B_PG_strip(bpy.types.PropertyGroup):
    """A sound strip of the sequencer, by its name"""

    name: StringProperty(name="Name", description="What the strip is called")


class A2B_PG_part(bpy.types.PropertyGroup):
    """An object that moves with a character, though nothing holds them together"""

    thing: PointerProperty(name="Object", description="The object that moves along", type=bpy.types.Object)


class A2B_PG_speaker(bpy.types.PropertyGroup):
    """Somebody who speaks in the scene: a recording, a character and the takes made of them"""

    name: StringProperty(name="Name", description="What the speaker is called", default="Speaker")
    sound: StringProperty(
        name="Sound",
        description="The recording of the speech: a sound or video file",
        subtype="FILE_PATH",
        options={"PATH_SUPPORTS_BLEND_RELATIVE"},
        update=_look_at_sound,
    )
    text: StringProperty(name="Text", description="What is said; used to check the result, never to make it")
    text_block: PointerProperty(
        name="From Text",
        description="A text of this file that holds what is said, in place of the line",
        type=bpy.types.Text,
    )
    character: PointerProperty(
        name="Character",
        description="The mesh that speaks, or an armature with face bones; meshes that share its shape names follow",
        type=bpy.types.Object,
        poll=lambda _speaker, thing: thing.type in {"MESH", "ARMATURE"},
        update=lambda speaker, _context: speaker.parts.clear(),
    )
    parts: CollectionProperty(type=A2B_PG_part, name="Parts", description="Objects that were taken along")
    collection: PointerProperty(
        name="Collection",
        description="All the meshes in it speak: face, teeth, tongue, lashes",
        type=bpy.types.Collection,
    )
    map: PointerProperty(
        name="Map",
        description="A text that says which shape of the character follows which motion; empty: found by their names",
        type=bpy.types.Text,
    )
    start_frame: IntProperty(
        name="Start Frame",
        description="The frame at which the sound starts",
        default=1,
        update=_leave_strip,
    )
    strips: CollectionProperty(
        type=A2B_PG_strip, name="Strips", description="The strips that Animate All makes a take of each"
    )
    keys: EnumProperty(
        name="Keys",
        description="How many keys are written",
        items=[
            ("DENSE", "Every Frame", "A key on every frame"),
            ("REDUCED", "Reduced", "Only the keys needed to stay within the tolerance: easier to edit by hand"),
            ("STEPPED", "Stepped", "Poses that are held for some frames each, as in animation on twos"),
        ],
    )
    step: IntProperty(
        name="Held For", description="How many frames each pose is held: 2 is on twos", default=2, min=2, max=12
    )
    tolerance: FloatProperty(
        name="Tolerance",
        description="How far reduced keys may be from the motion; the full range of a shape is 1",
        default=0.01,
        min=0.0001,
        max=0.2,
        precision=3,
        step=1,
    )
    bake_into: PointerProperty(
        name="Action",
        description="The Action of yours that Bake puts the take into; empty: the one that the character has",
        type=bpy.types.Action,
    )
    takes: CollectionProperty(type=A2B_PG_take, name="Takes", description="Results to switch between")
    active_take: IntProperty(name="Take", description="The take that is shown", default=-1, update=_show_take)


A2B_PG_speaker.__annotations__.update(_part())
A2B_PG_speaker.__annotations__.update(_dials())


class A2B_PG_line(bpy.types.PropertyGroup):
    """A line of the batch table: a recording for a character, and how far it is"""

    sound: StringProperty(
        name="Sound",
        description="The recording of the line",
        subtype="FILE_PATH",
        options={"PATH_SUPPORTS_BLEND_RELATIVE"},
    )
    character: PointerProperty(
        name="Character",
        description="Who says the line",
        type=bpy.types.Object,
        poll=lambda _line, thing: thing.type in {"MESH", "ARMATURE"},
    )
    status: StringProperty(name="Status", description="Where the line stands: empty, waiting, done or failed")
    message: StringProperty(name="Message", description="What went wrong with the line")


class A2B_PG_scene(bpy.types.PropertyGroup):
    """The speakers of a scene and its table of lines"""

    speakers: CollectionProperty(type=A2B_PG_speaker, name="Speakers", description="Who speaks in the scene")
    active: IntProperty(name="Speaker", description="The speaker whose settings are shown")
    lines: CollectionProperty(type=A2B_PG_line, name="Lines", description="The table of a batch")
    active_line: IntProperty(name="Line", description="The line of the table that is selected")


class A2B_PG_state(bpy.types.PropertyGroup):
    """What is running; it is not saved"""

    running: BoolProperty(name="Running", description="Work is under way", options={"SKIP_SAVE"})
    progress: FloatProperty(name="Progress", description="How far it is", min=0, max=1, options={"SKIP_SAVE"})
    message: StringProperty(name="Message", description="What is being done", options={"SKIP_SAVE"})
    report: StringProperty(
        name="Report", description="What became of the last batch, as JSON", options={"SKIP_SAVE", "HIDDEN"}
    )


def active_speaker(context: Any) -> Any:
    """Return the speaker whose settings are shown, an `A2B_PG_speaker`, or None where the scene has none."""
    scene = context.scene.audio2blend
    return scene.speakers[scene.active] if 0 <= scene.active < len(scene.speakers) else None


def ensure_speaker(scene: Any) -> Any:
    """Return the active speaker of a scene, which is made where there is none."""
    settings = scene.audio2blend
    if not settings.speakers:
        settings.speakers.add().name = "Speaker"
    settings.active = min(max(settings.active, 0), len(settings.speakers) - 1)
    return settings.speakers[settings.active]


def place_of(speaker: Any) -> tuple[str, int]:
    """Return the name of a speaker's scene and the speaker's number in it, to be kept while the user goes on."""
    scene = speaker.id_data
    return scene.name, next(at for at, one in enumerate(scene.audio2blend.speakers) if one == speaker)


def speaker_at(scene: str, number: int) -> Any:
    """Return the speaker of a scene with a number. Raises InputError if it is gone."""
    found = bpy.data.scenes.get(scene)
    if found is None or number >= len(found.audio2blend.speakers):
        raise InputError("the speaker is not there any more; begin again")
    return found.audio2blend.speakers[number]


def sound_path(speaker: Any) -> Path | None:
    """Return the file of a speaker's sound, whether or not it exists; None where none was chosen."""
    if not speaker.sound:
        return None
    return Path(bpy.path.abspath(speaker.sound, library=speaker.id_data.library))


def spoken_text(speaker: Any) -> str:
    """Return what a speaker says, as far as the user has told; "" where he has not."""
    return str(speaker.text_block.as_string() if speaker.text_block else speaker.text).strip()


def part_of(wishes: Any) -> list[float]:
    """Return where in a recording the part that is meant begins and ends, in seconds; nothing where that is all."""
    return [round(wishes.from_s, 5), round(wishes.until_s, 5)] if wishes.from_s or wishes.until_s else []


def active_take(speaker: Any) -> Any:
    """Return the take of a speaker that is shown, an `A2B_PG_take`, or None where there is none."""
    return speaker.takes[speaker.active_take] if 0 <= speaker.active_take < len(speaker.takes) else None


def owner_of(take: Any) -> tuple[Any, int]:
    """Return the speaker whose take this is, and its number in the speaker's list."""
    owner, _, number = take.path_from_id().rpartition(".takes[")
    return take.id_data.path_resolve(owner), int(number.rstrip("]"))


CLASSES = (
    A2B_PG_phone, A2B_PG_take, A2B_PG_strip, A2B_PG_part, A2B_PG_speaker, A2B_PG_line, A2B_PG_scene, A2B_PG_state,
)  # fmt: skip


def register() -> None:
    """Give every scene its settings and the window its state."""
    bpy.types.Scene.audio2blend = PointerProperty(type=A2B_PG_scene)
    bpy.types.WindowManager.audio2blend = PointerProperty(type=A2B_PG_state)


def unregister() -> None:
    """Take both away."""
    del bpy.types.WindowManager.audio2blend
    del bpy.types.Scene.audio2blend
