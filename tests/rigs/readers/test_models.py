"""Rigs from folders and archives of .obj files and from morphable models; other heads by identity."""

import io
import lzma
import tarfile
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio2blend.errors import InputError
from rigs import Rig, builtin, load, random_identity, save, with_identity

N = 12
"""Points along a side of the model."""


def model(seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return a face-like patch in metres that looks along +Z: points, triangles, 8 expressions, 6 identities."""
    random = np.random.default_rng(seed)
    x, y = (axis.ravel() for axis in np.meshgrid(*[np.linspace(-0.1, 0.1, N)] * 2))
    corner = np.add.outer(np.arange(N - 1) * N, np.arange(N - 1)).ravel()
    faces = np.concatenate([corner[:, None] + [0, 1, N + 1], corner[:, None] + [0, N + 1, N]])
    points = np.stack([x, y, 0.05 - 4 * (x**2 + y**2)], axis=1)
    return points, faces, random.normal(0, 0.003, (8, N * N, 3)), random.normal(0, 0.003, (6, N * N, 3))


def obj_text(points: np.ndarray, faces: np.ndarray | None = None) -> str:
    lines = ["# made by a test", "mtllib looks.mtl", *("v " + " ".join(f"{x:.6f}" for x in row) for row in points)]
    if faces is not None:
        lines += ["vt 0 0", "vt 1 0", "vt 1 1", "usemtl Skin"]
        lines += ["f " + " ".join(f"{v + 1}/{k + 1}" for k, v in enumerate(face)) for face in faces]
    return "\n".join(lines) + "\n"


def obj_files(*, unit: float = 100, neutral: str = "neutral") -> dict[str, str]:
    """Return the files of a folder in centimetres: neutral, two shapes with a name of their own, two identities."""
    points, faces, expressions, identities = model()
    named = {
        "jawOpen": expressions[0],
        "あ": expressions[1],
        "identity000": identities[0],
        "identity001": identities[1],
    }
    files = {f"Hero/{name}.obj": obj_text(unit * (points + delta), faces) for name, delta in named.items()}
    files[f"Hero/{neutral}.obj"] = obj_text(unit * points, faces)
    files["Hero/looks.mtl"] = "newmtl Skin\nKd 0.8 0.5 0.4\n"
    return files


def packed(path: Path, files: dict[str, str]) -> Path:
    """Put files into a folder or archive, by the suffix of `path`."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text)
    elif path.suffix:
        with tarfile.open(path, "w:" + path.suffix[1:].replace("tar", "")) as archive:
            for name, text in files.items():
                entry = tarfile.TarInfo(name)
                entry.size = len(text.encode())
                archive.addfile(entry, io.BytesIO(text.encode()))
    else:
        for name, text in files.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_text(text, "utf-8")
    return path


@pytest.mark.parametrize("name", ["hero", "hero.zip", "hero.tar", "hero.tar.xz", "hero.tar.gz", "hero.tar.bz2"])
def test_a_folder_or_archive_of_objs_is_a_rig(name, tmp_path):
    points, faces, expressions, identities = model()
    rig = load(packed(tmp_path / name, obj_files(neutral="generic_neutral_mesh")))
    assert rig.name == "hero"
    assert rig.shapes == ("jawOpen", "あ")
    assert rig.mesh is not None
    assert rig.mesh.identity is not None
    np.testing.assert_allclose(rig.mesh.vertices, points, atol=1e-6)
    np.testing.assert_allclose(rig.mesh.deltas, expressions[:2], atol=1e-6)
    np.testing.assert_allclose(rig.mesh.identity, identities[:2], atol=1e-6)
    np.testing.assert_array_equal(rig.mesh.face_vertices.reshape(-1, 3), faces)
    np.testing.assert_array_equal(rig.mesh.uv[:3], [[0, 0], [1, 0], [1, 1]])
    assert [(material.name, material.color) for material in rig.mesh.materials] == [("Skin", (0.8, 0.5, 0.4))]
    assert any("one unit is taken as 1 cm" in note for note in rig.notes)
    assert "the neutral face is generic_neutral_mesh.obj" in rig.notes


def test_files_that_do_not_fit_the_neutral_face_are_left_out_and_named(tmp_path):
    files = obj_files(unit=1) | {"Hero/hat.obj": obj_text(np.eye(3), np.array([[0, 1, 2]]))}
    rig = load(packed(tmp_path / "hero.zip", files))
    assert rig.shapes == ("jawOpen", "あ")
    assert any("left out: hat.obj" in note for note in rig.notes)


def test_objs_of_every_dialect(tmp_path):
    text = "v 0 0 0 1 0 0\r\nv 1 0 0 1 0 0\r\nv 1 1 0 1 0 0\r\nv 0 1e0 -0.0 1 0 0\r\nf -4//1 -3//1 -2//1 -1//1\r\n"
    (tmp_path / "a.obj").write_text(text, "utf-8", newline="")
    rig = load(tmp_path / "a.obj", bare=True)
    assert rig.mesh is not None
    assert rig.mesh.face_vertices.tolist() == [0, 1, 2, 3]
    np.testing.assert_allclose(rig.mesh.vertices[2] / rig.mesh.vertices[1, 0], [1, 1, 0])


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"readme.txt": "hello"}, "no .obj files in it"),
        ({"jawOpen.obj": obj_text(np.eye(3)), "blink.obj": obj_text(np.eye(3))}, "call the face at rest neutral.obj"),
        ({"neutral.obj": "v 0 0 0\nv 1 x 0\n"}, "begins with 'v' is damaged"),
        (
            {"neutral.obj": "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 y\n", "a.obj": obj_text(np.eye(3))},
            "does not hold numbers",
        ),
        ({"neutral.obj": "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 9\n", "a.obj": obj_text(np.eye(3))}, "beyond its 3"),
        ({"neutral.obj": "v 0 0 0\nv 1 0 0\nv 0 nan 0\nf 1 2 3\n", "a.obj": obj_text(np.eye(3))}, "not numbers"),
        ({"../evil.obj": obj_text(np.eye(3))}, "leads out of it"),
    ],
    ids=["none", "no neutral", "letters", "letters in a face", "beyond", "NaN", "escape"],
)
def test_archives_that_hold_no_rig_say_why(files, words, tmp_path):
    for name in ("a.zip", "a.tar.xz"):
        with pytest.raises(InputError, match=words) as error:
            load(packed(tmp_path / name, files))
        assert str(tmp_path / name) in str(error.value)


