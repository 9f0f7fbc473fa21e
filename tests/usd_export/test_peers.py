"""Motions for programs with names or joints of their own: MetaHuman, MikuMikuDance, Live2D, Spine, BVH."""

import json
import runpy
from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pypmxvmd
import pytest
from bvh import Bvh

import usd_export
from audio2blend.channels import ARKIT, ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs.retarget import to_arkit
from tests.support.talking import RATES, talking
from usd_export import format_of

OWN_NAMES = [".metahuman.csv", ".vmd", ".motion3.json"]
ALL = [*OWN_NAMES, ".bvh", ".spine.json"]
SMALL = Clip(values=[[0.0], [0.5]], channels=("jawOpen",), frame_rate=Fraction(30))


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., Path]:
    """Write a clip without reduction and return its path."""

    def write(name: str, clip: Clip, **options: object) -> Path:
        form = format_of(name)
        return usd_export.write(clip, tmp_path / name, options=form.chosen({"key_error": 0.0, **options}))

    return write


@pytest.mark.parametrize("suffix", ALL)
@pytest.mark.parametrize("rate", [Fraction(30), *RATES], ids=str)
def test_rate_and_length_come_back(suffix: str, rate: Fraction, written: Callable[..., Path]) -> None:
    form = format_of(f"a{suffix}")
    if form.frame_rate not in (None, rate):
        pytest.skip("its rate is fixed")
    found = usd_export.read(written(f"a{suffix}", talking(frame_rate=rate)))
    assert (found.frame_rate, len(found), found.start_s) == (rate, 90, 0.0)


@pytest.mark.parametrize("suffix", ALL)
def test_what_was_written_passes_its_check_and_nothing_else_does(suffix: str, hello_clip: Clip, tmp_path: Path) -> None:
    rate = format_of(f"a{suffix}").frame_rate or hello_clip.frame_rate
    path = usd_export.write(hello_clip, tmp_path / f"a{suffix}")
    same = hello_clip.resampled(rate)
    assert usd_export.check(path, same) == ()
    other = same.with_channels({"jawOpen": np.minimum(same["jawOpen"] + 0.1, 1)})
    assert usd_export.check(path, other)


@pytest.mark.parametrize("suffix", OWN_NAMES)
def test_a_characters_own_names_are_kept(suffix: str, written: Callable[..., Path]) -> None:
    names = ("口パク", "Face.Fcl_A")
    clip = Clip(values=[[0.25, 1.0], [0.5, 0.75]], channels=names, frame_rate=Fraction(30))
    found = usd_export.read(written(f"a{suffix}", clip))
    assert found.channels == names
    np.testing.assert_allclose(found.values, clip.values, atol=1e-6)


@pytest.mark.parametrize("suffix", [*OWN_NAMES, ".bvh"])
def test_arkits_names_come_back_as_far_as_they_can(suffix: str, hello_clip: Clip, written: Callable[..., Path]) -> None:
    rate = format_of(f"a{suffix}").frame_rate or hello_clip.frame_rate
    clip = hello_clip.resampled(rate)
    found = usd_export.read(written(f"a{suffix}", clip))
    back = found if suffix == ".bvh" else to_arkit(found)
    for name in ("headYaw", "headPitch", "headRoll"):
        np.testing.assert_allclose(back[name], clip[name], atol=1e-3)
    assert np.corrcoef(back["jawOpen"], clip["jawOpen"])[0, 1] > 0.9


def test_a_metahuman_gets_epics_curves_as_unreals_curve_table(hello_clip: Clip, written: Callable[..., Path]) -> None:
    rows = [line.split(",") for line in written("a.metahuman.csv", hello_clip).read_text().splitlines()]
    assert rows[0][0] == "Name"
    np.testing.assert_allclose(np.array(rows[0][1:], float), hello_clip.times_s, atol=1e-9)
    curves = {name: np.array(values, float) for name, *values in rows[1:]}
    jaw = np.maximum(0, hello_clip["jawOpen"] - hello_clip["mouthClose"])
    np.testing.assert_allclose(curves["CTRL_expressions_jawOpen"], jaw, atol=1e-6)
    np.testing.assert_allclose(curves["CTRL_expressions_eyeBlinkL"], hello_clip["eyeBlinkLeft"], atol=1e-6)
    assert {name for name in curves if not name.startswith("CTRL_expressions_")} == {*ROTATIONS}


