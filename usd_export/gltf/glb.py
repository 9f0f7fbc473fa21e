"""The .glb container: one binary file with a JSON chunk that describes it and a chunk of numbers.

After the glTF 2.0 specification, section 4.4 (GLB) and 5.1 (accessors).
"""

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Json = dict[str, Any]

_COMPONENTS: Final = {"u1": 5121, "u2": 5123, "u4": 5125, "f4": 5126}  # little-endian
_TYPES: Final = {(): "SCALAR", (2,): "VEC2", (3,): "VEC3", (4,): "VEC4", (4, 4): "MAT4"}
VERTICES: Final = 34962
TRIANGLES: Final = 34963
"""What a GPU does with a view of the buffer."""


class Glb:
    """A .glb file that grows: arrays go in with `accessor` and `sparse`, and come out as the index to refer to."""

    def __init__(self) -> None:
        self._accessors: list[Json] = []
        self._views: list[Json] = []
        self._chunks: list[bytes] = []
        self._size = 0

    def view(self, array: NDArray[Any], target: int | None = None) -> int:
        """Put the bytes of `array` into the buffer at a multiple of four, and return the view's index."""
        content = np.ascontiguousarray(array).tobytes()
        self._views.append({"buffer": 0, "byteOffset": self._size, "byteLength": len(content)})
        if target is not None:
            self._views[-1]["target"] = target
        self._chunks.append(content + bytes(-len(content) % 4))
        self._size += len(self._chunks[-1])
        return len(self._views) - 1

    def accessor(
        self, array: NDArray[Any], target: int | None = None, *, bounds: bool = False, normalized: bool = False
    ) -> int:
        """Add an array of u1, u2, u4 or f4, shape (n, …), and return its index; `bounds` adds min and max.

        `normalized` integers stand for numbers from 0 to 1.
        """
        where = {"bufferView": self.view(array, target)} | ({"normalized": True} if normalized else {})
        return self._add(array, where, bounds=bounds)

    def sparse(self, count: int, at: int, indices: NDArray[Any], rows: NDArray[np.float32], *, bounds: bool) -> int:
        """Add an array of zeros but for `rows` at `indices`, which lie in view `at`, and return its index."""
        content = {
            "count": len(indices),
            "indices": {"bufferView": at, "componentType": _component(indices)},
            "values": {"bufferView": self.view(rows)},
        }
        whole = rows if len(rows) == count else np.concatenate([rows, np.zeros((1, 3), np.float32)])
        return self._add(whole, {"sparse": content}, bounds=bounds, count=count)

    def _add(self, array: NDArray[Any], where: Json, *, bounds: bool, count: int | None = None) -> int:
        """Describe an array that lies at `where`."""
        kind = {"componentType": _component(array), "type": _TYPES[array.shape[1:]]}
        self._accessors.append(where | kind | {"count": len(array) if count is None else count})
        if bounds:
            ends = [end.reshape(-1).tolist() for end in (array.min(axis=0), array.max(axis=0))]
            self._accessors[-1] |= dict(zip(("min", "max"), ends, strict=True))
        return len(self._accessors) - 1

    def write(self, path: Path, scene: Json) -> None:
        """Write the file: `scene` holds the rest of the JSON, which refers to accessors by index."""
        content = scene | {
            "accessors": self._accessors,
            "bufferViews": self._views,
            "buffers": [{"byteLength": self._size}],
        }
        text = json.dumps(content, separators=(",", ":")).encode()
        text += b" " * (-len(text) % 4)
        with path.open("wb") as file:
            for number in (0x46546C67, 2, 12 + 8 + len(text) + 8 + self._size, len(text), 0x4E4F534A):
                file.write(number.to_bytes(4, "little"))
            file.write(text)
            for number in (self._size, 0x004E4942):
                file.write(number.to_bytes(4, "little"))
            file.writelines(self._chunks)


def _component(array: NDArray[Any]) -> int:
    """Return the specification's number for the type of an array's elements."""
    return _COMPONENTS[array.dtype.str[1:]]
