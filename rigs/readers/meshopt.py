"""What glTF's extensions EXT_meshopt_compression and KHR_meshopt_compression have packed, unpacked.

After appendix A (bitstream) and B (filters) of their specifications: attributes of version 0 and 1, triangles, indices,
and the exponential filter. The others serve normals, colours and animations, which are not read.
"""

from collections import deque
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .limits import MOST_BYTES

_GROUP: Final = 16
_BLOCK_BYTES: Final = 8192
_MOST_IN_BLOCK: Final = 256
_BITS: Final = {None: (0, 2, 4, 8), 0: (0, 1, 2, 4), 1: (1, 2, 4, 8)}
"""Bits of a delta by the header of its group, for each control mode; None is version 0, which has no such modes."""
_ZEROS: Final = bytes(_GROUP)


def _spread(bits: int) -> tuple[bytes, ...]:
    """Return the deltas that a byte holds, for each byte; single bits go from the lowest, others from the highest."""
    shifts = range(0, 8, bits) if bits == 1 else range(8 - bits, -1, -bits)
    return tuple(bytes(byte >> shift & (1 << bits) - 1 for shift in shifts) for byte in range(256))


_SPREAD: Final = {bits: _spread(bits) for bits in (1, 2, 4)}


def unpack(about: dict[str, Any], packed: bytes) -> bytes:
    """Return the bytes of a buffer view.

    Args:
        about: the view's extension: "mode", "count", "byteStride" and, if there is one, "filter".
        packed: its part of the compressed buffer.

    Raises ValueError, IndexError or KeyError if it is damaged, or has a filter that is not read.
    """
    count, stride, mode = about["count"], about["byteStride"], about["mode"]
    if not (0 < stride <= 256 and 0 <= count * stride <= MOST_BYTES):
        raise ValueError(f"{count} rows of {stride} bytes are too many")
    match mode, about.get("filter", "NONE"):
        case "ATTRIBUTES", "NONE":
            return _attributes(packed, count, stride).tobytes()
        case "ATTRIBUTES", "EXPONENTIAL":
            parts = _attributes(packed, count, stride).reshape(-1).view("<i4")
            return np.ldexp((parts << 8 >> 8).astype(np.float32), parts >> 24).astype("<f4").tobytes()
        case "TRIANGLES", "NONE":
            indices = np.array(_triangles(packed, count), np.uint32)
        case "INDICES", "NONE":
            indices = np.array(_indices(packed, count), np.uint32)
        case mode, kind:
            raise ValueError(f"meshopt's {mode} with the filter {kind}")
    return indices.astype({2: "<u2", 4: "<u4"}[stride]).tobytes()