def test_a_curve_table_and_live_links_rows_are_told_apart(hello_clip: Clip, tmp_path: Path) -> None:
    for suffix, channel in ((".csv", "jawOpen"), (".metahuman.csv", "CTRL_expressions_jawOpen")):
        path = usd_export.write(hello_clip, tmp_path / f"a{suffix}")
        for name in ("x.csv", "x.metahuman.csv"):
            (tmp_path / name).write_bytes(path.read_bytes())
            assert channel in usd_export.read(tmp_path / name)


def test_mmd_reads_morphs_and_the_head(written: Callable[..., Path]) -> None:
    clip = Clip(
        values=[[1, 0, 0.5, 0, 0, 0], [0, 1, 0, 20, 0, 0], [0, 0, 0, 0, 20, 0], [0, 0, 0, 0, 0, 20]],
        channels=("eyeBlinkLeft", "eyeBlinkRight", "tongueOut", "headYaw", "headPitch", "headRoll"),
        frame_rate=Fraction(30),
    )
    motion = pypmxvmd.load_vmd(str(written("a.vmd", clip)))
    morphs: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for frame in motion.morph_frames:
        morphs[frame.morph_name].append((frame.frame_number, frame.weight))
    assert morphs["まばたき"] == [(0, 0.5), (1, 0.5), (2, 0.0), (3, 0.0)]
    assert morphs["べろ"][0] == (0, 0.5)
    assert {frame.bone_name for frame in motion.bone_frames} == {"頭"}
    turned = {frame.frame_number: frame.rotation for frame in motion.bone_frames}
    # left-handed, with +Z into the screen: to its own left (-Y), up (+X), to its own right shoulder (+Z)
    for frame, expected in {1: (0, -20, 0), 2: (20, 0, 0), 3: (0, 0, 20)}.items():
        np.testing.assert_allclose(turned[frame], expected, atol=1e-3)


def test_mmd_has_thirty_frames_a_second_and_shift_jis(tmp_path: Path, written: Callable[..., Path]) -> None:
    assert usd_export.read(usd_export.write(talking(61), tmp_path / "a.vmd")).frame_rate == 30
    assert usd_export.read(usd_export.write(talking(), tmp_path / "a.vmd", frame_rate=Fraction(24))).frame_rate == 30
    with pytest.raises(InputError, match="'😀' has letters that Shift-JIS has not"):
        written("b.vmd", Clip(values=[[0]], channels=("😀",), frame_rate=Fraction(30)))
    notes: list[str] = []
    long = Clip(values=[[0.5]], channels=("あいうえおかきくけこ",), frame_rate=Fraction(30))
    path = written("c.vmd", long, note=notes.append)
    assert usd_export.read(path).channels == ("あいうえおかき",)  # 14 of 15 bytes; half a letter is none
    assert "あいうえおかきくけこ as あいうえおかき" in notes[0]


