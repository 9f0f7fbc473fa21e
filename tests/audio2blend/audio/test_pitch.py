"""Pitch is that of the voice: glides are followed, noise and silence have none."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.audio import Speech, load
from audio2blend.audio.pitch import pitch_hz, semitones

TIMES_S = np.arange(0.1, 1.9, 1 / 60)


def glide(first_hz: float, last_hz: float, n_harmonics: int = 8, seconds: float = 2.0) -> tuple[Speech, np.ndarray]:
    """Return a voice-like sound whose pitch goes evenly from one to the other, and its pitch at `TIMES_S`."""
    times = np.arange(round(seconds * 16_000)) / 16_000
    hertz = first_hz + (last_hz - first_hz) * times / seconds
    phase = 2 * np.pi * np.cumsum(hertz) / 16_000
    sound = sum(np.sin(k * phase) / k for k in range(1, n_harmonics + 1))
    return Speech(samples=(0.1 * sound).astype(np.float32)), np.interp(TIMES_S, times, hertz)


@given(first=st.floats(75, 450), ratio=st.floats(0.75, 1.33), n=st.integers(4, 12))
@settings(deadline=None, max_examples=25)
def test_a_glide_is_followed(first, ratio, n):
    speech, true = glide(first, float(np.clip(first * ratio, 75, 500)), n)
    found = pitch_hz(speech, TIMES_S)
    assert np.isfinite(found).mean() > 0.98
    assert np.nanmax(np.abs(found / true - 1)) < 0.01


def test_loudness_does_not_matter():
    speech, _ = glide(120, 180)
    quiet = Speech(samples=speech.samples * np.float32(1e-3))
    np.testing.assert_allclose(pitch_hz(quiet, TIMES_S), pitch_hz(speech, TIMES_S), rtol=1e-3)


@pytest.mark.parametrize("samples", [np.zeros(32_000), np.random.default_rng(0).normal(0, 0.1, 32_000)])
def test_silence_and_noise_have_none(samples):
    found = pitch_hz(Speech(samples=samples.astype(np.float32)), TIMES_S)
    assert np.isfinite(found).mean() < 0.02


def test_speech_has_one_where_it_is_voiced(hello):
    speech = load(hello)
    found = pitch_hz(speech, np.arange(0, speech.duration_s, 1 / 60))
    assert 0.3 < np.isfinite(found).mean() < 0.8
    assert 150 < np.nanmedian(found) < 260  # a woman's voice


def test_no_sound_has_no_pitch_and_no_times_have_no_pitches():
    assert np.isnan(pitch_hz(Speech(samples=np.zeros(1, np.float32)), TIMES_S)).all()
    assert len(pitch_hz(Speech(samples=np.zeros(100, np.float32)), np.zeros(0))) == 0
    assert np.isnan(semitones(np.full(3, np.nan, np.float32))).all()
