"""The artist's dials: jaw and lips move more or less, curves calm down, and no lips open that were closed."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from audio2blend.audio import Speech, load
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.lips import CLOSED, OPEN
from audio2blend.network import Network
from audio2blend.post import BILABIALS, Controls, closed, closedness, dialled, held, kept_closed, led, smoothed
from audio2blend.qa import Lips

GRID = Path(os.environ.get("AUDIO2BLEND_CORPORA", ""), "grid", "audio")
"""More speech, where it is there."""


@pytest.fixture(params=["our_lips", "ict_lips"], scope="module")
def lips(request) -> Lips:
    found: Lips = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["best", "live"], scope="module")
def clip(request, hello) -> Clip:
    """Lines as a network says them, one after another, with the lips shut on p, b and m."""
    network = Network.load(quality=request.param, device="cpu", threads=1)
    samples = [load(path).samples for path in (hello, *sorted(GRID.glob("*.flac"))[:800:200])]
    said, posteriors = network.predict(Speech(samples=np.concatenate(samples)))
    return closed(said, held(posteriors.probability(BILABIALS), 60))


dial = st.sampled_from([0.0, 1.0, 2.0]) | st.floats(0, 2)
motions = st.builds(Controls, strength=dial, jaw=dial, lips=dial)


@given(motion=motions)
@settings(deadline=None)
@example(motion=Controls(jaw=2, lips=0))
@example(motion=Controls(jaw=0, lips=2))
def test_lips_that_are_closed_stay_closed(lips, clip, motion):
    before, after = (lips.opening(each.values) for each in (clip, dialled(clip, motion)))
    assert (before < CLOSED).any()
    assert after[before < CLOSED].max() < CLOSED + 1e-4


@given(motion=st.builds(Controls, strength=st.floats(1, 2), jaw=st.floats(1, 2), lips=st.floats(1, 2)))
@settings(deadline=None, max_examples=30)
@example(motion=Controls(lips=2))
def test_no_dial_above_one_closes_an_open_vowel(lips, clip, motion):
    before, after = (lips.opening(each.values) for each in (clip, dialled(clip, motion)))
    assert after[before > OPEN].min() > 1.5 * CLOSED  # at both ends of two dials, what was barely open narrows


@given(smooth_ms=st.floats(0, 200))
@settings(deadline=None, max_examples=40)
def test_smoothing_keeps_lips_closed(lips, clip, smooth_ms):
    before, after = (lips.opening(each.values) for each in (clip, smoothed(clip, smooth_ms)))
    assert after[before < CLOSED].max() < CLOSED + 1e-4


def test_every_head_agrees_on_what_is_closed_for_sure(lips, clip):
    sure, opening = closedness(clip), lips.opening(clip.values)
    assert (sure[opening < CLOSED] == 1).all()
    assert (sure[opening > 2 * OPEN] == 0).all()


@given(motion=motions)
@settings(deadline=None, max_examples=20)
def test_dials_keep_to_the_mouth_and_to_the_range_of_weights(clip, motion):
    after = dialled(clip, motion)
    assert 0 <= after.values.min() <= after.values.max() <= 1
    for name in ARKIT:
        if not name.startswith(("jaw", "mouth", "tongue")):
            np.testing.assert_array_equal(after[name], clip[name])


def test_the_jaw_opens_further_and_the_lips_follow_it(clip):
    more, less = dialled(clip, Controls(jaw=2)), dialled(clip, Controls(jaw=0.5))
    np.testing.assert_allclose(more["jawOpen"], 1 - (1 - clip["jawOpen"]) ** 2, atol=1e-6)
    np.testing.assert_allclose(less["jawOpen"], clip["jawOpen"] / 2, atol=1e-6)
    np.testing.assert_array_equal(more["mouthPucker"], clip["mouthPucker"])
    assert (more["mouthClose"] >= clip["mouthClose"] - 1e-6).all()
    sealed = (clip["mouthClose"] == clip["jawOpen"]) & (clip["jawOpen"] > 0)
    assert sealed.any()
    assert (more["mouthClose"] >= more["jawOpen"] - 1e-6)[sealed].all()


def test_lips_move_by_themselves(clip):
    more = dialled(clip, Controls(lips=1.5))
    np.testing.assert_array_equal(more["jawOpen"], clip["jawOpen"])
    assert (more["mouthPucker"] >= clip["mouthPucker"]).all()
    assert more["mouthPucker"].max() > clip["mouthPucker"].max()


def test_sealing_shapes_grow_where_lips_are_closed_and_in_no_vowel():
    """Pressed lips are pressed harder; a vowel said with a rolled lip is not closed by more of it."""
    channels = ("jawOpen", "mouthClose", "mouthRollLower", "mouthPucker")
    clip = Clip(values=[[0.1, 0.1, 0.4, 0.2], [0.4, 0.0, 0.4, 0.2]], channels=channels, frame_rate=60)
    more = dialled(clip, Controls(lips=2))
    np.testing.assert_allclose(more["mouthRollLower"], [0.64, 0.4], atol=1e-6)
    np.testing.assert_allclose(more["mouthPucker"], 0.36, atol=1e-6)


def test_strength_multiplies_both(clip):
    strong, both = dialled(clip, Controls(strength=1.5)), dialled(clip, Controls(jaw=1.5, lips=1.5))
    for name in ARKIT:
        if name != "tongueOut":
            # The tongue, which strength alone moves, parts the lips a little.
            np.testing.assert_allclose(strong[name], both[name], atol=2e-4)


def test_no_strength_is_no_motion_and_the_neutral_dials_change_nothing(clip):
    assert (
        not dialled(clip, Controls(strength=0))
        .select(name for name in ARKIT if name[:3] in ("jaw", "mou"))
        .values.any()
    )
    assert dialled(clip, Controls()) is clip
    assert smoothed(clip, 10) is clip  # less than a frame
    np.testing.assert_allclose(dialled(clip, Controls(strength=1 + 1e-7)).values, clip.values, atol=1e-6)


@pytest.mark.parametrize("strength", [1.3, 2, 10])
def test_no_curve_is_cut_flat(strength):
    """Two different weights stay different, however strong the motion."""
    clip = Clip(values=np.linspace(0, 1, 50)[:, None], channels=("jawOpen",), frame_rate=60)
    jaw = dialled(clip, Controls(strength=strength))["jawOpen"]
    assert jaw[-1] == 1
    assert (np.diff(jaw[jaw < 0.999]) > 0).all()
    assert jaw[1] / clip["jawOpen"][1] == pytest.approx(strength, rel=0.1)


@pytest.mark.parametrize("smooth_ms", [35, 50, 100])
def test_smoothing_calms_without_delay(smooth_ms):
    rng = np.random.default_rng(0)
    swing = 0.4 + 0.2 * np.sin(2 * np.pi * np.arange(240) / 60)
    noisy = np.clip(swing + 0.02 * rng.standard_normal(240), 0, 1)
    clip = Clip(values=noisy[:, None], channels=("jawOpen",), frame_rate=60)
    after = smoothed(clip, smooth_ms)["jawOpen"]
    assert np.abs(np.diff(after, 2)).mean() < 0.5 * np.abs(np.diff(noisy, 2)).mean()
    lags = range(-5, 6)
    fits = [np.corrcoef(np.roll(after, -lag)[10:-10], swing[10:-10])[0, 1] for lag in lags]
    assert lags[int(np.argmax(fits))] == 0


def test_smoothing_of_a_symmetric_curve_is_symmetric():
    clip = Clip(values=np.hanning(21)[:, None] * [1, 0.5], channels=("jawOpen", "mouthPucker"), frame_rate=60)
    values = smoothed(clip, 60).values
    np.testing.assert_allclose(values, values[::-1], atol=1e-6)


def test_what_was_closed_by_other_shapes_than_mouth_close_is_held_too():
    """Pressed lips over a slightly open jaw: without the jaw's partner moving they would part."""
    weights = {"jawOpen": 0.08, "mouthShrugLower": 0.6, "mouthRollLower": 0.5, "mouthClose": 0.0}
    before = Clip(values=[list(weights.values())], channels=tuple(weights), frame_rate=60)
    after = before.with_channels({"jawOpen": [0.5]})
    assert kept_closed(after, before)["mouthClose"][0] == pytest.approx(0.42, abs=0.02)
    assert kept_closed(before, before)["mouthClose"][0] == 0


