"""The aligner: words and phones where they are said, and reports where text and sound disagree."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.align.alignment import Alignment
from audio2blend.align.builtin import align
from audio2blend.audio import Speech, load
from audio2blend.network import Network
from audio2blend.phones import PHONES, segments
from audio2blend.posteriors import PhonePosteriors
from audio2blend.text.word import Word

RATE = 60
HELLO = {
    "Hello": "həlˈoʊ", "Bob": "bˈɑb", "and": "ænd", "Mary": "mˈɛɹi", "have": "hæv", "five": "fˈaɪv", "big": "bˈɪɡ",
    "maple": "mˈeɪpəl", "muffins": "mˈʌfɪnz", "you": "ju", "may": "mˈeɪ", "pick": "pˈɪk", "one": "wˈʌn",
}  # fmt: skip
SAYING = ["Hello", "Bob", "and", "Mary", "have", "five", "big", "maple", "muffins", "and", "you", "may", "pick", "one"]


def word(text: str, *pronunciations: str) -> Word:
    return Word(text=text, pronunciations=pronunciations)


def spoken(*parts: tuple[str, float]) -> tuple[PhonePosteriors, Speech]:
    """Posteriors that are sure of phones (in IPA; "" is silence) and a sound that is loud where somebody speaks."""
    random = np.random.default_rng(0)
    classes, sound = [], []
    for ipa, seconds in parts:
        for name in [name for _, name in segments(ipa)] or ["sil"]:
            classes += [PHONES.index(name)] * round(seconds * RATE)
            sound.append(random.normal(0, 0.1 if ipa else 1e-4, round(seconds * 16_000)))
    rows = np.eye(len(PHONES), dtype=np.float32)[classes] * 0.96 + 0.001
    posteriors = PhonePosteriors(probabilities=rows, phones=PHONES, frame_rate=Fraction(RATE))
    return posteriors, Speech(samples=np.concatenate(sound).astype(np.float32))


def times(alignment: Alignment) -> list[tuple[str, float, float]]:
    return [(word.text, word.start_s, word.end_s) for word in alignment.words]


@pytest.fixture(scope="module")
def hello_posteriors(hello) -> tuple[PhonePosteriors, Speech]:
    speech = load(hello)
    return Network.load(device="cpu").predict(speech)[1], speech


class TestWhereWordsAre:
    def test_words_and_phones_lie_where_they_are_said(self):
        found = align([word("ma", "ma"), word("so", "so")], *spoken(("", 0.5), ("ma", 0.2), ("", 0.3), ("so", 0.2)))
        wanted = [0.5, 0.9, 1.2, 1.6]
        assert [time for _, *both in times(found) for time in both] == pytest.approx(wanted, abs=0.04)
        assert [phone.label for phone in found.phones] == ["sil", "m", "a", "sil", "s", "o"]
        assert not found.problems

    def test_of_several_pronunciations_the_one_that_is_said_is_taken(self):
        sound = spoken(("", 0.3), ("aɪðə", 0.1), ("", 0.3))
        for order in (("iðə", "aɪðə"), ("aɪðə", "iðə")):
            labels = [phone.label for phone in align([word("either", *order)], *sound).words[0].phones]
            assert "".join(labels) == "aɪðə"

    def test_our_own_recording_is_read_word_by_word(self, hello_posteriors):
        found = align([word(text, HELLO[text]) for text in SAYING], *hello_posteriors, language="en-US")
        assert [word.text for word in found.words] == SAYING
        assert all(word.found for word in found.words)
        assert min(word.confidence for word in found.words) > 0.1
        assert not found.problems
        assert found.language == "en-US"

    @given(seed=st.integers(0, 2**32 - 1))
    @settings(deadline=None, max_examples=25)
    def test_phones_follow_one_another_within_the_recording(self, seed):
        random = np.random.default_rng(seed)
        some = ["pat", "mi", "ʃuʃ", "aɪ", "zɛbɹə", ""]
        parts = [(str(random.choice(some)), float(random.uniform(0.02, 0.2))) for _ in range(6)]
        words = [word(ipa, ipa) for ipa in random.choice(some, 5)]
        posteriors, speech = spoken(*parts, ("", 0.2))
        phones = align(words, posteriors, speech).phones
        edges = [phones[0].start_s, *(phone.end_s for phone in phones)]
        assert edges[0] == 0
        assert edges[-1] == speech.duration_s
        assert edges == sorted(edges)
        assert [phone.start_s for phone in phones[1:]] == [phone.end_s for phone in phones[:-1]]


class TestWhereTextAndSoundDisagree:
    def reported(self, texts: Sequence[str], sound: tuple[PhonePosteriors, Speech]) -> list[str]:
        found = align([word(text, HELLO.get(text, text)) for text in texts], *sound)
        return [problem.text for problem in found.problems]

    def test_words_that_are_not_said_are_reported_and_the_rest_is_aligned(self, hello_posteriors):
        texts = [*SAYING[:4], "ʃuʒʃuʒ", *SAYING[4:]]
        found = align([word(text, HELLO.get(text, text)) for text in texts], *hello_posteriors)
        right = align([word(text, HELLO[text]) for text in SAYING], *hello_posteriors)
        kept = [entry for entry in times(found) if entry[0] != "ʃuʒʃuʒ"]
        assert np.abs(np.array([e[1:] for e in kept]) - np.array([e[1:] for e in times(right)])).max() < 0.1
        assert any("ʃuʒʃuʒ" in text for text in self.reported(texts, hello_posteriors))

    def test_speech_that_is_not_in_the_text_is_reported_with_its_place(self, hello_posteriors):
        found = align([word(text, HELLO[text]) for text in SAYING[:9]], *hello_posteriors)
        right = align([word(text, HELLO[text]) for text in SAYING], *hello_posteriors)
        assert len(found.problems) == 1
        assert "not in the text" in found.problems[0].text
        assert found.problems[0].start_s == pytest.approx(right.words[8].end_s, abs=0.1)
        assert np.allclose(np.array([e[1:] for e in times(found)]), [e[1:] for e in times(right)[:9]], atol=0.1)

    def test_another_text_is_told_from_the_right_one(self, hello_posteriors):
        other = ["ʃʊɹ", "θɹi", "ɡɹin", "dɹæɡənz", "ɹʌʃ", "θɹu", "ðə", "nɔɪzi", "stɹits"]
        assert "another text" in self.reported(other, hello_posteriors)[0]

    def test_a_recording_without_sound_has_none_of_the_words(self):
        silence = Speech(samples=np.zeros(16_000, np.float32))
        rows = np.zeros((60, len(PHONES)), np.float32)
        rows[:, 0] = 1
        found = align(
            [word("Bob", "bɑb")], PhonePosteriors(probabilities=rows, phones=PHONES, frame_rate=Fraction(60)), silence
        )
        assert found.words[0].confidence < 0.08
        assert "does not fit" in found.problems[0].text

    def test_a_text_without_pronunciations_leaves_silence(self, hello_posteriors):
        found = align([word("☃")], *hello_posteriors)
        assert not found.words[0].found
        assert len(found.phones) == 1
