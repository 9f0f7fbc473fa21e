"""How frames are cut to the shape of a profile, around a mouth."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio2blend.errors import InputError
from render_farm.encode import Box, profile
from render_farm.encode.geometry import fit, parse_box

SIDES = st.integers(64, 4000)
SHARES = st.floats(0.05, 0.85)


@given(SIDES, SIDES, SHARES, SHARES, st.sampled_from(["wide", "square", "vertical"]))
def test_a_cut_lies_in_the_frames_has_the_shape_and_shows_the_mouth(
    width: int, height: int, across: float, down: float, name: str
) -> None:
    how = profile(name)
    mouth = Box(across * width, down * height, 0.1 * width, 0.1 * height)
    seen = fit(width, height, how, mouth)
    assert Box(0, 0, width, height).holds(seen.window)
    assert seen.window.width * seen.size[1] == pytest.approx(seen.window.height * seen.size[0], rel=0.05)
    free = Box(mouth.x + mouth.width / 2, mouth.y + mouth.height / 2, 0, 0)
    assert seen.window.holds(free)


def test_the_cut_is_closer_where_the_mouth_would_be_covered() -> None:
    """Upright players cover the lower third: in a portrait with the mouth that low there, it comes up."""
    how, mouth = profile("vertical"), Box(276, 284, 88, 39)
    seen = fit(640, 480, how, mouth)
    assert seen.mouth_is_free
    assert seen.window.height < 480
    assert not fit(640, 480, how, Box(276, 430, 88, 39)).mouth_is_free


def test_without_a_size_all_is_seen_but_an_odd_row() -> None:
    assert fit(641, 481, profile("web"), None).size == (640, 480)


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "1,2,0,4", "1,2,3,nan", "1e9,2,3,4"])
def test_a_text_that_is_no_box(text: str) -> None:
    with pytest.raises(InputError, match="is no box"):
        parse_box(text)


def test_frames_that_are_too_small() -> None:
    with pytest.raises(InputError, match="too small"):
        fit(8, 8, replace(profile("web"), size=()), None)
