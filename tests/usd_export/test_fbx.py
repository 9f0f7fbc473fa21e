"""FBX: what an independent reader and Blender itself find in the files."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

import usd_export
from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from tests.support.fbx_reader import read
from tests.support.posing import blender_axes, head_turn, matrix
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender

RATES = [Fraction(24), Fraction(30000, 1001), Fraction(60), Fraction(24000, 1001), Fraction(48), Fraction(90)]


def talk(frame_rate: Fraction, n_frames: int = 50) -> Clip:
    """Return a clip in which every shape has a curve of its own, and the head turns."""
    time_s = np.arange(n_frames) / float(frame_rate)
    weights = np.sin(time_s[:, None] * np.linspace(2, 9, len(ARKIT)) + np.arange(len(ARKIT))) ** 2
    turns = np.stack([40 * np.sin(3 * time_s), 20 * np.sin(4 * time_s), 10 * np.cos(5 * time_s)], axis=1)
    values = np.concatenate([weights, turns, np.zeros((n_frames, 6))], axis=1)
    return Clip(values=values, channels=CHANNELS, frame_rate=frame_rate, metadata={"source": "line 7.wav"})


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_every_weight_comes_back_at_its_time(rate, tmp_path):
    clip = talk(rate)
    found = read(usd_export.write(clip, tmp_path / "line.fbx", rig=patch()))
    assert found["stacks"] == ["line 7"]
    assert found["frame_rate"] == pytest.approx(float(rate), rel=2e-5)  # FBX's own name for 30000/1001 is 29.97
    assert list(found["curves"]) == list(ARKIT)
    for name, curve in found["curves"].items():
        np.testing.assert_allclose(np.array(curve["values"]) / 100, clip[name], atol=1e-6)  # DeformPercent
        np.testing.assert_allclose(curve["times_s"], clip.times_s, rtol=0, atol=1e-9)
    assert found["begin_s"] == 0
    assert found["end_s"] == pytest.approx(clip.times_s[-1], abs=1e-9)


def test_the_head_turns_as_the_channels_say(tmp_path):
    clip = talk(Fraction(60))
    head = read(usd_export.write(clip, tmp_path / "line.fbx", rig=patch()))["nodes"]["head"]
    turns = clip.select(["headYaw", "headPitch", "headRoll"]).values
    found = [matrix((w, x, y, z)) for x, y, z, w in head["turns"]]
    np.testing.assert_allclose(found, [head_turn(*turn) for turn in turns], atol=1e-5)


def test_the_scene_is_upright_in_centimetres_without_odd_transforms(tmp_path):
    rig = patch()
    found = read(usd_export.write(talk(Fraction(30)), tmp_path / "line.fbx", rig=rig))
    assert found["axes"] == ["POSITIVE_X", "POSITIVE_Y", "POSITIVE_Z"]
    assert found["unit_m"] == 0.01
    assert rig.mesh is not None
    np.testing.assert_allclose(found["vertices"], 100 * rig.mesh.vertices, atol=1e-3)
    assert found["n_faces"] == len(rig.mesh.face_sizes)
    assert found["materials"] == ["skin", "cloth"]
    assert set(found["nodes"]) == {"patch", "Armature", "root", "head"}
    positions = {"root": (0, 130, 0), "head": (0, 20, 0)}  # each in its parent
    for name, node in found["nodes"].items():
        np.testing.assert_allclose(node["position"], positions.get(name, (0, 0, 0)), atol=1e-4)
        np.testing.assert_allclose(node["rotation"], (0, 0, 0, 1), atol=1e-6)
        np.testing.assert_allclose(node["scale"], (1, 1, 1), atol=1e-6)
    assert set(found["rest"].values()) == {0.0}  # beside the curves lies the neutral face


def test_blender_reads_it_back_upright_and_one_to_one(inside, tmp_path):
    clip = talk(Fraction(24))
    rig = patch()
    assert rig.mesh is not None
    path = usd_export.write(clip, tmp_path / "line.fbx", rig=rig)
    found = inside.call("tests.usd_export.worker.fbx_importer:read", {"path": path, "n_frames": len(clip)})
    np.testing.assert_allclose(found["rest"], blender_axes(rig.mesh.vertices.astype(float)), atol=1e-5)
    assert found["names"] == list(ARKIT)
    np.testing.assert_allclose(found["weights"], clip.select(ARKIT).values, atol=1e-4)
    world = head_turn(*clip.values[10, 52:55]) @ [0, 0, 1]  # where the nose points
    np.testing.assert_allclose(found["forward"][10], blender_axes(world), atol=1e-4)


def test_the_same_clip_gives_the_same_bytes(tmp_path):
    first, second = (
        usd_export.write(talk(Fraction(30), 3), tmp_path / name, rig=patch()) for name in ("a.fbx", "b.fbx")
    )
    assert first.read_bytes() == second.read_bytes()


def test_shapes_that_nothing_moves_rest(tmp_path):
    clip = talk(Fraction(30), 4).select(["jawOpen"])
    found = read(usd_export.write(clip, tmp_path / "line.fbx", rig=patch()))
    assert found["rest"] == dict.fromkeys(ARKIT, 0.0)
    assert all(not any(curve["values"]) for name, curve in found["curves"].items() if name != "jawOpen")


LONG = "ein sehr langer Name, wie ihn Programme aus vielen Knoten zusammensetzen, mit Größe und 日本語: "
NAMES = ("Basis", "Basis.001", f"{LONG}jawOpen", f"{LONG}jawLeft", "@0@", "mouthSmile_L")
"""Shapes that Blender has no room for, whose first 63 bytes are the same, or that it has in every mesh."""


def test_names_are_kept_whatever_blender_makes_of_them(tmp_path):
    rig = patch(shapes=NAMES)
    joints = (replace(rig.joints[0], name=f"{LONG}root"), replace(rig.joints[1], parent=f"{LONG}root"))
    assert rig.mesh is not None
    materials = tuple(replace(look, name=LONG + look.name) for look in rig.mesh.materials)
    rig = replace(rig, name=f"{LONG}face", joints=joints, mesh=replace(rig.mesh, materials=materials))
    values = np.random.default_rng(0).random((5, len(NAMES)))
    clip = Clip(values=values, channels=NAMES, frame_rate=Fraction(30), metadata={"source": f"{LONG}.wav"})
    found = read(usd_export.write(clip, tmp_path / "line.fbx", rig=rig))
    assert list(found["curves"]) == list(NAMES)
    for name, curve in found["curves"].items():
        np.testing.assert_allclose(np.array(curve["values"]) / 100, clip[name], atol=1e-6)
    assert set(found["nodes"]) == {f"{LONG}face", "Armature", f"{LONG}root", "head"}
    assert found["materials"] == [f"{LONG}skin", f"{LONG}cloth"]
    assert found["stacks"] == [LONG]


def test_in_blender_too_each_shape_has_its_own_curve(inside, tmp_path):
    values = np.arange(3 * len(NAMES)).reshape(3, -1) / 20
    clip = Clip(values=values, channels=NAMES, frame_rate=Fraction(30))
    path = usd_export.write(clip, tmp_path / "line.fbx", rig=patch(shapes=NAMES))
    found = inside.call("tests.usd_export.worker.fbx_importer:shown", {"path": path})
    np.testing.assert_allclose(found, values.T, atol=1e-5)


def test_weights_beyond_one_are_kept(tmp_path):
    clip = Clip(values=[[1.5], [-0.5]], channels=("jawOpen",), frame_rate=Fraction(30))
    found = read(usd_export.write(clip, tmp_path / "line.fbx", rig=patch()))
    np.testing.assert_allclose(found["curves"]["jawOpen"]["values"], [150, -50], atol=1e-3)


def test_a_rig_of_nothing_but_a_mesh_will_do(tmp_path):
    rig = replace(patch(shapes=("jawOpen",)), joints=())
    found = read(usd_export.write(talk(Fraction(30), 4), tmp_path / "line.fbx", rig=rig))
    assert list(found["curves"]) == ["jawOpen"]
    assert set(found["nodes"]) == {"patch"}


def test_a_clip_that_starts_later_keeps_its_time(tmp_path):
    clip = replace(talk(Fraction(30), 4), start_s=0.5)
    found = read(usd_export.write(clip, tmp_path / "line.fbx", rig=patch()))
    np.testing.assert_allclose(found["curves"]["jawOpen"]["times_s"], clip.times_s, atol=1e-9)


def test_what_cannot_be_written_is_refused_and_leaves_no_file(tmp_path):
    empty = Clip(values=np.zeros((0, 1)), channels=("jawOpen",), frame_rate=Fraction(30))
    with pytest.raises(InputError, match="at least one frame"):
        usd_export.write(empty, tmp_path / "line.fbx", rig=patch())
    with pytest.raises(InputError, match=r"starts 0\.5 s before its sound"):
        usd_export.write(replace(talk(Fraction(30), 4), start_s=-0.5), tmp_path / "line.fbx", rig=patch())
    assert list(tmp_path.iterdir()) == []
