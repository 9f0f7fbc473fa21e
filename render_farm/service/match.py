"""The map onto a character: by names of shapes and bones or, where they tell nothing, by what shapes look like."""

from collections.abc import Callable
from typing import Any

from audio2blend.channels import ARKIT
from rigs.retarget import by_name, fit, format_map, with_rest

from . import _files


def run(*, character: str, name: str, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Return the map onto a character that was gathered to a file, see `_files.character`.

    Returns:
        "map", a text of TOML to edit; "report", sentences for people; "score", the share of ARKit's channels that
        arrive, 0 to 1.

    Raises:
        InputError: if neither names nor shapes tell.
    """
    rig = _files.character(character, name)
    named = by_name(rig)
    if named.retarget.targets:
        return {"map": format_map(with_rest(named)), "report": str(named).splitlines(), "score": named.score}
    found = fit(rig).retarget
    sources = set(found.sources) & set(ARKIT)
    moved = [target for target in found.targets if not target.at_rest]
    lost = [channel for channel in ARKIT if channel not in sources]
    report = [f"{len(moved)} of {len(rig.shapes)} shapes found by what they look like"]
    report += [f"lost: {', '.join(lost)}"] if lost else []
    return {"map": format_map(found), "report": report, "score": len(sources) / len(ARKIT)}
