"""Checks of ours: each finds its fault, and nothing in a line that is as it should be."""

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio2blend.channels import ARKIT
from usd_export.contents import Contents, Curves, even_rate, joined
from usd_export.outcome import Outcome
from usd_export.validation import checks, length, of_line

RATES = [Fraction(24), Fraction(24000, 1001), Fraction(25), Fraction(30000, 1001), Fraction(60), Fraction(50, 3)]


def line(n_frames: int = 60, rate: Fraction = Fraction(60), *, name: str = "line", target: str = "face") -> Curves:
    """Return a jaw that opens and shuts, and lips that follow."""
    times = np.arange(n_frames) / float(rate)
    jaw = 0.4 * np.sin(np.pi * np.arange(n_frames) / max(1, n_frames - 1)) ** 2
    return Curves(
        animation=name,
        target=target,
        channels=("jawOpen", "mouthClose"),
        times_s=times,
        values=np.stack([jaw, jaw / 4], axis=1).astype(np.float32),
    )


def holding(*curves: Curves, rest: Mapping[str, float] | None = None, unbound: tuple[str, ...] = ()) -> Contents:
    return Contents(curves=curves, rest=rest or {}, unbound=unbound)


def found(contents: Contents, name: str) -> Outcome:
    (outcome,) = (outcome for outcome in checks(contents) if outcome.name == name)
    return outcome


def moved(one: Curves, column: int, values: object) -> Curves:
    out = one.values.copy()
    out[:, column] = values
    return replace(one, values=out)


def test_a_good_line_passes() -> None:
    contents = holding(line(), rest={"face/jawOpen": 0.0, "face/cheekPuff": 0.0})
    assert {outcome.verdict for outcome in checks(contents)} == {"pass"}
    assert length(contents.curves, 1.0).verdict == "pass"


@pytest.mark.parametrize(
    ("contents", "check", "verdict", "words"),
    [
        (holding(), "animation", "fail", "there is no animation"),
        (replace(holding(line()), missing=("skin.png",)), "files", "fail", "'skin.png' is not there"),
        (replace(holding(line()), astray=("skin.tga",)), "files", "warn", "'skin.tga' is not where the file says"),
        (holding(replace(line(), values=np.zeros((60, 2), np.float32))), "animation", "fail", "every curve keeps one"),
        (holding(line(), unbound=("'line' moves 'horn'",)), "names", "fail", "moves 'horn'"),
        (holding(replace(line(), channels=("jawOpen", "jawOpen"))), "names", "fail", "are called jawOpen"),
        (holding(moved(line(), 0, np.linspace(0, 1.2, 60))), "weights", "warn", "jawOpen is 1.200 at 0.983 s"),
        (holding(moved(line(), 1, np.linspace(0, -0.1, 60))), "weights", "warn", "mouthClose is -0.100"),
        (holding(moved(line(), 0, np.linspace(0, 100, 60))), "weights", "fail", "0 to 1, not percent"),
        (holding(moved(line(), 0, np.nan)), "weights", "fail", "NaN"),
        (holding(replace(line(), times_s=np.zeros(60))), "times", "fail", "does not come after"),
        (holding(line(), rest={"face/cheekPuff": 0.5}), "rest", "fail", "cheekPuff is never moved and does not rest"),
        (holding(line(), rest={"face/jawOpen": 0.5}), "rest", "fail", "does not rest before it plays"),
        (holding(moved(line(), 0, np.linspace(0.5, 0, 60))), "rest", "warn", "the jaw is open by 0.50"),
    ],
)  # fmt: skip
def test_each_fault_is_found(contents: Contents, check: str, verdict: str, words: str) -> None:
    outcome = found(contents, check)
    assert outcome.verdict == verdict
    assert words in " ".join(finding.message for finding in outcome.findings)
    others = [one for one in checks(contents) if one.name != check and one.verdict == "fail"]
    assert others == [], "one fault is told by one check"


def test_shapes_that_no_convention_knows_may_be_anything() -> None:
    modes = replace(line(), channels=("expression_000", "expression_001"))
    modes = moved(modes, 0, np.linspace(-3, 3, 60))
    contents = holding(modes, rest={"face/fat": 1.0})
    assert {outcome.verdict for outcome in checks(contents)} == {"pass"}


@pytest.mark.parametrize(
    ("n_frames", "verdict"), [(58, "fail"), (59, "pass"), (60, "pass"), (61, "pass"), (62, "fail")]
)
def test_it_is_as_long_as_its_sound_give_or_take_a_frame(n_frames: int, verdict: str) -> None:
    assert length([line(n_frames)], 1.0).verdict == verdict


def test_it_begins_with_its_sound() -> None:
    late = line()
    assert length([replace(late, times_s=late.times_s + 0.1)], 1.1).verdict == "fail"


def test_of_several_animations_the_recordings_is_taken() -> None:
    contents = holding(line(name="idle"), line(name="hello"), line(name="hello", target="teeth"))
    groups, why = of_line(contents, "hello")
    assert ([group.target for group in groups], why) == (["face", "teeth"], "")
    groups, why = of_line(contents, "other")
    assert groups == []
    assert "idle, hello" in why
    assert of_line(holding(line(name="take 1")), "other")[1] == "", "the only one is meant"


@given(st.sampled_from(RATES), st.integers(2, 4000), st.floats(0, 10))
def test_a_rate_is_known_again_from_float32_times(rate: Fraction, count: int, start: float) -> None:
    times = (start + np.arange(count) / float(rate)).astype(np.float32).astype(np.float64)
    back = even_rate(times)
    assert back is not None
    assert abs(float(back / rate) - 1) * count / float(rate) < 2e-4, "no more than the rounding of the times"
    if count > 120 and rate in RATES[:5]:
        assert back == rate


@given(st.lists(st.floats(0, 1, width=32), min_size=2, max_size=30), st.sampled_from(RATES))
def test_joined_keeps_even_curves(weights: list[float], rate: Fraction) -> None:
    values = np.array(weights, np.float32)[:, None]
    one = Curves(
        animation="", target="", channels=("jawOpen",), times_s=np.arange(len(weights)) / float(rate), values=values
    )  # fmt: skip
    clip = joined([one, replace(one, channels=("mouthClose",), target="teeth")])
    assert clip.channels == ("jawOpen", "mouthClose")
    assert np.abs(clip.values - values).max() < 1e-5


def test_all_of_arkit_is_known() -> None:
    flat = Curves(
        animation="", target="", channels=ARKIT, times_s=np.arange(3) / 60,
        values=np.linspace(0, 0.05, 3 * len(ARKIT), dtype=np.float32).reshape(3, -1),
    )  # fmt: skip
    assert found(holding(flat), "names").findings[0].message == "52 names, all of them ARKit's"