def test_an_empty_folder_and_damaged_archives_say_why(tmp_path):
    with pytest.raises(InputError, match=r"no \.obj files in it"):
        load(tmp_path)
    for name in ("a.zip", "a.tar.xz", "a.tar.gz"):
        path = packed(tmp_path / name, obj_files())
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(InputError, match=r"damaged|cannot be read"):
            load(path)


def test_an_archive_that_unpacks_to_too_much_is_refused_before_it_is_read(tmp_path):
    with lzma.open(tmp_path / "bomb.tar.xz", "wb") as file:
        entry = tarfile.TarInfo("neutral.obj")
        entry.size = 1 << 40  # a terabyte, it says
        file.write(entry.tobuf())
    with pytest.raises(InputError, match="unpacks to more than"):
        load(tmp_path / "bomb.tar.xz")


def greedy(packed_: bytes, megabytes: int) -> bytes:
    """Return an .xz or .lzma file whose header asks for a dictionary of such a size, a power of 2."""
    data = bytearray(packed_)
    if data[:1] == b"\x5d":
        data[1:5] = (megabytes << 20).to_bytes(4, "little")
    else:  # the first block's header stands after the stream's 12 bytes: its size / 4 - 1, flags, filter, 1, dictionary
        assert data[14:16] == b"\x21\x01"
        end = 12 + 4 * (data[12] + 1)
        data[16] = 2 * (megabytes.bit_length() - 1 + 20 - 12)
        data[end - 4 : end] = zlib.crc32(data[12 : end - 4]).to_bytes(4, "little")
    return bytes(data)


