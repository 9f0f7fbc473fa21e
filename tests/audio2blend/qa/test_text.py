"""The text of a line: what its letters sound like, where they are said, and whether it is what is said."""

import json
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

import audio2blend
from audio2blend.align.letters import Letter, spell
from audio2blend.align.reading import Reading, read
from audio2blend.audio import Speech
from audio2blend.network import Network
from audio2blend.posteriors import PhonePosteriors
from audio2blend.qa.checks import CHECKS

HELLO = "Hello! Bob and Mary have five big maple muffins, and you may pick one."
FIT = CHECKS["text_fit"].at_least
RATE = Fraction(60)


def letters(text: str) -> list[Letter]:
    return [letter for word in spell(text) for letter in word.letters]


def closing(text: str) -> str:
    """Return the letters on which lips close, in capitals if that is sure."""
    marks = [letter.text.upper() if letter.surely_said else letter.text for letter in letters(text) if letter.closes]
    return " ".join(marks)


def said(text: str, *, frames: int = 5) -> PhonePosteriors:
    """Return what is heard if each letter is said by the first of its phones, with silence around each word."""
    phones = ["sil"]
    for word in spell(text):
        phones += [*(sorted(letter.phones)[0] for letter in word.letters), "sil"]
    names = tuple(dict.fromkeys(phones))
    rows = np.repeat([names.index(phone) for phone in phones], frames)
    return PhonePosteriors(probabilities=np.eye(len(names), dtype=np.float32)[rows], phones=names, frame_rate=RATE)


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.load(device="cpu")


class TestLetters:
    @pytest.mark.parametrize(
        ("text", "lips"),
        [
            ("Bob and Mary", "B b M"),
            ("map, lamb, plumber", "M p m b P m b"),
            ("happy", "PP"),
            ("phone", ""),
            ("favor, vino", ""),
            ("trop de plomb", "p P m b"),
            ("Übermut", "B M"),
            ("Папа бьёт, мам!", "П П Б М м"),
            ("Μπάμπης", "ΜΠ ΜΠ"),
            ("ευρώ, φίλος", ""),
            ("مَرْحَبًا بكم", "م ب ب م"),
            ("फिर कम ब्लू", "म ब"),
            ("ばんパン, はまかﾞ", "バ パ マ"),
        ],
    )
    def test_they_tell_where_lips_close(self, text, lips):
        assert closing(text) == lips

    @pytest.mark.parametrize("text", ["7", "请", "한", "שלום"])
    def test_what_no_table_holds_can_be_anything(self, text):
        assert [letter.phones for letter in letters(text)] == [frozenset()] * len(letters(text))
        assert letters(text)

    def test_their_phones_are_those_of_the_network(self, network):
        everything = letters(
            "abcdefghijklmnopqrstuvwxyz абвгдежзиклмнопрстуфхцчшщ αβγδεζηθικλμνξοπρστυφχψω کثق भझठ ザダハ"
        )
        assert set().union(*(letter.phones for letter in everything)) <= set(network.phones)

    @given(st.text())
    def test_any_text_has_words_without_spaces_and_some_letters(self, text):
        for word in spell(text):
            assert word.letters
            assert word.text.split() == [word.text]

    @given(st.text(alphabet="abmpxéЖбあ ,.'-"))
    def test_accents_and_case_change_no_word(self, text):
        assert [len(word.letters) for word in spell(text)] == [len(word.letters) for word in spell(text.upper())]


