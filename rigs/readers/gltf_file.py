"""The numbers in .glb and .gltf files: containers, buffers and accessors.

After the glTF 2.0 specification, sections 3.6 (buffers, accessors, sparse) and 4.4 (GLB).
"""

import base64
import binascii
import json
import mmap
import struct
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError

from .limits import MOST_BYTES, MOST_VERTICES
from .meshopt import unpack

Json = dict[str, Any]

_COMPONENTS: Final = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}
_WIDTHS: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_MOST_ROWS: Final = 32 * MOST_VERTICES
_MESHOPT: Final = ("EXT_meshopt_compression", "KHR_meshopt_compression")


class GltfFile:
    """An open .glb, .vrm or .gltf file: its JSON, and its accessors as arrays."""

    def __init__(self, path: Path) -> None:
        """Raises InputError if the file is no glTF 2.0."""
        self.path = path
        with path.open("rb") as file:  # mapped, not read: what is too large is refused before it fills the memory
            content = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
        self._own: memoryview | None = None
        if bytes(content[:4]) == b"glTF":
            self.json, self._own = self._chunks(content)
        else:
            self.json = self._parse(content)
        asset = self.json.get("asset")
        version = str(asset.get("version", "")) if isinstance(asset, dict) else ""
        if not version.startswith("2."):
            raise InputError(f"{path}: this is no glTF 2.0 file; export it again as .glb")
        self.given: dict[int, NDArray[np.uint8]] = {}
        """Bytes of accessors that lie in no buffer view, by index."""
        self._buffers: dict[int, bytes | memoryview] = {}
        self._unpacked: dict[int, bytes] = {}

    def accessor(self, index: int) -> NDArray[Any]:
        """Return an accessor's rows, shape (count, width); normalised integers as floats.

        Raises KeyError, IndexError, TypeError or ValueError where the file contradicts itself.
        """
        about = self._item("accessors", index)
        width, kind = _WIDTHS[about["type"]], np.dtype(_COMPONENTS[about["componentType"]])
        count = about["count"]
        if not 0 <= count <= _MOST_ROWS:
            raise ValueError(f"accessor {index} has {count} rows")
        if index in self.given:
            rows = self.given[index].view(kind)[: count * width].reshape(count, width)
        elif "bufferView" in about:
            rows = self._rows(about["bufferView"], about.get("byteOffset", 0), count, width, kind)
        else:
            rows = np.zeros((count, width), kind)
        if "sparse" in about:
            sparse = about["sparse"]
            at, values = sparse["indices"], sparse["values"]
            integers = np.dtype(_COMPONENTS[at["componentType"]])
            places = self._rows(at["bufferView"], at.get("byteOffset", 0), sparse["count"], 1, integers)[:, 0]
            rows = rows.copy()
            rows[places] = self._rows(values["bufferView"], values.get("byteOffset", 0), len(places), width, kind)
        if about.get("normalized") and kind.kind in "iu":
            return np.maximum(rows / np.float32(np.iinfo(kind).max), -1)
        return rows

    def count(self, index: int) -> int:
        """Return how many rows an accessor has, without reading them."""
        return int(self._item("accessors", index)["count"])

    def view(self, index: int) -> NDArray[np.uint8]:
        """Return the bytes of a buffer view."""
        return self._rows(index, 0, self._item("bufferViews", index)["byteLength"], 1, np.dtype("u1"))[:, 0]

    def _rows(self, view: int, offset: int, count: int, width: int, kind: np.dtype[Any]) -> NDArray[Any]:
        about = self._item("bufferViews", view)
        buffer, start = self._view(view, about)
        start += offset
        stride = about.get("byteStride", width * kind.itemsize)
        end = start + stride * (count - 1) + width * kind.itemsize if count else start
        if min(start, stride, offset) < 0 or end > len(buffer):
            raise ValueError(f"buffer view {view} ends beyond its buffer")
        strides = (stride, kind.itemsize)
        return np.ndarray((count, width), kind, buffer, start, strides)

    def _view(self, index: int, about: Json) -> tuple[bytes | memoryview, int]:
        """Return the bytes that hold a buffer view, and where it begins in them."""
        packed = next((about["extensions"][name] for name in _MESHOPT if name in about.get("extensions", {})), None)
        if packed is None:
            return self.buffer(about["buffer"]), about.get("byteOffset", 0)
        if index not in self._unpacked:
            start = packed.get("byteOffset", 0)
            part = self.buffer(packed["buffer"])[start : start + packed["byteLength"]]
            self._unpacked[index] = unpack(packed, bytes(part))
        return self._unpacked[index], 0

    def buffer(self, index: int) -> bytes | memoryview:
        """Return what a buffer holds. Raises InputError if its file is missing."""
        if index not in self._buffers:
            uri = self._item("buffers", index).get("uri")
            self._buffers[index] = self._load(uri) if uri is not None else self._own or b""
        return self._buffers[index]

    def _load(self, uri: str) -> bytes:
        """Return what a buffer's address holds: data in the address itself, or a file beside this one."""
        if uri.startswith("data:"):
            try:
                return base64.b64decode(uri.partition(",")[2], validate=True)
            except binascii.Error:
                raise ValueError("a buffer's data are not base64") from None
        name = unquote(uri)
        if "://" in name or name.startswith(("/", "\\")) or ".." in Path(name).parts:
            raise InputError(f"{self.path}: its buffer '{name}' does not lie beside it; export it again as .glb")
        file = self.path.parent / name
        if not file.is_file():
            raise InputError(f"{self.path}: its buffer '{name}' is missing; put it beside the file, or export as .glb")
        if file.stat().st_size > MOST_BYTES:
            raise InputError(f"{file}: more than {MOST_BYTES >> 20:,} MiB; export the face alone")
        return file.read_bytes()

    def _item(self, group: str, index: int) -> Json:
        if not isinstance(index, int) or index < 0:
            raise IndexError(f"{group}[{index}]")
        item: Json = self.json[group][index]
        return item

    def _chunks(self, content: memoryview) -> tuple[Json, memoryview | None]:
        """Return the JSON of a .glb file and its buffer."""
        chunks: dict[int, memoryview] = {}
        if len(content) >= 12:
            _, version, length = struct.unpack_from("<III", content)
            if version != 2:
                raise InputError(f"{self.path}: this is glTF {version}, not 2.0; export it again")
            at = 12
            while at + 8 <= min(length, len(content)):
                size, kind = struct.unpack_from("<II", content, at)
                if at + 8 + size > len(content):
                    break
                chunks.setdefault(kind, content[at + 8 : at + 8 + size])
                at += 8 + size
        if 0x4E4F534A not in chunks or length > len(content):
            raise InputError(f"{self.path}: the file is cut off after {len(content):,} bytes; copy it again")
        return self._parse(chunks[0x4E4F534A]), chunks.get(0x004E4942)

    def _parse(self, text: memoryview) -> Json:
        try:
            content = json.loads(bytes(text), parse_constant=_no_number)
        except (ValueError, RecursionError):
            content = None
        if not isinstance(content, dict):
            raise InputError(f"{self.path}: this is no glTF file, or a damaged one; export it again as .glb")
        return content


def _no_number(name: str) -> None:
    """Refuse NaN and Infinity, which Python reads and JSON does not know."""
    raise ValueError(name)