@pytest.mark.parametrize("form", [lzma.FORMAT_XZ, lzma.FORMAT_ALONE])
def test_an_archive_that_asks_for_too_much_memory_is_refused(tmp_path, form):
    path = packed(tmp_path / "a.tar.xz", obj_files())
    again = lzma.compress(lzma.decompress(path.read_bytes()), form)
    (tmp_path / "modest.tar.xz").write_bytes(greedy(again, 64))
    assert load(tmp_path / "modest.tar.xz").shapes == load(path).shapes
    (tmp_path / "greedy.tar.xz").write_bytes(greedy(again, 2048))
    with pytest.raises(InputError, match="Memory usage limit"):
        load(tmp_path / "greedy.tar.xz")


def test_parts_of_an_xz_archive_may_follow_each_other(tmp_path):
    path = packed(tmp_path / "a.tar.xz", obj_files())
    content = lzma.decompress(path.read_bytes())
    (tmp_path / "b.tar.xz").write_bytes(lzma.compress(content[:1000]) + lzma.compress(content[1000:]))
    assert load(tmp_path / "b.tar.xz").shapes == load(path).shapes


def test_an_encrypted_zip_is_refused(tmp_path):
    path = packed(tmp_path / "a.zip", obj_files())
    content = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # the flags of both headers of every file
        at = content.find(mark)
        while at >= 0:
            content[at + place] |= 1
            at = content.find(mark, at + 4)
    path.write_bytes(content)
    with pytest.raises(InputError, match="is encrypted; unpack it"):
        load(path)


def test_the_ict_face_is_read_as_it_is(ict_rig, corpora):
    rig = ict_rig
    lips = np.load(corpora / "ict_facekit" / "lip_vertices.npz")
    assert len(rig.shapes) == 57
    assert rig.mesh is not None
    assert rig.mesh.vertices.shape == (26719, 3)
    assert rig.mesh.identity is not None
    assert len(rig.mesh.identity) == 10
    assert any("one unit is taken as 1 cm" in note for note in rig.notes)
    assert rig.shapes == tuple(lips["names"])
    np.testing.assert_allclose(rig.mesh.vertices[lips["vertices"]], 0.01 * lips["neutral"], atol=1e-6)
    np.testing.assert_allclose(rig.mesh.deltas[:, lips["vertices"]], 0.01 * lips["deltas"], atol=1e-6)


def flame() -> dict[str, np.ndarray]:
    """Return a model as FLAME lays it out: 300 identities and 100 expressions in one array, five joints."""
    points, faces, expressions, identities = model()
    directions = np.zeros((N * N, 3, 400))
    directions[:, :, : len(identities)] = np.moveaxis(identities, 0, 2)
    directions[:, :, 300 : 300 + len(expressions)] = np.moveaxis(expressions, 0, 2)
    weights = np.zeros((N * N, 5))
    weights[:, 0], weights[: 4 * N, 0] = 1, 0
    weights[: 4 * N, 2] = 1  # the lower rows follow the jaw
    regressor = weights.T / np.maximum(weights.sum(axis=0), 1)[:, None]
    tree = np.array([[2**32 - 1, 0, 1, 1, 1], [0, 1, 2, 3, 4]])
    return {
        "v_template": points, "f": faces.astype(np.uint32), "shapedirs": directions, "weights": weights,
        "J_regressor": regressor, "kintree_table": tree, "posedirs": np.zeros((N * N, 3, 36)),
    }  # fmt: skip


def bfm() -> dict[str, np.ndarray]:
    """Return a model as the Basel Face Model of 2009 lays it out, in micrometres, with faces counted from 1."""
    points, faces, expressions, identities = model()
    return {
        "shapeMU": 1e6 * points.reshape(-1, 1), "tl": faces + 1,
        "shapePC": identities.reshape(6, -1).T / 2, "shapeEV": np.full((6, 1), 2e6),
        "expPC": expressions.reshape(8, -1).T / 4, "expEV": np.full((8, 1), 4e6),
    }  # fmt: skip


