"""The map onto a character: by names of shapes and bones or, where those do not match, by geometry."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from audio2blend.blender import wire
from audio2blend.errors import InputError
from rigs.retarget import fit, format_map, with_rest

from . import _files


def run(*, character: str, name: str, output: str, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Return how a character is driven that was gathered to a file, see `_files.character`.

    Args:
        character: its file.
        name: what it is called.
        output: a file for `wire.load`: the `Solver` that keeps lips together, where shapes were matched by geometry.
        progress: called with the steps done and their number.

    Returns:
        "map", a text of TOML to edit; "report", sentences for people; "score", how much of a speaking face arrives,
        0 to 1; "solver", the path of `output`, or "" where none was written.

    Raises:
        InputError: if neither names nor geometry match.
    """
    rig = _files.character(character, name)
    if not rig.shapes:
        raise InputError(f"'{name}' has no shape keys to match; Make Shapes gives it 52")
    held = fit(rig)
    assert held.found is not None  # no map was given
    if held.solver is not None:
        wire.save(held.solver, Path(output))
    return {
        "map": format_map(with_rest(held.found)),
        "report": [*held.notes, *filter(None, [held.mute]), *str(held.found).splitlines()],
        "score": held.found.score,
        "solver": output if held.solver is not None else "",
    }
