"""How the numbers of a mesh and of its curves are stored: as floats, or as integers by KHR_mesh_quantization.

Quantised positions and shapes are 16 bits over a cube around the mesh: 65 534 steps, 5 micrometres for a head. Normals
have 8 bits, texture coordinates, weights of joints, weights of shapes and rotations 16. Nothing else of a file changes.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rigs import Mesh

from .animation import Track

QUANTIZATION: Final = "KHR_mesh_quantization"
_SIGNED: Final = {"<i2": 32767, "<i1": 127}
_UNSIGNED: Final = 65535


@dataclass(frozen=True, slots=True, eq=False)
class Floats:
    """Every number as it is."""

    def matrix(self) -> NDArray[np.float64]:
        """Return what takes stored positions to metres, shape (4, 4)."""
        return np.eye(4)

    def positions(self, points_m: NDArray[np.float32]) -> NDArray[Any]:
        """Return what is stored of positions."""
        return points_m.astype("<f4")

    def moves(self, deltas_m: NDArray[np.float32]) -> NDArray[Any]:
        """Return what is stored of the differences of positions."""
        return deltas_m.astype("<f4")

    def directions(self, units: NDArray[np.float32]) -> NDArray[Any]:
        """Return what is stored of normals, or of their differences."""
        return units.astype("<f4")

    def shares(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """Return what is stored of texture coordinates."""
        return values.astype("<f4")

    def skin(self, weights: NDArray[np.float32]) -> NDArray[Any]:
        """Return what is stored of the weights of joints, whose rows sum up to 1."""
        return weights.astype("<f4")

    def track(self, track: Track) -> Track:
        """Return a curve as it is stored."""
        return track


@dataclass(frozen=True, slots=True, eq=False)
class Integers(Floats):
    """Numbers in steps, over a cube around the mesh and its largest motion."""

    centre_m: NDArray[np.float64]
    reach_m: float
    """Half the side of the cube."""

    @classmethod
    def of(cls, mesh: Mesh) -> "Integers":
        """Return the coding of a mesh."""
        low, high = (np.asarray(end(mesh.vertices, axis=0), np.float64) for end in (np.min, np.max))
        farthest = float(np.abs(mesh.deltas).max()) if mesh.deltas.size else 0.0
        return cls((low + high) / 2, max(float((high - low).max()) / 2, farthest, 1e-6))

    @property
    def step_m(self) -> float:
        """How far positions are apart that are told from each other."""
        return self.reach_m / _SIGNED["<i2"]

    def matrix(self) -> NDArray[np.float64]:
        """Return what takes stored positions to metres, shape (4, 4)."""
        matrix = np.diag([self.reach_m, self.reach_m, self.reach_m, 1.0])
        matrix[:3, 3] = self.centre_m
        return matrix

    def positions(self, points_m: NDArray[np.float32]) -> NDArray[Any]:
        """Return what is stored of positions."""
        return _signed((points_m - self.centre_m) / self.reach_m, "<i2")

    def moves(self, deltas_m: NDArray[np.float32]) -> NDArray[Any]:
        """Return what is stored of the differences of positions."""
        return _signed(deltas_m / self.reach_m, "<i2")

    def directions(self, units: NDArray[np.float32]) -> NDArray[Any]:
        """Return what is stored of normals, or of their differences, of which those beyond 1 are cut off."""
        return _signed(units, "<i1")

    def shares(self, values: NDArray[np.float32]) -> NDArray[Any]:
        """Return what is stored of texture coordinates: floats, where one lies outside of the picture."""
        return _unsigned(values) if _in_unit(values) else values.astype("<f4")

    def skin(self, weights: NDArray[np.float32]) -> NDArray[Any]:
        """Return what is stored of the weights of joints: their rows sum up to 1 in integers, too."""
        steps = np.rint(weights.astype(np.float64) * _UNSIGNED).astype(np.int64)
        strongest = steps.argmax(axis=1, keepdims=True)
        rest = _UNSIGNED - steps.sum(axis=1, keepdims=True)
        np.put_along_axis(steps, strongest, np.take_along_axis(steps, strongest, 1) + rest, 1)
        return np.asarray(steps, "<u2")

    def track(self, track: Track) -> Track:
        """Return a curve as it is stored; weights beyond 0 to 1, and places, stay floats."""
        if track.path == "rotation":
            return track._replace(values=_signed(track.values, "<i2"))
        if track.path == "weights" and _in_unit(track.values):
            return track._replace(values=_unsigned(track.values))
        return track


def _signed(values: NDArray[Any], kind: str) -> NDArray[Any]:
    most = _SIGNED[kind]
    return np.asarray(np.rint(np.clip(values, -1, 1) * most), kind)


def _unsigned(values: NDArray[np.float32]) -> NDArray[Any]:
    return np.asarray(np.rint(values.astype(np.float64) * _UNSIGNED), "<u2")


def _in_unit(values: NDArray[np.float32]) -> bool:
    return bool(values.min(initial=0) >= 0 and values.max(initial=0) <= 1)
