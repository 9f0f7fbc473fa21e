"""Numbers that go into a glTF buffer: accessors, the views that they lie in, and their bytes.

After the glTF 2.0 specification, section 5.1 (accessors).
"""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .container import write_glb
from .json_text import dump

Json = dict[str, Any]

_COMPONENTS: Final = {"i1": 5120, "u1": 5121, "i2": 5122, "u2": 5123, "u4": 5125, "f4": 5126}  # little-endian
_TYPES: Final = {(): "SCALAR", (2,): "VEC2", (3,): "VEC3", (4,): "VEC4", (4, 4): "MAT4"}
DATA: Final = "data:application/octet-stream;base64,"
"""The address of a buffer begins so where it holds the bytes themselves."""
VERTICES: Final = 34962
TRIANGLES: Final = 34963
"""What a GPU does with a view of the buffer."""


class Arrays:
    """Arrays that go into a buffer one after another: each comes out as the index of its accessor."""

    def __init__(self, *, accessors: int = 0, views: int = 0, buffer: int = 0, size: int = 0) -> None:
        """Begin behind so many accessors, views and bytes that are there; the size is a multiple of four."""
        self.accessors: list[Json] = []
        """Those that were added, as JSON has them."""
        self.views: list[Json] = []
        self.chunks: list[bytes] = []
        """The bytes that were added, in pieces of multiples of four."""
        self.strides: list[int] = []
        """How many bytes there are from a row of each view to the next."""
        self.size = size
        """How large the buffer is now."""
        self._accessors, self._views, self._buffer = accessors, views, buffer

    def view(self, array: NDArray[Any], target: int | None = None) -> int:
        """Put the bytes of `array` into the buffer at a multiple of four, and return the view's index.

        Rows of vertices begin at multiples of four, as glTF demands.
        """
        content = np.ascontiguousarray(array).tobytes()
        stride = len(content) // max(len(array), 1)
        padding = -stride % 4 if target == VERTICES else 0
        if padding:
            rows = np.frombuffer(content, np.uint8).reshape(len(array), stride)
            stride += padding
            content = np.pad(rows, ((0, 0), (0, padding))).tobytes()
        self.views.append({"buffer": self._buffer, "byteOffset": self.size, "byteLength": len(content)})
        self.strides.append(stride)
        if padding:
            self.views[-1]["byteStride"] = stride
        if target is not None:
            self.views[-1]["target"] = target
        self.chunks.append(content + bytes(-len(content) % 4))
        self.size += len(self.chunks[-1])
        return self._views + len(self.views) - 1

    def accessor(
        self,
        array: NDArray[Any],
        target: int | None = None,
        *,
        bounds: bool = False,
        normalized: bool = False,
        scalars: bool = False,
    ) -> int:
        """Add an array of i1, u1, i2, u2, u4 or f4, shape (n, …), and return its index; `bounds` adds min and max.

        Integers that are `normalized`, and all that have a sign, stand for numbers up to 1. Rows of `scalars` are one
        after another.
        """
        where = {"bufferView": self.view(array, target)} | ({"normalized": True} if normalized else {})
        return self._add(array.ravel() if scalars else array, where, bounds=bounds)

    def sparse(self, count: int, at: int, indices: NDArray[Any], rows: NDArray[Any], *, bounds: bool) -> int:
        """Add an array of zeros but for `rows` at `indices`, which lie in view `at`, and return its index."""
        content = {
            "count": len(indices),
            "indices": {"bufferView": at, "componentType": _component(indices)},
            "values": {"bufferView": self.view(rows)},
        }
        whole = rows if len(rows) == count else np.concatenate([rows, np.zeros((1, 3), rows.dtype)])
        return self._add(whole, {"sparse": content}, bounds=bounds, count=count)

    def _add(self, array: NDArray[Any], where: Json, *, bounds: bool, count: int | None = None) -> int:
        """Describe an array that lies at `where`."""
        kind = {"componentType": _component(array), "type": _TYPES[array.shape[1:]]}
        if array.dtype.kind == "i":
            kind["normalized"] = True
        self.accessors.append(where | kind | {"count": len(array) if count is None else count})
        if bounds:
            ends = [end.reshape(-1).tolist() for end in (array.min(axis=0), array.max(axis=0))]
            self.accessors[-1] |= dict(zip(("min", "max"), ends, strict=True))
        return self._accessors + len(self.accessors) - 1

    def write(self, path: Path, scene: Json, buffers: Sequence[Json] = ()) -> None:
        """Write a .glb file of these arrays, or a .gltf file with all of them in its text.

        `scene` is the rest of its JSON, which refers to accessors by index. `buffers` are what the file says of its
        buffers, where there are more than that of these arrays, which is the first.
        """
        buffer, *others = buffers or [{"byteLength": self.size}]
        is_text = path.suffix == ".gltf"
        if is_text:
            buffer = buffer | {"uri": DATA + base64.b64encode(b"".join(self.chunks)).decode()}
        text = dump(scene | {"accessors": self.accessors, "bufferViews": self.views, "buffers": [buffer, *others]})
        if is_text:
            path.write_text(text, "utf-8")
        else:
            write_glb(path, text, self.chunks)


def _component(array: NDArray[Any]) -> int:
    """Return the specification's number for the type of an array's elements."""
    return _COMPONENTS[array.dtype.str[1:]]
