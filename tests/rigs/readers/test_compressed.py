"""Rigs from compressed glTF files. The streams below were made by the encoder of the authors of meshopt (npm
meshoptimizer) out of numbers that the tests make again."""

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import usd_export
from audio2blend.errors import InputError
from rigs import load
from rigs.readers.meshopt import unpack
from tests.support.small_rig import STILL, patch

ROW = np.arange(40)
WORDS = np.stack([ROW * 37 % 101 * 50, np.where(ROW < 20, ROW, 3 * ROW**2), -3 * ROW, 0 * ROW], axis=1).astype("<i2")
BYTES = np.stack([ROW, ROW**2 % 256, 0 * ROW + 7, ROW & 1], axis=1).astype("u1")
FLOATS = np.stack([ROW * 0.25, 1 / (ROW + 1)], axis=1).astype("<f4")
GRID = [
    corner for y in range(4) for x in range(5) for i in [6 * y + x] for corner in (i, i + 1, i + 6, i + 1, i + 7, i + 6)
]
TRIANGLES = np.array([*GRID, 0, 29, 13, 5, 5, 8, 28, 29, 23], "<u4")
SEQUENCE = np.array([3, 4, 9, 100, 101, 70000, 8, 7, 102, 103], "<u4")

STREAMS = {
    "words": (
        WORDS,
        "oRepAHR0/3R0/3R0/3T/dHT/dHT/dHT/dP90dP90dP90dP90/3R0/3R0/woO7+7+7+/u/hgYGBgY7+7+/u/u/u8YGBgYGBj/AA4YDg4YDg4Y"
        "BSqqqqqq+///OvYOGiYyPkpWYm7/AHqGkp6qtsLOKADFVVUJVVUAACoFVVVVVVVVVVVVVVVVVVVVVVVVVQAAAAAAAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAQE=",
    ),
    "floats by the bits that change": (
        FLOATS,
        "oWi/AQIBDx8aD//4+PTE9MSgYBAwGPgc8mLiYvJi4mI8Ht3dAAB+AwcDAACpqmVDC0mNKH4+o2fI7h1v+i7ItpEvvmGaAbN8AQ8gPWAw39rW"
        "pwAAqqpmRMOS433D+EGBfu4exQtxfkQw11iaVNYWlc9CfJo7/0xY8YAA/6tTZ0MvIzktIx8ZFRMPHxkXFRERDw8NCwsJCQkHBw8PCw0LCwkL"
        "AAAAAAAAAAAAAAAAAAAAAAAAAACAP2IB",
    ),
    "triangles": (
        TRIANGLES,
        "4f4eEA4QDhAOEA7+HhkOGA4XDhYO/x4WDhYOFg4WDv8eFg4WDhYOFg7//2wPDJ8CXwkMXwkMHzka/w8ABgB2h1ZneKmGZYlomAFpAAA=",
    ),
    "indices": (
        SEQUENCE,
        "0QwEFJEDBZyLEfMCA6aIEQQAAAAA",
    ),
    "bytes apart, version 0": (
        WORDS,
        "oB8AdHT/dHT/dHT/dP90dP90dP90dP90/3R0/3R0/3R0////AAB0/3R0/3R0/xsADg4ZEA4ZEA4ZEBkOEBkO7+7+/u/u/u8XFxcXFxf//wAA"
        "DhkOEBkOEBkdKqqqqgICAgLF9v3x5dnNwbWpnZH//wAAhXltYVVJPTEUAOIiigiKogAAKgVVVVVVVVVVVVVVVVVVVVVVVVVVAAAAAAEQAAAA"
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
    ),
    "bytes apart, version 1": (
        BYTES,
        "oW0VKqqqqqqqqqqqqgAAAAIGCg4SFhoeIiYqLjI2Oj5CRkpOUlZaXmJmam5ydnp+goaKjpKWmhUmZmZmZmZmZmZmAAAAAAAAAAAAAAAAAAAA"
        "AAAAAAAAAAAHAAA=",
    ),
}
EXPONENTIAL = (
    "oWZhGwAgICAfEBAQLwgICAgICAj0RERERERERDfqqgAAOwEQgIAAAQACAQACGwAAqqnMIXrccVlLPTMrJyH7u3l3VVU1M/DVFAAAQQV8ARUJEwEB"
    "BQEAAQEQgIAAAQACAQACAAAAAAAAAAAAAAAAAAAAAADzACAA8wAA"
)


def form_of(rows: NDArray[Any], **more: Any) -> dict[str, Any]:
    """Return what glTF says of a view that holds these rows."""
    mode = "ATTRIBUTES" if rows.ndim == 2 else "TRIANGLES" if len(rows) % 3 == 0 else "INDICES"
    return {"mode": mode, "count": len(rows), "byteStride": rows[0].nbytes, **more}


@pytest.mark.parametrize("kind", sorted(STREAMS.keys() - {"triangles"}))
def test_what_meshopt_packed_comes_back_bit_by_bit(kind):
    rows, stream = STREAMS[kind]
    assert unpack(form_of(rows), base64.b64decode(stream)) == rows.tobytes()


def test_triangles_come_back_from_any_corner():
    found = np.frombuffer(unpack(form_of(TRIANGLES), base64.b64decode(STREAMS["triangles"][1])), "<u4")
    for own, made in zip(found.reshape(-1, 3).tolist(), TRIANGLES.reshape(-1, 3).tolist(), strict=True):
        assert own in [made, made[1:] + made[:1], made[2:] + made[:2]]


def test_floats_of_a_shorter_mantissa_come_back_as_near_as_they_were_stored():
    found = unpack(form_of(FLOATS, filter="EXPONENTIAL"), base64.b64decode(EXPONENTIAL))
    wrong = np.abs(np.frombuffer(found, "<f4").reshape(-1, 2) - FLOATS)
    assert (wrong <= 2**-14 * np.abs(FLOATS).max(axis=1, keepdims=True)).all()
    assert wrong.any()


