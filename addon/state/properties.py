"""What the extension remembers: in a scene, who speaks and what was made of it; in the window, what is running."""

from pathlib import Path
from typing import Any, Final

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

from audio2blend import plugins
from audio2blend.emotion import NEUTRAL
from audio2blend.errors import InputError
from audio2blend.post import AUTO

from . import events
from .listed import A2B_PG_line, A2B_PG_part, A2B_PG_phone, A2B_PG_strip, A2B_PG_word, by_words, is_quiet
from .mouth_shapes import A2B_PG_mouth_shapes
from .voice import by_voice


def _show_take(speaker: Any, _context: Any) -> None:
    if not is_quiet() and 0 <= speaker.active_take < len(speaker.takes):
        events.take_chosen(speaker)


def _weigh_take(take: Any, _context: Any) -> None:
    if not is_quiet():
        events.control_moved(take)


def _look_at_sound(speaker: Any, _context: Any) -> None:
    speaker.from_s, speaker.until_s, speaker.strip = 0, 0, ""  # another recording, of which all is meant
    speaker.strips.clear()
    if path := sound_path(speaker):
        events.sound_chosen(path)


def _leave_strip(speaker: Any, _context: Any) -> None:
    if not is_quiet():
        speaker.strip = ""  # it starts where somebody has said, not where the strip does


def _dial(name: str, what: str, **options: Any) -> Any:
    """Return a slider with the limits of `audio2blend.post.Controls`; the slider shows what is of use."""
    return FloatProperty(name=name, description=what, default=1, min=0, max=10, soft_max=2, subtype="FACTOR", **options)


def _milliseconds(name: str, what: str, **options: Any) -> Any:
    return FloatProperty(name=name, description=what, default=0, min=0, max=200, precision=0, step=100, **options)


EMOTION_ITEMS: Final = [
    ("neutral", "Neutral", "The face shows what it says and no more"),
    ("auto", "From the Voice", "The face shows what the voice seems to feel"),
    ("joy", "Joy", ""),
    ("sadness", "Sadness", ""),
    ("anger", "Anger", ""),
    ("fear", "Fear", ""),
    ("disgust", "Disgust", ""),
    ("surprise", "Surprise", ""),
    ("boredom", "Boredom", ""),
]
"""Of the property `emotion`."""


def emotion_of(holder: Any) -> str:
    """Return the emotion of a speaker or a take in the words of `audio2blend.post.Controls`."""
    if holder.emotion in (NEUTRAL, AUTO):
        return str(holder.emotion)
    return f"{holder.emotion}={round(holder.emotion_amount, 4):g}"


def _dials(**options: Any) -> dict[str, Any]:
    """Return the properties that a speaker and a take share, as annotations."""
    return {
        "quality": EnumProperty(
            name="Quality",
            description="Which network to use",
            items=[
                ("best", "Best", "Uses two seconds of context on either side; the most accurate"),
                ("live", "Live", "Gives the same result as a live stream, with 50 ms of look-ahead"),
            ],
        ),
        "strength": _dial("Strength", "Amount of jaw, lip and tongue motion; 1 is the network's prediction", **options),
        "jaw": _dial("Jaw", "Amount of jaw motion, in addition to Strength; closed lips stay closed", **options),
        "lips": _dial("Lips", "Amount of lip motion, in addition to Strength; closed lips stay closed", **options),
        "smooth_ms": _milliseconds(
            "Smooth (ms)", "Length of the smoothing window in milliseconds; lip closures are preserved", **options
        ),
        "lead_ms": _milliseconds("Lead (ms)", "How many milliseconds the mouth leads the sound", **options),
        "emotion": EnumProperty(
            name="Emotion", description="What the face shows while it speaks", items=EMOTION_ITEMS, **options
        ),
        "emotion_amount": FloatProperty(
            name="Amount", description="How strongly it shows", default=0.7, min=0, max=1, subtype="FACTOR", **options
        ),
        "performance": BoolProperty(
            name="Performance",
            description="Add blinks, gaze, brows and head motion in time with the voice; if off, your own are kept",
            default=True,
            **options,
        ),
        "blinks": _dial("Blinks", "How far the lids fall when they blink", **options),
        "gaze": _dial("Gaze", "Amount of eye motion", **options),
        "head": _dial("Head", "Amount of head motion", **options),
        "brows": _dial("Brows", "How far the voice raises the brows", **options),
        "mouth_only": BoolProperty(
            name="Mouth Only",
            description="Animate only jaw, lips, cheeks and tongue; eyes, brows, nose and head keep your own animation",
            **options,
        ),
    }


