"""A .gltf file with its neighbours as one .glb file, as it is needed where a .glb is to come out of it.

Buffers become one, images come into it; what each view and image holds stays the same.
"""

import base64
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from audio2blend.errors import InputError
from rigs.readers.gltf_file import GltfFile, Json

from .container import write_glb
from .json_text import dump

_MESHOPT: Final = ("EXT_meshopt_compression", "KHR_meshopt_compression")
_MIME: Final = {
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"\xabKTX": "image/ktx2",
    b"RIFF": "image/webp",
}


def pack(source: Path, target: Path) -> None:
    """Write a .gltf file as .glb. Raises InputError for an image that is missing."""
    file = GltfFile(source)
    content = dict(file.json)
    pieces: list[bytes] = []
    starts: dict[int, int] = {}
    others: list[Json] = []
    moved: dict[int, int] = {}
    size = 0
    for index, about in enumerate(content.get("buffers", ())):
        if "uri" not in about:  # a fallback of meshopt's, which holds nothing
            others.append(about)
            moved[index] = len(others)
            continue
        starts[index], moved[index] = size, 0
        size += _put(pieces, file.buffer(index))
    views = [_moved(view, starts, moved) for view in content.get("bufferViews", ())]
    images = []
    for image in content.get("images", ()):
        if (data := _data(image, source)) is not None:
            views.append({"buffer": 0, "byteOffset": size, "byteLength": len(data)})
            size += _put(pieces, data)
            kept = {key: value for key, value in image.items() if key != "uri"}
            image = {"mimeType": _mime(data), **kept, "bufferView": len(views) - 1}
        images.append(image)
    if size:
        content["buffers"] = [{"byteLength": size}, *others]
    content |= {key: value for key, value in (("bufferViews", views), ("images", images)) if value}
    write_glb(target, dump(content), pieces)


def _put(pieces: list[bytes], data: bytes | memoryview) -> int:
    """Add bytes up to a multiple of four, and return how many."""
    pieces.append(bytes(data) + bytes(-len(data) % 4))
    return len(pieces[-1])


def _moved(view: Json, starts: dict[int, int], moved: dict[int, int]) -> Json:
    """Return a view, or what meshopt says of one, with its place in the one buffer."""
    out = dict(view)
    if "buffer" in view:
        old = view["buffer"]
        out["buffer"] = moved[old]
        if start := starts.get(old, 0):
            out["byteOffset"] = view.get("byteOffset", 0) + start
    if "extensions" in view:
        out["extensions"] = {
            name: _moved(about, starts, moved) if name in _MESHOPT else about
            for name, about in view["extensions"].items()
        }
    return out


def _data(image: Json, source: Path) -> bytes | None:
    """Return an image that does not lie in a buffer already; None for those that do, and for those elsewhere."""
    uri = str(image.get("uri", "https://"))
    if uri.startswith("data:"):
        return base64.b64decode(uri.partition(",")[2])
    if "://" in uri:
        return None
    try:
        return (source.parent / unquote(uri)).read_bytes()
    except OSError:
        raise InputError(f"{source}: its image '{unquote(uri)}' is missing; put it beside the file") from None


def _mime(data: bytes) -> str:
    return next((mime for magic, mime in _MIME.items() if data.startswith(magic)), "image/png")