class TestReading:
    @given(st.text(alphabet="bakelimop ", min_size=3).filter(lambda text: text.split()))
    def test_what_is_said_letter_by_letter_is_found_where_it_is(self, text):
        reading = read(spell(text), said(text))
        at = 5
        for word, spelt in zip(reading.words, spell(text), strict=True):
            assert word.heard == 1
            assert (word.start_s, word.end_s) == pytest.approx((at / 60, (at + 5 * len(spelt.letters)) / 60))
            at += 5 * len(spelt.letters) + 5

    def test_a_word_that_is_not_said_has_no_time(self):
        reading = read(spell("pale strict beam"), said("pale beam"))
        assert [word.missing for word in reading.words] == [False, True, False]

    def test_a_letter_that_is_surely_said_has_to_close_even_if_it_is_not_heard(self):
        """The p of "up" may be silent, that of "pale" may not."""
        (word,) = read(spell("sepale"), said("seale")).words
        (closure,) = word.closures
        assert not closure.heard
        assert closure.start_s < 3 * 5 / 60 < closure.end_s
        assert read(spell("seap"), said("sea")).words[0].closures == ()

    def test_sound_between_the_words_belongs_to_none(self):
        reading = read(spell("pale beam"), said("pale dragon beam"))
        first, second = reading.words
        assert first.end_s == pytest.approx((5 + 20) / 60)
        assert second.start_s == pytest.approx((5 + 20 + 5 + 30 + 5) / 60)

    def test_figures_take_what_is_said_for_them(self):
        reading = read(spell("pale 7 beam"), said("pale seven beam"))
        assert [word.heard for word in reading.words] == [1, None, 1]
        assert 0.5 < reading.readable < 0.8

    def test_the_order_of_the_words_counts(self):
        heard = said("pale some beam like ocean")
        right = read(spell("pale some beam like ocean"), heard)
        assert right.fit > 0.6 > read(spell("ocean like beam some pale"), heard).fit

    def test_what_cannot_be_searched_is_told(self):
        heard = said("a", frames=40_000)
        with pytest.raises(ValueError, match="too long"):
            read(spell("pale " * 600), heard)
        with pytest.raises(ValueError, match="nothing to read"):
            read((), heard)
        silent = PhonePosteriors(probabilities=np.zeros((0, 1), np.float32), phones=("sil",), frame_rate=RATE)
        with pytest.raises(ValueError, match="there are no frames"):
            read(spell("pale"), silent)


@pytest.fixture(scope="module")
def utterances(network, corpora) -> list[tuple[dict, PhonePosteriors]]:
    """Return labels and phones of utterances that the network was not trained on, in writing that can be read."""
    out = []
    for line in islice((corpora / "kokoro" / "labels.jsonl").open(encoding="utf-8"), 0, None, 40):
        label = json.loads(line)
        if label["lang"] not in ("cmn", "ja"):
            samples, _ = soundfile.read(corpora / "kokoro" / f"{label['id']}.ogg", dtype="float32")
            out.append((label, network.predict(Speech(samples=samples))[1]))
    return out


class TestRealText:
    def read(self, network: Network, speech: Speech, text: str) -> Reading:
        return read(spell(text), network.predict(speech)[1])

    def test_the_words_of_the_recording_are_found(self, network, hello):
        """Times read off the drawn sound, to a twentieth of a second."""
        reading = self.read(network, audio2blend.load(hello), HELLO)
        assert reading.fit > 1.5 * FIT
        starts = {word.text: word.start_s for word in reading.words}
        for word, start in {"Bob": 0.57, "Mary": 0.98, "maple": 2.12, "pick": 3.67, "one": 3.95}.items():
            assert starts[word] == pytest.approx(start, abs=0.05)

    @pytest.mark.parametrize(
        "other",
        [
            "The quick brown fox jumps over the lazy dog, and then it sleeps.",
            HELLO[:20:-1],
            "Bonjour, où est la gare ?",
        ],
    )
    def test_another_text_does_not_fit(self, network, hello, other):
        assert self.read(network, audio2blend.load(hello), other).fit < FIT

    def test_swapped_texts_are_told_in_six_languages(self, utterances):
        texts = [label["text"] for label, _ in utterances]
        assert {label["lang"][:2] for label, _ in utterances} == {"en", "es", "fr", "hi", "it", "pt"}
        for text, other, (_, heard) in zip(texts, texts[1:] + texts[:1], utterances, strict=True):
            assert read(spell(text), heard).fit >= FIT
            assert read(spell(other), heard).fit < FIT

    def test_letters_are_found_where_the_phones_are(self, utterances):
        """The labels are in steps of 25 ms."""
        late = []
        for label, heard in utterances:
            true = np.array([(start + end) / 2 for phone, start, end in label["phones"] if phone in "pbmβ"])
            for word in read(spell(label["text"]), heard).words:
                for middle in word.closures_s[[closure.heard for closure in word.closures]].mean(axis=1):
                    late.append(true[np.abs(true - middle).argmin()] - middle)
        assert len(late) > 200
        assert np.median(np.abs(late)) < 0.015
        assert np.mean(np.abs(late) < 0.05) > 0.98

    def test_read_sentences_fit_their_text_alone(self, network, corpora):
        folder = corpora / "speech" / "ljspeech"
        lines = [line.split("|") for line in (folder / "metadata.csv").read_text("utf-8").splitlines()]
        for number, (name, text, _) in enumerate(lines):
            _, heard = network.predict(audio2blend.load(folder / f"{name}.flac"))
            assert read(spell(text), heard).fit >= FIT
            assert read(spell(lines[number - 1][1]), heard).fit < FIT