def _part() -> dict[str, Any]:
    """Return the properties of a speaker and of a take that say which part of a recording it is."""
    return {
        "from_s": FloatProperty(
            name="From",
            description="Start of the part to animate, in seconds of the recording",
            min=0,
            precision=2,
            step=10,
        ),
        "until_s": FloatProperty(
            name="Until",
            description="End of the part to animate, in seconds of the recording; 0 is its end",
            min=0,
            precision=2,
            step=10,
        ),
        "strip": StringProperty(
            name="Strip", description="The strip of the sequencer that it comes from; empty where it comes from none"
        ),
        "seed": IntProperty(name="Seed", description="Each number gives a different performance", min=0),
    }  # fmt: skip


class A2B_PG_take(bpy.types.PropertyGroup):
    """A result that was made: where its motion is kept and its settings"""

    name: StringProperty(name="Name", description="Name of the take")
    sound: StringProperty(name="Sound", description="The recording it was made from", subtype="FILE_PATH")
    clip_path: StringProperty(name="Motion", description="File with the network's prediction", subtype="FILE_PATH")
    heard_path: StringProperty(
        name="Original Motion",
        description="File with the prediction before phones were corrected; empty if none were",
        subtype="FILE_PATH",
    )
    action: PointerProperty(name="Action", description="The keys of the take", type=bpy.types.Action)
    start_frame: IntProperty(
        name="Start Frame", description="The frame of the Action at which the sound starts", default=1
    )
    frame_rate: StringProperty(
        name="Frame Rate", description="Frame rate for which its keyframes were written; if empty, the scene's"
    )
    stretch: StringProperty(
        name="Stretch", description="How far its keyframes advance per frame if the scene uses time stretching"
    )
    duration_s: FloatProperty(name="Duration", description="Length of the sound", unit="TIME_ABSOLUTE")
    phones: CollectionProperty(type=A2B_PG_phone, name="Phones", description="Phones that the network detected")
    active_phone: IntProperty(name="Phone", description="The selected phone", default=-1)
    edits_path: StringProperty(
        name="Edits",
        description="File with your edits of its keyframes, which are kept when it is regenerated; empty if there are "
        "none",
        subtype="FILE_PATH",
    )
    words: CollectionProperty(type=A2B_PG_word, name="Words", description="Words of the transcript, with their times")
    active_word: IntProperty(name="Word", description="The selected word", default=-1)
    words_removed: BoolProperty(name="Words Removed", description="Words were removed, but nothing regenerated yet")
    text_problems: StringProperty(name="Problems", description="Where the transcript and the sound disagree")
    alignment_path: StringProperty(
        name="Alignment", description="File with the words and their phones", subtype="FILE_PATH"
    )
    without_text_path: StringProperty(
        name="Motion Without Text",
        description="File with the prediction that does not go by the transcript",
        subtype="FILE_PATH",
    )
    blocked: StringProperty(name="Blocked", description="What keeps the face from moving; empty if nothing does")
    unheard: StringProperty(
        name="Not Playing", description="Why Blender does not play the NLA strips of the take; empty if it does"
    )
    covered: StringProperty(name="Covered", description="Which of your own animation the take overrides")


A2B_PG_take.__annotations__.update(_part() | by_words())
A2B_PG_take.__annotations__.update(_dials(update=_weigh_take))  # not in the class: Python 3.14 has no name for it there


