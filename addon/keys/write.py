"""Writing keys in bulk, a curve at a time."""

import zlib
from typing import Any, Final, NamedTuple

import bpy
import numpy as np
from numpy.typing import NDArray

from audio2blend.keys import reduced

_DIGITS: Final = 3
"""Decimals of handles that show an edit: Blender aligns them again now and then, with other last bits."""


class Keyed(NamedTuple):
    """A curve as keys."""

    path: str
    axis: int
    points: NDArray[np.float32]
    """Shape (n_keys, 2): position and value."""
    handles: NDArray[np.float32] | None
    """Shape (n_keys, 2, 2): position and value of the left and the right handle; for smooth curves alone."""
    joined: str = "LINEAR"
    """How the keys are joined: BEZIER, LINEAR, or CONSTANT."""


def keyed(
    path: str, axis: int, values: NDArray[np.floating[Any]], positions: NDArray[np.float64], tolerance: float | None
) -> Keyed:
    """Return keys for values at evenly spaced positions, both of shape (n_frames,).

    With a tolerance there are only those keys that a smooth curve needs to be so near; without, one at every frame.
    """
    if tolerance is None:
        return Keyed(path, axis, np.stack([positions, values], axis=1).astype(np.float32), None)
    at, slopes = reduced(values, tolerance)
    points = np.stack([positions[at], values[at]], axis=1)
    reach = np.diff(at) / 3  # a cubic in time, as x grows evenly along it
    left, right = np.concatenate([reach[:1], reach]), np.concatenate([reach, reach[-1:]])
    step = positions[1] - positions[0]
    handles = np.stack(
        [
            points - np.stack([left * step, left * slopes], axis=1),
            points + np.stack([right * step, right * slopes], axis=1),
        ],
        axis=1,
    )
    return Keyed(path, axis, points.astype(np.float32), handles.astype(np.float32), "BEZIER")


def stepped(
    path: str, axis: int, values: NDArray[np.floating[Any]], positions: NDArray[np.float64], step: int
) -> Keyed:
    """Return keys for values that change every `step` frames, both of shape (n_frames,), and the last frame's."""
    at = np.union1d(np.arange(0, len(values), step), [len(values) - 1])
    return Keyed(path, axis, np.stack([positions[at], values[at]], axis=1).astype(np.float32), None, "CONSTANT")


def write(bag: Any, curve: Keyed) -> None:
    """Put keys on a curve, in place of those that it had; a thousand times as fast as keyframe_insert."""
    found = bag.fcurves.find(curve.path, index=curve.axis) or bag.fcurves.new(curve.path, index=curve.axis)
    points = found.keyframe_points
    if len(points) != len(curve.points):
        points.clear()
        points.add(len(curve.points))
    points.foreach_set("co", curve.points.ravel())
    points.foreach_set("interpolation", np.full(len(points), _CODE[curve.joined], np.int32))
    if curve.handles is not None:
        aligned = np.full(len(points), _HANDLE["ALIGNED"], np.int32)
        for side, name in enumerate(("left", "right")):
            points.foreach_set(f"handle_{name}_type", aligned)
            points.foreach_set(f"handle_{name}", curve.handles[:, side].ravel())
    found.update()


def fingerprint(curve: Any, number: int) -> int:
    """Return a number that changes when somebody edits the keys of a curve or their handles, and with the one given."""
    number = zlib.crc32(f"{curve.data_path}{curve.array_index}".encode(), number)
    number = zlib.crc32(_got(curve, "co", 2, np.float32).tobytes(), number)
    joined = _got(curve, "interpolation", 1, np.int32)
    if (joined != _CODE["LINEAR"]).any():
        number = zlib.crc32(joined.tobytes(), number)
    if np.isin(joined, (_CODE["LINEAR"], _CODE["CONSTANT"]), invert=True).any():  # the others have no handles
        for side in ("left", "right"):
            handles = _got(curve, f"handle_{side}", 2, np.float32)
            number = zlib.crc32((np.round(handles, _DIGITS) + 0.0).tobytes(), number)
    return number & 0x7FFFFFFF  # what Blender's whole numbers hold


def _got(curve: Any, what: str, size: int, kind: type[np.generic]) -> NDArray[Any]:
    """Return a property of all keys of a curve, shape (n_keys · size,)."""
    values = np.empty(size * len(curve.keyframe_points), kind)
    curve.keyframe_points.foreach_get(what, values)
    return values


def _codes(name: str) -> dict[str, int]:
    return {item.identifier: item.value for item in bpy.types.Keyframe.bl_rna.properties[name].enum_items}


_CODE: Final = _codes("interpolation")
_HANDLE: Final = _codes("handle_left_type")
