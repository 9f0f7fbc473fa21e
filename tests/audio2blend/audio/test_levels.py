"""What spoils the level of a recording and must not still the face: wild samples, clicks, direct current."""

import re

import numpy as np
import pytest
import soundfile

from audio2blend import animate, load
from audio2blend.audio import loudness_dbfs, original
from audio2blend.network import Network


@pytest.fixture(scope="module")
def line(hello) -> tuple[np.ndarray, int]:
    """The recording and its rate."""
    return soundfile.read(hello, dtype="float32")


@pytest.fixture(scope="module")
def jaw():
    """How far the jaw opens, frame by frame."""
    network = Network.load(device="cpu")
    return lambda speech: animate(speech, network=network, performance=False)["jawOpen"]


@pytest.fixture(scope="module")
def wanted(hello, jaw) -> np.ndarray:
    return jaw(load(hello))


@pytest.fixture
def recorded(tmp_path, line):
    """Load samples among floats at the recording's rate."""

    def write(samples: np.ndarray):
        soundfile.write(tmp_path / "line.wav", samples, line[1], subtype="FLOAT")
        return load(tmp_path / "line.wav")

    return write


def alike(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if a.std() else 0.0


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("value", [50, -1e3, 1e4, 1e6, -1e30])
@pytest.mark.parametrize("places", [[5000], [5000, 5001, 40_000], range(500, 70_000, 9000)], ids=len)
def test_a_few_wild_samples_do_not_still_the_face(value, places, recorded, line, jaw, wanted, caplog):
    samples = line[0].copy()
    samples[list(places)] = value
    speech = recorded(samples)
    assert alike(jaw(speech), wanted) > 0.95
    assert speech.gain == pytest.approx(1, abs=0.05)
    assert "a few samples far beyond all others; they were clipped to the level of the rest" in caplog.text
    assert max(np.abs(block).max() for block in original(speech)[1]) <= 1


@pytest.mark.parametrize("gain", [10, 1000, 32_768])
def test_a_recording_that_is_beyond_full_scale_as_a_whole_is_turned_down(gain, recorded, line, jaw, wanted, caplog):
    assert alike(jaw(recorded(line[0] * gain)), wanted) > 0.99
    assert "far beyond" not in caplog.text


def test_a_click_does_not_keep_quiet_speech_quiet(recorded, line, jaw, wanted):
    samples = 0.01 * line[0]
    samples[30_000] = 1
    assert alike(jaw(recorded(samples)), wanted) > 0.97


@pytest.mark.parametrize("current", [0.02, -0.1, 0.5, 0.9])
@pytest.mark.parametrize("gain_db", [-20, -40])
def test_direct_current_takes_nothing_from_quiet_speech(current, gain_db, recorded, line, jaw, wanted, caplog):
    speech = recorded(line[0] * 10 ** (gain_db / 20) + current)
    assert alike(jaw(speech), wanted) > 0.98
    if told := re.search(r"raised by (\d+) dB", caplog.text):
        assert float(told[1]) == pytest.approx(20 * np.log10(speech.gain), abs=1)
        assert loudness_dbfs(speech.samples) == pytest.approx(-23, abs=1)


def test_direct_current_that_drifts(recorded, line, jaw, wanted):
    time_s = np.arange(len(line[0])) / line[1]
    assert alike(jaw(recorded(0.01 * line[0] + 0.3 * np.sin(time_s / 2).astype(np.float32))), wanted) > 0.96


def test_the_sound_of_a_video_has_no_direct_current_and_is_as_loud(recorded, line):
    speech = recorded(0.01 * line[0] + 0.5)
    samples = np.concatenate(list(original(speech)[1]))
    assert len(samples) == len(line[0])
    assert abs(samples.mean()) < 0.001
    assert loudness_dbfs(samples.astype(np.float32)) == pytest.approx(-23, abs=1)


def test_the_gain_that_is_told_is_the_one_that_was_given(recorded, caplog):
    rng = np.random.default_rng(0)
    sharp = np.where(np.arange(48_000) % 400 == 0, 0.05, 0.0001 * rng.standard_normal(48_000)).astype(np.float32)
    speech = recorded(sharp)  # its peaks allow but a part of what would be wanted
    told = re.search(r"raised by (\d+) dB", caplog.text)
    assert told is not None
    assert float(told[1]) == pytest.approx(20 * np.log10(speech.gain), abs=0.6)
    assert np.abs(speech.samples).max() <= 1
