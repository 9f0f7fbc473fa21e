"""A video of a character that speaks, with its sound."""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

from render_farm import mp4
from render_farm.settings import Engine
from usd_export import write

from ..take import take as read_take
from . import _consent, _files


def run(
    *,
    take: str,
    character: str,
    name: str,
    output: str,
    speech: str = "",
    part: Sequence[float] = (),
    frame_rate: str = "",
    engine: Engine = "workbench",
    width: int = 640,
    height: int = 640,
    blender: str = "",
    consent: Mapping[str, str] = MappingProxyType({}),
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Render an .mp4 file of a take, head and shoulders; arguments as of `export`.

    `engine` is "workbench", "eevee" or "cycles"; `progress` is called with the frames done and their number. Returns
    the "path". Raises ConsentError where the project requires consent and there is none, InputError for what cannot be
    shown or written, MissingDependencyError without Blender.
    """
    _files.use_blender(blender)
    options = mp4.Options(engine=engine, size=(width, height), progress=progress)
    with _consent.permission(consent, [(Path(speech), [Path(output)])]):
        write(
            read_take(Path(take)).own,
            output,
            rig=_files.character(character, name),
            speech=_files.recording(speech, part) if speech else None,
            frame_rate=Fraction(frame_rate) if frame_rate else None,
            options=options,
        )
    return {"path": output}