def bfm_2017() -> dict[str, np.ndarray]:
    """Return a model as the Basel Face Model of 2017 lays it out: millimetres, variances, faces as columns."""
    points, faces, expressions, identities = model()
    return {
        "shape/model/mean": 1e3 * points.ravel(), "shape/representer/cells": faces.T,
        "shape/model/pcaBasis": identities.reshape(6, -1).T, "shape/model/pcaVariance": np.full(6, 1e6),
        "expression/model/pcaBasis": expressions.reshape(8, -1).T, "expression/model/pcaVariance": np.full(8, 1e6),
    }  # fmt: skip


def ict() -> dict[str, np.ndarray]:
    """Return a model as ICT FaceKit's files hold it, in centimetres, with names."""
    points, faces, expressions, identities = model()
    names = np.array([f"expression_{index:03}" for index in range(8)])
    return {
        "neutral": 100 * points, "faces": faces, "expressions": 100 * expressions, "identity": 100 * identities,
        "expression_names": names,
    }  # fmt: skip


@pytest.mark.parametrize("layout", [flame, bfm, bfm_2017, ict])
def test_morphable_models_are_rigs(layout, tmp_path):
    points, faces, expressions, identities = model()
    np.savez(tmp_path / "model.npz", **layout())
    rig = load(tmp_path / "model.npz")
    assert rig.shapes[:8] == tuple(f"expression_{index:03}" for index in range(8))
    assert rig.mesh is not None
    assert rig.mesh.identity is not None
    np.testing.assert_allclose(rig.mesh.vertices, points, atol=1e-6)
    np.testing.assert_array_equal(rig.mesh.face_vertices.reshape(-1, 3), faces)
    np.testing.assert_allclose(rig.mesh.deltas[:8], expressions, atol=1e-6)
    np.testing.assert_allclose(rig.mesh.identity[:6], identities, atol=1e-6)
    assert (len(rig.shapes), len(rig.mesh.identity)) == ((100, 300) if layout is flame else (8, 6))


def test_flame_brings_its_jaw(tmp_path):
    np.savez(tmp_path / "flame.npz", **flame())
    rig = load(tmp_path / "flame.npz")
    jaw = rig.joints[-1]
    assert [(joint.name, joint.parent) for joint in rig.joints] == [("root", None), ("neck", "root"), ("jaw", "neck")]
    assert np.flatnonzero(jaw.weights).tolist() == list(range(4 * N))
    np.testing.assert_allclose(jaw.position, model()[0][: 4 * N].mean(axis=0), atol=1e-6)


def test_pickles_inside_an_archive_are_never_opened(tmp_path):
    content = flame() | {"J_regressor": np.array([{"a": 1}], dtype=object)}
    np.savez(tmp_path / "flame.npz", **content)
    assert load(tmp_path / "flame.npz").shapes
    np.savez(tmp_path / "worse.npz", **(content | {"v_template": np.array([{"a": 1}], dtype=object)}))
    with pytest.raises(InputError, match=r"worse\.npz"):
        load(tmp_path / "worse.npz")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"shapedirs": np.zeros((5, 3, 400))}, "fits no basis of 144 vertices"),
        ({"v_template": np.zeros(7)}, "7 numbers, which are no points"),
        ({"v_template": np.full((144, 3), np.nan)}, "not numbers"),
        ({"f": np.zeros((5, 4))}, "triangles have"),
        ({"f": None}, "no faces"),
        ({"v_template": None}, "no morphable model"),
    ],
    ids=["basis", "points", "NaN", "quads", "no faces", "no neutral"],
)
def test_broken_models_say_what_is_wrong(change, words, tmp_path):
    content = {name: array for name, array in (flame() | change).items() if array is not None}
    np.savez(tmp_path / "model.npz", **content)
    with pytest.raises(InputError, match=words) as error:
        load(tmp_path / "model.npz")
    assert str(tmp_path / "model.npz") in str(error.value)


