"""What a user sets once: what computes, where results are kept, and at which rates files are made."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy

from audio2blend.clip import FRAME_RATE


@dataclass(frozen=True, slots=True)
class Preferences:
    """What the operators read; as it stands here where nobody has set anything."""

    device: str = "auto"
    """What runs the network: auto, cpu or cuda."""
    threads: int = 0
    """How many processor threads; 0 is as many as there are cores."""
    weights: str = ""
    """A network to use in place of the shipped ones; empty for those."""
    cache: str = ""
    """A folder for takes; empty for the extension's own."""
    export_rate: str = str(FRAME_RATE)
    """Frames a second of exported files as a fraction, or "SCENE"."""
    preview_rate: str = "SCENE"
    """Frames a second of rendered previews as a fraction, or "SCENE"."""


DEFAULTS: Final = Preferences()
PACKAGE: Final = __package__.rpartition(".")[0]
"""What Blender knows the extension by."""


def get(context: Any) -> Preferences:
    """Return the user's preferences, or the defaults where the package runs without being installed."""
    entry = context.preferences.addons.get(PACKAGE)
    preferences: Preferences | None = entry.preferences if entry else None
    return preferences or DEFAULTS


def takes_folder(context: Any) -> Path:
    """Return the folder in which results are kept; it is made where it is missing.

    It is the one the user chose, else the extension's own, which Blender removes with the extension. Where the package
    runs without being installed, it is a folder that ends with the session. Raises OSError if it cannot be made.
    """
    if chosen := get(context).cache:
        folder = Path(bpy.path.abspath(chosen))
    else:
        try:
            folder = Path(bpy.utils.extension_path_user(PACKAGE, path="takes"))
        except ValueError:  # not installed as an extension
            folder = Path(bpy.app.tempdir) / "audio2blend" / "takes"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
