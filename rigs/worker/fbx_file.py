"""What an .fbx file itself says of its shapes: names at full length, weights at rest, curves.

Blender's importer cuts names at 63 bytes and numbers the second of a kind. What reads the file's elements here is part
of Blender as well; it knows binary files alone.
"""

import re
import struct
import zlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from io_scene_fbx import parse_fbx  # type: ignore[import-not-found]  # an add-on inside Blender

from audio2blend.errors import InputError

LONGEST: Final = 63
"""Bytes that Blender keeps of a name."""
TICKS_PER_S: Final = 46_186_158_000
"""What times are counted in."""
_FULL: Final = LONGEST - len(".001") - 3
"""Bytes that it leaves at least of one that it cuts between two letters to put a number behind."""
_NUMBERED: Final = re.compile(r"\.\d{3,}$")


def keyed_meshes(*, path: Path, progress: Callable[[int, int], None] | None = None) -> list[dict[str, Any]]:
    """Return the meshes of a binary file, shapes in its order.

    Of each: "n_vertices"; "shapes", the names of its channels; "targets", those of the geometry that each blends to,
    which programs call by the same name or not; "rest", their weights where nothing moves them; "curves", the weights
    at each one's keys, shape (n_keys,), or None without a curve; "times", those of the keys in seconds. Raises
    InputError if the file is of another kind or damaged.
    """
    things, below = parsed(path)

    def under(parent: int, kind: bytes, *, link: bytes = b"") -> list[int]:
        """Return what hangs on a thing, or on its property `link`, by class."""
        found = [child for child, prop in below[parent] if prop == link and child in things]
        return [child for child in found if kind_of(things[child]) == kind]

    def curve(channel: int, what: bytes) -> Any:
        """Return the values or times of a channel's keys, or None."""
        for node in under(channel, b"AnimationCurveNode", link=b"DeformPercent"):
            for child, _ in below[node]:
                if child in things and (keys := value_of(things[child], what)) is not None:
                    return np.array(keys)
        return None

    found = []
    for number, geometry in things.items():
        if geometry.id == b"Geometry" and kind_of(geometry) == b"Mesh":
            deformers = under(number, b"BlendShape")
            channels = [channel for deformer in deformers for channel in under(deformer, b"BlendShapeChannel")]
            targets = [target for channel in channels for target in under(channel, b"Shape")]
            found.append(
                {
                    "n_vertices": len(value_of(geometry, b"Vertices") or ()) // 3,
                    "shapes": [name_of(things[channel]) for channel in channels],
                    "targets": [name_of(things[target]) for target in targets],
                    "rest": [float(value_of(things[channel], b"DeformPercent") or 0.0) / 100 for channel in channels],
                    "curves": [_over(curve(channel, b"KeyValueFloat"), np.float32(100)) for channel in channels],
                    "times": [_over(curve(channel, b"KeyTime"), np.float64(TICKS_PER_S)) for channel in channels],
                }
            )
    return found


def clips(*, path: Path) -> list[str]:
    """Return the names of a file's animation stacks; none of a text file."""
    try:
        things, _ = parsed(path)
    except InputError:
        return []
    return [name_of(thing) for thing in things.values() if thing.id == b"AnimationStack"]


def at_full_length(shown: Sequence[str], meshes: Sequence[Mapping[str, Any]]) -> list[str] | None:
    """Return what a file calls the shapes that Blender calls `shown`; None where no mesh of it shows it, or two differ.

    Blender shows names of targets. A channel's counts where the target's is the same as Blender would change it; else
    it is longer, as in files by Maya, by what it belongs to.
    """
    fitting = {
        tuple(
            channel if _may_be(target, channel) else target
            for channel, target in zip(mesh["shapes"], mesh["targets"], strict=True)
        )
        for mesh in meshes
        if len(mesh["targets"]) == len(mesh["shapes"]) == len(shown) and all(map(_may_be, shown, mesh["targets"]))
    }
    return list(fitting.pop()) if len(fitting) == 1 else None


def doubtful(shown: str) -> bool:
    """Return whether Blender may have changed a name: by cutting it, or with a number behind it."""
    return len(shown.encode()) >= _FULL or _NUMBERED.search(shown) is not None


def _may_be(shown: str, name: str) -> bool:
    """Return whether Blender may show a name so: as it is, cut, or cut and numbered."""
    kept = name.encode()[:LONGEST].decode(errors="ignore")
    base = _NUMBERED.sub("", shown)
    numbered = base != shown and (
        base == _NUMBERED.sub("", kept) or (len(base.encode()) >= _FULL and kept.startswith(base))
    )
    return shown == kept or numbered


def _root(path: Path) -> Any:
    try:
        return parse_fbx.parse(str(path))[0]
    except (OSError, struct.error, zlib.error, AssertionError, LookupError, ValueError, EOFError) as error:
        raise InputError(f"its elements cannot be read ({error or type(error).__name__}); export it again") from None


def parsed(path: Path) -> tuple[dict[int, Any], dict[int, list[tuple[int, bytes]]]]:
    """Return the file's things by number, and what hangs on each, with the property that it hangs on."""
    root = _root(path)
    sections = {element.id: element.elems for element in root.elems}
    below: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
    for link in sections.get(b"Connections", ()):
        _, child, parent, *prop = link.props
        below[parent].append((child, b"".join(prop)))
    return {thing.props[0]: thing for thing in sections.get(b"Objects", ())}, below


def _over(numbers: Any, unit: np.floating[Any]) -> Any:
    """Return numbers in a unit, None for none."""
    return None if numbers is None else numbers.astype(unit.dtype) / unit


def settings(path: Path) -> dict[str, Any]:
    """Return the global settings of a file, such as "UnitScaleFactor", by name."""
    root = _root(path)
    found = next((element for element in root.elems if element.id == b"GlobalSettings"), None)
    return {} if found is None else {name: values[0] for name, values in properties(found).items() if values}


def properties(thing: Any) -> dict[str, tuple[Any, ...]]:
    """Return the values of a thing's properties by name; those that it has from its template are absent."""
    table = next((element.elems for element in thing.elems if element.id == b"Properties70"), ())
    return {one.props[0].decode(errors="replace"): tuple(one.props[4:]) for one in table if one.id == b"P"}


def kind_of(thing: Any) -> bytes:
    """Return the class of a thing: what distinguishes a shape's geometry from a mesh's; else what it is."""
    return bytes(thing.props[-1] or thing.id)


def name_of(thing: Any) -> str:
    """Return what a thing is called."""
    return str(thing.props[1].partition(b"\0\1")[0].decode(errors="replace"))


def value_of(thing: Any, name: bytes) -> Any:
    """Return the value of a thing's element, or None."""
    return next((element.props[0] for element in thing.elems if element.id == name), None)
