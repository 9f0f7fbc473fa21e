"""Which morph targets of a glTF file a shape of its rig moves: reader and writer go by the same names."""

from collections.abc import Mapping
from typing import NamedTuple

from .gltf_file import GltfFile, Json
from .gltf_nodes import Nodes
from .piece import distinct
from .vrm import bindings


class Morph(NamedTuple):
    """One morph target of one node, and how far a shape moves it."""

    node: int
    target: int
    weight: float


def shapes_of(file: GltfFile, nodes: Nodes) -> Mapping[str, list[Morph]]:
    """Return what each shape of the rig moves, in the nodes of the scene: what has its name, or an expression binds.

    Raises KeyError, IndexError, TypeError or ValueError where the file contradicts itself.
    """
    meshes = file.json.get("meshes", [])
    mesh_of = {node: nodes.all[node]["mesh"] for node in nodes.order if "mesh" in nodes.all[node]}
    names = {
        node: distinct(target_names(file, meshes[mesh], meshes[mesh]["primitives"]), "the mesh")[0]
        for node, mesh in mesh_of.items()
    }
    found: dict[str, list[Morph]] = {}
    for node, own in names.items():
        for index, name in enumerate(own):
            found.setdefault(name, []).append(Morph(node, index, 1.0))
    for name, binds in bindings(file.json, mesh_of, {node: len(own) for node, own in names.items()}):
        if name not in found:
            found[name] = [Morph(*bind) for bind in binds]
    return found


def target_names(file: GltfFile, mesh: Json, primitives: list[Json]) -> list[str]:
    """Return the name of every morph target: those of the extras, else of the accessors, else "shape_000" …"""
    count = max(len(primitive.get("targets", ())) for primitive in primitives)
    first = next(primitive for primitive in primitives if len(primitive.get("targets", ())) == count)
    for holder in (mesh, first):
        extras = holder.get("extras")
        names = extras.get("targetNames") if isinstance(extras, dict) else None
        if isinstance(names, list) and len(names) >= count:
            return [str(name) for name in names[:count]]
    accessors = [target.get("POSITION") for target in first.get("targets", ())]
    names = [file.json["accessors"][index].get("name", "") if index is not None else "" for index in accessors]
    if all(names) and len(set(names)) == count:
        return [str(name) for name in names]
    return [f"shape_{index:03}" for index in range(count)]
