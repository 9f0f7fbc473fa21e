"""Animations for engines and other programs, as keys: read by their own readers where there are such, and by ours."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from godot_parser import GDFile
from unityparser import UnityDocument

import usd_export
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from tests.support.talking import RATES, talking
from usd_export import format_of

KEYED = [".unity.anim", ".tres", ".maya.anim"]


@pytest.mark.parametrize("suffix", KEYED)
@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("start_s", [0.0, 0.25])
def test_without_an_error_all_comes_back(suffix: str, rate: Fraction, start_s: float, tmp_path: Path) -> None:
    clip = talking(frame_rate=rate, start_s=start_s)
    options = format_of(f"a{suffix}").options(key_error=0)
    found = usd_export.read(usd_export.write(clip, tmp_path / f"line{suffix}", options=options))
    assert (found.frame_rate, len(found), found.channels) == (rate, len(clip), ARKIT)
    assert found.start_s == pytest.approx(start_s, abs=1e-4)
    np.testing.assert_allclose(found.values, clip.select(ARKIT).values, atol=1e-5)


@pytest.mark.parametrize("suffix", KEYED)
def test_with_one_curves_stay_within_it(suffix: str, hello_clip: Clip, tmp_path: Path) -> None:
    path = usd_export.write(hello_clip, tmp_path / f"line{suffix}")
    found = usd_export.read(path)
    assert np.abs(found.values - hello_clip.select(ARKIT).values).max() <= 0.002 + 1e-5
    assert usd_export.check(path, hello_clip) == ()
    other = hello_clip.with_channels({"jawOpen": hello_clip["jawOpen"] + 0.01})
    assert "jawOpen is" in usd_export.check(path, other)[0]


@pytest.mark.parametrize("suffix", KEYED)
def test_names_of_a_rig_are_kept(suffix: str, tmp_path: Path) -> None:
    names = ("Jaw_Open", "Mouth_Close")
    clip = Clip(values=[[0.0, 1.0], [0.5, 0.25]], channels=names, frame_rate=Fraction(30))
    assert usd_export.read(usd_export.write(clip, tmp_path / f"line{suffix}")).channels == names


STRANGE = ("口 \"a\": 'b'", "true", "a\\b", "- x", "#1", "a: b", " c ", "Fcl_MTH_A.001")


@pytest.mark.parametrize("suffix", [".unity.anim", ".tres"])
def test_names_of_any_kind_come_back(suffix: str, tmp_path: Path) -> None:
    names = tuple(name.replace(":", "") for name in STRANGE)
    clip = Clip(values=np.full((2, len(names)), 0.5), channels=names, frame_rate=Fraction(30))
    assert usd_export.read(usd_export.write(clip, tmp_path / f"line{suffix}")).channels == names


def test_unity_finds_the_curves_of_its_mesh(hello_clip: Clip, tmp_path: Path) -> None:
    options = format_of("a.unity.anim").options(mesh_path="Armature/Head, Armature/Teeth", key_error=0.001)
    few = ("jawOpen", "mouthClose", "eyeBlinkLeft")  # such a reader takes its time
    path = usd_export.write(hello_clip.select(few), tmp_path / "hello.unity.anim", options=options)
    clip = UnityDocument.load_yaml(str(path)).entry
    assert (clip.__class__.__name__, clip.anchor, float(clip.m_SampleRate)) == ("AnimationClip", "7400000", 60.0)
    assert len(clip.m_FloatCurves) == len(clip.m_EditorCurves) == 2 * len(few)
    assert {curve["path"] for curve in clip.m_FloatCurves} == {"Armature/Head", "Armature/Teeth"}
    assert {int(curve["classID"]) for curve in clip.m_FloatCurves} == {137}
    jaw = next(curve for curve in clip.m_FloatCurves if curve["attribute"] == "blendShape.jawOpen")
    keys = [{name: float(key[name]) for name in ("time", "value", "inSlope", "outSlope")}
            for key in jaw["curve"]["m_Curve"]]  # fmt: skip
    times = np.array([key["time"] for key in keys])
    values = np.array([key["value"] for key in keys])
    assert np.abs(np.interp(hello_clip.times_s, times, values) - 100 * hello_clip["jawOpen"]).max() < 0.1001
    slopes = np.diff(values) / np.diff(times)  # tangents of lines
    np.testing.assert_allclose([key["outSlope"] for key in keys[:-1]], slopes, atol=0.01)
    np.testing.assert_allclose([key["inSlope"] for key in keys[1:]], slopes, atol=0.01)


def test_unity_curves_with_other_tangents_are_read(tmp_path: Path) -> None:
    path = usd_export.write(
        Clip(values=[[0.0]] * 3 + [[1.0]], channels=("jawOpen",), frame_rate=Fraction(3)), tmp_path / "a.unity.anim"
    )
    key = (
        "      - serializedVersion: 3\n        time: {}\n        value: {}\n        inSlope: {}\n        outSlope: {}\n"
    )
    text = path.read_text()
    start, end = text.index("      - serializedVersion: 3"), text.index("      m_PreInfinity")
    for slopes, expected in {("0", "0"): [0, 7 / 27, 20 / 27, 1], ("Infinity", "Infinity"): [0, 0, 0, 1]}.items():
        path.write_text(text[:start] + key.format(0, 0, *slopes) + key.format(1, 100, *slopes) + text[end:])
        assert usd_export.read(path)["jawOpen"] == pytest.approx(expected)


def test_godot_finds_a_track_for_every_shape(hello_clip: Clip, tmp_path: Path) -> None:
    options = format_of("a.tres").options(mesh_path="Body/Face", key_error=0.001)
    text = usd_export.write(hello_clip, tmp_path / "hello.tres", options=options).read_text()
    file = GDFile.parse(text)
    (resource,) = file.find_all("resource")
    assert next(iter(file.find_all("gd_resource"))).header.attributes["type"] == "Animation"
    assert resource["length"] == pytest.approx(283 / 60)
    assert resource["step"] == pytest.approx(1 / 60)
    paths = [resource[f"tracks/{number}/path"].args[0] for number in range(len(ARKIT))]
    assert paths == [f"Body/Face:blend_shapes/{name}" for name in ARKIT]
    keys = resource[f"tracks/{ARKIT.index('jawOpen')}/keys"]
    times, values = keys["times"].args, keys["values"]
    assert len(times) == len(values) == len(keys["transitions"].args)
    assert np.abs(np.interp(hello_clip.times_s, times, values) - hello_clip["jawOpen"]).max() < 0.00101


def test_godots_own_tracks_of_blend_shapes_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.tres").write_text(
        '[gd_resource type="Animation" format=3 uid="uid://x"]\n\n[resource]\nlength = 1.0\nstep = 0.5\n'
        'tracks/0/type = "blend_shape"\ntracks/0/imported = true\ntracks/0/enabled = true\n'
        'tracks/0/path = NodePath("Face:jawOpen")\ntracks/0/interp = 1\ntracks/0/loop_wrap = true\n'
        "tracks/0/keys = PackedFloat32Array(0, 1, 0.25, 1, 1, 0.75)\n"
    )
    clip = usd_export.read(tmp_path / "a.tres")
    assert (clip.channels, clip.frame_rate) == (("jawOpen",), 2)
    assert clip["jawOpen"] == pytest.approx([0.25, 0.5, 0.75])


def test_mayas_file_names_unit_node_and_keys(tmp_path: Path) -> None:
    clip = Clip(values=[[0.0], [0.5]], channels=("jaw-Open",), frame_rate=Fraction(30000, 1001), start_s=0.0)
    options = format_of("a.maya.anim").options(maya_node="heroShapes")
    text = usd_export.write(clip, tmp_path / "a.maya.anim", options=options).read_text()
    for line in ("timeUnit 29.97fps;", "anim jaw_Open jaw_Open heroShapes 0 0 0;", "    1 0.5 linear linear 1 0 0;"):
        assert line in text.splitlines()


def test_mayas_steps_are_read_as_steps(tmp_path: Path) -> None:
    (tmp_path / "a.anim").write_text(
        "animVersion 1.1;\nmayaVersion 2024;\ntimeUnit film;\nanim jawOpen jawOpen blendShape1 0 0 0;\nanimData {\n"
        "  input time;\n  output unitless;\n  weighted 0;\n  keys {\n"
        "    0 0 auto step 1 0 0;\n    2 1 auto auto 1 0 0;\n    4 0 auto auto 1 0 0;\n  }\n}\n"
        "anim translate.translateX translateX hips 0 0 0;\nanimData {\n  input time;\n  output linear;\n  keys {\n"
        "    0 5 auto auto 1 0 0;\n  }\n}\n"
    )
    clip = usd_export.read(tmp_path / "a.anim")
    assert (clip.frame_rate, clip.channels) == (24, ("jawOpen",))
    assert clip["jawOpen"].tolist() == [0, 0, 1, 0.5, 0]


@pytest.mark.parametrize("suffix", KEYED)
def test_what_they_cannot_hold_is_refused(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"line{suffix}"
    angles = Clip(values=[[1.0]], channels=("headYaw",), frame_rate=Fraction(60))
    for clip, sentence in {
        talking(start_s=-1): "begin at 0",
        talking(0): "holds no frames",
        angles: "no weights of blendshapes",
    }.items():
        with pytest.raises(InputError, match=sentence):
            usd_export.write(clip, path)
    assert not [*tmp_path.iterdir()]


def test_names_that_would_become_one_are_refused(tmp_path: Path) -> None:
    clip = Clip(values=[[1, 1]], channels=("jaw-open", "jaw.open"), frame_rate=Fraction(60))
    with pytest.raises(InputError, match=r"'jaw-open' and 'jaw\.open' would both be called 'jaw_open'"):
        usd_export.write(clip, tmp_path / "a.maya.anim")
    with pytest.raises(InputError, match="Maya has no 7 frames a second"):
        usd_export.write(talking(frame_rate=Fraction(7)), tmp_path / "a.maya.anim")


@pytest.mark.parametrize("suffix", KEYED)
def test_files_cut_off_anywhere_give_one_sentence_or_a_clip(suffix: str, tmp_path: Path) -> None:
    path = usd_export.write(talking(4), tmp_path / f"line{suffix}")
    whole = path.read_bytes()
    for length in [*range(0, 1500, 37), *range(1500, len(whole), len(whole) // 40)]:
        path.write_bytes(whole[:length])
        said = ""
        try:
            usd_export.read(path)
        except InputError as error:
            said = str(error)
        assert not said or (said.startswith(f"{path}: ") and "\n" not in said)


@pytest.mark.parametrize("suffix", KEYED)
@pytest.mark.parametrize(
    "old_new", [("0.5", "nan"), ("0.5", "1e99"), ("0.5", "x"), ("0.0333333333", "1e9")], ids=lambda pair: pair[1]
)
def test_impossible_numbers_give_one_sentence(suffix: str, old_new: tuple[str, str], tmp_path: Path) -> None:
    clip = Clip(values=[[0.0], [0.5]], channels=("jawOpen",), frame_rate=Fraction(30))
    path = usd_export.write(clip, tmp_path / f"line{suffix}")
    old, new = old_new
    text = path.read_text()
    if suffix == ".unity.anim" and old == "0.5":
        old = "50"
    if old not in text:
        pytest.skip("such a file counts frames")
    path.write_text(text.replace(old, new))
    with pytest.raises(InputError):
        usd_export.read(path)
