"""A client's file that Blender opens and writes again, with the animation in it."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from audio2blend import blender
from audio2blend.blender import BlenderError
from audio2blend.errors import InputError
from audio2blend.files import full_disk

_TIMEOUT_S: Final = 600.0


def rewrite(worker: str, source: Path, target: Path, suffix: str, arguments: Mapping[str, Any]) -> None:
    """Have a function of Blender's child write `source` anew as `target`, and log the notes that it returns.

    `worker` is "module:function" of `write(source, target, **arguments)`. What it raises names the source.
    """
    beside = target.parent.with_suffix(suffix)  # where the file will lie, so that paths in it are right there
    files = {"source": source.absolute(), "target": beside.absolute()}
    log = logging.getLogger(f"audio2blend{suffix}")  # whoever shows notes listens to this name
    try:
        with blender.start() as child:
            for note in child.call(worker, {**files, **arguments}, timeout_s=_TIMEOUT_S):
                log.warning("%s: %s", source, note)
        beside.replace(target)
    except InputError as error:
        raise InputError(f"{source}: {error}") from None
    except BlenderError as error:
        raise full_disk(str(error)) or error from None
    finally:
        beside.unlink(missing_ok=True)