def test_lead_brings_frames_forward_and_holds_the_last():
    values = np.arange(5, dtype=np.float32)[:, None]
    assert led(values, 2)[:, 0].tolist() == [2, 3, 4, 4, 4]
    assert led(values, 9)[:, 0].tolist() == [4] * 5
    assert len(led(values[:0], 3)) == 0


@pytest.mark.parametrize(
    ("dials", "complaint"),
    [
        ({"strength": -0.1}, "strength=-0.1 is out of range; give a number from 0 to 10"),
        ({"jaw": float("nan")}, "jaw=nan is out of range"),
        ({"lips": 10.5}, "lips=10.5 is out of range"),
        ({"smooth_ms": 201}, "smooth_ms=201 is out of range; give milliseconds from 0 to 200"),
        ({"lead_ms": float("inf")}, "lead_ms=inf is out of range"),
    ],
)
def test_dials_out_of_range_are_errors_with_their_cure(dials, complaint):
    with pytest.raises(InputError, match=complaint):
        Controls(**dials)


def test_the_example_in_the_docs_runs(monkeypatch):
    root = Path(__file__).resolve().parents[3]
    (code,) = re.findall(r"```python\n(.*?)```", (root / "docs" / "motion.md").read_text("utf-8"), re.DOTALL)
    monkeypatch.chdir(root)
    names: dict[str, object] = {}
    exec(code, names)
    assert names["live"].latency_ms == pytest.approx(50 + 2000 / 60)
    assert names["clip"].metadata["jaw"] == "1.2"
