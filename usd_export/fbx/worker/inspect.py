"""What an .fbx file holds, by its elements and as they stand in it; runs in Blender, which has a parser.

After Blender's notes on the format (code.blender.org, "FBX binary file format specification", and its exporter): a unit
of time is 1/46186158000 s, a unit of length UnitScaleFactor centimetres, weights are percent.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path, PureWindowsPath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rigs.worker import fbx_file
from rigs.worker.fbx_file import TICKS_PER_S, kind_of, name_of, value_of

_AXES: Final = "XYZ"


def inspect(*, path: Path, progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Return "curves": of each animation of each mesh its name, the mesh, names, times (n_keys,) and weights; "rest":
    the weight of every shape; "n_joints", which turn; "missing", names of files; and "facts".

    Raises InputError if the file is of another kind or damaged.
    """
    scene = _Scene(path)
    return {
        "curves": list(scene.curves()),
        "rest": dict(scene.rest()),
        "n_joints": scene.n_joints_moved(),
        "missing": list(scene.missing(path)),
        "facts": scene.facts(path),
    }


class _Scene:
    """The things of a file and what hangs on what."""

    def __init__(self, path: Path) -> None:
        self._things, self._below = fbx_file.parsed(path)
        self._above: dict[int, list[tuple[int, bytes]]] = defaultdict(list)
        for parent, links in self._below.items():
            for child, prop in links:
                self._above[child].append((parent, prop))
        self._settings = fbx_file.settings(path)

    def of(self, element: bytes, kind: bytes = b"") -> list[int]:
        """Return the things of an element's name and, where it is given, of a class."""
        return [at for at, one in self._things.items() if one.id == element and (not kind or kind_of(one) == kind)]

    def _under(self, parent: int, element: bytes, prop: bytes = b"") -> list[int]:
        links = self._below.get(parent, ())
        return [at for at, on in links if on == prop and at in self._things and self._things[at].id == element]

    def _over(self, child: int, element: bytes) -> list[int]:
        links = self._above.get(child, ())
        return [at for at, _ in links if at in self._things and self._things[at].id == element]

    def _channels(self) -> Iterator[tuple[str, int]]:
        """Yield the channel of every shape with its mesh's name."""
        for geometry in self.of(b"Geometry", b"Mesh"):
            models = self._over(geometry, b"Model")
            mesh = name_of(self._things[models[0] if models else geometry])
            for deformer in self._under(geometry, b"Deformer"):
                for channel in self._under(deformer, b"Deformer"):
                    if kind_of(self._things[channel]) == b"BlendShapeChannel":
                        yield mesh, channel

    def curves(self) -> Iterator[dict[str, Any]]:
        """Yield the weights of each mesh in each animation; keys at other times are a group of their own."""
        groups: dict[tuple[str, str, bytes], list[tuple[str, NDArray[np.float32]]]] = defaultdict(list)
        for mesh, channel in self._channels():
            for node in self._under(channel, b"AnimationCurveNode", b"DeformPercent"):
                for curve in (at for at, _ in self._below.get(node, ()) if at in self._things):
                    times = np.array(value_of(self._things[curve], b"KeyTime") or (), np.int64)
                    values = np.array(value_of(self._things[curve], b"KeyValueFloat") or (), np.float32)
                    weights = values / np.float32(100)
                    key = (self._stack(node), mesh, times.tobytes())
                    groups[key].append((name_of(self._things[channel]), weights))
        for (stack, mesh, times_), columns in groups.items():
            yield {
                "animation": stack,
                "target": mesh,
                "channels": [name for name, _ in columns],
                "times_s": np.frombuffer(times_, np.int64) / TICKS_PER_S,
                "values": np.stack([values for _, values in columns], axis=1),
            }

    def _stack(self, node: int) -> str:
        """Return the name of the animation that a curve belongs to."""
        for layer in self._over(node, b"AnimationLayer"):
            for stack in self._over(layer, b"AnimationStack"):
                return name_of(self._things[stack])
        return ""

    def rest(self) -> Iterator[tuple[str, float]]:
        """Yield the weight of every shape where no curve moves it."""
        for mesh, channel in self._channels():
            thing = self._things[channel]
            yield f"{mesh}/{name_of(thing)}", float(value_of(thing, b"DeformPercent") or 0.0) / 100

    def n_joints_moved(self) -> int:
        """Return how many bones a curve turns or moves."""
        moved = set()
        for bone in self.of(b"Model", b"LimbNode"):
            for node, prop in self._below.get(bone, ()):
                if prop in (b"Lcl Rotation", b"Lcl Translation") and node in self._things:
                    for curve, _ in self._below.get(node, ()):
                        keys = value_of(self._things[curve], b"KeyValueFloat") if curve in self._things else None
                        if keys is not None and np.ptp(np.array(keys)) > 1e-6:
                            moved.add(bone)
        return len(moved)

    def missing(self, path: Path) -> Iterator[str]:
        """Yield the names of textures that are neither embedded nor where the file says."""
        for video in self.of(b"Video"):
            thing = self._things[video]
            if value_of(thing, b"Content"):
                continue
            names = [_text(value_of(thing, key)) for key in (b"RelativeFilename", b"Filename")]
            paths = [PureWindowsPath(name) for name in names if name]  # of whichever system
            places = [path.parent / place for one in paths for place in (one.as_posix(), one.name)]
            if places and not any(place.is_file() for place in places):
                first = next(name for name in names if name)
                yield first if PureWindowsPath(first).name else name_of(thing)

    def facts(self, path: Path) -> dict[str, Any]:
        """Return what importers care about."""
        bones, shapes = self.of(b"Model", b"LimbNode"), self.of(b"Geometry", b"Shape")
        per_mesh: dict[str, list[str]] = defaultdict(list)
        for mesh, channel in self._channels():
            per_mesh[mesh].append(name_of(self._things[channel]))
        found: dict[str, Any] = {
            "size_mb": round(path.stat().st_size / 1e6, 3),
            "up_axis": _AXES[int(self._settings.get("UpAxis", 1)) % 3],
            "meters_per_unit": round(float(self._settings.get("UnitScaleFactor", 1.0)) / 100, 6),
            "n_triangles": sum(map(self._n_triangles, self.of(b"Geometry", b"Mesh"))),
            "n_animations": len(self.of(b"AnimationStack")),
            "n_influences": max(map(self._influences, self.of(b"Geometry", b"Mesh")), default=0),
            "skeleton_roots": sum(not {*self._over(bone, b"Model")} & {*bones} for bone in bones),
            "embedded": all(bool(value_of(self._things[video], b"Content")) for video in self.of(b"Video")),
        }
        if shapes:
            found["shape_normals"] = all(value_of(self._things[shape], b"Normals") is not None for shape in shapes)
            found["shapes_named"] = all(name for names in per_mesh.values() for name in names)
            found["names_per_mesh"] = all(len({*names}) == len(names) for names in per_mesh.values())
        if height := self._height():
            found["height_m"] = round(height * found["meters_per_unit"], 4)
        return found

    def _n_triangles(self, geometry: int) -> int:
        corners = np.array(value_of(self._things[geometry], b"PolygonVertexIndex") or (), np.int64)
        return int(len(corners) - 2 * (corners < 0).sum())  # the last corner of a face is negative

    def _influences(self, geometry: int) -> int:
        """Return the most bones that move one vertex of a mesh."""
        rows = [
            np.array(value_of(self._things[cluster], b"Indexes") or (), np.int64)
            for skin in self._under(geometry, b"Deformer")
            for cluster in self._under(skin, b"Deformer")
            if kind_of(self._things[cluster]) == b"Cluster"
        ]
        every = np.concatenate(rows) if rows else np.zeros(0, np.int64)
        return int(np.bincount(every[every >= 0]).max()) if len(every) else 0

    def _height(self) -> float:
        """Return how high the meshes are at rest, in the file's unit; 0 where there are none."""
        up = int(self._settings.get("UpAxis", 1)) % 3
        spans = []
        for geometry in self.of(b"Geometry", b"Mesh"):
            points = np.array(value_of(self._things[geometry], b"Vertices") or (), float).reshape(-1, 3)
            for model in self._over(geometry, b"Model") if len(points) else ():
                matrix = self._world(model, set())
                spans.append((points @ matrix[:3, :3].T + matrix[:3, 3])[:, up])
        return float(np.ptp(np.concatenate(spans))) if spans else 0.0

    def _world(self, model: int, seen: set[int]) -> NDArray[np.float64]:
        """Return where a model stands in the scene, without pivots, which seldom are there."""
        properties = fbx_file.properties(self._things[model])
        matrix = np.eye(4)
        for prop in ("PreRotation", "Lcl Rotation"):
            matrix[:3, :3] = matrix[:3, :3] @ _turn(np.radians(properties.get(prop, (0.0, 0.0, 0.0))))
        matrix[:3, :3] = matrix[:3, :3] * np.array(properties.get("Lcl Scaling", (1.0, 1.0, 1.0)))
        matrix[:3, 3] = properties.get("Lcl Translation", (0.0, 0.0, 0.0))
        parents = [parent for parent in self._over(model, b"Model") if parent not in seen]
        return self._world(parents[0], seen | {model}) @ matrix if parents else matrix


def _turn(angles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the rotation about X, then Y, then Z, as FBX has it by default."""
    out = np.eye(3)
    for axis, angle in enumerate(angles):
        cos, sin = np.cos(angle), np.sin(angle)
        one = np.eye(3)
        a, b = (axis + 1) % 3, (axis + 2) % 3
        one[a, a], one[a, b], one[b, a], one[b, b] = cos, -sin, sin, cos
        out = one @ out
    return out


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else ""