@pytest.mark.parametrize("kind", STREAMS)
def test_a_damaged_stream_is_no_crash(kind):
    rows, stream = STREAMS[kind]
    packed = base64.b64decode(stream)
    for damaged in (packed[:1], packed[: len(packed) // 2], b"x" + packed[1:]):
        with pytest.raises((ValueError, IndexError)):
            unpack(form_of(rows), damaged)
    with pytest.raises(ValueError, match="too many"):
        unpack(form_of(rows) | {"count": 1 << 40}, packed)


def plainly_packed(rows: bytes, stride: int) -> bytes:
    """Return an attribute stream of version 0 whose deltas are all whole bytes."""
    table = np.frombuffer(rows, np.uint8).reshape(-1, stride)
    steps = np.diff(table, axis=0, prepend=table[:1]).astype(np.int8)
    codes = (steps.view(np.uint8) << 1) ^ (steps >> 7).view(np.uint8)
    out = b"\xa0"
    size = min(8192 // stride & -16, 256)
    for start in range(0, len(codes), size):
        block = codes[start : start + size]
        groups = -(-len(block) // 16)
        block = np.concatenate([block, np.zeros((16 * groups - len(block), stride), np.uint8)])
        out += b"".join(b"\xff" * -(-groups // 4) + block[:, byte].tobytes() for byte in range(stride))
    return b"".join([out, bytes(max(0, 32 - stride)), table[0].tobytes()])


def packed_again(path: Path, extension: str) -> Path:
    """Rewrite a .glb file as a .gltf whose points, deltas and numbers of vertices are packed by meshopt."""
    content = path.read_bytes()
    size = int.from_bytes(content[12:16], "little")
    scene, whole = json.loads(content[20 : 20 + size]), content[28 + size :]
    joined = b""
    for index, view in enumerate(scene["bufferViews"]):
        part = whole[view.get("byteOffset", 0) :][: view["byteLength"]]
        width = {"VEC3": 12, "VEC4": 16, "MAT4": 64}.get(
            next((item["type"] for item in scene["accessors"] if item.get("bufferView") == index), ""), 4
        )
        if len(part) % width == 0:
            packed = plainly_packed(part, width)
            about = {"buffer": 0, "byteOffset": len(joined), "byteLength": len(packed), "mode": "ATTRIBUTES"}
            view["extensions"] = {extension: about | {"byteStride": width, "count": len(part) // width}}
            view |= {"buffer": 1, "byteOffset": 0}
        else:
            packed = part
            view |= {"byteOffset": len(joined)}
        joined += packed + bytes(-len(packed) % 4)
    uri = "data:application/octet-stream;base64," + base64.b64encode(joined).decode()
    scene |= {"buffers": [{"byteLength": len(joined), "uri": uri}, {"byteLength": len(whole)}]}
    scene |= {"extensionsUsed": [extension], "extensionsRequired": [extension]}
    out = path.with_suffix(".gltf")
    out.write_text(json.dumps(scene), "utf-8")
    return out


@pytest.mark.parametrize("extension", ["EXT_meshopt_compression", "KHR_meshopt_compression"])
def test_a_rig_that_meshopt_packed_is_the_same_rig(extension, tmp_path):
    plain = usd_export.write(STILL, tmp_path / "hero.glb", rig=patch())
    found, wanted = load(packed_again(plain, extension)), load(plain)
    assert found.shapes == wanted.shapes
    assert found.mesh is not None
    assert wanted.mesh is not None
    np.testing.assert_array_equal(found.mesh.deltas, wanted.mesh.deltas)
    np.testing.assert_array_equal(found.mesh.vertices, wanted.mesh.vertices)
    np.testing.assert_array_equal(found.mesh.face_vertices, wanted.mesh.face_vertices)
    content = json.loads((tmp_path / "hero.gltf").read_text("utf-8"))
    for view in [view for view in content["bufferViews"] if "extensions" in view]:
        view["extensions"][extension]["count"] *= 2
    (tmp_path / "hero.gltf").write_text(json.dumps(content), "utf-8")
    with pytest.raises(InputError, match="contradicts itself"):
        load(tmp_path / "hero.gltf")


@pytest.mark.blender
def test_a_rig_that_draco_packed_is_the_same_rig_but_for_its_precision(tmp_path, inside):
    rig = patch()
    inside.call("tests.rigs.worker.blend_maker:packed", {"rig": rig, "path": tmp_path / "hero.glb"})
    found = load(tmp_path / "hero.glb")
    assert found.shapes == rig.shapes
    assert found.mesh is not None
    assert rig.mesh is not None
    assert len(found.mesh.vertices) == len(rig.mesh.vertices)
    distance = np.linalg.norm(found.mesh.vertices - rig.mesh.vertices[:, None], axis=2)
    same = distance.argmin(axis=1)
    assert distance.min(axis=1).max() < 1e-4  # 14 bits of half a metre
    np.testing.assert_allclose(found.mesh.deltas[:, same], rig.mesh.deltas, atol=1e-4)
    for joint, own in zip(found.joints, rig.joints, strict=True):
        np.testing.assert_allclose(joint.weights[same], own.weights, atol=0.01)
    content = (tmp_path / "hero.glb").read_bytes()
    start = content.index(b"DRACO")
    (tmp_path / "hero.glb").write_bytes(content[: start + 12] + bytes(60) + content[start + 72 :])
    with pytest.raises(InputError, match=r"hero.glb: what Draco compressed is damaged; export it again"):
        load(tmp_path / "hero.glb")
