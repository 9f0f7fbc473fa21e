"""What a .glb, .gltf, .vrm or .vrma file holds, whoever wrote it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from rigs.readers.gltf_file import GltfFile, Json
from rigs.readers.gltf_nodes import Nodes
from rigs.readers.gltf_shapes import target_names

from ..contents import Contents, Curves, Fact
from ..pictures import Picture, largest, picture
from .tracks import rest_weights

_HEAD: Final = 1 << 20
"""Bytes of a picture within which it says how large it is."""


def inspect(path: Path) -> Contents:
    """Return what a file moves, what rests, and what importers care about.

    Raises InputError if it is no glTF 2.0, and KeyError, IndexError, TypeError or ValueError where it contradicts
    itself.
    """
    file = GltfFile(path)
    nodes = Nodes(file)
    names = {
        node: target_names(file, mesh, mesh["primitives"])
        for node, about in enumerate(nodes.all)
        if "mesh" in about
        for mesh in [file.json["meshes"][about["mesh"]]]
    }
    groups, unbound, joints = [], list[str](), set[int]()
    for number, about in enumerate(file.json.get("animations", ())):
        label = str(about.get("name") or f"animation {number}")
        for channel in about["channels"]:
            sampler, target = about["samplers"][channel["sampler"]], channel["target"]
            node = target.get("node")
            if node is None:
                continue
            if target["path"] != "weights":
                joints |= {node}
            elif not names.get(node):
                unbound.append(f"'{label}' moves weights of '{nodes.names[node]}', which has no morph targets")
            else:
                groups.append(_group(file, label, nodes.names[node], tuple(names[node]), sampler))
    expressions = _expressions(file.json)
    if expressions:
        groups += _of_expressions(file, expressions)
        joints -= set(expressions.values())
    rest = {
        f"{nodes.names[node]}/{name}": float(weight)
        for node, own in names.items()
        for name, weight in zip(own, rest_weights(file, nodes, node), strict=True)
    }
    return Contents(
        curves=tuple(groups),
        n_joints_moved=len(joints),
        rest=rest,
        unbound=tuple(unbound),
        missing=tuple(dict.fromkeys(_missing(file))),
        facts=_facts(file, nodes, names),
    )


def _group(file: GltfFile, animation: str, target: str, channels: tuple[str, ...], sampler: Json) -> Curves:
    times = file.accessor(sampler["input"])[:, 0].astype(np.float64)
    values = np.asarray(file.accessor(sampler["output"]), np.float32).ravel()
    if sampler.get("interpolation") == "CUBICSPLINE":  # tangent, value, tangent for each key
        values = values.reshape(len(times), 3, -1)[:, 1].ravel()
    return Curves(
        animation=animation,
        target=target,
        channels=channels,
        times_s=times,
        values=values.reshape(len(times), len(channels)),
    )


def _expressions(content: Json) -> dict[str, int]:
    """Return the node whose translation is the weight of each expression, in a VRM animation."""
    about = content.get("extensions", {}).get("VRMC_vrm_animation", {}).get("expressions", {})
    return {name: one["node"] for kind in ("preset", "custom") for name, one in (about.get(kind) or {}).items()}


def _of_expressions(file: GltfFile, expressions: Mapping[str, int]) -> Iterator[Curves]:
    for number, about in enumerate(file.json.get("animations", ())):
        samplers = {
            channel["target"].get("node"): about["samplers"][channel["sampler"]]
            for channel in about["channels"]
            if channel["target"]["path"] == "translation"
        }
        for name, node in expressions.items():
            if node in samplers:
                label = str(about.get("name") or f"animation {number}")
                whole = _group(file, label, "expressions", ("x", "y", "z"), samplers[node])
                yield Curves(
                    animation=label,
                    target="expressions",
                    channels=(name,),
                    times_s=whole.times_s,
                    values=whole.values[:, :1],
                )


def _facts(file: GltfFile, nodes: Nodes, names: Mapping[int, list[str]]) -> dict[str, Fact]:
    content = file.json
    parts = [part for mesh in content.get("meshes", ()) for part in mesh["primitives"]]
    targets = [(part, target) for part in parts for target in part.get("targets", ())]
    pictures = list(_pictures(file))
    used = [extension for extension in content.get("extensionsUsed", ()) if isinstance(extension, str)]
    facts: dict[str, Fact] = {
        "size_mb": round(file.path.stat().st_size / 1e6, 3),
        "up_axis": "Y",
        "meters_per_unit": 1.0,
        "n_triangles": sum(_n_triangles(file, part) for part in parts),
        "n_animations": len(content.get("animations", ())),
        "textures": tuple(sorted({one.kind for one in pictures})),
        "largest_texture_px": largest(pictures),
        "extensions_required": tuple(sorted(map(str, content.get("extensionsRequired", ())))),
        "extensions": tuple(sorted(used)),
        "embedded": all(_embedded(about) for key in ("buffers", "images") for about in content.get(key, ())),
        "n_influences": 4 * max((_n_joint_sets(part) for part in parts), default=0),
        "skeleton_roots": _roots(nodes),
    }
    if targets:
        facts["shape_normals"] = all("NORMAL" in target for part, target in targets if "NORMAL" in part["attributes"])
        facts["shapes_named"] = all(not own or own[0] != "shape_000" for own in names.values())
        facts["names_per_mesh"] = all(len({*own}) == len(own) for own in names.values())
    if height := _height(file, nodes):
        facts["height_m"] = height
    return facts


def _n_triangles(file: GltfFile, part: Json) -> int:
    corners = file.count(part["indices"] if "indices" in part else part["attributes"]["POSITION"])
    return {4: corners // 3, 5: corners - 2, 6: corners - 2}.get(part.get("mode", 4), 0)


def _n_joint_sets(part: Json) -> int:
    return sum(name.startswith("JOINTS_") for name in part["attributes"])


def _embedded(about: Json) -> bool:
    return "uri" not in about or str(about["uri"]).startswith("data:")


def _pictures(file: GltfFile) -> Iterator[Picture]:
    for about in file.json.get("images", ()):
        if "bufferView" in about:
            yield picture(file.view(about["bufferView"]).tobytes())
        elif _embedded(about):
            yield Picture(str(about.get("uri", "")).partition(";")[0].rpartition("/")[2], 0, 0)
        elif (beside := _beside(file, about["uri"])) is not None:
            with beside.open("rb") as content:
                yield picture(content.read(_HEAD))


def _missing(file: GltfFile) -> Iterator[str]:
    for about in (*file.json.get("buffers", ()), *file.json.get("images", ())):
        if not _embedded(about) and _beside(file, about["uri"]) is None:
            yield str(about["uri"])


def _beside(file: GltfFile, uri: str) -> Path | None:
    """Return the file that an address leads to; None if it is not there, or not below the folder of the glTF."""
    name = Path(unquote(uri))
    if "://" in uri or ".." in name.parts or name.is_absolute():
        return None
    path = file.path.parent / name
    return path if path.is_file() else None


def _roots(nodes: Nodes) -> int:
    """Return how many bones have no bone above them."""
    return sum(nodes.bone_above(node) is None for node in nodes.bones)


def _height(file: GltfFile, nodes: Nodes) -> float:
    """Return how high the scene is at rest, from the bounds that its accessors state; 0 where they state none."""
    corners: list[NDArray[Any]] = []
    for node in nodes.order:
        if "mesh" not in nodes.all[node]:
            continue
        matrix = nodes.skinning(node)[0][0]
        for part in file.json["meshes"][nodes.all[node]["mesh"]]["primitives"]:
            about = file.json["accessors"][part["attributes"]["POSITION"]]
            if "min" in about and "max" in about:
                box = np.array([about["min"], about["max"]], float)
                if about.get("normalized"):
                    box /= {5120: 127, 5121: 255, 5122: 32767, 5123: 65535}.get(about["componentType"], 1)
                grid = np.array(np.meshgrid(*box.T)).reshape(3, -1)
                corners.append((matrix[:3, :3] @ grid).T + matrix[:3, 3])
    return round(float(np.ptp(np.concatenate(corners)[:, 1])), 4) if corners else 0.0
