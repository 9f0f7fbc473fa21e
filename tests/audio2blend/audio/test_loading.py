"""Loading sound: what people have comes in right, and what is wrong is named in one sentence."""

import os
import subprocess
import sys
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from audio2blend import load
from audio2blend.audio import SAMPLE_RATE, Speech, loudness_dbfs
from audio2blend.audio.edit import levelled, padded, trimmed
from audio2blend.errors import InputError
from benchmarks.cost import measure

pytestmark = pytest.mark.slow


def ffmpeg(*arguments: str | Path) -> None:
    subprocess.run([imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", *map(str, arguments)], check=True)


def similarity(a: np.ndarray, b: np.ndarray) -> float:
    """Return the correlation of two signals at zero lag, over what they share."""
    n = min(len(a), len(b))
    return float(np.corrcoef(a[:n], b[:n])[0, 1])


@pytest.fixture(scope="session")
def source(tmp_path_factory, voice) -> Path:
    path = tmp_path_factory.mktemp("sound") / "source.wav"
    soundfile.write(path, voice, 48_000, subtype="FLOAT")
    return path


@pytest.fixture(scope="session")
def wanted(source) -> np.ndarray:
    return load(source).samples


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE", "ALAW"])
def test_wav_of_every_sample_format(subtype, tmp_path, voice, wanted):
    path = tmp_path / "line.wav"
    soundfile.write(path, voice, 48_000, subtype=subtype)
    speech = load(path)
    assert similarity(speech.samples, wanted) > 0.99  # 8 bits add noise
    assert abs(loudness_dbfs(speech.samples) - loudness_dbfs(wanted)) < 0.2


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 16_000, 22_050, 44_100, 96_000, 192_000])
def test_every_rate_keeps_length_and_time(rate_hz, tmp_path):
    time_s = np.arange(rate_hz) / rate_hz
    burst = np.sin(2 * np.pi * 1000 * time_s) * np.exp(-0.5 * ((time_s - 0.6) / 0.01) ** 2)
    soundfile.write(tmp_path / "burst.wav", burst, rate_hz)
    samples = load(tmp_path / "burst.wav").samples
    assert len(samples) == SAMPLE_RATE
    centre_s = (np.arange(SAMPLE_RATE) * samples**2).sum() / (samples**2).sum() / SAMPLE_RATE
    assert abs(centre_s - 0.6) < 1e-4


@pytest.mark.parametrize(
    ("name", "codec", "least"),
    [
        ("line.flac", "flac", 0.999), ("line.ogg", "libvorbis", 0.97), ("line.opus", "libopus", 0.97),
        ("line.mp3", "libmp3lame", 0.97), ("line.m4a", "aac", 0.97), ("line.aiff", "pcm_s16be", 0.999),
    ],
)  # fmt: skip
def test_compressed_sound_is_in_time(name, codec, least, tmp_path, source, wanted):
    ffmpeg("-i", source, "-c:a", codec, "-b:a", "128k", tmp_path / name)
    speech = load(tmp_path / name)
    assert abs(len(speech.samples) - len(wanted)) <= SAMPLE_RATE * 0.05
    assert similarity(speech.samples, wanted) > least


@pytest.mark.parametrize("name", ["take.mp4", "take.mov", "take.mkv"])
def test_the_sound_track_of_a_video(name, tmp_path, source, wanted):
    ffmpeg("-f", "lavfi", "-i", "color=s=64x64:d=3", "-i", source, "-c:a", "aac", "-b:a", "128k", tmp_path / name)
    speech = load(tmp_path / name)
    assert similarity(speech.samples, wanted) > 0.97


