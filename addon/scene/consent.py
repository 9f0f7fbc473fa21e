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
    """Return what the child process needs to ask for consent by itself: where, who, and what is made of it.

    Whoever asks is about to learn how it stands, so panels look it up again.
    """
    forget()
    return {"folder": _folder(), "speaker": speaker.voice, "file": bpy.data.filepath}


def standing(speaker: Any) -> Standing:
    """Return how a speaker stands. The files are read once, and again after `forget`, so that panels may ask."""
    sound = sound_path(speaker)
    key = _folder(), str(speaker.voice), str(sound or "")
    if key not in _known:
        _known[key] = _looked_up(speaker, sound)
    return _known[key]


def require(speaker: Any, sound: Path) -> bool:
    """Return whether the project requires consent to a recording of a speaker.

    Raises ConsentError if it does and there is none, and InputError as `audio2blend_app.permission.permit` does.
    """
    wanted = Asked(folder=Path(_folder() or sound.parent), speaker=speaker.voice)
    return bool(permit(wanted, [(sound, [])]).granted)


def _folder() -> str:
    """Return the folder of the scene's file; "" while it is not saved."""
    return str(Path(bpy.data.filepath).parent) if bpy.data.filepath else ""


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
