"""Emotions in words and in files: what is written is what is shown, when it is meant."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio2blend.channels import ARKIT
from audio2blend.emotion import EMOTIONS, EmotionTrack, emotion_faces
from audio2blend.errors import InputError

amounts = st.dictionaries(st.sampled_from(EMOTIONS), st.floats(0, 1).map(lambda x: round(x, 3)), max_size=3)
tracks = st.lists(st.tuples(st.floats(0, 1e4).map(lambda t: round(t, 2)), amounts), min_size=1, max_size=6)


@given(rows=tracks)
def test_a_track_in_words_is_the_same_track(rows):
    track = EmotionTrack.of(rows)
    assert EmotionTrack.parse(track.text).amounts == track.amounts
    np.testing.assert_allclose(EmotionTrack.parse(track.text).times_s, track.times_s, rtol=1e-5)


@given(rows=tracks, times=st.lists(st.floats(0, 2e4), min_size=1, max_size=20))
def test_amounts_stay_between_those_of_the_entries(rows, times):
    track = EmotionTrack.of(rows)
    shown = track.at(np.sort(times))
    least, most = np.min(track.amounts, axis=0), np.max(track.amounts, axis=0)
    assert (shown >= least - 1e-6).all()
    assert (shown <= most + 1e-6).all()


def test_an_entry_holds_until_the_next_and_changes_begin_at_it():
    track = EmotionTrack.parse("1:joy=0.5 3:anger")
    joy, anger = (track.at(np.array([0.0, 2.9, 3.0, 3.2, 3.4, 9.0]))[:, EMOTIONS.index(e)] for e in ("joy", "anger"))
    np.testing.assert_allclose(joy, [0.5, 0.5, 0.5, 0.25, 0, 0], atol=1e-6)
    np.testing.assert_allclose(anger, [0, 0, 0, 0.5, 1, 1], atol=1e-6)


def test_names_of_other_programs_are_known():
    assert EmotionTrack.parse("happy=0.4,amazement=0.2") == EmotionTrack.parse("joy=0.4,surprise=0.2")
    assert EmotionTrack.parse("neutral").is_neutral


def test_files_hold_what_words_hold(tmp_path):
    words = EmotionTrack.parse("0:joy=0.5 2.5:sadness=0.3,fear=0.1 4:neutral")
    table, listing = tmp_path / "track.csv", tmp_path / "track.json"
    table.write_text("time,joy,sadness,fear\n0,0.5,,\n2.5,0,0.3,0.1\n4,,,\n", "utf-8-sig")
    rows = [{"time": 0, "joy": 0.5}, {"time": 2.5, "sadness": 0.3, "fear": 0.1}, {"time": 4}]
    listing.write_text(json.dumps(rows))
    assert EmotionTrack.read(table) == EmotionTrack.read(listing) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no emotion is named"),
        ("glee", "there is no emotion 'glee'; there are neutral, joy"),
        ("joy=2", "joy=2 is out of range; give an amount from 0 to 1"),
        ("joy=nan", "joy=nan is out of range"),
        ("joy=much", "'much' is no number"),
        ("joy sadness", "emotion 'joy' has no time"),
        ("-1:joy", "'-1' is no time in seconds"),
        ("soon:joy", "'soon' is no number"),
    ],
)
def test_what_cannot_be_meant_is_said(text, words):
    with pytest.raises(InputError, match=words):
        EmotionTrack.parse(text)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", "joy\n1\n", "it has no column 'time'"),
        ("a.csv", "", "has no entry"),
        ("a.csv", "time,glee\n0,1\n", "no emotion 'glee'"),
        ("a.csv", "time,joy\n0,1,2\n", "more cells than there are columns"),
        ("a.json", "{", "is no emotion track"),
        ("a.json", "[1]", "it is no list of objects"),
        ("a.json", "[" * 100_000, "is no emotion track"),
        ("a.csv", b"\xff\xfe\x00", "is no emotion track"),
    ],
)
def test_files_that_are_none_end_in_a_sentence(tmp_path, name, content, words):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(InputError, match=words) as caught:
        EmotionTrack.read(path)
    assert str(path) in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"gone\.csv cannot be read"):
        EmotionTrack.read(tmp_path / "gone.csv")


def test_every_emotion_has_a_face_of_its_own_the_same_on_both_sides():
    table = emotion_faces()
    assert ((table >= 0) & (table <= 1)).all()
    assert len({row.tobytes() for row in table}) == len(EMOTIONS)
    for name in ARKIT:
        if name.endswith("Left"):
            right = ARKIT.index(name.removesuffix("Left") + "Right")
            np.testing.assert_array_equal(table[:, ARKIT.index(name)], table[:, right])


def test_a_stream_that_sets_its_emotion_for_ever_remembers_only_what_still_shows():
    track = EmotionTrack.parse("neutral")
    for step in range(1, 1000):
        track = track.followed_by(EmotionTrack.parse("joy" if step % 2 else "anger=0.5"), step / 10)
    assert len(track.times_s) < 10
    whole = EmotionTrack.of([(0, {})] + [(n / 10, {"joy": 1} if n % 2 else {"anger": 0.5}) for n in range(1, 1000)])
    later = np.arange(99.9, 102, 0.05)
    np.testing.assert_allclose(track.at(later), whole.at(later), atol=1e-3)
