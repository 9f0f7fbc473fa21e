"""Whose voice it is, by the name in the register of consent."""

from typing import Any

from bpy.props import StringProperty

from . import events


def by_voice() -> dict[str, Any]:
    """Return the property of a speaker, as an annotation."""
    return {
        "voice": StringProperty(
            name="Speaker",
            description="Who speaks, by the name in the register of consent; if empty, the project's speaker",
            update=lambda _speaker, _context: events.voice_named(),
        )
    }
