"""The .mp4 preview and the stills: what another program decodes from them."""

import re
import subprocess
import tempfile
from dataclasses import replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from PIL import Image

import usd_export
from audio2blend.audio import SAMPLE_RATE, Speech, load
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from render_farm import RenderSettings, stills
from render_farm.mp4 import Options
from render_farm.video import encoder
from rigs import Rig
from tests.support.small_rig import patch
from tests.support.sounds import ffmpeg
from tests.support.videos import SIZE, pictures

pytestmark = pytest.mark.blender

SMALL = Options(size=(SIZE, SIZE))
SECOND = Fraction(1)


@pytest.fixture(autouse=True)
def nothing_stays_behind(monkeypatch, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    yield
    assert list(scratch.iterdir()) == []
    assert not list(tmp_path.glob(".draft-*"))


def still_clip(n_frames: int = 2, frame_rate: Fraction = Fraction(30)) -> Clip:
    return Clip(values=np.zeros((n_frames, 1)), channels=("jawOpen",), frame_rate=frame_rate)


def streams(path: Path) -> dict[str, dict[str, object]]:
    """Return for each kind of stream its codec, its time base, and times and lengths of its packets."""
    found: dict[str, dict[str, object]] = {}
    text = ffmpeg("-i", path, "-c", "copy", "-f", "framecrc", "-").decode()
    kinds = dict(re.findall(r"#media_type (\d): (\w+)", text))
    for index, kind in kinds.items():
        base = Fraction(re.search(rf"#tb {index}: (\S+)", text)[1])
        packets = [line.split(",") for line in text.splitlines() if line.startswith(f"{index},")]
        found[kind] = {
            "codec": re.search(rf"#codec_id {index}: (\w+)", text)[1],
            "times_s": sorted(int(packet[2]) * base for packet in packets),
            "lengths_s": {int(packet[3]) * base for packet in packets[:-1]},
        }
    return found


def sound(path: Path) -> NDArray[np.float32]:
    """Return the decoded sound at 48 kHz."""
    return np.frombuffer(ffmpeg("-i", path, "-vn", "-f", "f32le", "-ac", "1", "-"), np.float32)


@pytest.mark.parametrize("rate", [Fraction(30), Fraction(30000, 1001), Fraction(24), Fraction(60)], ids=str)
def test_picture_and_sound_are_in_step_at_an_exact_rate(rate, tmp_path):
    """A clap after a second: the lips move and the sound clicks in the same frame, in what a player gets."""
    n_samples = 25_600  # 1.6 s
    n_frames = int(np.ceil(n_samples / SAMPLE_RATE * rate))
    clap = round(1 * rate)
    samples = np.zeros(n_samples, np.float32)
    click = round(clap / rate * SAMPLE_RATE)
    samples[click : click + 16] = 0.9
    weights = np.zeros((n_frames, len(ARKIT)))
    weights[clap] = 1
    clip = Clip(values=weights, channels=ARKIT, frame_rate=rate)
    path = usd_export.write(
        clip, tmp_path / "clap.mp4", rig=patch(), speech=Speech(samples=samples), frame_rate=rate, options=SMALL
    )

    found = streams(path)
    assert found["video"]["codec"] == "h264"
    assert found["audio"]["codec"] == "aac"
    assert found["video"]["times_s"] == [frame / rate for frame in range(n_frames)]  # constant, exact, from 0
    assert found["video"]["lengths_s"] == {1 / rate}

    frames = pictures(path)
    assert len(frames) == n_frames
    change = np.abs(frames - frames[0]).mean(axis=(1, 2))
    assert change.argmax() == clap
    assert change[clap] > 5 * np.delete(change, clap).max()

    heard = sound(path)
    assert len(heard) / 48_000 == pytest.approx(n_samples / SAMPLE_RATE, abs=1024 / 48_000)  # whole AAC frames
    assert np.abs(heard).argmax() / 48_000 == pytest.approx(clap / rate, abs=0.002)


def test_shapes_that_nothing_moves_rest(tmp_path):
    every = Clip(values=np.zeros((2, len(ARKIT))), channels=ARKIT, frame_rate=Fraction(30))
    one, all_ = (
        pictures(usd_export.write(clip, tmp_path / f"{len(clip.channels)}.mp4", rig=patch(), options=SMALL))
        for clip in (every.select(["jawOpen"]), every)
    )
    np.testing.assert_array_equal(one, all_)


def test_the_sound_is_the_recordings_own_not_the_networks(tmp_path):
    time_s = np.arange(48_000) / 48_000
    soundfile.write(
        tmp_path / "bright.wav",
        0.2 * np.sin(2 * np.pi * 12_000 * time_s) + 0.2 * np.sin(2 * np.pi * 200 * time_s),
        48_000,
    )
    speech = load(tmp_path / "bright.wav")
    path = usd_export.write(still_clip(), tmp_path / "line.mp4", rig=patch(), speech=speech, options=SMALL)
    spectrum = np.abs(np.fft.rfft(sound(path)[:48_000]))
    assert spectrum[12_000] > 0.5 * spectrum[200]  # 16 kHz hold nothing above 8 kHz


def test_the_file_is_what_players_expect(tmp_path):
    path = usd_export.write(still_clip(), tmp_path / "line.mp4", rig=patch(), options=SMALL)
    told = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-i", path], stderr=subprocess.PIPE, text=True, check=False
    ).stderr
    assert "yuv420p(tv, bt709" in told
    content = path.read_bytes()
    assert content.index(b"moov") < content.index(b"mdat")  # plays before it is loaded


