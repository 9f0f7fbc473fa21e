"""The sound tracks of a container: in time with the picture, and the one in which somebody speaks."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio2blend import load
from audio2blend.audio import original
from audio2blend.errors import InputError
from tests.support.commands import command
from tests.support.sounds import RATE, at_16k, chords, ffmpeg, lag_ms, likeness, noise

pytestmark = pytest.mark.slow

PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=64x64:r=30:d=6")


@pytest.fixture(scope="session")
def spoken(hello) -> np.ndarray:
    """The recording at 48 kHz."""
    import soxr

    samples, rate_hz = soundfile.read(hello, dtype="float32")
    return soxr.resample(samples, rate_hz, RATE)


@pytest.fixture
def wav(tmp_path):
    """Write samples to a .wav file and return its path."""

    def write(name: str, samples: np.ndarray) -> Path:
        soundfile.write(tmp_path / f"{name}.wav", samples, RATE)
        return tmp_path / f"{name}.wav"

    return write


LATE = {
    "late.mp4": ("-c:a", "aac"),
    "late.mkv": ("-c:a", "aac"),
    "late.webm": ("-c:v", "libvpx", "-c:a", "libopus"),
    "late.ts": ("-c:a", "aac"),
    "frames behind.ts": ("-c:v", "libx264", "-bf", "2", "-c:a", "mp2"),
    "late.m2ts": ("-c:a", "ac3"),
    "late.mts": ("-f", "mpegts", "-c:a", "ac3"),
    "late.mpg": ("-c:v", "mpeg1video", "-c:a", "mp2"),
    "late.vob": ("-c:v", "mpeg2video", "-c:a", "ac3"),
    "late.ogv": ("-c:v", "libtheora", "-c:a", "libvorbis"),
    "late.flv": ("-c:v", "flv", "-c:a", "aac"),
    "late.wmv": ("-c:v", "wmv2", "-c:a", "wmav2"),
    "late.nut": ("-c:a", "aac"),
}


@pytest.mark.parametrize("name", LATE)
def test_a_sound_track_that_starts_after_the_picture_stays_late(name, tmp_path, wav, spoken):
    late = ("-itsoffset", "0.5", "-i", wav("line", spoken), "-map", "0:v", "-map", "1:a")
    ffmpeg(*PICTURE, *late, *LATE[name], tmp_path / name)
    assert lag_ms(load(tmp_path / name).samples, at_16k(spoken)) == pytest.approx(500, abs=5)


@pytest.mark.parametrize(("name", "codec"), [("two.ts", "mp2"), ("two.mka", "pcm_s16le"), ("two.nut", "pcm_s16le")])
def test_a_track_that_starts_after_another_stays_late(name, codec, tmp_path, wav, spoken):
    room, line = wav("room", noise(6 * RATE, -60)), wav("line", spoken)
    ffmpeg("-i", room, "-itsoffset", "0.5", "-i", line, "-map", "0", "-map", "1", "-c:a", codec, tmp_path / name)
    found = lag_ms(load(tmp_path / name, track=2).samples, at_16k(spoken))
    assert found == pytest.approx(500, abs=12)  # an encoder's own delay counts where the container does not hold it


def container(folder: Path, name: str, *tracks: Path, default: int | None = None, language: str = "") -> Path:
    """Write a video with sound tracks, of which one may be flagged as the default one."""
    inputs = [word for track in tracks for word in ("-i", track)]
    maps = [word for number in range(len(tracks)) for word in ("-map", f"{number + 1}:a")]
    flags = [
        word for n in range(len(tracks)) for word in (f"-disposition:a:{n}", "default" if n + 1 == default else "0")
    ]
    about = ["-metadata:s:a:1", f"language={language}"] if language else []
    ffmpeg(*PICTURE, *inputs, "-map", "0:v", *maps, "-c:a", "aac", *flags, *about, folder / name)
    return folder / name


@pytest.mark.slow
@pytest.mark.parametrize("name", ["screen.mkv", "screen.mp4", "screen.mov", "screen.ts"])
@pytest.mark.parametrize("first", ["music", "noise", "silence"])
def test_of_several_tracks_the_one_with_speech_is_taken_and_named(first, name, tmp_path, wav, spoken, caplog):
    count = len(spoken)
    other = {"music": chords(count), "noise": noise(count, -30), "silence": np.zeros(count, np.float32)}[first]
    path = container(tmp_path, name, wav("other", other), wav("line", spoken), language="ger")
    speech = load(path)
    assert likeness(speech.samples, at_16k(spoken)) > 0.95 or abs(lag_ms(speech.samples, at_16k(spoken))) < 50
    assert speech.mix.track == 2
    assert f"{path} has 2 sound tracks; track 2 is taken (ger" in caplog.text


def test_where_somebody_speaks_in_all_tracks_the_default_one_is_taken(tmp_path, wav, spoken, caplog):
    lines = [wav("a", np.roll(spoken, RATE)), wav("b", spoken), wav("c", np.roll(spoken, -RATE))]
    assert load(container(tmp_path, "film.mkv", *lines, default=2)).mix.track == 2
    assert "track 2 is taken (mono, default)" in caplog.text
    assert load(container(tmp_path, "film.mkv", *lines)).mix.track == 1


@pytest.mark.slow
def test_a_track_can_be_chosen(tmp_path, wav, spoken, refuses, caplog):
    path = container(tmp_path, "film.mkv", wav("other", chords(len(spoken))), wav("line", spoken))
    assert likeness(load(path, track=2).samples, at_16k(spoken)) > 0.95
    assert likeness(load(path, track=1).samples, at_16k(chords(len(spoken)))) > 0.9
    assert caplog.text == ""  # nothing was decided
    for options in (["--track", "1"], ["--track", "2"]):
        assert command("animate", path, "-o", tmp_path / "a.csv", *options) == 0
    refuses("film.mkv has 2 sound tracks; name one from 1 to 2", "animate", path, "-o", "a.csv", "--track", "3")
    refuses("--track 0 is out of range; tracks are counted from 1", "animate", path, "-o", "a.csv", "--track", "0")
    refuses("line.wav has 1 sound track", "animate", tmp_path / "line.wav", "-o", "a.csv", "--track", "2")


@pytest.mark.slow
def test_another_track_is_another_animation(tmp_path, wav, spoken, capsys):
    path = container(tmp_path, "film.mkv", wav("other", np.roll(spoken, RATE)), wav("line", spoken))
    for options in (["--track", "1"], ["--track", "2"], ["--track", "2", "--channel", "1"]):
        assert command("animate", path, "-o", tmp_path / "a.csv", *options) == 0
        assert "written" in capsys.readouterr().out


def test_the_sound_of_a_video_is_that_of_the_track_that_was_taken(tmp_path, wav, spoken):
    speech = load(container(tmp_path, "film.mkv", wav("other", chords(len(spoken))), wav("line", spoken)))
    rate_hz, blocks = original(speech)
    assert rate_hz == RATE
    assert likeness(at_16k(np.concatenate(list(blocks))), at_16k(spoken)) > 0.95


@pytest.mark.parametrize("name", ["words.mkv", "words.m4a", "two.mka", "two.m4a", "two.ogg"])
def test_a_container_that_is_longer_than_its_sound_is_whole(name, tmp_path, wav, spoken):
    """Its other streams, subtitles or another track, last longer."""
    line, longer = wav("line", spoken), wav("longer", np.concatenate([spoken, noise(3 * RATE, -60)]))
    (tmp_path / "words.srt").write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nHello\n\n2\n00:00:08,000 --> 00:00:09,000\n.\n"
    )
    other, codec = (tmp_path / "words.srt", ("-c:s", "mov_text")) if "words" in name else (longer, ())
    codec = () if name.endswith("mkv") else codec
    kind = ("-f", "mp4") if name.endswith("m4a") else ()
    ffmpeg("-i", line, "-i", other, "-map", "0", "-map", "1", *codec, *kind, tmp_path / name)
    assert load(tmp_path / name, track=1).duration_s == pytest.approx(len(spoken) / RATE, abs=0.1)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(InputError, match="cut short"):
        load(tmp_path / name, track=1)
