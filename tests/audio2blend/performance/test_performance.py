"""The living face: blinks, gaze and head motion as people show them, the same for the same seed."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio2blend import load
from audio2blend.audio import Speech
from audio2blend.audio.activity import envelope_db, voice_activity
from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.clip import Clip
from audio2blend.performance import perform, performance, scaled


def still(speech: Speech, rate: int = 60) -> Clip:
    n_frames = int(np.ceil(speech.duration_s * rate))
    return Clip(values=np.zeros((n_frames, 52)), channels=ARKIT, frame_rate=Fraction(rate))


@pytest.fixture(scope="module")
def minutes(hello) -> Speech:
    """Five minutes of speech."""
    return Speech(samples=np.tile(load(hello).samples, 64))


@pytest.fixture(scope="module")
def face(minutes) -> Clip:
    return perform(still(minutes), minutes, seed=3)


def runs(mask: np.ndarray) -> int:
    """Return how many times `mask` becomes true."""
    return int(np.count_nonzero(np.diff(mask.astype(int), prepend=0) == 1))


def test_all_61_channels_are_there_and_the_mouth_is_left_alone(face):
    assert face.channels == CHANNELS
    mouth = [name for name in ARKIT if name.startswith(("jaw", "mouth", "tongue"))]
    assert not face.select(mouth).values.any()


def test_blinks_come_as_often_as_people_blink_and_close_the_eye(face):
    per_minute = runs(face["eyeBlinkLeft"] > 0.98) / face.duration_s * 60
    assert 12 <= per_minute <= 28
    np.testing.assert_array_equal(face["eyeBlinkLeft"], face["eyeBlinkRight"])


def test_lids_fall_faster_than_they_rise(face):
    speed = np.diff(face["eyeBlinkLeft"])
    assert speed.max() > 1.5 * -speed.min()


def test_the_eyes_are_mostly_still_and_jump_together(face):
    yaw = face["leftEyeYaw"]
    assert np.mean(np.abs(np.diff(yaw)) < 1e-6) > 0.85
    assert np.abs(yaw).max() <= 9.01
    np.testing.assert_array_equal(yaw, face["rightEyeYaw"])
    np.testing.assert_allclose(yaw, (face["eyeLookOutLeft"] - face["eyeLookInLeft"]) * 26, atol=1e-4)
    np.testing.assert_allclose(yaw, (face["eyeLookInRight"] - face["eyeLookOutRight"]) * 26, atol=1e-4)


def test_the_head_sways_gently_and_ends_neutral(face):
    head = face.select(("headYaw", "headPitch", "headRoll")).values
    assert (head.std(axis=0) > 0.4).all()
    assert np.abs(head).max() < 12
    assert np.abs(head[[0, -1]]).max() < 1e-6
    assert np.abs(np.diff(head, axis=0)).max() * 60 < 40  # degrees a second


def test_the_head_is_calmer_where_nobody_speaks(hello):
    speech = load(hello)
    pause = Speech(samples=np.concatenate([np.tile(speech.samples, 6), np.zeros(16000 * 40, np.float32)]))
    pitch = np.diff(perform(still(pause), pause)["headPitch"])
    spoken = round(speech.duration_s * 6 * 60)
    assert np.abs(pitch[:spoken]).mean() > 2 * np.abs(pitch[spoken + 60 : -60]).mean()


@given(st.integers(0, 1 << 31))
def test_the_same_seed_gives_the_same_face(seed):
    speech = Speech(samples=np.sin(np.arange(32000) / 9).astype(np.float32) * 0.1)
    first, second = (perform(still(speech), speech, seed=seed) for _ in range(2))
    np.testing.assert_array_equal(first.values, second.values)
    assert np.abs(first.values - perform(still(speech), speech, seed=seed + 1).values).max() > 0
    assert 0 <= first.select(ARKIT).values.min() <= first.select(ARKIT).values.max() <= 1


def test_another_line_has_another_performance(hello):
    speech = load(hello)
    other = Speech(samples=speech.samples * 0.5)
    assert np.abs(perform(still(speech), speech).values - perform(still(other), other).values).max() > 0.1


@pytest.mark.parametrize("n_samples", [1, 100, 1600])
def test_the_shortest_sounds_do_not_trip_it(n_samples):
    speech = Speech(samples=np.full(n_samples, 0.1, np.float32))
    assert len(perform(still(speech), speech)) == max(1, np.ceil(n_samples / 16000 * 60))


def test_levels_are_relative_to_the_voice_and_silence_is_a_floor(hello):
    speech = load(hello)
    times_s = np.arange(-1, 6, 0.01)
    level = envelope_db(speech, times_s)
    louder = envelope_db(Speech(samples=speech.samples * 2), times_s)
    spoken = level > -60
    np.testing.assert_allclose(level[spoken], louder[spoken], atol=0.2)
    assert (level[(times_s < -0.1) | (times_s > 4.8)] == -100).all()
    active = voice_activity(level, 100)
    assert 2.5 < active.mean() * 7 < 4.5
    assert not active[times_s < 0.2].any()


def test_brows_rise_with_the_pitch_and_rest_in_silence(hello):
    speech = load(hello)
    padded = Speech(
        samples=np.concatenate([np.zeros(48_000, np.float32), speech.samples, np.zeros(48_000, np.float32)])
    )
    raised = max((perform(still(padded), padded, seed=seed)["browInnerUp"] for seed in range(4)), key=np.max)
    assert raised.max() > 0.1
    assert raised[: 2 * 60].max() < 0.005
    assert raised[-2 * 60 :].max() < 0.005


def test_a_question_raises_the_brows_at_its_end():
    times = np.arange(2 * 16_000) / 16_000
    rising, flat = np.where(times < 1.5, 120, 120 + 320 * (times - 1.5)), np.full(len(times), 120.0)
    asked, stated = (_voice(hertz) for hertz in (rising, flat))
    ends = [
        np.mean([perform(still(each), each, seed=seed)["browInnerUp"][-20:].max() for seed in range(8)])
        for each in (asked, stated)
    ]
    assert ends[0] > 3 * ends[1]


def test_brows_of_a_minute_move_as_smoothly_as_brows_do(face):
    assert np.abs(np.diff(face["browInnerUp"], 2)).max() < 0.01
    assert face["browInnerUp"].max() < 0.5


def test_cheeks_follow_a_smile_and_the_nose_an_upper_lip(minutes):
    short = Speech(samples=minutes.samples[:32_000])
    smiling = still(short).with_channels({name: np.full(120, 0.8) for name in ("mouthSmileLeft", "mouthUpperUpRight")})
    clip = perform(smiling, short)
    assert clip["cheekSquintLeft"].min() > 0.2
    assert clip["noseSneerRight"].min() > 0.2
    assert not clip["cheekSquintRight"].any()


def test_each_part_has_a_dial(minutes):
    short = Speech(samples=minutes.samples[: 10 * 16_000])
    whole = performance(still(short), short, seed=1)
    parts = {"blinks": "eyeBlink", "gaze": "eyeLook", "head": "head", "brows": "brow"}
    for dial, start in parts.items():
        without = scaled(whole, **{dial: 0.0})
        for name in whole.channels:
            if name.startswith(start):
                assert not without[name].any()
            elif not (dial == "gaze" and "Eye" in name):
                np.testing.assert_array_equal(without[name], whole[name])
    assert np.abs(scaled(whole, head=2)["headYaw"]).max() == pytest.approx(2 * np.abs(whole["headYaw"]).max())


def _voice(hertz: np.ndarray) -> Speech:
    phase = 2 * np.pi * np.cumsum(hertz) / 16_000
    return Speech(samples=np.asarray(0.1 * sum(np.sin(k * phase) / k for k in range(1, 9)), np.float32))
