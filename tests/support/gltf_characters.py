"""Characters of our own making as glTF files with what other programs put there.

`FEATURES` are edits of a plain character's JSON and buffer: by name, so that a test can go over all.
"""

import copy
import struct
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import numpy as np

import usd_export
from tests.support.glb import Glb
from tests.support.posing import matrix
from tests.support.small_rig import STILL, patch

PIXEL: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cfc0000003010100"
    "18dd8db00000000049454e44ae426082"
)
"""A PNG file of one pixel."""


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


def _everything(glb: Glb) -> None:
    """Several meshes, pictures, extensions that nobody knows, fourteen clips, and VRM 1 with springs on its bones."""
    _several_meshes(glb)
    _clips(glb)
    glb.json["animations"] = [
        about | {"name": f"{about['name']} {number}"} for number in range(7) for about in glb.json["animations"]
    ]
    _vrm1(glb)
    vrm, used = glb.json["extensions"], glb.json["extensionsUsed"]
    head = glb.json["skins"][0]["joints"][1]
    vrm["VRMC_springBone"]["springs"][0]["joints"] = [{"node": head, "stiffness": 0.8, "gravityPower": 0.1}]
    vrm["VRMC_springBone"]["colliders"] = [{"node": head, "shape": {"sphere": {"offset": [0, 0.1, 0], "radius": 0.09}}}]
    _pictures(glb)
    glb.json["extensions"] |= vrm
    glb.json["extensionsUsed"] += used


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
    "everything": _everything,
}


def character(path: Path, feature: str = "plain") -> Path:
    """Write a character with a feature to a .glb or .vrm file and return the path."""
    glb = Glb.read(usd_export.write(STILL, path.with_suffix(".glb"), rig=patch()))
    del glb.json["animations"]
    FEATURES[feature](glb)
    return glb.save(path)