def test_a_preview_has_thirty_frames_a_second_unless_told(tmp_path):
    path = usd_export.write(still_clip(60, Fraction(60)), tmp_path / "line.mp4", rig=patch(), options=SMALL)
    assert streams(path)["video"]["times_s"] == [frame / Fraction(30) for frame in range(30)]


def test_it_is_as_long_as_the_speech_and_else_as_the_clip(tmp_path):
    speech = Speech(samples=np.full(3300, 0.1, np.float32))  # 6.2 frames
    spoken = usd_export.write(still_clip(), tmp_path / "a.mp4", rig=patch(), speech=speech, options=SMALL)
    assert len(streams(spoken)["video"]["times_s"]) == 7
    silent = usd_export.write(replace(still_clip(3), start_s=0.1), tmp_path / "b.mp4", rig=patch(), options=SMALL)
    assert list(streams(silent)) == ["video"]
    assert len(streams(silent)["video"]["times_s"]) == 6


def test_the_same_input_gives_the_same_bytes(tmp_path):
    speech = Speech(samples=np.random.default_rng(0).normal(0, 0.1, 1600).astype(np.float32))
    first, second = (
        usd_export.write(still_clip(), tmp_path / name, rig=patch(), speech=speech, options=SMALL)
        for name in ("a.mp4", "b.mp4")
    )
    assert first.read_bytes() == second.read_bytes()


def test_progress_is_told_and_can_stop_the_work(tmp_path):
    told: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        told.append((done, total))
        if done == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        usd_export.write(still_clip(50), tmp_path / "line.mp4", rig=patch(), options=replace(SMALL, progress=stop))
    assert told == [(1, 50), (2, 50)]
    assert not (tmp_path / "line.mp4").exists()


@pytest.mark.parametrize(
    ("clip", "options", "reason"),
    [
        (still_clip(), Options(size=(63, 64)), "63 × 64 pixels cannot be encoded; H.264 needs even numbers"),
        (still_clip(), Options(size=(64, 0)), "64 × 0 pixels cannot be encoded"),
        (still_clip(0), SMALL, "at least one frame"),
    ],
)
def test_what_cannot_be_shown_is_refused(clip, options, reason, tmp_path):
    with pytest.raises(InputError, match=reason):
        usd_export.write(clip, tmp_path / "line.mp4", rig=patch(), options=options)
    assert not (tmp_path / "line.mp4").exists()


def test_a_video_that_cannot_be_written_is_told_in_a_sentence(tmp_path):
    frame = BytesIO()
    Image.new("RGB", (SIZE, SIZE)).save(frame, "BMP")

    def encode_many() -> None:
        video = tmp_path / "none" / "line.mp4"
        with encoder(video, width=SIZE, height=SIZE, frame_rate=SECOND * 30, speech=None, folder=tmp_path) as encode:
            for _ in range(1000):  # more than a pipe holds
                encode(frame.getvalue())

    with pytest.raises(InputError, match=r"^the video cannot be written: .*No such file or directory$"):
        encode_many()


@pytest.mark.parametrize("engine", ["eevee", "cycles"])
def test_engines_with_real_light_render_as_well(engine, tmp_path):
    look = RenderSettings(engine=engine, width=SIZE, height=SIZE, samples=1)
    weights = np.zeros((2, len(ARKIT)))
    weights[1] = 1
    rest, moved = map(pictures, stills(patch(), weights, tmp_path, look=look))
    assert rest.std() > 5  # there is something to see
    assert np.abs(moved - rest).mean() > 1


def bust(scale: float = 1.0, *, on_a_body: bool = False) -> Rig:
    """Return the test patch, of which only the upper part moves, at another size or as the top of a body."""
    rig = patch()
    assert rig.mesh is not None
    mesh = rig.mesh
    face = mesh.vertices[:, 1] > 1.5
    vertices, deltas = mesh.vertices.copy(), mesh.deltas * face[:, None]
    if on_a_body:
        vertices[~face & (vertices[:, 1] < 1.32), 1] = 0.0
    return replace(rig, mesh=replace(mesh, vertices=vertices * scale, deltas=deltas * scale), joints=())


def test_the_camera_finds_the_face_in_heads_of_any_size(tmp_path):
    look = RenderSettings(width=SIZE, height=SIZE)
    rest = np.zeros((1, len(ARKIT)))
    (normal,) = stills(bust(), rest, tmp_path / "normal", look=look)
    (giant,) = stills(bust(100.0), rest, tmp_path / "giant", look=look)
    assert np.abs(pictures(normal) - pictures(giant)).mean() < 0.5
    (body,) = stills(bust(on_a_body=True), rest, tmp_path / "body", look=look)
    upper = slice(0, SIZE // 2)
    assert np.abs(pictures(normal) - pictures(body))[:, upper].mean() < 0.5


def test_stills_show_the_weights_they_are_given(tmp_path):
    rig = bust()
    weights = np.eye(3, len(ARKIT)) * [[0], [1], [1]]
    told: list[tuple[int, int]] = []
    paths = stills(
        rig,
        weights,
        tmp_path / "new" / "folder",
        look=RenderSettings(width=SIZE, height=SIZE),
        progress=lambda done, total: told.append((done, total)),
    )
    assert [path.name for path in paths] == ["0000.png", "0001.png", "0002.png"]
    assert told == [(1, 3), (2, 3), (3, 3)]
    frames = np.concatenate([pictures(path) for path in paths])
    assert len({frame.tobytes() for frame in frames}) == 3


def test_weights_that_do_not_fit_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r"weights \(1, 3\) do not fit the 52 shapes of rig 'patch'"):
        stills(patch(), np.zeros((1, 3)), tmp_path)