class A2B_PG_speaker(bpy.types.PropertyGroup):
    """Somebody who speaks in the scene: a recording, a character and the takes made of them"""

    name: StringProperty(name="Name", description="Name of the speaker", default="Speaker")
    sound: StringProperty(
        name="Sound",
        description="The recording of the speech: a sound or video file",
        subtype="FILE_PATH",
        options={"PATH_SUPPORTS_BLEND_RELATIVE"},
        update=_look_at_sound,
    )
    text: StringProperty(name="Text", description="Transcript of the recording, by which the lips go")
    text_block: PointerProperty(
        name="From Text",
        description="A text data-block with the transcript, used instead of the line above",
        type=bpy.types.Text,
    )
    text_file: StringProperty(
        name="Text File",
        description="A document with the transcript (.txt .docx .srt …) or its alignment (.TextGrid .json .eaf …), "
        "used instead of the text",
        subtype="FILE_PATH",
        options={"PATH_SUPPORTS_BLEND_RELATIVE"},
    )
    aligner: EnumProperty(
        name="Aligner",
        description="What finds the words in the sound",
        items=[
            (name, {"builtin": "Built-in"}.get(name, name), "")
            for name in dict.fromkeys(("builtin", *plugins.names("aligners")))
        ],
        default="builtin",
    )
    character: PointerProperty(
        name="Character",
        description="The face mesh, or an armature with face bones; meshes with its shape names are animated too",
        type=bpy.types.Object,
        poll=lambda _speaker, thing: thing.type in {"MESH", "ARMATURE"},
        update=lambda speaker, _context: speaker.parts.clear(),
    )
    parts: CollectionProperty(type=A2B_PG_part, name="Parts", description="Additional objects that are animated")
    collection: PointerProperty(
        name="Collection",
        description="A collection whose meshes are animated together: face, teeth, tongue, lashes",
        type=bpy.types.Collection,
    )
    map: PointerProperty(
        name="Map",
        description="Text data-block that maps ARKit channels to the character's shapes; if empty, matched by name",
        type=bpy.types.Text,
    )
    start_frame: IntProperty(
        name="Start Frame",
        description="The frame at which the sound starts",
        default=1,
        update=_leave_strip,
    )
    strips: CollectionProperty(
        type=A2B_PG_strip, name="Strips", description="The strips for which Animate All creates takes"
    )
    keys: EnumProperty(
        name="Keys",
        description="Which keyframes are written",
        items=[
            ("DENSE", "Every Frame", "A key on every frame"),
            ("REDUCED", "Reduced", "Only the keys needed to stay within the tolerance: easier to edit by hand"),
            ("STEPPED", "Stepped", "Poses held for several frames each, as in animation on twos"),
        ],
    )
    step: IntProperty(
        name="Held For",
        description="Number of frames each pose is held; 2 is animation on twos",
        default=2,
        min=2,
        max=12,
    )
    tolerance: FloatProperty(
        name="Tolerance",
        description="Maximum deviation of reduced keyframes from the motion; the full range of a shape is 1",
        default=0.01,
        min=0.0001,
        max=0.2,
        precision=3,
        step=1,
    )
    bake_into: PointerProperty(
        name="Action",
        description="The Action to bake the take into; if empty, the character's current one",
        type=bpy.types.Action,
    )
    mouth_shapes: PointerProperty(
        type=A2B_PG_mouth_shapes, name="Mouth Shapes", description="How the mouth shapes of a 2D character are shown"
    )
    takes: CollectionProperty(type=A2B_PG_take, name="Takes", description="Results to switch between")
    active_take: IntProperty(name="Take", description="The active take", default=-1, update=_show_take)


A2B_PG_speaker.__annotations__.update(_part() | by_words() | by_voice())
A2B_PG_speaker.__annotations__.update(_dials())


class A2B_PG_scene(bpy.types.PropertyGroup):
    """The speakers of a scene and its table of lines"""

    speakers: CollectionProperty(type=A2B_PG_speaker, name="Speakers", description="The speakers of the scene")
    active: IntProperty(name="Speaker", description="The active speaker")
    lines: CollectionProperty(type=A2B_PG_line, name="Lines", description="The table of a batch")
    active_line: IntProperty(name="Line", description="The selected line of the table")


class A2B_PG_state(bpy.types.PropertyGroup):
    """What is running; it is not saved"""

    running: BoolProperty(name="Running", description="Whether a task is running", options={"SKIP_SAVE"})
    progress: FloatProperty(
        name="Progress", description="How much of the task is done", min=0, max=1, options={"SKIP_SAVE"}
    )
    message: StringProperty(name="Message", description="The running task", options={"SKIP_SAVE"})
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
        raise InputError("the speaker no longer exists; begin again")
    return found.audio2blend.speakers[number]


def sound_path(speaker: Any) -> Path | None:
    """Return the file of a speaker's sound, whether or not it exists; None where none was chosen."""
    if not speaker.sound:
        return None
    return Path(bpy.path.abspath(speaker.sound, library=speaker.id_data.library))


def spoken_text(speaker: Any) -> str:
    """Return what a speaker says, as far as it was given; "" where it was not."""
    return str(speaker.text_block.as_string() if speaker.text_block else speaker.text).strip()


def text_file(speaker: Any) -> str:
    """Return the path of the file that holds what a speaker says; "" where there is none."""
    return bpy.path.abspath(speaker.text_file, library=speaker.id_data.library) if speaker.text_file else ""


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
    A2B_PG_phone, A2B_PG_word, A2B_PG_take, A2B_PG_strip, A2B_PG_part, A2B_PG_speaker, A2B_PG_line, A2B_PG_scene,
    A2B_PG_state,
)  # fmt: skip


def register() -> None:
    """Give every scene its settings and the window its state."""
    bpy.types.Scene.audio2blend = PointerProperty(type=A2B_PG_scene)
    bpy.types.WindowManager.audio2blend = PointerProperty(type=A2B_PG_state)


def unregister() -> None:
    """Take both away."""
    del bpy.types.WindowManager.audio2blend
    del bpy.types.Scene.audio2blend
