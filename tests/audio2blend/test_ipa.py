"""Transcriptions of any language: every letter and mark is a sound with features, or is known to be silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio2blend import ipa
from audio2blend.phones import segments
from audio2blend.text import espeak
from tests.support.espeak_inventory import phones as espeak_phones


@pytest.fixture(scope="module")
def inventory() -> dict[str, list[str]]:
    """What every voice of espeak-ng can say."""
    return espeak_phones(sorted(set(espeak.voices().values())))


@pytest.mark.slow
def test_all_that_espeak_says_in_any_of_its_voices_is_known(inventory: dict[str, list[str]]) -> None:
    assert len(inventory) > 130
    assert sum(len(said) for said in inventory.values()) > 10_000
    for voice, said in inventory.items():
        for transcription in said:
            assert ipa.unknown(transcription) == "", (voice, transcription)


@pytest.mark.slow
def test_what_the_aligner_finds_a_phone_in_the_articulation_does_too(inventory: dict[str, list[str]]) -> None:
    for transcription in {one for said in inventory.values() for one in said}:
        assert len(ipa.phones(transcription)) >= bool(segments(transcription)), transcription


@pytest.mark.parametrize(
    ("written", "letters"),
    [
        ("tʃ", "tʃ"), ("t͡ʃ", "tʃ"), ("ʧ", "tʃ"), ("aɪ̯", "aɪ"), ("g", "ɡ"), ("ɚ", "ə"), ("ma˥˩", "ma"), ("ç", "ç"),
        ("ˈbɔ.tl̩", "bɔtl"), ("ʰt", "ht"), ("n̪", "n"), ("ʔ", "ʔ"), ("mɑ̃ʒe", "mɑʒe"), ("", ""), ("ǃŋ", "ǃŋ"),
    ],
)  # fmt: skip
def test_letters_are_found_under_ties_marks_tones_and_other_spellings(written: str, letters: str) -> None:
    assert "".join(phone.letter for phone in ipa.phones(written)) == letters


def test_marks_change_their_letter() -> None:
    plain = ipa.phones("t")[0]
    assert ipa.phones("tʷ")[0].rounding > plain.rounding == 0
    assert ipa.phones("tʲ")[0].palatalised
    assert ipa.phones("t̪")[0].place == "dental"
    assert ipa.phones("n̥")[0].voiced is False
    assert ipa.phones("e̞")[0].height > ipa.phones("e")[0].height > ipa.phones("e̝")[0].height
    assert ipa.phones("ɔ̜")[0].rounding < 1
    assert ipa.phones("ɛ̃")[0].nasal
    assert (ipa.phones("aː")[0].length, ipa.phones("ă")[0].length) == (1.5, 0.5)
    assert [phone.syllabic for phone in ipa.phones("ɔɪ̯l̩")] == [True, False, True]


def test_two_closures_at_once_are_one_phone_with_shut_lips() -> None:
    (phone,) = ipa.phones("k͡p")
    assert phone.seals
    assert not ipa.phones("kp")[0].seals


def test_stress_goes_to_the_vowel_of_its_syllable() -> None:
    assert [(p.letter, p.stress) for p in ipa.phones("ˌstɹɛˈa")] == [("s", 0), ("t", 0), ("ɹ", 0), ("ɛ", 2), ("a", 1)]


@given(st.text(max_size=30))
def test_any_text_is_read(text: str) -> None:
    ipa.phones(text)
    assert not set(ipa.unknown(text)) & set("pbm")
