"""Fitting the articulation model: phones are found in time, and what a mouth was driven by is found again."""

from fractions import Fraction

import numpy as np
import pytest

from audio2blend.align.free import free_phones
from audio2blend.channels import ARKIT
from audio2blend.phones import PHONES
from audio2blend.posteriors import PhonePosteriors
from audio2blend.qa import Lips
from audio2blend.train.align import GRID_WORDS, in_words
from audio2blend.train.calibrate import calibrate, to_toml
from audio2blend.train.takes import Filmed, seen
from audio2blend.visemes import Visemes, articulate
from audio2blend.visemes.table import VARIABLES, combined, read_table


def heard_as(numbers, *, certainty=0.8) -> PhonePosteriors:
    """What a network hears that is so certain of the phones of each frame."""
    rest = (1 - certainty) / (len(PHONES) - 1)
    probabilities = np.full((len(numbers), len(PHONES)), rest, np.float32)
    probabilities[np.arange(len(numbers)), numbers] = certainty
    return PhonePosteriors(probabilities=probabilities, phones=PHONES, frame_rate=Fraction(60))


def test_phones_of_a_word_begin_where_they_are_heard():
    numbers = [PHONES.index(name) for name in ["sil"] * 6 + ["b"] * 6 + ["ɪ"] * 12 + ["n"] * 9 + ["sil"] * 6]
    found = in_words([("bin", 0.1, 0.55)], heard_as(numbers))
    assert [name for name, _, _ in found] == ["b", "ɪ", "n"]
    np.testing.assert_allclose([start for _, start, _ in found], [0.1, 0.2, 0.4])
    np.testing.assert_allclose([end for _, _, end in found], [0.2, 0.4, 0.55])


def test_a_word_shorter_than_its_phones_still_has_them_in_turn():
    found = in_words([("seven", 0.0, 0.05)], heard_as([0] * 10))
    assert all(end > start for _, start, end in found)
    said = iter(GRID_WORDS["seven"].split())
    assert all(name in said for name, _, _ in found)  # in that order


def test_a_stray_frame_is_not_heard():
    numbers = [PHONES.index(name) for name in ["a"] * 10 + ["t"] + ["a"] * 10 + ["m"] * 6]
    assert [name for name, _, _ in free_phones(heard_as(numbers, certainty=0.5))] == ["a", "m"]


def test_the_words_of_grid_are_made_of_phones():
    assert len(GRID_WORDS) == 51
    assert {name for phones in GRID_WORDS.values() for name in phones.split()} <= set(PHONES)


@pytest.fixture(scope="module")
def lips() -> Lips:
    """Two lips of one vertex each, which jaw and lips part and mouthClose shuts; eyes 1 apart."""
    deltas = np.zeros((52, 6, 3), np.float32)
    for name, opens in (("jawOpen", 0.37), ("mouthClose", -0.37), ("mouthFunnel", 0.14), ("mouthLowerDownLeft", 0.12)):
        deltas[ARKIT.index(name), 1, 1] = -opens
    neutral = np.zeros((6, 3), np.float32)
    neutral[2:6, 0] = -0.3, 0.3, -0.5, 0.5
    return Lips(neutral, deltas, slice(0, 1), slice(1, 2), slice(2, 4), slice(4, 6))


def speaker(table: Visemes, lips: Lips, *, gain: float, seed: int) -> list[Filmed]:
    """Takes of somebody who moves as `table` says, but so much more or less."""
    random = np.random.default_rng(seed)
    lines = []
    for _ in range(6):
        ends = 0.3 + np.cumsum(random.uniform(0.05, 0.2, 40))
        starts = np.concatenate([[0.3], ends[:-1]])
        phones = [(str(name), s, e) for name, s, e in zip(random.choice(PHONES[1:], 40), starts, ends, strict=True)]
        clip = articulate(phones, duration_s=ends[-1] + 0.3, visemes=table, jaw=gain, lips=gain)
        times = clip.times_s
        speech, level = np.ones(len(times), bool), np.zeros(len(times))
        lines.append(
            Filmed(phones=phones, times_s=times, loudness_db=level, speech=speech, seen=seen(clip.values, lips))
        )
    return lines


def column(phone: str, what: str) -> tuple[int, int]:
    """Return where a phone's target for something stands."""
    return PHONES.index(phone), VARIABLES.index(what)


@pytest.mark.slow
def test_what_mouths_were_driven_by_is_found_again(lips):
    truth = {"phones": {"a": {"opening": 0.2, "jaw": 0.5}, "e": {"opening": 0.03, "jaw": 0.05}, "w": {"pucker": 0.3}}}
    table = combined(read_table(), truth)
    found = calibrate([speaker(table, lips, gain=1.3, seed=1), speaker(table, lips, gain=1 / 1.3, seed=2)])
    by_hand = combined(read_table(), {}).targets
    for phone, wants in truth["phones"].items():
        for what, value in wants.items():
            assert abs(found["phones"][phone][what] - value) < 0.65 * abs(by_hand[column(phone, what)] - value), what
    assert found["phones"]["ɛ"]["opening"] == pytest.approx(by_hand[column("ɛ", "opening")], rel=0.25)


def test_a_calibration_is_read_as_it_was_written(tmp_path):
    sections = {"timing": {"wake_s": 0.09}, "kinds": {"vowel": {"jaw": 1.5}}, "phones": {"ʃ": {"opening": 0.07}}}
    path = tmp_path / "found.toml"
    path.write_text(to_toml(sections, "A test."), encoding="utf-8")
    written, meant = Visemes.load(path), combined(read_table(), sections)
    np.testing.assert_array_equal(written.targets, meant.targets)
    assert written.strengths == meant.strengths
    assert written.timing == meant.timing
