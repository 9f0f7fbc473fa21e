"""What lies at the end of a glTF file and is ours alone, so that a clip which is replaced leaves nothing behind."""

from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from rigs.readers.gltf_file import Json

_ACCESSORS: Final = {"attributes", "targets", "indices", "input", "output", "inverseBindMatrices", "accessor"}
"""What is called so, in glTF and its extensions, names accessors; its members do, where it has any."""


class Kept(NamedTuple):
    """How much of a file stays, from its beginning on."""

    accessors: int
    views: int
    buffers: int
    size: int | None
    """Of the first buffer, in bytes; None for all of it."""


def all_of(content: Json) -> Kept:
    """Return that everything stays."""
    accessors, views, buffers = (len(content.get(group, ())) for group in ("accessors", "bufferViews", "buffers"))
    return Kept(accessors, views, buffers, None)


def without(content: Json, animations: Collection[int]) -> Kept:
    """Return what stays of a file without some of its animations: all that lies before what they alone use."""
    rest = {key: value for key, value in content.items() if key not in ("accessors", "bufferViews", "buffers")}
    rest["animations"] = [about for index, about in enumerate(content["animations"]) if index not in animations]
    accessors, views, buffers = (content.get(group, []) for group in ("accessors", "bufferViews", "buffers"))
    n_accessors = 1 + max(_named(rest, _ACCESSORS), default=-1)
    kept = [rest, accessors[:n_accessors]]
    n_views = 1 + max(_named(kept, {"bufferView"}), default=-1)
    others = views[:n_views]
    n_buffers = 1 + max(_named([*kept, others], {"buffer"}), default=-1)
    size = None
    if any(view["buffer"] == 0 for view in views[n_views:]):
        ends = [view.get("byteOffset", 0) + view["byteLength"] for view in _places(others) if view.get("buffer") == 0]
        end = max(ends, default=0)
        size = end + -end % 4
    return Kept(n_accessors, n_views, max(n_buffers, 1 if buffers and size is not None else 0), size)


def _places(value: Any) -> Iterator[Json]:
    """Yield every place in a buffer that views and their extensions name."""
    if isinstance(value, dict):
        if "byteLength" in value:
            yield value
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _places(item)


def _named(value: Any, keys: set[str], *, here: bool = False) -> Iterator[int]:
    """Yield every index that stands under one of the keys, however deep."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _named(item, keys, here=key in keys or (here and not isinstance(item, dict)))
    elif isinstance(value, list):
        for item in value:
            yield from _named(item, keys, here=here)
    elif here and isinstance(value, int) and not isinstance(value, bool):
        yield value
