"""Characters of our own making as glTF files with what other programs put there, and what an independent reader finds.

`FEATURES` are edits of a plain character's JSON and buffer: by name, so that a test can go over all.
"""

import base64
import copy
import hashlib
import json
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

import usd_export
from tests.support.posing import matrix
from tests.support.small_rig import STILL, patch

Json = dict[str, Any]
PIXEL: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "18dd8db00000000049454e44ae426082"
)
"""A PNG file of one pixel."""
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


def _plain(glb: Glb) -> None:
    pass


def _pictures(glb: Glb) -> None:
    """A texture in the buffer, extensions that nobody knows, extras everywhere, a chunk of another kind."""
    image = glb.add_view(PIXEL)
    glb.json["images"] = [{"bufferView": image, "mimeType": "image/png", "name": "skin"}]
    glb.json["textures"] = [{"source": 0}]
    glb.json["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"] = {"index": 0}
    glb.json["extensionsUsed"] = ["ACME_physics"]
    glb.json["extensions"] = {"ACME_physics": {"gravity": [0, -9.8100000000000005, 0], "deep": {"a": [1e-7, 1.0]}}}
    glb.json["nodes"][0]["extras"] = {"rig": "hero", "größe": "Ümläut"}
    glb.json["extras"] = {"licence": "ours"}
    glb.json["asset"]["copyright"] = "us"
    glb.more = struct.pack("<I4s", 8, b"ACME") + b"whatever"


def _basis(glb: Glb) -> None:
    """A KTX2 texture, which needs no reader of ours."""
    image = glb.add_view(b"\xabKTX 20\xbb\r\n\x1a\n" + bytes(range(200)))
    glb.json["images"] = [{"bufferView": image, "mimeType": "image/ktx2"}]
    glb.json["textures"] = [{"extensions": {"KHR_texture_basisu": {"source": 0}}}]
    glb.json["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"] = {"index": 0}
    for key in ("extensionsUsed", "extensionsRequired"):
        glb.json[key] = ["KHR_texture_basisu"]


def _several_meshes(glb: Glb) -> None:
    """Teeth that have some of the shapes in another order, and one of their own that is at 0.3 at rest."""
    teeth = copy.deepcopy(glb.json["meshes"][0])
    names = teeth["extras"]["targetNames"]
    order = [*range(20, 5, -1)]
    teeth |= {"name": "teeth", "weights": [0.0] * 15 + [0.3]}
    teeth["extras"]["targetNames"] = [*(names[index] for index in order), "Fangs"]
    teeth["primitives"] = teeth["primitives"][:1]
    teeth["primitives"][0]["targets"] = [teeth["primitives"][0]["targets"][index] for index in (*order, 30)]
    glb.json["meshes"].append(teeth)
    glb.json["nodes"].append({"name": "teeth", "mesh": 1, "skin": 0})
    glb.json["scenes"][0]["nodes"].append(len(glb.json["nodes"]) - 1)


def _instances(glb: Glb) -> None:
    """A second node that shows the same mesh."""
    glb.json["nodes"].append({"name": "twin", "mesh": 0, "translation": [0.5, 0, 0]})
    glb.json["scenes"][0]["nodes"].append(len(glb.json["nodes"]) - 1)


def _nameless(glb: Glb) -> None:
    """Shapes that are named by their accessors alone."""
    mesh = glb.json["meshes"][0]
    names = mesh.pop("extras")["targetNames"]
    for primitive in mesh["primitives"]:
        for name, target in zip(names, primitive["targets"], strict=True):
            whole = glb.numbers(target["POSITION"]).astype("<f4")
            ends = {"min": whole.min(axis=0).tolist(), "max": whole.max(axis=0).tolist()}
            target["POSITION"] = glb.add_accessor(whole, name=name, **ends)
            del target["NORMAL"]


def _matrices(glb: Glb) -> None:
    """Bones that stand by matrices, with axes of their own, under a node that turns Z up into Y up and centimetres into
    metres."""
    for node in glb.json["nodes"]:
        if "mesh" in node:
            continue
        local = np.eye(4)
        local[:3, :3] = matrix(np.roll(node.pop("rotation", [0, 0, 0, 1]), 1))
        local[:3, 3] = node.pop("translation")
        node["matrix"] = local.T.ravel().tolist()
    root, head = glb.json["skins"][0]["joints"]
    axes = np.eye(4)
    axes[:3, :3] = matrix((0.8, 0.36, 0.48, 0.0))
    for node, turn in ((root, lambda local: local @ axes), (head, lambda local: axes.T @ local)):
        local = np.array(glb.json["nodes"][node]["matrix"]).reshape(4, 4).T
        glb.json["nodes"][node]["matrix"] = turn(local).T.ravel().tolist()
    unbound = glb.numbers(glb.json["skins"][0]["inverseBindMatrices"]).reshape(-1, 4, 4).transpose(0, 2, 1)
    unbound[0] = axes.T @ unbound[0]
    glb.json["skins"][0]["inverseBindMatrices"] = glb.add_accessor(
        unbound.transpose(0, 2, 1).reshape(-1, 16).astype("<f4")
    )
    half = np.sqrt(0.5)
    above = np.eye(4)
    above[:3, :3] = matrix((half, -half, 0, 0)) * 0.01
    own = np.array(glb.json["nodes"][root]["matrix"]).reshape(4, 4).T
    glb.json["nodes"][root]["matrix"] = (np.linalg.inv(above) @ own).T.ravel().tolist()
    glb.json["nodes"].append({"name": "Armature", "children": [root], "rotation": [-half, 0, 0, half]})
    glb.json["nodes"][-1]["scale"] = [0.01, 0.01, 0.01]
    glb.json["scenes"][0]["nodes"] = [0, len(glb.json["nodes"]) - 1]


