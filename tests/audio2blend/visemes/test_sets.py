"""Named sets of mouth shapes: every phone has one in each, closures are kept, and shapes look as their names say."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio2blend import ipa
from audio2blend.channels import ARKIT
from audio2blend.errors import InputError
from audio2blend.intervals import Interval
from audio2blend.phones import PHONES
from audio2blend.visemes import articulate
from audio2blend.visemes.seen import phones_seen
from audio2blend.visemes.sets import viseme_set, viseme_sets

SETS = sorted(viseme_sets())
LETTERS = sorted(ipa.letters())
SHUT = {
    "rhubarb": "A",
    "preston-blair": "MBP",
    "azure": "21",
    "polly": "p",
    "oculus": "PP",
    "vrm": "neutral",
    "mmd": "ん",
}


def phones_in_a_row(labels: list[str], each_s: float = 0.1) -> list[Interval]:
    return [Interval(label, 0.5 + k * each_s, 0.5 + (k + 1) * each_s) for k, label in enumerate(labels)]


@pytest.mark.parametrize(("name", "count"), [
    ("oculus", 15), ("azure", 22), ("preston-blair", 10), ("rhubarb", 9), ("vrm", 6), ("mmd", 7), ("polly", 17),
])  # fmt: skip
def test_each_set_has_the_shapes_of_its_program(name: str, count: int) -> None:
    own = viseme_set(name)
    assert len({own.silence, *own.phones}) == count


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("letter", LETTERS)
def test_every_letter_of_the_ipa_has_a_shape_and_closures_have_theirs(name: str, letter: str) -> None:
    shapes = viseme_set(name).shapes(letter)
    assert len(shapes) == 1
    shut = ipa.phones(letter)[0].seals
    assert (shapes[0] == SHUT[name]) == (shut or (name, letter) == ("mmd", "ɴ"))


@pytest.mark.parametrize("name", SETS)
def test_the_phone_that_stands_for_a_shape_has_that_shape(name: str) -> None:
    own = viseme_set(name)
    for shape, phones in own.phones.items():
        for phone in phones:
            assert own.shapes(phone) == (shape,), phone


def test_diphthongs_are_one_shape_where_a_set_has_one_and_two_elsewhere() -> None:
    assert viseme_set("azure").shapes("ˈaɪ") == ("11",)
    assert viseme_set("rhubarb").shapes("ˈaɪ") == ("D", "B")
    assert viseme_set("azure").shapes("t͡ʃ") == ("16",)


@given(
    st.lists(st.tuples(st.sampled_from(LETTERS), st.floats(0.01, 0.3)), min_size=1, max_size=20), st.sampled_from(SETS)
)
def test_cues_cover_the_line_without_gaps_and_show_each_closure(spoken: list[tuple[str, float]], name: str) -> None:
    now, phones = 0.2, []
    for label, length in spoken:
        phones.append(Interval(label, now, now + length))
        now += length
    own = viseme_set(name)
    cues = own.cues(phones, now + 0.5)
    assert cues[0].start_s == 0
    assert cues[-1].end_s == now + 0.5
    assert all(one.end_s == other.start_s and one.label != other.label for one, other in pairwise(cues))
    for phone in phones:
        if ipa.phones(phone.label)[0].seals:
            middle = (phone.start_s + phone.end_s) / 2
            assert next(cue.label for cue in cues if cue.start_s <= middle < cue.end_s) == SHUT[name]


@pytest.mark.parametrize("name", SETS)
def test_shapes_drive_a_face(name, our_lips) -> None:
    own = viseme_set(name)
    poses = own.poses()
    assert not poses[own.silence]
    for shape, pose in poses.items():
        weights = np.array([[pose.get(channel, 0.0) for channel in ARKIT]], np.float32)
        assert 0 <= weights.min() <= weights.max() <= 1
        if shape != own.silence:
            seals = ipa.phones(own.phones[shape][0])[0].seals
            assert (our_lips.gap(weights)[0] < 0) == seals, shape


def test_a_set_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="no visemes called 'disney'; there are rhubarb, preston-blair"):
        viseme_set("disney")


class TestSeen:
    @pytest.mark.parametrize("label", ["m", "f", "a", "u", "i"])
    def test_a_phone_is_known_by_its_looks(self, label: str) -> None:
        phones = phones_in_a_row(["a", label, "a"], each_s=0.2)
        seen = phones_seen(articulate(phones, duration_s=1.5))
        assert next(phone.label for phone in seen if phone.start_s <= 0.8 < phone.end_s) == label

    def test_nothing_is_seen_in_a_face_at_rest_or_without_a_mouth(self) -> None:
        still = articulate([], duration_s=1.0)
        assert phones_seen(still) == []
        assert phones_seen(still.select(["browInnerUp"])) == []
        assert phones_seen(articulate([], duration_s=0)) == []

    def test_times_are_the_clips_own(self) -> None:
        clip = articulate(phones_in_a_row(["m", "a"], each_s=0.2), duration_s=1.5)
        first = phones_seen(clip)[0]
        assert first.label == "m"
        assert 0.4 < first.start_s < 0.6
        assert {phone.label for phone in phones_seen(clip)} <= set(PHONES)
