"""Files of bare curves: .csv as Live Link Face writes it, .json, .npz. All read back as the clip."""

import json
import zipfile
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import rigs
import usd_export
from audio2blend.channels import CHANNELS, ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from tests.support.talking import RATES, talking
from usd_export.curves.timecode import format_timecode, infer_frame_rate, parse_timecode, ticks

pytestmark = pytest.mark.slow


@st.composite
def clips(draw: st.DrawFn) -> Clip:
    """Any clip: any names, any float32 values, any rate."""
    names = draw(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])), unique=True, max_size=6))
    count = draw(st.integers(0, 8))
    finite = st.floats(width=32, allow_nan=False, allow_infinity=False)
    return Clip(
        values=draw(npst.arrays(np.float32, (count, len(names)), elements=finite)),
        channels=tuple(names),
        frame_rate=Fraction(draw(st.integers(1, 10**6)), draw(st.integers(1, 10**4))),
        start_s=draw(st.floats(allow_nan=False, allow_infinity=False)),
        metadata=draw(st.dictionaries(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))),
    )


def assert_equal(found: Clip, clip: Clip) -> None:
    """Assert that two clips are the same, to the last bit."""
    assert (found.channels, found.frame_rate, found.start_s) == (clip.channels, clip.frame_rate, clip.start_s)
    assert found.metadata == clip.metadata
    assert np.array_equal(found.values, clip.values)


@pytest.mark.parametrize("suffix", [".json", ".npz"])
@settings(deadline=None, max_examples=60)
@given(clip=clips())
def test_json_and_npz_lose_nothing(suffix: str, clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("any") / f"clip{suffix}"
    assert_equal(usd_export.read(usd_export.write(clip, path)), clip)


@pytest.mark.parametrize("suffix", [".csv", ".json", ".npz"])
def test_the_same_clip_gives_the_same_bytes(suffix: str, tmp_path: Path) -> None:
    first, second = (usd_export.write(talking(), tmp_path / f"{name}{suffix}").read_bytes() for name in "ab")
    assert first == second


def test_npz_carries_no_time_of_writing(tmp_path: Path) -> None:
    with zipfile.ZipFile(usd_export.write(talking(), tmp_path / "clip.npz")) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_npz_opens_with_plain_numpy(tmp_path: Path) -> None:
    clip = talking(frame_rate=Fraction(30000, 1001))
    with np.load(usd_export.write(clip, tmp_path / "clip.npz")) as arrays:
        assert np.array_equal(arrays["values"], clip.values)
        assert tuple(arrays["channels"]) == CHANNELS
        assert str(arrays["frame_rate"]) == "30000/1001"


def test_json_holds_names_fps_and_frames(tmp_path: Path) -> None:
    clip = talking(4, Fraction(30000, 1001))
    content = json.loads(usd_export.write(clip, tmp_path / "clip.json").read_text())
    assert content["names"] == list(CHANNELS)
    assert content["fps"] == pytest.approx(29.97002997)
    assert content["frame_rate"] == "30000/1001"
    assert np.array_equal(np.float32(content["frames"]), clip.values)


def test_json_by_someone_else_needs_only_names_fps_and_frames(tmp_path: Path) -> None:
    path = tmp_path / "clip.json"
    path.write_text('{"names": ["jawOpen"], "fps": 29.97, "frames": [[0], [0.5]]}')
    clip = usd_export.read(path)
    assert clip.frame_rate == Fraction(30000, 1001)
    assert clip["jawOpen"].tolist() == [0, 0.5]


def test_json_with_a_byte_order_mark_is_read(tmp_path: Path) -> None:
    path = usd_export.write(talking(), tmp_path / "clip.json")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())  # as programs for Windows begin a file
    assert_equal(usd_export.read(path), talking())


def test_curves_by_audio2face_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a2f.json"
    path.write_text(
        '{"exportFps": 30.0, "trackPath": "C:/line.wav", "numPoses": 2, "numFrames": 1,'
        ' "facsNames": ["jawOpen", "mouthClose"], "weightMat": [[0.5, 0.25]]}'
    )
    clip = usd_export.read(path)
    assert (clip.frame_rate, clip.channels) == (30, ("jawOpen", "mouthClose"))
    assert clip.values.tolist() == [[0.5, 0.25]]