def _clips(glb: Glb) -> None:
    """Two animations of the client's, one of them cubic."""
    head = glb.json["skins"][0]["joints"][1]
    times = glb.add_accessor(np.array([0, 1], "<f4"), min=[0], max=[1])
    turns = np.zeros((6, 4), "<f4")
    turns[1::3, 3] = 1
    glb.json["animations"] = [
        {
            "name": name,
            "samplers": [{"input": times, "output": glb.add_accessor(rows), "interpolation": kind}],
            "channels": [{"sampler": 0, "target": {"node": head, "path": "rotation"}}],
            "extras": {"fades": 0.2},
        }
        for name, kind, rows in (("Idle", "CUBICSPLINE", turns), ("Nod", "LINEAR", turns[1::3]))
    ]


def _quantised(glb: Glb) -> None:
    """Places of 16 bits and shapes of 8, as `KHR_mesh_quantization` allows."""
    for key in ("extensionsUsed", "extensionsRequired"):
        glb.json[key] = ["KHR_mesh_quantization"]
    mesh = glb.json["meshes"][0]
    del glb.json["nodes"][0]["skin"]
    for primitive in mesh["primitives"]:
        primitive["attributes"] = {
            "POSITION": _packed(glb, primitive["attributes"]["POSITION"], 2.0, "<i2"),
            "NORMAL": primitive["attributes"]["NORMAL"],
        }
        primitive["targets"] = [
            {"POSITION": _packed(glb, target["POSITION"], 2.0, "<i2")} for target in primitive["targets"]
        ]
    glb.json["nodes"][0]["scale"] = [2.0, 2.0, 2.0]


def _packed(glb: Glb, index: int, most: float, kind: str) -> int:
    steps = np.iinfo(np.dtype(kind)).max
    rows = np.rint(glb.numbers(index) / most * steps).astype(kind)
    padded = np.zeros((len(rows), 4), kind)
    padded[:, :3] = rows
    view = glb.add_view(padded.tobytes(), byteStride=4 * padded.itemsize, target=34962)
    glb.json["accessors"].append(
        {
            "bufferView": view,
            "componentType": {"<i1": 5120, "<i2": 5122}[kind],
            "count": len(rows),
            "type": "VEC3",
            "normalized": True,
            "min": rows.min(axis=0).tolist(),
            "max": rows.max(axis=0).tolist(),
        }
    )
    return len(glb.json["accessors"]) - 1


def _ragged(glb: Glb) -> None:
    """A buffer whose length is no multiple of four, and a second one in the text."""
    glb.add_view(b"odd")
    glb.json["buffers"].append({"byteLength": 3, "uri": "data:application/octet-stream;base64,b2Rk"})
    glb.json["bufferViews"].append({"buffer": 1, "byteLength": 3})


def _vrm0(glb: Glb) -> None:
    names = glb.json["meshes"][0]["extras"]["targetNames"]
    glb.json["extensionsUsed"] = ["VRM"]
    glb.json["extensions"] = {
        "VRM": {
            "specVersion": "0.0",
            "meta": {"title": "hero", "author": "us", "licenseName": "CC0"},
            "humanoid": {"humanBones": [{"bone": "head", "node": glb.json["skins"][0]["joints"][1]}]},
            "blendShapeMaster": {
                "blendShapeGroups": [
                    {"name": "A", "presetName": "a", "binds": [{"mesh": 0, "index": 24, "weight": 80}]},
                    {"name": names[3], "presetName": "unknown", "binds": [{"mesh": 0, "index": 3, "weight": 100}]},
                ]
            },
            "secondaryAnimation": {"boneGroups": [{"stiffiness": 0.8, "bones": []}], "colliderGroups": []},
        }
    }


def _vrm1(glb: Glb) -> None:
    """A VRM whose shapes go by numbers, so that its expressions alone say what they are."""
    names = glb.json["meshes"][0]["extras"]["targetNames"]
    glb.json["meshes"][0]["extras"]["targetNames"] = [f"m{index}" for index in range(len(names))]
    half = len(names) // 2
    custom = {
        name: {"morphTargetBinds": [{"node": 0, "index": index, "weight": 0.5 if index % 2 else 1.0}]}
        for index, name in enumerate(names)
    }
    custom[names[0]]["morphTargetBinds"].append({"node": 0, "index": half, "weight": 0.25})
    glb.json["extensionsUsed"] = ["VRMC_vrm", "VRMC_springBone"]
    glb.json["extensions"] = {
        "VRMC_vrm": {
            "specVersion": "1.0",
            "meta": {"name": "hero", "authors": ["us"], "licenseUrl": "https://vrm.dev/licenses/1.0/"},
            "humanoid": {"humanBones": {"head": {"node": glb.json["skins"][0]["joints"][1]}}},
            "expressions": {"custom": custom},
        },
        "VRMC_springBone": {"specVersion": "1.0", "springs": [{"name": "hair", "joints": []}]},
    }


FEATURES: Final[Mapping[str, Callable[[Glb], None]]] = {
    "plain": _plain,
    "pictures and unknown extensions": _pictures,
    "KTX2": _basis,
    "several meshes": _several_meshes,
    "instances": _instances,
    "shapes named by accessors": _nameless,
    "matrices, centimetres, Z up": _matrices,
    "animations": _clips,
    "quantised": _quantised,
    "ragged buffers": _ragged,
    "VRM 0": _vrm0,
    "VRM 1": _vrm1,
}


def character(path: Path, feature: str = "plain") -> Path:
    """Write a character with a feature to a .glb or .vrm file and return the path."""
    glb = Glb.read(usd_export.write(STILL, path.with_suffix(".glb"), rig=patch()))
    del glb.json["animations"]
    FEATURES[feature](glb)
    return glb.save(path)


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
