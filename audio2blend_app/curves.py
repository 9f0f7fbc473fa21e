"""Clips as they lie in files, whatever their channels are called."""

from pathlib import Path

import rigs
from audio2blend.channels import CHANNELS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs.retarget import back, to_arkit
from usd_export.registry import read


def arkit(path: Path, origin: str | None) -> Clip:
    """Return the clip of a file in ARKit's channels; `origin` is the rig that it was made for, None where names say it.

    Raises InputError for a file that cannot be read, and for channels that mean nothing.
    """
    clip = read(path)
    if set(clip.channels) <= set(CHANNELS):
        return clip
    try:
        return to_arkit(clip) if origin is None else back(clip, rigs.load(origin))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
