"""A person's style: a file, what it does to a mouth, and how it is learned."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import audio2blend
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.lips import CLOSED
from audio2blend.pipeline import predict
from audio2blend.post import Controls, LipMotion, Style
from audio2blend.post.style import styled
from audio2blend.prediction import Prediction
from audio2blend.style_fit import fit_style

FACTORS = st.floats(0, 3)
STYLES = st.builds(
    Style,
    opening=FACTORS,
    width=FACTORS,
    rounding=FACTORS,
    pauses=FACTORS,
    left=st.floats(0.2, 0.8),
    rest=st.dictionaries(st.sampled_from(["mouthSmileLeft", "mouthUpperUpRight", "mouthPucker"]), st.floats(-0.2, 0.5)),
)


@pytest.fixture(scope="module")
def said(hello) -> Prediction:
    return predict(audio2blend.load(hello))


def test_the_style_of_nobody_changes_nothing(said):
    assert said.to_clip(Controls(style=Style())).values.tobytes() == said.to_clip(Controls()).values.tobytes()


def test_a_style_is_a_file_that_a_person_can_edit(tmp_path):
    style = Style(opening=1.2, left=0.55, rest={"mouthSmileLeft": 0.05})
    style.write(tmp_path / "anna.toml", about="Anna")
    text = (tmp_path / "anna.toml").read_text()
    assert text.startswith("# Anna\nopening = 1.2  # how far the lips open")
    assert Style.read(tmp_path / "anna.toml") == style


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("openning = 1", "a style has no 'openning'; it has opening, width"),
        ("width = 'a lot'", "width is no number; it says how far the mouth widens"),
        ("width = 9", "width = 9 is out of range; give 0 to 3"),
        ("left = 1", "left = 1 is out of range; give 0.2 to 0.8"),
        ("rest = 1", "rest is no table"),
        ("[rest]\nbrowInnerUp = 0.1", "'browInnerUp' in rest is no channel of the mouth"),
        ("[rest]\nmouthPucker = 0.9", "mouthPucker = 0.9 in rest is out of range; give -0.2 to 0.5"),
        ("opening = nan", "opening = nan is out of range"),
        ("opening", "is no style"),
    ],
)
def test_a_mistake_in_it_is_told_with_its_place(text, words, tmp_path):
    (tmp_path / "anna.toml").write_text(text)
    with pytest.raises(InputError, match=r"anna\.toml") as told:
        Style.read(tmp_path / "anna.toml")
    assert words in str(told.value)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(InputError, match=r"there is no style .*anna.toml"):
        Style.read(tmp_path / "anna.toml")


@given(style=STYLES)
def test_no_style_opens_lips_that_were_closed_or_leaves_the_range(style):
    random = np.random.default_rng(5)
    values = random.uniform(0, 1, (40, len(ARKIT))) * random.uniform(0, 1, (40, 1))
    values[::2, ARKIT.index("mouthClose")] = values[::2, ARKIT.index("jawOpen")]
    clip = Clip(values=values, channels=ARKIT, frame_rate=Fraction(60))
    moved = styled(clip, style, np.zeros(40, np.float32))
    assert moved.values.min() >= 0
    assert moved.values.max() <= 1
    shut = LipMotion.of(clip).opening == 0
    assert LipMotion.of(moved).opening[shut].max(initial=0) < CLOSED


def test_factors_move_what_they_name(said):
    plain = LipMotion.of(said.to_clip(Controls()))
    for name, curve in (("opening", "opening"), ("width", "width"), ("rounding", "width")):
        less, more = (
            getattr(LipMotion.of(said.to_clip(Controls(style=Style(**{name: factor})))), curve).std()
            for factor in (0.5, 1.5)
        )
        assert less < getattr(plain, curve).std() < more


def test_one_side_can_move_more(said):
    clip = said.to_clip(Controls(style=Style(left=0.7)))
    left, right = (clip[f"mouthLowerDown{side}"].std() for side in ("Left", "Right"))
    assert left > 1.5 * right


@pytest.mark.parametrize("opening", [0.6, 1.4])
def test_a_style_is_learned_back_from_a_capture_of_it(said, opening):
    style = Style(opening=opening, width=1.3, rest={"mouthSmileLeft": 0.1})
    captured = said.only(performance=False).to_clip(Controls(style=style))
    found = fit_style(said, LipMotion.of(captured), captured)
    assert abs(found.late_ms) < 5
    # With few seconds of speech, a factor counts only in part.
    assert 0.5 < np.log(found.style.opening) / np.log(opening) <= 1.05
    assert found.style.rest["mouthSmileLeft"] == pytest.approx(0.1, abs=0.04)  # the network smiles a little itself


def test_a_late_capture_is_learned_from_all_the_same(said):
    captured = said.only(performance=False).to_clip(Controls(style=Style(opening=0.6)))
    late = replace(captured, start_s=0.1)
    found = fit_style(said, LipMotion.of(late), late)
    assert found.late_ms == pytest.approx(100, abs=5)
    assert found.style.opening == pytest.approx(
        fit_style(said, LipMotion.of(captured), captured).style.opening, abs=0.05
    )


def test_a_capture_of_something_else_is_refused(said):
    clip = said.to_clip(Controls())
    with pytest.raises(InputError, match="does not go with the recording"):
        fit_style(said, LipMotion.of(replace(clip, values=np.roll(clip.values, 90, axis=0))))
    with pytest.raises(InputError, match=r"covers 0\.0 s of speech"):
        fit_style(said, LipMotion.of(replace(clip, start_s=100.0)))


def test_halves_of_films_of_strangers_tell_how_far_their_mouths_move(corpora):
    """What is learned from one half is nearer to the size of the other than what the network says."""
    from audio2blend.train.evaluation.on_strangers import films

    misses = []
    for film in films(corpora)[:6]:
        prediction = predict(audio2blend.Speech(samples=film.samples), performance=False)
        half = len(film.target.times_s) // 2
        first, second = slice(None, half), slice(half, None)
        seen = LipMotion(
            times_s=film.target.times_s[first], opening=film.target.opening[first], width=film.target.width[first]
        )
        style = fit_style(prediction, seen).style
        plain, fitted = (LipMotion.of(prediction.to_clip(Controls(style=s))) for s in (Style(), style))
        times = film.target.times_s[second]
        wanted = film.target.width[second].std()
        misses.append([abs(np.log(motion.at(times).width.std() / wanted)) for motion in (plain, fitted)])
    before, after = np.median(misses, axis=0)
    assert after < before