def test_csv_is_laid_out_as_the_app_does(tmp_path: Path) -> None:
    clip = talking(3).with_channels({"jawOpen": [0.0, 0.25, 1.0], "headYaw": [0.0, 90.0, -45.0]})
    header, *rows = usd_export.write(clip, tmp_path / "take.csv").read_text().splitlines()
    columns = header.split(",")
    assert len(columns) == 63
    assert columns[:4] == ["Timecode", "BlendshapeCount", "EyeBlinkLeft", "EyeLookDownLeft"]
    assert columns[53:] == ["TongueOut", *(name[0].upper() + name[1:] for name in ROTATIONS)]
    cells = [dict(zip(columns, row.split(","), strict=True)) for row in rows]
    assert [row["Timecode"] for row in cells] == ["00:00:00:00.000", "00:00:00:01.000", "00:00:00:02.000"]
    assert {row["BlendshapeCount"] for row in cells} == {"61"}
    assert [row["JawOpen"] for row in cells] == ["0.0000000000", "0.2500000000", "1.0000000000"]
    # 90 degrees to the character's left is -pi/2 in the app
    assert [row["HeadYaw"] for row in cells] == ["0.0000000000", "-1.5707963268", "0.7853981634"]


@pytest.mark.parametrize("rate", RATES, ids=str)
@pytest.mark.parametrize("count", [3, 100, 5000])
def test_csv_reads_back_with_its_exact_rate(rate: Fraction, count: int, tmp_path: Path) -> None:
    clip = talking(count, rate, start_s=0.25)
    found = usd_export.read(usd_export.write(clip, tmp_path / "take.csv"))
    assert found.frame_rate == rate
    assert found.start_s == 0.25
    assert found.channels == CHANNELS
    assert np.abs(found.values - clip.values).max() < 1e-5  # degrees; the file holds ten decimals of radians


@given(rate=st.integers(1, 1000).map(Fraction) | st.builds(Fraction, st.integers(1, 2000), st.sampled_from([2, 5, 7])))
@example(rate=Fraction(839, 7))  # a hair from 120 in NTSC
def test_other_rates_are_found_too(rate: Fraction) -> None:
    known = {each * ntsc for each in RATES for ntsc in (1, Fraction(1000, 1001))}
    near = [each for each in known if 0 < abs(rate / each - 1) < Fraction(1, 1000)]
    if Fraction(1) <= rate <= 1000 and not near:
        assert infer_frame_rate(np.array(ticks(2000, frame_rate=rate, start_s=1.0))) == rate


def test_a_rate_is_rounded_to_a_known_one_only_within_half_the_step_to_ntsc() -> None:
    assert infer_frame_rate(np.array(ticks(2000, frame_rate=Fraction(30012, 1000), start_s=0))) == 30
    assert infer_frame_rate(np.array(ticks(2000, frame_rate=Fraction(1501, 50), start_s=0))) == Fraction(1501, 50)


def test_rows_as_the_app_records_them_are_read(tmp_path: Path) -> None:
    """The timecodes of a real take: time of day, a clock 0.015 % fast, thirty frames a second."""
    at = [parse_timecode("13:13:04:31.652") + round(k * 1999.71) for k in range(600)]
    lines = ["Timecode,BlendShapeCount,JawOpen,HeadPitch"]
    lines += [f"{format_timecode(tick)},2,{k / 1000:.10f},{0.1:.10f}" for k, tick in enumerate(at)]
    path = tmp_path / "MySlate_1_iPhone.csv"
    path.write_text("\n".join(lines))
    clip = usd_export.read(path)
    assert (clip.frame_rate, clip.start_s, clip.metadata["timecode"]) == (30, 0.0, "13:13:04:31.652")
    assert clip.channels == ("jawOpen", "headPitch")
    assert clip["headPitch"] == pytest.approx(-5.729578)  # the app's pitch is positive downwards
    assert clip["jawOpen"] == pytest.approx(clip.times_s * 60 / 1.99971 / 1000, abs=2e-6)


def test_dropped_frames_and_midnight_keep_the_time(tmp_path: Path) -> None:
    start = parse_timecode("23:59:59:30.000")
    kept = [k for k in range(240) if k not in (20, 21, 100)]
    lines = ["Timecode,BlendShapeCount,JawOpen"]
    lines += [f"{format_timecode(start + k * 1000)},1,{k / 240:.10f}" for k in kept]
    path = tmp_path / "take.csv"
    path.write_text("\n".join(lines))
    clip = usd_export.read(path)
    assert (clip.frame_rate, len(clip)) == (60, 240)
    assert clip["jawOpen"] == pytest.approx(np.arange(240) / 240, abs=1e-6)


def test_channels_the_csv_lacks_are_dropped_and_absent_ones_are_zero(tmp_path: Path) -> None:
    clip = Clip(values=[[0.5, 1.0]], channels=("jawOpen", "tailWag"), frame_rate=Fraction(60))
    found = usd_export.read(usd_export.write(clip, tmp_path / "take.csv"))
    assert found.channels == CHANNELS
    assert found["jawOpen"][0] == 0.5
    assert found["eyeBlinkLeft"][0] == 0


