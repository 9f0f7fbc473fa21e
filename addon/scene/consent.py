"""Whether a speaker has agreed, where the project requires it: what panels show, and what the child process is told."""

from pathlib import Path
from typing import Any, NamedTuple

import bpy

from audio2blend.errors import Audio2BlendError
from audio2blend_app.permission import Asked, permit

from ..state import events
from ..state.properties import sound_path


class Standing(NamedTuple):
    """How a speaker stands in the register."""

    required: bool
    why_not: str
    """Why nothing may be made of them, in a sentence; "" if it may."""


_known: dict[tuple[str, str, str], Standing] = {}


def asked(speaker: Any) -> dict[str, str]:
    """Return what the child process needs to ask for consent by itself: where, who, and what is made of it."""
    file = bpy.data.filepath
    return {"folder": str(Path(file).parent) if file else "", "speaker": speaker.voice, "file": file}


def standing(speaker: Any) -> Standing:
    """Return how a speaker stands. The files are read once, and again after `forget`, so that panels may ask."""
    sound = sound_path(speaker)
    about = asked(speaker)
    key = about["folder"], about["speaker"], str(sound or "")
    if key not in _known:
        _known[key] = _looked_up(speaker, sound)
    return _known[key]


def require(speaker: Any, sound: Path) -> bool:
    """Return whether the project requires consent to a recording of a speaker.

    Raises ConsentError if it does and there is none, and InputError as `audio2blend_app.permission.permit` does.
    """
    about = asked(speaker)
    folder = Path(about["folder"]) if about["folder"] else sound.parent
    return bool(permit(Asked(folder=folder, speaker=about["speaker"]), [(sound, [])]).granted)


def _looked_up(speaker: Any, sound: Path | None) -> Standing:
    if sound is None:
        return Standing(required=False, why_not="")
    try:
        return Standing(required=require(speaker, sound), why_not="")
    except Audio2BlendError as error:
        return Standing(required=True, why_not=str(error))


@events.voice_named.connect
@events.sound_chosen.connect
def forget(*_about: Any) -> None:
    """Have everything looked up again."""
    _known.clear()


@bpy.app.handlers.persistent
def _forget(*_about: Any) -> None:
    forget()


def _handlers() -> tuple[Any, ...]:
    return bpy.app.handlers.load_post, bpy.app.handlers.save_post


def register() -> None:
    """Look it up again when a file is opened or saved, which may be in another project."""
    for handler in _handlers():
        handler.append(_forget)


def unregister() -> None:
    """Stop that."""
    for handler in _handlers():
        handler.remove(_forget)
    forget()