def test_live2d_counts_what_its_players_make_room_for(hello_clip: Clip, tmp_path: Path) -> None:
    content = json.loads(usd_export.write(hello_clip, tmp_path / "a.motion3.json").read_text())
    meta, curves = content["Meta"], content["Curves"]
    assert content["Version"] == 3
    assert meta["CurveCount"] == len(curves)
    segments = [(len(curve["Segments"]) - 2) // 3 for curve in curves]
    assert all(set(curve["Segments"][2::3]) == {0} for curve in curves)
    assert meta["TotalSegmentCount"] == sum(segments)
    assert meta["TotalPointCount"] == sum(segments) + len(curves)
    assert meta["Duration"] == pytest.approx(283 / 60)
    by_name = {curve["Id"]: curve["Segments"] for curve in curves}
    assert {"ParamMouthOpenY", "ParamMouthForm", "ParamEyeLOpen", "ParamAngleX"} <= {*by_name}
    lids = by_name["ParamEyeLOpen"]
    times, values = np.array(lids[0:1] + lids[3::3]), np.array(lids[1:2] + lids[4::3])
    open_ = np.interp(hello_clip.times_s, times, values)
    np.testing.assert_allclose(open_, 1 - hello_clip["eyeBlinkLeft"], atol=0.0021)


def test_live2ds_beziers_and_steps_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    segments = [0, 0, 1, 1 / 3, 0, 2 / 3, 1, 1, 1, 2, 2, 0, 3, 3, 0.5]
    curves = [{"Target": "Parameter", "Id": "P", "Segments": segments}, {"Target": "Model", "Id": "Opacity"}]
    path.write_text(json.dumps({"Version": 3, "Meta": {"Fps": 4, "Duration": 3}, "Curves": curves}))
    clip = usd_export.read(path)
    eased = [0, 0.15625, 0.5, 0.84375]  # 3t² - 2t³
    assert clip["P"] == pytest.approx([*eased, 1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5], abs=1e-3)


def test_spine_has_a_control_bone_for_every_shape(hello_clip: Clip, tmp_path: Path) -> None:
    content = json.loads(usd_export.write(hello_clip, tmp_path / "hello.spine.json").read_text())
    assert content["bones"][0] == {"name": "root"}
    assert content["bones"][1:] == [{"name": name, "parent": "root"} for name in ARKIT]
    ((_, animation),) = content["animations"].items()
    keys = animation["bones"]["jawOpen"]["translatex"]
    shifted = np.interp(hello_clip.times_s, [key["time"] for key in keys], [key["value"] for key in keys])
    np.testing.assert_allclose(shifted, 100 * hello_clip["jawOpen"], atol=0.21)


def test_spines_own_ways_to_write_keys_are_read(tmp_path: Path) -> None:
    keys = [{"x": 50, "curve": "stepped"}, {"time": 1, "x": 100}, {"time": 2}]
    content = {"skeleton": {"fps": 2}, "bones": [], "animations": {"a": {"bones": {"jaw": {"translate": keys}}}}}
    (tmp_path / "a.json").write_text(json.dumps(content))
    assert usd_export.read(tmp_path / "a.json")["jaw"] == pytest.approx([0.5, 0.5, 1, 0.5, 0])


def test_a_bvh_turns_head_jaw_and_eyes(tmp_path: Path) -> None:
    clip = Clip(
        values=[[10, 20, -5, 0.5, 7]], channels=("headYaw", "headPitch", "headRoll", "jawOpen", "leftEyeYaw"),
        frame_rate=Fraction(30000, 1001),
    )  # fmt: skip
    file = Bvh(usd_export.write(clip, tmp_path / "a.bvh").read_text())
    assert file.get_joints_names() == ["Head", "Jaw", "LeftEye", "RightEye"]
    assert (file.nframes, file.frame_time) == (1, pytest.approx(1001 / 30000))
    turns = ("Yrotation", "Xrotation", "Zrotation")
    assert file.frame_joint_channels(0, "Head", turns) == pytest.approx([10, -20, -5])
    assert file.frame_joint_channels(0, "Jaw", turns) == pytest.approx([0, 11, 0])
    assert file.frame_joint_channels(0, "LeftEye", turns) == pytest.approx([7, 0, 0])
    assert file.joint_channels("Head")[3:] == list(turns)


def test_gaze_turns_the_eyes_where_there_are_no_angles(tmp_path: Path) -> None:
    clip = Clip(values=[[0.5]], channels=("eyeLookOutLeft",), frame_rate=Fraction(60))
    assert usd_export.read(usd_export.write(clip, tmp_path / "a.bvh"))["leftEyeYaw"] == pytest.approx([13])


def test_the_head_of_anybodys_bvh_is_read_whatever_the_order_of_its_angles(tmp_path: Path) -> None:
    (tmp_path / "a.bvh").write_text(
        "HIERARCHY\nROOT Hips\n{\n OFFSET 0 0 0\n CHANNELS 6 Xposition Yposition Zposition "
        "Zrotation Xrotation Yrotation\n"
        " JOINT mixamorig:Head\n {\n  OFFSET 0 10 0\n  CHANNELS 3 Zrotation Yrotation Xrotation\n"
        "  End Site\n  {\n   OFFSET 0 1 0\n  }\n }\n}\nMOTION\nFrames: 2\nFrame Time: .041708\n"
        "0 90 0 0 0 0  0 30 0\n1 2 3 4 5 6  10 0 0\n"
    )
    clip = usd_export.read(tmp_path / "a.bvh")
    assert clip.frame_rate == Fraction(24000, 1001)
    assert clip.channels == ("headYaw", "headPitch", "headRoll")
    np.testing.assert_allclose(clip.values, [[30, 0, 0], [0, 0, 10]], atol=1e-4)


@pytest.mark.parametrize("suffix", ALL)
def test_files_cut_off_anywhere_give_one_sentence_or_a_clip(suffix: str, written: Callable[..., Path]) -> None:
    path = written(f"a{suffix}", talking(4, Fraction(30)))
    whole = path.read_bytes()
    for length in range(0, len(whole), max(1, len(whole) // 60)):
        path.write_bytes(whole[:length])
        said = ""
        try:
            usd_export.read(path)
        except InputError as error:
            said = str(error)
        assert not said or (said.startswith(f"{path}: ") and "\n" not in said)


JOINT = "HIERARCHY\nROOT {}\n{{\nOFFSET 0 0 0\nCHANNELS 1 Xrotation\n}}\nMOTION\nFrames: {}\nFrame Time: 1\n{}\n"


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.motion3.json", '{"Meta": {"Fps": 30}, "Curves": [{"Target": "Parameter"}]}', "a curve is damaged"),
        ("a.motion3.json", '{"Meta": {"Fps": 30}, "Curves": []}', "holds no keys"),
        ("a.motion3.json", '{"Meta": {"Fps": 0}, "Curves": []}', "out of range"),
        ("a.motion3.json", '{"Meta": {"Fps": 9}, "Curves": [{"Target": "Parameter", "Id": "a", "Segments": [7]}]}',
         "a curve is damaged"),
        ("a.spine.json", '{"skeleton": {}, "animations": {}}', "holds no animation"),
        ("a.spine.json", '{"skeleton": {}, "animations": {"a": []}}', "a timeline is damaged"),
        ("a.spine.json", '{"skeleton": {}, "animations": {"a": {}}}', "holds no keys"),
        ("a.bvh", "HIERARCHY", "holds no HIERARCHY and MOTION"),
        ("a.bvh", JOINT.format("Hips", 1, "5"),
         "no joint that is a head, a jaw or an eye"),
        ("a.bvh", JOINT.format("Head", 9, "5"),
         "has 1 numbers for 9 frames"),
        ("a.bvh", JOINT.format("Head", 1, "x"),
         "damaged"),
        ("a.vmd", "Vocaloid Motion Data 0002", "cut off"),
        ("a.vmd", "hello", "no motion of MikuMikuDance"),
        ("a.metahuman.csv", "Name,0,1\nCTRL_a,0", "line 2 has 1 values for 2 times"),
        ("a.metahuman.csv", "Name,0,1\nCTRL_a,0,x", "line 2 holds something that is no number"),
        ("a.metahuman.csv", "Name,1,0\nCTRL_a,0,0", "times do not rise"),
        ("a.metahuman.csv", "Name,0,0.01\nCTRL_a,0,nan", "not finite"),
    ],
)  # fmt: skip
def test_bad_files_give_one_sentence(name: str, text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as error:
        usd_export.read(tmp_path / name)
    assert str(error.value).startswith(f"{tmp_path / name}: ")
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("suffix", [".metahuman.csv", ".csv"])
def test_the_script_for_unreal_finds_times_and_curves(suffix: str, hello_clip: Clip, tmp_path: Path) -> None:
    script = runpy.run_path(str(Path(__file__).parents[2] / "examples" / "unreal_import.py"))
    times, curves = script["curves"](usd_export.write(hello_clip, tmp_path / f"a{suffix}"))
    np.testing.assert_allclose(times, hello_clip.times_s, atol=1e-6)
    blink = curves["CTRL_expressions_eyeBlinkL" if suffix == ".metahuman.csv" else "EyeBlinkLeft"]
    np.testing.assert_allclose(blink, hello_clip["eyeBlinkLeft"], atol=1e-6)