def test_a_csv_cannot_start_before_the_sound(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="timecode cannot be negative"):
        usd_export.write(talking(start_s=-0.5), tmp_path / "take.csv")
    assert not list(tmp_path.iterdir())


OWN_RATES = (12, 15, 24, 25, 30, 48, 50, 72, 90, 96, 100, 120)


def counted(frames: Iterable[int], rate: int, start_s: int = 0) -> str:
    """Return a file whose timecodes count frames of its own rate, as programs other than the app write it."""
    rows = ["Timecode,BlendShapeCount,JawOpen"]
    for k in frames:
        second, frame = divmod(k, rate)
        second += start_s
        code = f"{second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}:{frame:02}.000"
        rows.append(f"{code},1,{0.5 - 0.5 * np.cos(2 * np.pi * k / rate):.6f}")
    return "\n".join(rows) + "\n"


class TestTimecodesThatCountFramesOfTheirOwnRate:
    @pytest.mark.parametrize("rate", OWN_RATES)
    @pytest.mark.parametrize("first", [0, 7])
    def test_are_read_at_that_rate(self, rate, first, tmp_path):
        (tmp_path / "a.csv").write_text(counted(range(first, first + 3 * rate), rate))
        clip = usd_export.read(tmp_path / "a.csv")
        assert clip.frame_rate == rate
        assert clip.duration_s == pytest.approx(3)
        np.testing.assert_allclose(clip["jawOpen"], 0.5 - 0.5 * np.cos(2 * np.pi * clip.times_s), atol=1e-3)

    @pytest.mark.parametrize("rate", OWN_RATES)
    def test_may_start_past_an_hour_and_pass_midnight(self, rate, tmp_path):
        (tmp_path / "a.csv").write_text(counted(range(3 * rate), rate, start_s=24 * 3600 - 1))
        clip = usd_export.read(tmp_path / "a.csv")
        assert (clip.frame_rate, clip.duration_s) == (rate, 3.0)

    @pytest.mark.parametrize("rate", OWN_RATES)
    def test_may_lack_frames_that_were_dropped(self, rate, tmp_path):
        kept = np.delete(np.arange(4 * rate), [rate, rate + 5, 3 * rate - 1])
        (tmp_path / "a.csv").write_text(counted(kept.tolist(), rate))
        clip = usd_export.read(tmp_path / "a.csv")
        assert (clip.frame_rate, len(clip)) == (rate, 4 * rate)

    @pytest.mark.parametrize("step", [1, 2, 3, 4, 5, 6, 10, 12])
    def test_are_not_taken_for_sixtieths(self, step, tmp_path):
        """The app's own, at 60 down to 5 frames a second, and with a frame dropped where a second ends."""
        frames = np.delete(np.arange(0, 240, step), [60 // step])
        (tmp_path / "a.csv").write_text(counted(frames.tolist(), 60))
        clip = usd_export.read(tmp_path / "a.csv")
        assert (clip.frame_rate, clip.duration_s) == (Fraction(60, step), 4.0)


HEADER = "Timecode,BlendShapeCount,JawOpen\n"


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("a.csv", b"", "line 1 is not the header"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\xff", "not a text file"),
        ("a.csv", b"name,age\nBob,3\n", "line 1 is not the header"),
        ("a.csv", HEADER.encode(), "holds no frames"),
        ("a.csv", (HEADER + "00:00:00:00.000,61,0.5\n00:00:00:01").encode(), "line 3 has 1 columns"),
        ("a.csv", (HEADER + "00:00:00:00.000,61,half\n").encode(), "line 2: could not convert string to float: 'half'"),
        ("a.csv", (HEADER + "00:00:00:00.000,61,nan\n").encode(), "line 2 holds a NaN"),
        ("a.csv", (HEADER + "12:00,61,0.5\n").encode(), "line 2: '12:00' is no timecode"),
        ("a.csv", (HEADER + "9" * 30 + ":00:00:00.000,61,0.5\n").encode(), "is no timecode"),
        ("a.csv", (HEADER + "00:00:00:01.000,61,0\n" * 2).encode(), "line 3: the timecode does not move on"),
        ("a.csv", b"Timecode,BlendShapeCount,JawOpen,JawOpen\n", "names a column twice"),
        ("a.json", b"", "line 1, column 1: not JSON"),
        ("a.json", b'{"names": ["jawOpen"], "fps": 30, "frames": [[1' + b"0" * 5000 + b"]]}", "too long"),
        ("a.json", b'{"names": [], "frame_rate": "1e99999999", "frames": []}', "is no frame rate"),
        ("a.json", b'{"names": ["jawOpen"], "fps": 30, "frames": [[0.1], [0.', "line 1, column"),
        ("a.json", b"\xff\xfe\x00", "not a text file"),
        ("a.json", b"[" * 100_000, "nested too deeply"),
        ("a.json", b"[1, 2]", "holds no JSON object"),
        ("a.json", b'{"fps": 30, "frames": []}', "'names' must be a list"),
        ("a.json", b'{"names": ["jawOpen"], "fps": 30}', "'frames' must be a list"),
        ("a.json", b'{"names": ["jawOpen"], "fps": 30, "frames": [[1], [1, 2]]}', "frame 1 holds 2 values, but"),
        ("a.json", b'{"names": ["jawOpen"], "fps": 30, "frames": [["x"]]}', "frame 0 holds something that"),
        ("a.json", b'{"names": ["jawOpen"], "fps": 30, "frames": [[1], [NaN]]}', "frame 1 holds a NaN"),
        ("a.json", b'{"names": ["jawOpen"], "fps": 30, "frames": [[1e99]]}', "frame 0 holds a NaN or an infinity"),
        ("a.json", b'{"names": ["jawOpen"], "frames": [[1]]}', "None is no frame rate"),
        ("a.json", b'{"names": ["jawOpen"], "fps": 30, "frame_rate": "1/0", "frames": [[1]]}', "'1/0' is no frame"),
        ("a.json", b'{"names": ["a", "a"], "fps": 30, "frames": [[1, 2]]}', "two channels share a name"),
        ("a.json", b'{"names": [], "fps": 30, "frames": [], "start_s": "now"}', "'start_s' must be a number"),
        ("a.json", b'{"names": [], "fps": 30, "frames": [], "start_s": NaN}', "the start at nan s is no time"),
        ("a.json", b'{"names": [], "fps": 30, "frames": [], "start_s": 1e999}', "the start at inf s is no time"),
        ("a.json", b'{"names": [], "fps": 30, "frames": [], "metadata": [1]}', "'metadata' must be an object"),
        ("a.npz", b"", "damaged, or not a clip"),
        ("a.npz", b"PK\x03\x04 and no more", "damaged, or not a clip"),
        ("a.npz", b"plain text", "damaged, or not a clip"),
    ],
)  # fmt: skip
def test_bad_files_give_one_sentence(name: str, content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        usd_export.read(path)
    assert str(error.value).startswith(str(path))
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_npz_cut_short_anywhere_gives_one_sentence(tmp_path: Path) -> None:
    whole = usd_export.write(talking(), tmp_path / "clip.npz").read_bytes()
    path = tmp_path / "cut.npz"
    for length in range(0, len(whole), len(whole) // 50):
        path.write_bytes(whole[:length])
        with pytest.raises(InputError, match="damaged, or not a clip"):
            usd_export.read(path)


def test_npz_with_flipped_bytes_is_refused_or_equal(tmp_path: Path) -> None:
    clip = talking()
    whole = usd_export.write(clip, tmp_path / "clip.npz").read_bytes()
    path = tmp_path / "flipped.npz"
    for place in range(0, len(whole), len(whole) // 200):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        try:
            found = usd_export.read(path)
        except InputError:
            continue
        assert np.array_equal(found.values, clip.values)


@pytest.mark.parametrize(("offset", "value"), [(6, 1), (8, 9)], ids=["encrypted", "Deflate64"])
def test_npz_packed_as_nobody_can_unpack_gives_one_sentence(offset: int, value: int, tmp_path: Path) -> None:
    path = usd_export.write(talking(), tmp_path / "clip.npz")
    packed = bytearray(path.read_bytes())
    for mark, shift in ((b"PK\x03\x04", 0), (b"PK\x01\x02", 2)):  # local headers, and those of the directory
        at = packed.find(mark)
        while at >= 0:
            packed[at + offset + shift] = value
            at = packed.find(mark, at + 4)
    path.write_bytes(packed)
    with pytest.raises(InputError, match="damaged, or not a clip"):
        usd_export.read(path)


@pytest.mark.parametrize("kind", ["clip", "rig"])
def test_npz_whose_arrays_describe_themselves_wrongly_gives_one_sentence(kind: str, tmp_path: Path) -> None:
    path, header = tmp_path / "wrong.npz", b"{'descr': ('<f4', (\n"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("channels", "values", "frame_rate", "v_template", "shapedirs"):
            archive.writestr(f"{name}.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
    with pytest.raises(InputError, match=r"wrong\.npz: damaged, or n"):
        usd_export.read(path) if kind == "clip" else rigs.load(path)


def test_npz_of_other_arrays_names_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "other.npz"
    np.savez(path, weights=np.zeros(3))
    with pytest.raises(InputError, match=r"values is not a file in the archive; this \.npz"):
        usd_export.read(path)