def _attributes(packed: bytes, count: int, stride: int) -> NDArray[np.uint8]:
    """Return the rows of an attribute stream, shape (count, stride)."""
    version = packed[0] - 0xA0
    if version not in (0, 1) or stride % 4:
        raise ValueError("no attributes of meshopt")
    tail = stride + (stride // 4 if version else 0)
    end = len(packed) - max(tail, 24 if version else 32)
    modes = packed[len(packed) - stride // 4 :] if version else bytes(stride // 4)
    base = np.frombuffer(packed, np.uint8, stride, len(packed) - tail)
    deltas = np.zeros((stride, count + 1), np.uint8)
    deltas[:, 0] = base
    size = min(_BLOCK_BYTES // stride & -_GROUP, _MOST_IN_BLOCK)
    at = 1
    for start in range(0, count, size):
        rows = min(size, count - start)
        controls: list[int | None] = [None] * stride
        if version:
            controls = [packed[at + byte // 4] >> 2 * (byte % 4) & 3 for byte in range(stride)]
            at += stride // 4
        for byte, control in enumerate(controls):
            if control == 2:
                continue
            if control == 3:
                block, at = packed[at : at + rows], at + rows
            else:
                block, at = _block(packed, at, -(-rows // _GROUP), _BITS[control])
            deltas[byte, start + 1 : start + 1 + rows] = np.frombuffer(block, np.uint8, rows)
    if at > end:
        raise ValueError("meshopt's attributes end too early")
    for channel, mode in enumerate(modes):
        _add_up(deltas[4 * channel : 4 * channel + 4], mode)
    return np.ascontiguousarray(deltas[:, 1:].T)


def _block(packed: bytes, at: int, groups: int, bits: tuple[int, ...]) -> tuple[bytes, int]:
    """Return the deltas of one byte of all rows of a block, and where the next begin."""
    headers = packed[at : at + (groups + 3) // 4]
    at += len(headers)
    found = []
    for group in range(groups):
        width = bits[headers[group // 4] >> 2 * (group % 4) & 3]
        if width == 0:
            found.append(_ZEROS)
        elif width == 8:
            found.append(packed[at : at + _GROUP])
            at += _GROUP
        else:
            spread, more = _SPREAD[width], at + 2 * width
            deltas = b"".join([spread[byte] for byte in packed[at:more]])
            at, full = more, (1 << width) - 1
            if full in deltas:  # does not fit the bits, and follows as a byte
                whole = bytearray(deltas)
                for row, delta in enumerate(deltas):
                    if delta == full:
                        whole[row] = packed[at]
                        at += 1
                deltas = bytes(whole)
            found.append(deltas)
    return b"".join(found), at


def _add_up(deltas: NDArray[np.uint8], mode: int) -> None:
    """Turn the deltas of 4 bytes, shape (4, n), into what they add up to; the first column is where they start."""
    match mode & 15, mode >> 4:
        case (0, 0) | (1, 0):
            kind = np.dtype("<u2" if mode else "u1")
            values = np.ascontiguousarray(deltas.T).view(kind)
            steps = values >> 1 ^ (0 - (values & 1)).astype(kind)  # zigzag: 0, -1, 1, -2 …
            steps[0] = values[0]
            values[:] = np.cumsum(steps, axis=0, dtype=kind)
        case 2, turn:
            values = np.ascontiguousarray(deltas.T).view("<u4")
            values[1:] = values[1:] >> turn | values[1:] << (32 - turn & 31)  # they were turned to the left
            values[:] = np.bitwise_xor.accumulate(values, axis=0)
        case _:
            raise ValueError(f"meshopt's channel mode {mode}")
    deltas[:] = values.view(np.uint8).reshape(-1, 4).T


def _indices(packed: bytes, count: int) -> list[int]:
    """Return the indices of a stream that assumes nothing about them."""
    if packed[0] != 0xD1:
        raise ValueError("no indices of meshopt")
    data = _Data(packed[1:-4])
    last = [0, 0]
    found = []
    for _ in range(count):
        value = data.number()
        last[value & 1] += _signed(value >> 1)
        found.append(last[value & 1] & 0xFFFFFFFF)
    return found


class _Data:
    """The bytes beside the codes, read one after another."""

    def __init__(self, packed: bytes) -> None:
        self._packed = packed
        self._at = 0
        self.last = 0

    def byte(self) -> int:
        """Return the next byte; raises IndexError at the end."""
        self._at += 1
        return self._packed[self._at - 1]

    def number(self) -> int:
        """Return the next number, in LEB128."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value & 0xFFFFFFFF

    def index(self) -> int:
        """Return the next index, which is given by its distance from the last."""
        self.last = self.last + _signed(self.number()) & 0xFFFFFFFF
        return self.last


def _signed(value: int) -> int:
    """Return what zigzag encoding stands for: 0, -1, 1, -2 …"""
    return -(value >> 1) - 1 if value & 1 else value >> 1


def _triangles(packed: bytes, count: int) -> list[int]:
    """Return the corners of triangles; the newest of the last 16 edges and vertices is the first of its queue."""
    if packed[0] != 0xE1 or count % 3 or len(packed) < 17 + count // 3:
        raise ValueError("no triangles of meshopt")
    codes, table = packed[1 : 1 + count // 3], packed[-16:]
    data = _Data(packed[1 + count // 3 : -16])
    edges: deque[tuple[int, int]] = deque(maxlen=16)
    vertices: deque[int] = deque(maxlen=16)
    fresh = 0
    found: list[int] = []

    def corner(source: int) -> tuple[int, bool]:
        """Return a corner and whether the queue has not had it: the next one, one of the queue's, or one that is
        told."""
        nonlocal fresh
        if source == 0:
            fresh += 1
            return fresh - 1, True
        return (data.index(), True) if source == 15 else (vertices[source - 1], False)

    for code in codes:
        high, low = code >> 4, code & 15
        if high < 15:
            a, b = edges[high]
            if low in (13, 14):
                data.last += 1 if low == 14 else -1
                c, new = data.last, True
            elif low == 0 or low == 15:
                c, new = corner(low)
            else:
                c, new = vertices[low], False
            edges.appendleft((c, b))
            edges.appendleft((a, c))
            if new:
                vertices.appendleft(c)
        else:
            sources = table[low] if low < 14 else data.byte()
            if low >= 14 and sources == 0:
                fresh = 0
            a, _ = corner(15 if low == 15 else 0)
            b, new_b = corner(sources >> 4)
            c, new_c = corner(sources & 15)
            edges.extendleft(((b, a), (c, b), (a, c)))
            vertices.appendleft(a)
            if new_b:
                vertices.appendleft(b)
            if new_c:
                vertices.appendleft(c)
        found += (a, b, c)
    return found