def test_a_sound_track_that_starts_late_stays_late(tmp_path, source, wanted):
    video = ("-f", "lavfi", "-i", "color=s=64x64:d=3")
    ffmpeg(*video, "-itsoffset", "0.5", "-i", source, "-c:a", "aac", tmp_path / "late.mp4")
    speech = load(tmp_path / "late.mp4")
    assert similarity(speech.samples[SAMPLE_RATE // 2 :], wanted) > 0.97


@pytest.mark.parametrize("channels", [2, 6, 10, 32])
def test_channels_are_mixed(channels, tmp_path, voice, wanted):
    soundfile.write(tmp_path / "many.wav", np.repeat(voice[:, None] / 2, channels, axis=1), 48_000)
    assert similarity(load(tmp_path / "many.wav").samples, wanted) > 0.99


@pytest.mark.parametrize("length", [0, 0x7FFFF000, 0x7FFFFFFF - 36, 0x80000000, 0xFFFFFFFF - 36, 0xFFFFFFFF], ids=hex)
def test_a_wav_file_that_was_written_to_a_pipe_is_whole(length, tmp_path, voice, wanted, caplog):
    """Its writer could not go back to say how long it is, and left some number."""
    soundfile.write(tmp_path / "whole.wav", voice, 48_000)
    data = bytearray((tmp_path / "whole.wav").read_bytes())
    at = data.index(b"data") + 4
    data[at : at + 4] = length.to_bytes(4, "little")
    (tmp_path / "piped.wav").write_bytes(data)
    samples = load(tmp_path / "piped.wav").samples
    assert len(samples) == len(wanted)
    assert similarity(samples, wanted) > 0.999
    assert caplog.text == ""


@pytest.mark.parametrize("kind", ["flac", "wav", "aiff"])
def test_sound_that_ffmpeg_wrote_to_a_pipe_is_whole(kind, tmp_path, source, wanted):
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", source, "-f", kind, "-"]
    (tmp_path / "piped").write_bytes(subprocess.run(command, check=True, capture_output=True).stdout)
    samples = load(tmp_path / "piped").samples
    assert len(samples) == len(wanted)
    assert similarity(samples, wanted) > 0.999


@pytest.mark.parametrize("name", ["späte Zeile 你好 🙂.wav", "-n.wav", "a:b 'c' %d.wav", "x" * 240 + ".mp3"])
def test_names_of_every_kind(name, tmp_path, source):
    path = tmp_path / name
    if path.suffix == ".mp3":
        ffmpeg("-i", source, tmp_path / "short.mp3")
        (tmp_path / "short.mp3").rename(path)
    else:
        path.write_bytes(source.read_bytes())
    assert load(path).duration_s == pytest.approx(2.0, abs=0.1)


def test_very_quiet_sound_is_levelled_with_a_warning(tmp_path, voice, wanted, caplog):
    soundfile.write(tmp_path / "quiet.wav", voice * 10 ** (-45 / 20), 48_000, subtype="PCM_24")
    samples = load(tmp_path / "quiet.wav").samples
    assert "very quiet" in caplog.text
    assert loudness_dbfs(samples) == pytest.approx(-23, abs=0.5)
    assert similarity(samples, wanted) > 0.99


def test_sound_beyond_full_scale_is_turned_down_with_a_warning(tmp_path, voice, wanted, caplog):
    soundfile.write(tmp_path / "hot.wav", voice * 10, 48_000, subtype="FLOAT")
    samples = load(tmp_path / "hot.wav").samples
    assert "exceeds full scale" in caplog.text
    assert np.abs(samples).max() == pytest.approx(1)
    assert similarity(samples, wanted) > 0.999


def _bad_files(folder: Path, source: Path) -> dict[str, Path]:
    """Return a file for every way in which a recording can be wrong."""
    rng = np.random.default_rng(0)
    bad = {name: folder / name for name in ("empty.wav", "no.wav", "text.wav", "noise.mp3", "picture.png")}
    bad["empty.wav"].touch()
    bad["text.wav"].write_text("This is no sound.\n" * 200)
    bad["noise.mp3"].write_bytes(rng.bytes(5000))
    ffmpeg("-f", "lavfi", "-i", "color=s=64x64", "-frames:v", "1", bad["picture.png"])
    bad["folder.wav"] = folder / "folder.wav"
    bad["folder.wav"].mkdir()
    for name, samples in {
        "silent": np.zeros(48_000),
        "direct": np.full(48_000, 0.5),
        "none": np.zeros(0),
    }.items():
        bad[name] = folder / f"{name}.wav"
        soundfile.write(bad[name], samples, 48_000)
    bad["nan"] = folder / "nan.wav"
    soundfile.write(bad["nan"], np.full(4800, np.nan), 48_000, subtype="FLOAT")
    bad["slow"] = folder / "slow.wav"
    soundfile.write(bad["slow"], np.sin(np.arange(4800)) / 2, 1)
    bad["pipe.wav"] = folder / "pipe.wav"
    os.mkfifo(bad["pipe.wav"])
    bad["mute video"] = folder / "mute.mp4"
    ffmpeg("-f", "lavfi", "-i", "color=s=64x64:d=1", bad["mute video"])
    for name, kind in {"cut.rf64": "RF64", "cut.aiff": "AIFF", "cut.w64": "W64"}.items():
        bad[name] = folder / name
        soundfile.write(bad[name], soundfile.read(source)[0], 48_000, format=kind, subtype="PCM_16")
        bad[name].write_bytes(bad[name].read_bytes()[:90_000])
    for name in ("cut.wav", "cut.flac", "cut.ogg", "cut.opus", "cut.mp3", "cut.m4a", "cut.mkv", "head.wav"):
        whole = folder / f"whole-{name}"
        ffmpeg("-i", source, *(["-movflags", "faststart"] if name.endswith("m4a") else []), whole)
        bad[name] = folder / name
        data = whole.read_bytes()
        bad[name].write_bytes(data[: 30 if name == "head.wav" else len(data) * 6 // 10])
    return bad


def test_bad_files_are_named_in_one_sentence(tmp_path, source):
    complaints = {}
    for name, path in _bad_files(tmp_path, source).items():
        with pytest.raises(InputError) as caught:
            pytest.fail(f"{name}: loaded as {load(path)}")
        complaints[name] = str(caught.value)
        assert complaints[name].count(str(path)) == 1
        assert "\n" not in complaints[name]
    assert all("cut short" in text or "damaged" in text for name, text in complaints.items() if "cut" in name)
    assert "no such file" in complaints["no.wav"]
    assert "0 bytes" in complaints["empty.wav"]
    assert "is a folder" in complaints["folder.wav"]
    assert "silent" in complaints["silent"]
    assert "silent" in complaints["direct"]
    assert "1 samples a second" in complaints["slow"]
    assert "is a pipe or a device" in complaints["pipe.wav"]
    assert "no sound track" in complaints["mute video"]
    assert "not a sound file" in complaints["text.wav"]


def test_a_name_that_is_not_unicode(tmp_path, source):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.wav"))
    path.write_bytes(source.read_bytes())
    assert load(path).duration_s == 2.0


def test_damage_within_a_file_is_a_warning(tmp_path, source, caplog):
    ffmpeg("-i", source, "-c:a", "aac", "-movflags", "faststart", tmp_path / "whole.m4a")
    data = bytearray((tmp_path / "whole.m4a").read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = np.random.default_rng(0).bytes(400)
    (tmp_path / "hurt.m4a").write_bytes(data)
    assert load(tmp_path / "hurt.m4a").duration_s > 1.9
    assert "damaged parts" in caplog.text


def test_a_name_longer_than_the_system_allows():
    with pytest.raises(InputError, match="cannot be opened"):
        load("x" * 5000)


@pytest.mark.slow
@pytest.mark.parametrize(("suffix", "codec"), [("flac", "flac"), ("m4a", "copy")])
def test_an_hour_needs_little_more_than_its_samples(suffix, codec, tmp_path):
    """The peak of a fresh process and of those it starts, libraries included, with the sound at 48 kHz in stereo."""
    minute, path = (tmp_path / f"{name}.{suffix}" for name in ("minute", "hour"))
    ffmpeg("-f", "lavfi", "-i", "sine=200:r=48000:d=64", "-ac", "2", minute)
    ffmpeg("-stream_loop", "-1", "-i", minute, "-t", "3600", "-c", codec, path)
    code = "import sys, audio2blend; print(audio2blend.load(sys.argv[1]).duration_s)"
    cost = measure([sys.executable, "-c", code, str(path)])
    assert abs(float(cost.output) - 3600) < 0.1
    assert cost.peak_mb < 400  # of which the samples are 230


@given(
    start_s=st.floats(0, 0.9),
    length_s=st.floats(0.01, 0.1),
    before_s=st.floats(0, 1),
    after_s=st.floats(0, 1),
)
def test_trimming_undoes_padding(start_s, length_s, before_s, after_s):
    rng = np.random.default_rng(0)
    speech = Speech(samples=rng.uniform(-1, 1, SAMPLE_RATE).astype(np.float32))
    start_s, length_s, before_s, after_s = (round(t, 3) for t in (start_s, length_s, before_s, after_s))
    part = trimmed(speech, start_s, start_s + length_s)
    assert len(part.samples) == round(length_s * 1000) * SAMPLE_RATE // 1000
    again = trimmed(padded(part, before_s, after_s), before_s, before_s + part.duration_s)
    np.testing.assert_allclose(again.samples, part.samples, atol=1e-6)


@pytest.mark.parametrize(("start_s", "end_s"), [(0.5, 0.5), (0.5, 0.5004), (1.0, None), (-0.1, 0.5), (0.6, 0.5)])
def test_trimming_leaves_something_or_says_that_nothing_is_left(start_s, end_s):
    with pytest.raises(ValueError, match="nothing lies between"):
        trimmed(Speech(samples=np.zeros(SAMPLE_RATE, np.float32)), start_s, end_s)


def test_silence_that_is_shorter_than_nothing_is_refused():
    with pytest.raises(ValueError, match=r"silence of -0\.5 s"):
        padded(Speech(samples=np.zeros(SAMPLE_RATE, np.float32)), before_s=-0.5)


def test_levelling_never_clips():
    spike = np.zeros(SAMPLE_RATE, np.float32)
    spike[::100] = 0.5
    assert np.abs(levelled(Speech(samples=spike), -3).samples).max() <= 1
