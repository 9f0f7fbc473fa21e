"""One voice: the same frames however its sound is cut, each with the sample that it belongs to."""

import numpy as np
import pytest

from audio2blend import load
from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.errors import InputError
from audio2blend.network import Network
from audio2blend_app.live import Dials, Frame, Voice, samples_in
from audio2blend_app.live.wire.order import COLUMNS, WIRE


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.load(quality="live", device="cpu", threads=1)


@pytest.fixture(scope="module")
def line(hello) -> np.ndarray:
    return load(hello).samples[:32_000]


def spoken(voice: Voice, samples: np.ndarray, size: int) -> list[Frame]:
    frames = [frame for at in range(0, len(samples), size) for frame in voice.push(samples[at : at + size])]
    return frames + voice.flush()


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
def test_frames_do_not_depend_on_the_cuts(network, line, rate_hz):
    sound = np.interp(np.arange(2 * rate_hz) / rate_hz, np.arange(32_000) / 16_000, line).astype(np.float32)
    whole = spoken(Voice(network, rate_hz=rate_hz), sound, len(sound))
    pieces = spoken(Voice(network, rate_hz=rate_hz), sound, rate_hz // 47)
    assert [frame.sample for frame in whole] == [k * rate_hz // 60 for k in range(120)]
    assert [frame.sample for frame in pieces] == [frame.sample for frame in whole]
    assert np.abs([a.values - b.values for a, b in zip(pieces, whole, strict=True)]).max() < 1e-4


def test_positions_count_on_over_flush_and_reset(network, line):
    voice = Voice(network)
    spoken(voice, line, 4000)
    voice.push(line[:8000])
    voice.reset()
    frames = voice.push(line)
    assert frames[0].sample == 40_000
    assert frames[60].sample == 56_000


def test_a_silent_face_lives_and_can_be_still(network):
    alive = np.array([f.values for f in spoken(Voice(network), np.zeros(16_000 * 8, np.float32), 16_000)])
    still = Dials(blinks=0, gaze=0, head=0)
    dead = np.array([f.values for f in spoken(Voice(network, dials=still), np.zeros(16_000, np.float32), 16_000)])
    assert alive[:, CHANNELS.index("eyeBlinkLeft")].max() > 0.9
    assert np.ptp(alive[:, CHANNELS.index("headYaw")]) > 0.5
    assert alive[:, CHANNELS.index("jawOpen")].max() < 0.02
    assert np.ptp(dead[:, 52:], axis=0).max() == 0


def test_on_the_wire_15_is_the_left_jaw():
    lopsided = np.zeros(61, np.float32)
    lopsided[ARKIT.index("jawLeft")] = 1
    assert np.flatnonzero(lopsided[COLUMNS]).tolist() == [15]
    assert (WIRE[15], WIRE[16], WIRE[21], WIRE[22]) == ("jawLeft", "jawRight", "mouthLeft", "mouthRight")


@pytest.mark.parametrize("rate_hz", [0, 7_999, 192_001])
def test_rates_out_of_range_are_refused(network, rate_hz):
    with pytest.raises(InputError, match="Hz is not taken"):
        Voice(network, rate_hz=rate_hz)


def test_what_is_no_sound_is_refused_and_the_stream_goes_on(network, line):
    voice = Voice(network)
    with pytest.raises(InputError, match="not numbers"):
        voice.push(np.array([np.nan], np.float32))
    with pytest.raises(InputError, match="no whole number"):
        samples_in(b"abc", "s16")
    assert len(spoken(voice, line, 4000)) == 120
