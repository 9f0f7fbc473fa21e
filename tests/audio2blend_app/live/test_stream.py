"""A voice that is speaking now: frames in time, whatever the rate and however it is cut."""

import numpy as np
import pytest
import soxr
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import audio2blend
from audio2blend.channels import ARKIT, ROTATIONS
from audio2blend.errors import InputError
from audio2blend.network import Network
from audio2blend_app.live import Frame, Voice
from audio2blend_app.live.sound import samples_of


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.load(quality="live", device="cpu", threads=1)


@pytest.fixture(scope="module")
def sound(hello) -> np.ndarray:
    return audio2blend.load(hello).samples


def said(voice: Voice, samples: np.ndarray, cuts: list[int]) -> list[Frame]:
    frames = [frame for piece in np.split(samples, cuts) for frame in voice.push(piece)]
    return [*frames, *voice.flush()]


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cuts=st.lists(st.integers(0, 30_000), max_size=6).map(sorted))
def test_however_the_sound_is_cut_the_frames_are_the_same(network, sound, cuts):
    whole, cut = (said(Voice(network, seed=4), sound[:30_000], where) for where in ([], cuts))
    assert [frame.sample for frame in whole] == [frame.sample for frame in cut]
    for name in ("weights", "rotations"):
        pair = (np.stack([getattr(frame, name) for frame in frames]) for frames in (whole, cut))
        np.testing.assert_allclose(*pair, atol=1e-5)


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 48_000])
def test_frames_come_with_the_positions_of_their_sound_at_any_rate(network, sound, rate):
    samples = soxr.resample(sound, 16_000, rate)
    voice = Voice(network, sample_rate=rate)
    frames = said(voice, samples, list(range(rate // 50, len(samples), rate // 50)))
    assert [frame.sample for frame in frames] == [round(k * rate / 60) for k in range(len(frames))]
    assert len(frames) == np.ceil(len(samples) / rate * 60)
    jaw = np.array([frame.weights[ARKIT.index("jawOpen")] for frame in frames])
    reference = audio2blend.animate(audio2blend.Speech(samples=sound), quality="live", performance=False)["jawOpen"]
    assert np.corrcoef(jaw, reference[: len(jaw)])[0, 1] > (0.9 if rate < 16_000 else 0.999)


def test_positions_go_on_after_a_flush_and_after_an_interruption(network, sound):
    voice = Voice(network, sample_rate=16_000)
    list(voice.push(sound[:16_000])), list(voice.flush())
    assert next(iter(voice.push(sound[:8_000]))).sample == 16_000
    voice.reset()
    again = [*voice.push(sound[:16_000]), *voice.flush()]
    assert again[0].sample == 24_000
    fresh = said(Voice(network), sound[:16_000], [])
    mouth = [name.startswith(("jaw", "mouth")) for name in ARKIT]
    np.testing.assert_allclose(again[30].weights[mouth], fresh[30].weights[mouth], atol=1e-6)


def test_the_face_lives_while_nobody_speaks(network):
    voice = Voice(network, seed=3)
    frames = [*voice.push(np.zeros(20 * 16_000, np.float32)), *voice.flush(), *voice.idle(600)]
    lids = np.array([frame.weights[ARKIT.index("eyeBlinkLeft")] for frame in frames])
    blinks = np.count_nonzero((lids[1:] > 0.5) & (lids[:-1] <= 0.5))
    assert 5 <= blinks <= 16  # in 30 s
    assert lids.max() > 0.95
    yaw = np.array([frame.rotations[ROTATIONS.index("leftEyeYaw")] for frame in frames])
    assert yaw.std() > 0.5
    assert max(frame.weights[ARKIT.index("jawOpen")] for frame in frames) < 0.02


def test_parts_have_dials_and_the_mouth_has_them_while_it_runs(network, sound):
    still = said(Voice(network, blinks=0, gaze=0, head=0), sound[:32_000], [])
    assert not np.any([frame.rotations for frame in still])
    voice = Voice(network)
    first = list(voice.push(sound[:16_000]))
    voice.dial(strength=0)
    rest = [*voice.push(sound[16_000:]), *voice.flush()]
    jaw = ARKIT.index("jawOpen")
    assert max(frame.weights[jaw] for frame in first) > 0.1
    assert max(frame.weights[jaw] for frame in rest) == 0
    voice.emotion = "joy=1"
    smile = ARKIT.index("mouthSmileLeft")
    assert list(voice.push(sound))[-1].weights[smile] > 0.2
    with pytest.raises(InputError, match="out of range"):
        voice.dial(jaw=99)


def test_wrong_sound_is_told_and_the_stream_goes_on(network, sound):
    with pytest.raises(InputError, match="send 8000 to 192000 Hz"):
        Voice(network, sample_rate=100)
    voice = Voice(network)
    with pytest.raises(InputError, match="not numbers"):
        list(voice.push(np.array([np.nan], np.float32)))
    assert len(list(voice.push(sound[:16_000]))) > 50
    with pytest.raises(InputError, match="no whole samples"):
        samples_of(b"abc", "s16")
    with pytest.raises(InputError, match="'mp3' is not known; send one of s16, f32"):
        samples_of(b"ab", "mp3")
    assert samples_of(np.array([-32768, 16384], "<i2").tobytes(), "s16").tolist() == [-1, 0.5]
