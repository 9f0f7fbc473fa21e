"""The Clip: exact rates, honest times, nothing that changes under one's hands."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.clip import Clip, parse_frame_rate
from audio2blend.errors import InputError

RATES = [Fraction(r) for r in (12, 24, 25, 30, 50, 60, 90, 120)] + [Fraction(24000, 1001), Fraction(30000, 1001)]
rates = st.sampled_from(RATES)
curves = arrays.arrays(np.float32, st.tuples(st.integers(1, 40), st.just(2)), elements=st.floats(0, 1, width=32))


def clip_of(values, rate=Fraction(60), **kwargs) -> Clip:
    return Clip(values=values, channels=("jawOpen", "mouthClose"), frame_rate=rate, **kwargs)


def test_there_are_52_shapes_and_61_channels():
    assert len(ARKIT) == len(set(ARKIT)) == 52
    assert len(CHANNELS) == len(set(CHANNELS)) == 61


def test_a_clip_cannot_be_changed():
    values = np.zeros((3, 2), np.float32)
    clip = clip_of(values)
    values[0, 0] = 1  # the caller's array is not the clip's
    assert clip.values[0, 0] == 0
    with pytest.raises(ValueError, match="read-only"):
        clip.values[0, 0] = 1


@pytest.mark.parametrize(
    ("values", "complaint"),
    [(np.zeros((3, 3)), "do not fit"), (np.zeros(3), "do not fit"), (np.full((3, 2), np.nan), "NaN")],
)
def test_what_is_no_animation_is_refused(values, complaint):
    with pytest.raises(ValueError, match=complaint):
        clip_of(values)


def test_a_channel_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="no channel 'JawOpen', only jawOpen, mouthClose"):
        clip_of(np.zeros((3, 2)))["JawOpen"]


@pytest.mark.parametrize("start_s", [float("nan"), float("inf")])
def test_a_start_that_is_no_time_is_refused(start_s):
    with pytest.raises(ValueError, match="is no time"):
        clip_of(np.zeros((3, 2)), start_s=start_s)


@given(curves, rates, rates)
def test_resampling_never_runs_past_the_end_nor_beyond_the_values(values, source, target):
    clip = clip_of(values, source, start_s=0.5)
    other = clip.resampled(target)
    assert other.frame_rate == target
    assert other.times_s[-1] <= clip.times_s[-1] + 1e-9
    if len(clip) > 1:
        assert clip.times_s[-1] - other.times_s[-1] < float(1 / target) + 1e-9
    assert other.values.min() >= clip.values.min()
    assert other.values.max() <= clip.values.max()
    for column in range(2):
        expected = np.interp(other.times_s, clip.times_s, clip.values[:, column])
        np.testing.assert_allclose(other.values[:, column], expected, atol=1e-5)


@given(curves)
def test_resampling_up_and_back_loses_nothing(values):
    clip = clip_of(values)
    np.testing.assert_allclose(clip.resampled(Fraction(120)).resampled(Fraction(60)).values, clip.values, atol=1e-6)


def test_ten_hours_at_an_odd_rate_stay_in_time():
    clip = clip_of(np.zeros((10 * 3600 * 24, 2), np.float32), Fraction(24000, 1001))
    assert clip.times_s[-1] == pytest.approx((len(clip) - 1) * 1001 / 24000, abs=1e-9)


@given(curves)
def test_selecting_keeps_order_and_fills_with_rest(values):
    clip = clip_of(values).select(("tongueOut", "mouthClose"))
    assert clip.channels == ("tongueOut", "mouthClose")
    assert not clip["tongueOut"].any()
    np.testing.assert_array_equal(clip["mouthClose"], values[:, 1])


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("24", Fraction(24)), ("23.976", Fraction(24000, 1001)), ("23.98", Fraction(24000, 1001)),
        ("29.97", Fraction(30000, 1001)), ("59.94", Fraction(60000, 1001)), ("30000/1001", Fraction(30000, 1001)),
        ("12.5", Fraction(25, 2)), ("120", Fraction(120)), ("119.88", Fraction(120000, 1001)),
    ],
)  # fmt: skip
def test_rates_mean_what_people_mean(text, rate):
    assert parse_frame_rate(text) == rate


@pytest.mark.parametrize("text", ["", "fast", "0", "-24", "24/0", "nan", "1e9", "1001"])
def test_what_is_no_rate_is_refused(text):
    with pytest.raises(InputError, match="frame rate"):
        parse_frame_rate(text)


class TestFramesOfAClip:
    CLIP = Clip(
        values=[[0.0, 0.5], [0.1, 0.6], [0.2, 0.7]], channels=("jawOpen", "mouthClose"), frame_rate=Fraction(60)
    )

    def test_come_one_after_the_other(self):
        frames = list(self.CLIP)
        assert len(frames) == len(self.CLIP)
        np.testing.assert_array_equal(frames, self.CLIP.values)
        for frame, (jaw, close) in zip(self.CLIP, self.CLIP.values, strict=True):
            assert frame.tolist() == [jaw, close]
        np.testing.assert_array_equal(list(reversed(self.CLIP)), self.CLIP.values[::-1])

    def test_have_numbers(self):
        np.testing.assert_array_equal(self.CLIP[1], self.CLIP.values[1])
        np.testing.assert_array_equal(self.CLIP[-1], self.CLIP.values[2])
        with pytest.raises(IndexError):
            self.CLIP[3]

    def test_do_not_hide_the_channels(self):
        assert "jawOpen" in self.CLIP
        assert "tongueOut" not in self.CLIP
        with pytest.raises(ValueError, match="no channel 'tongueOut'"):
            self.CLIP["tongueOut"]
