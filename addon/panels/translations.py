"""The extension's texts in other languages: one file each in `languages/`, named as Blender names the language."""

import tomllib
from pathlib import Path
from typing import Final

import bpy

OURS: Final = "audio2blend"
"""The context of words that mean something else in the rest of Blender, such as speakers that are no people."""
_CONTEXTS: Final = ("*", "Operator", OURS)
"""Where Blender looks texts up: everything, the names of operators, and what says so."""


def _read(path: Path) -> dict[tuple[str, str], str]:
    pairs = tomllib.loads(path.read_text("utf-8"))
    return {(context, english): own for context in _CONTEXTS for english, own in pairs.items()}


TEXTS: Final = {path.stem: _read(path) for path in sorted((Path(__file__).parents[1] / "languages").glob("*.toml"))}
"""By language: the translation of each text in each context."""


def register() -> None:
    """Hand the texts to Blender."""
    bpy.app.translations.register(__package__, TEXTS)


def unregister() -> None:
    """Take them back."""
    bpy.app.translations.unregister(__package__)
