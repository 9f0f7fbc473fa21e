"""What lists hold: phones and words of a take, strips, parts and lines; and how code sets them quietly."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, IntProperty, PointerProperty, StringProperty

from audio2blend.phones import PHONES

from . import events

_quiet = 0
_LANGUAGES: Final = (
    "ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es", "fi", "fr", "he", "hi", "hu", "id", "it", "ja", "ko",
    "nl", "nb", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sv", "tr", "uk", "vi", "zh",
)  # fmt: skip
"""Those that are suggested; every language that espeak-ng speaks can be typed."""


def is_quiet() -> bool:
    """Return whether it is code that sets properties."""
    return _quiet > 0


@contextmanager
def quietly() -> Iterator[None]:
    """Let code set properties without what a hand on the slider sets off: no take is shown or weighed again."""
    global _quiet
    _quiet += 1
    try:
        yield
    finally:
        _quiet -= 1


def _correct(phone: Any, edge: str) -> None:
    if not is_quiet():
        events.phone_changed(phone, edge)


def _correct_word(word: Any) -> None:
    if not is_quiet():
        events.word_changed(word)


class A2B_PG_phone(bpy.types.PropertyGroup):
    """A phone that the network detected, with its times in seconds from the start of the recording"""

    label: StringProperty(
        name="Phone",
        description="The sound of speech, in the International Phonetic Alphabet; “sil” is silence",
        search=lambda _phone, _context, _typed: PHONES,
        search_options={"SUGGESTION"},
        update=lambda phone, _context: _correct(phone, ""),
    )
    start_s: FloatProperty(
        name="Start",
        description="Its start, in seconds from the start of the sound; the phone before it ends there",
        precision=3,
        step=1,
        update=lambda phone, _context: _correct(phone, "start_s"),
    )
    end_s: FloatProperty(
        name="End",
        description="Its end, in seconds from the start of the sound; the phone after it starts there",
        precision=3,
        step=1,
        update=lambda phone, _context: _correct(phone, "end_s"),
    )
    edited: BoolProperty(name="Corrected", description="Changed, but not regenerated yet")


class A2B_PG_word(bpy.types.PropertyGroup):
    """A word of the transcript, with its times in seconds from the start of the recording"""

    text: StringProperty(
        name="Word", description="The word as it is written", update=lambda word, _context: _correct_word(word)
    )
    start_s: FloatProperty(
        name="Start",
        description="Start of the word, in seconds from the start of the sound",
        min=0,
        precision=3,
        step=1,
        update=lambda word, _context: _correct_word(word),
    )
    end_s: FloatProperty(
        name="End",
        description="End of the word, in seconds from the start of the sound",
        min=0,
        precision=3,
        step=1,
        update=lambda word, _context: _correct_word(word),
    )
    confidence: FloatProperty(
        name="Confidence", description="How well the sound agrees with the word", default=1, min=0, max=1
    )
    problem: StringProperty(name="Problem", description="Why the lips may not go by the word; empty if they do")
    number: IntProperty(name="Number", description="Its number in the alignment; −1 if it was changed", default=-1)


class A2B_PG_strip(bpy.types.PropertyGroup):
    """A sound strip of the sequencer, by its name"""

    name: StringProperty(name="Name", description="Name of the strip")


class A2B_PG_part(bpy.types.PropertyGroup):
    """An object that moves with a character, though nothing holds them together"""

    thing: PointerProperty(name="Object", description="The additional object", type=bpy.types.Object)


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
        description="The character that speaks the line",
        type=bpy.types.Object,
        poll=lambda _line, thing: thing.type in {"MESH", "ARMATURE"},
    )
    status: StringProperty(name="Status", description="Status of the line: empty, waiting, done or failed")
    message: StringProperty(name="Message", description="The error of the line")


def by_words() -> dict[str, Any]:
    """Return the properties of a speaker and of a take that say how the mouth goes by the transcript."""
    return {
        "mode": EnumProperty(
            name="Mode",
            description="What moves the mouth if there is a transcript",
            items=[
                ("AUDIO", "Audio", "The network alone; the transcript is used only to check quality"),
                ("TEXT", "Text", "The phones of the transcript alone"),
                ("HYBRID", "Hybrid", "The network, with the lip closures of the transcript"),
            ],
            default="HYBRID",
        ),
        "language": StringProperty(
            name="Language",
            description="Language of the transcript, such as en-US, de, fr or pt-BR; needed for the lips to go by it",
            search=lambda _holder, _context, typed: [tag for tag in _LANGUAGES if typed.lower() in tag.lower()],
            search_options={"SUGGESTION"},
        ),
    }