def test_identity_gives_another_head_with_all_shapes(tmp_path):
    np.savez(tmp_path / "ict.npz", **ict())
    rig = load(tmp_path / "ict.npz")
    points, _, expressions, identities = model()
    head = with_identity(rig, [1.0, -0.5])
    assert head.mesh is not None
    np.testing.assert_allclose(head.mesh.vertices, points + identities[0] - 0.5 * identities[1], atol=1e-6)
    np.testing.assert_allclose(head.mesh.deltas, expressions, atol=1e-6)
    assert head.shapes == rig.shapes
    assert head.mesh.identity is None
    first, again, other = (random_identity(rig, seed) for seed in (7, 7, 8))
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0.1
    assert np.abs(first).max() <= 2


def test_identity_takes_the_jaw_along(tmp_path):
    content = flame()
    content["shapedirs"][:, :, 0] = [0, 0.01, 0]  # the first mode lifts the whole head by a centimetre
    np.savez(tmp_path / "flame.npz", **content)
    rig = load(tmp_path / "flame.npz")
    head = with_identity(rig, [2.0])
    for joint, before in zip(head.joints, rig.joints, strict=True):
        expected = np.array(before.position) + ([0, 0.02, 0] if before.weights.any() else 0)
        np.testing.assert_allclose(joint.position, expected, atol=1e-6)


@given(st.lists(st.floats(-3, 3), min_size=6, max_size=6), st.floats(-2, 2))
def test_identity_is_linear(coefficients, factor):
    points, faces, _, identities = model()
    rig = _rig(points, faces, identities)
    once, scaled = (with_identity(rig, np.array(coefficients) * by).mesh for by in (1.0, factor))
    assert once is not None
    assert scaled is not None
    np.testing.assert_allclose(scaled.vertices - points, factor * (once.vertices - points), atol=1e-6)


def _rig(points: np.ndarray, faces: np.ndarray, identities: np.ndarray) -> Rig:
    from rigs import Material, Mesh

    mesh = Mesh(
        vertices=points.astype(np.float32),
        face_sizes=np.full(len(faces), 3, np.int32),
        face_vertices=faces.ravel().astype(np.int32),
        face_materials=np.zeros(len(faces), np.int32),
        materials=(Material(name="skin", color=(1, 1, 1)),),
        deltas=np.zeros((0, len(points), 3), np.float32),
        identity=identities.astype(np.float32),
    )
    return Rig(name="model", shapes=(), mesh=mesh)


def test_identity_of_a_plain_rig_is_refused():
    with pytest.raises(InputError, match="has no identity modes"):
        with_identity(builtin(), [1.0])
    points, faces, _, identities = model()
    with pytest.raises(InputError, match="give at most 6"):
        with_identity(_rig(points, faces, identities), np.ones(7))


def test_a_saved_rig_comes_back_whole(tmp_path):
    rig = builtin()
    first, second = (save(rig, tmp_path / name) for name in ("a.npz", "b.npz"))
    assert first.read_bytes() == second.read_bytes()
    found = load(first)
    assert (found.name, found.shapes, found.landmarks) == (rig.name, rig.shapes, rig.landmarks)
    assert found.mesh is not None
    assert rig.mesh is not None
    assert found.mesh.materials == rig.mesh.materials
    for name in ("vertices", "face_sizes", "face_vertices", "face_materials", "deltas"):
        np.testing.assert_array_equal(getattr(found.mesh, name), getattr(rig.mesh, name))
    for joint, own in zip(found.joints, rig.joints, strict=True):
        assert (joint.name, joint.parent, joint.position) == (own.name, own.parent, own.position)
        np.testing.assert_array_equal(joint.weights, own.weights)
    with pytest.raises(InputError, match=r"ends in \.npz"):
        save(rig, tmp_path / "a.glb")
