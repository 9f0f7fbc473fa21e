"""A glTF file as the specification has it, and what an independent reader finds in it."""

import base64
import copy
import hashlib
import json
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from tests.support.posing import matrix

Json = dict[str, Any]
DATA: Final = "data:application/octet-stream;base64,"
_WIDTHS: Final = {"SCALAR": 1, "VEC2": 2, "VEC3": 3, "VEC4": 4, "MAT4": 16}
_KINDS: Final = {5120: "<i1", 5121: "<u1", 5122: "<i2", 5123: "<u2", 5125: "<u4", 5126: "<f4"}


class Glb:
    """A .glb file in memory."""

    def __init__(self, content: Json, binary: bytes, more: bytes = b"") -> None:
        """`more` is what follows the second chunk."""
        self.json, self.binary, self.more = content, binary, more
        self.beside: dict[int, bytes] = {}
        """Buffers that are no chunk."""

    @classmethod
    def read(cls, path: Path) -> "Glb":
        """Take a .glb, .vrm or .gltf file apart as the specification says."""
        content = path.read_bytes()
        if path.suffix == ".gltf":
            glb = cls(json.loads(content), b"")
            glb.beside = {
                index: resource(about["uri"], path) for index, about in enumerate(glb.json.get("buffers", []))
            }
            return glb
        magic, version, length = struct.unpack_from("<4sII", content)
        assert (magic, version, length) == (b"glTF", 2, len(content))
        chunks, at = [], 12
        while at < length:
            size, kind = struct.unpack_from("<I4s", content, at)
            assert size % 4 == 0
            chunks.append((kind, content[at + 8 : at + 8 + size]))
            at += 8 + size
        assert chunks[0][0] == b"JSON"
        binary = chunks[1][1] if len(chunks) > 1 and chunks[1][0] == b"BIN\0" else b""
        used = 1 + bool(binary)
        more = b"".join(struct.pack("<I4s", len(part), kind) + part for kind, part in chunks[used:])
        return cls(json.loads(chunks[0][1]), binary, more)

    def save(self, path: Path) -> Path:
        """Write the file, its JSON with spaces as other programs have them."""
        text = json.dumps(self.json).encode()
        text += b" " * (-len(text) % 4)
        binary = self.binary + bytes(-len(self.binary) % 4)
        chunks = struct.pack("<I4s", len(text), b"JSON") + text
        if binary:
            chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
        chunks += self.more
        path.write_bytes(struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks)
        return path

    def add_view(self, content: bytes, **about: Any) -> int:
        """Put bytes at the end of the buffer and return the view's index."""
        self.binary += bytes(-len(self.binary) % 4)
        self.json["bufferViews"].append(
            {"buffer": 0, "byteOffset": len(self.binary), "byteLength": len(content), **about}
        )
        self.binary += content
        self.json["buffers"][0]["byteLength"] = len(self.binary)
        return len(self.json["bufferViews"]) - 1

    def add_accessor(self, rows: NDArray[Any], **about: Any) -> int:
        """Add numbers, shape (n,) or (n, width), and return the accessor's index."""
        kind = next(number for number, name in _KINDS.items() if np.dtype(name) == rows.dtype)
        width = {1: "SCALAR", 2: "VEC2", 3: "VEC3", 4: "VEC4", 16: "MAT4"}[1 if rows.ndim == 1 else rows.shape[1]]
        view = self.add_view(rows.tobytes())
        self.json["accessors"].append(
            {"bufferView": view, "componentType": kind, "count": len(rows), "type": width, **about}
        )
        return len(self.json["accessors"]) - 1

    def view(self, index: int) -> bytes:
        """Return the bytes of a buffer view in the file itself."""
        about = self.json["bufferViews"][index]
        start = about.get("byteOffset", 0)
        return self.buffer(about["buffer"])[start : start + about["byteLength"]]

    def buffer(self, index: int) -> bytes:
        """Return a buffer, wherever it lies."""
        if index in self.beside:
            return self.beside[index]
        uri = self.json["buffers"][index].get("uri")
        if uri is None:  # of the others without an address meshopt's extension tells where they come from
            return self.binary if index == 0 else b""
        return resource(uri, Path())

    def save_apart(self, path: Path) -> Path:
        """Write the file as .gltf, with its buffer and its images beside it."""
        content = copy.deepcopy(self.json)
        content["buffers"][0]["uri"] = "hero%20data.bin"
        (path.parent / "hero data.bin").write_bytes(self.binary)
        for index, image in enumerate(content.get("images", ())):
            name = f"textures/{index}.png"
            (path.parent / name).parent.mkdir(exist_ok=True)
            (path.parent / name).write_bytes(self.view(image.pop("bufferView")))
            image["uri"] = name
        path.write_text(json.dumps(content, indent=1))
        return path

    def save_as_text(self, path: Path) -> Path:
        """Write the file as .gltf with its buffer in the text."""
        content = copy.deepcopy(self.json)
        content["buffers"][0]["uri"] = DATA + base64.b64encode(self.binary).decode()
        path.write_text(json.dumps(content, indent=1))
        return path

    def numbers(self, index: int) -> NDArray[np.float64]:
        """Return an accessor's rows, shape (count, width), sparse ones filled in and normalised ones as floats."""
        about = self.json["accessors"][index]
        width, kind = _WIDTHS[about["type"]], np.dtype(_KINDS[about["componentType"]])

        def taken(where: Json, count: int, width: int, kind: np.dtype[Any]) -> NDArray[Any]:
            view = self.json["bufferViews"][where["bufferView"]]
            stride = view.get("byteStride", width * kind.itemsize)
            start = view.get("byteOffset", 0) + where.get("byteOffset", 0)
            return np.ndarray((count, width), kind, self.buffer(view["buffer"]), start, (stride, kind.itemsize)).copy()

        rows = np.zeros((about["count"], width), kind)
        if "bufferView" in about:
            rows = taken(about, about["count"], width, kind)
        if "sparse" in about:
            sparse = about["sparse"]
            integers = np.dtype(_KINDS[sparse["indices"]["componentType"]])
            at = taken(sparse["indices"], sparse["count"], 1, integers)[:, 0]
            rows[at] = taken(sparse["values"], sparse["count"], width, kind)
        if about.get("normalized"):
            return np.maximum(rows / float(np.iinfo(kind).max), -1)
        return rows.astype(np.float64)

    def animation(self, name: str) -> Json:
        """Return the one animation of a name."""
        (found,) = [about for about in self.json["animations"] if about.get("name") == name]
        return dict(found)

    def curves(self, name: str) -> dict[tuple[int, str], NDArray[np.float64]]:
        """Return what an animation's channels hold, by node and path."""
        about = self.animation(name)
        return {
            (channel["target"]["node"], channel["target"]["path"]): self.numbers(
                about["samplers"][channel["sampler"]]["output"]
            )
            for channel in about["channels"]
        }

    def drawn(self, name: str, frame: int) -> NDArray[np.float64]:
        """Return every vertex of every mesh of the scene in one frame of an animation, in metres as glTF has them.

        By the formulas of the specification, from sections 3.7 (morph targets, skins) and 3.11 (animations).
        """
        curves = self.curves(name)
        nodes, worlds = self.json["nodes"], self._worlds(curves, frame)
        parts = []
        for index, node in enumerate(nodes):
            if "mesh" not in node or index not in worlds:
                continue
            mesh = self.json["meshes"][node["mesh"]]
            count = len(mesh["primitives"][0].get("targets", ()))
            weights = np.array(node.get("weights", mesh.get("weights", [0] * count)), float)
            if (index, "weights") in curves:
                weights = curves[index, "weights"].reshape(-1, count)[frame]
            for primitive in mesh["primitives"]:
                points = self.numbers(primitive["attributes"]["POSITION"])
                for weight, target in zip(weights, primitive.get("targets", ()), strict=True):
                    points = points + weight * self.numbers(target["POSITION"])
                whole = np.concatenate([points, np.ones((len(points), 1))], axis=1)
                if "skin" not in node:
                    parts.append((whole @ worlds[index].T)[:, :3])
                    continue
                skin = self.json["skins"][node["skin"]]
                unbound = self.numbers(skin["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
                matrices = np.array([worlds[joint] for joint in skin["joints"]]) @ unbound
                joints = self.numbers(primitive["attributes"]["JOINTS_0"]).astype(int)
                shares = self.numbers(primitive["attributes"]["WEIGHTS_0"])
                parts.append(np.einsum("nk,nkij,nj->ni", shares, matrices[joints], whole)[:, :3])
        return np.concatenate(parts)

    def _worlds(
        self, curves: Mapping[tuple[int, str], NDArray[np.float64]], frame: int
    ) -> dict[int, NDArray[np.float64]]:
        worlds: dict[int, NDArray[np.float64]] = {}

        def visit(index: int, above: NDArray[np.float64]) -> None:
            node = self.json["nodes"][index]
            local = np.eye(4)
            if "matrix" in node:
                assert not any(key == index and path != "weights" for key, path in curves), "an animated node's matrix"
                local = np.array(node["matrix"], float).reshape(4, 4).T
            else:
                usual = {"translation": [0, 0, 0], "rotation": [0, 0, 0, 1], "scale": [1, 1, 1]}
                parts = {
                    path: curves[index, path][frame] if (index, path) in curves else np.array(node.get(path, rest))
                    for path, rest in usual.items()
                }
                local[:3, :3] = matrix(np.roll(parts["rotation"], 1)) * parts["scale"]
                local[:3, 3] = parts["translation"]
            worlds[index] = above @ local
            for child in node.get("children", ()):
                visit(child, worlds[index])

        for root in self.json["scenes"][self.json.get("scene", 0)]["nodes"]:
            visit(root, np.eye(4))
        return worlds


def resource(uri: str, path: Path) -> bytes:
    """Return what an address in a file at `path` leads to."""
    return (
        base64.b64decode(uri.partition(",")[2])
        if uri.startswith("data:")
        else (path.parent / unquote(uri)).read_bytes()
    )


def parts(glb: Glb) -> dict[str, str]:
    """Return a digest of everything in a file, by place: of JSON each leaf of the tree, of the buffer each view."""
    found = {f"view {index}": glb.view(index) for index in range(len(glb.json["bufferViews"]))}
    found["chunks"] = glb.more
    found |= {place: json.dumps(value).encode() for place, value in _leaves(glb.json, "")}
    return {place: hashlib.sha256(content).hexdigest() for place, content in found.items()}


def _leaves(value: Any, place: str) -> list[tuple[str, Any]]:
    if isinstance(value, dict) and value:
        return [leaf for key, item in value.items() for leaf in _leaves(item, f"{place}/{key}")]
    if isinstance(value, list) and value:
        return [leaf for index, item in enumerate(value) for leaf in _leaves(item, f"{place}/{index}")]
    return [(place, value)]
