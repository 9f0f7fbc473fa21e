"""What a written text says: words with their places and pronunciations, and what could not be read."""

import subprocess
import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.errors import InputError
from audio2blend.phones import PHONES, segments
from audio2blend.text import Script, words
from audio2blend.text.lexicon import Lexicon

pytestmark = pytest.mark.slow

TEXTS = {
    "de": "Dr. Müller hat am 3. Oktober um 14:30 Uhr 5,50 € für z.B. 23 Brötchen bezahlt.",
    "en-US": "The quick brown fox can't have been an apple, i.e. 50% of 3.5 kg on 12/25/2023.",
    "en-GB": "The better writer of it was far away for an hour.",
    "fr": "Les enfants ont des amis, peut-être à 14h30.",
    "es": "El perro corre por la calle de la ciudad, cansado.",
    "it": "Gli gnocchi della zia sono di casa.",
    "pt-BR": "Bom dia, a cidade de São Paulo tem 12 milhões de pessoas.",
    "hi": "नमस्ते, आप कैसे हैं? 23 किलो",
    "ja": "こんにちは、私は東京タワーへ行きます。23人です。",
    "zh": "你好，我们去银行，他不是一个人。2024年",
    "ru": "Привет, как дела? 25 рублей.",
    "ko": "안녕하세요 반갑습니다",
    "ar": "مرحبا بالعالم",
    "he": "שלום עולם 7",
    "tr": "Merhaba dünya, nasılsın?",
    "vi": "Xin chào các bạn",
}
ODD = {"da": "Rødgrød med fløde", "ky": "Кыргызча сүйлөйм"}
"""Languages in which espeak-ng leaves letters that are not of the IPA."""


def sounds(script: Script) -> list[tuple[str, ...]]:
    """Return the classes of the phones of each word, as it is most likely said."""
    return [classes(word.pronunciations[0]) for word in script.words]


def classes(ipa: str) -> tuple[str, ...]:
    return tuple(name for _, name in segments(ipa))


def can_be(text: str, language: str, *ipa: str) -> None:
    """Assert that a text is one word that may be said in each of some ways."""
    (word,) = words(text, language).words
    ways = {classes(way) for way in word.pronunciations}
    assert {classes(way) for way in ipa} <= ways, word


class TestWords:
    @pytest.mark.parametrize("language", TEXTS)
    def test_are_found_where_they_are_written_and_can_be_said(self, language):
        text = TEXTS[language]
        script = words(text, language)
        assert not script.problems
        for word in script.words:
            assert text[word.place : word.place + len(word.text)] == word.text
            assert all(segments(way) for way in word.pronunciations)
            assert 1 <= len(word.pronunciations) <= 8

    @pytest.mark.parametrize("language", TEXTS)
    def test_have_pronunciations_that_an_aligner_can_tell_apart(self, language):
        for word in words(TEXTS[language], language).words:
            assert len({classes(way) for way in word.pronunciations}) == len(word.pronunciations)

    @pytest.mark.parametrize(("language", "text"), [*TEXTS.items(), *ODD.items()])
    def test_hold_phones_of_the_ipa_alone(self, language, text):
        for word in words(text, language).words:
            for letter in "".join(word.pronunciations):
                mark = letter in "ˈˌ " or unicodedata.category(letter) in ("Mn", "Lm", "Sk")
                assert mark or segments(letter), (word, letter)

    def test_sound_as_they_do_in_their_phrase(self):
        """A liaison and the article before a vowel."""
        assert sounds(words("les amis", "fr"))[0] == classes("lez")
        assert sounds(words("les chiens", "fr"))[0] == classes("le")
        assert sounds(words("the end", "en-US"))[0] == classes("ðɪ")
        assert sounds(words("the dog", "en-US"))[0] == classes("ðə")

    def test_are_parted_where_they_run_together(self):
        """espeak-ng makes one word of "have been"."""
        script = words("I would have been there", "en-GB")
        assert [word.text for word in script.words] == ["I", "would", "have", "been", "there"]
        assert sounds(script)[2][-1] == "v"
        assert sounds(script)[3][0] == "b"

    def test_do_not_run_together_across_a_comma(self):
        assert sounds(words("les, amis", "fr"))[0] == classes("le")

    def test_are_not_reduced_to_a_phone(self):
        """One alone is found in the sound where it is not: French schwas may fall, but not in "que"."""
        assert [word.pronunciations for word in words("que je le", "fr").words] == [("kə",), ("ʒə",), ("lə",)]

    def test_of_chinese_are_characters(self):
        script = words("你好，银行", "zh")
        assert [word.text for word in script.words] == list("你好银行")
        assert sounds(script)[3] == classes("xɑŋ")  # which alone is ɕiŋ

    def test_of_japanese_are_those_of_a_dictionary(self):
        script = words("私は東京へ行く。", "ja")
        assert [word.text for word in script.words] == ["私", "は", "東京", "へ", "行く"]
        assert [word.pronunciations[0] for word in script.words][1:4] == ["wa", "toːkʲoː", "e"]

    def test_may_hold_hyphens_and_apostrophes(self):
        assert [word.text for word in words("L'homme peut-être", "fr").words] == ["L'homme", "peut-être"]
        assert [word.text for word in words("don’t rock 'n' roll", "en").words] == ["don’t", "rock", "n", "roll"]

    def test_shouted_are_no_abbreviations(self):
        assert sounds(words("IT IS US", "en-US")) == sounds(words("it is us", "en-US"))
        can_be("USA", "en-US", "juɛseɪ")


class TestGerman:
    def test_r_is_a_vowel_after_vowels(self):
        can_be("wir", "de", "viːɐ̯")
        can_be("Bruder", "de", "bʁuːdɐ")

    def test_ending_en_is_swallowed(self):
        can_be("haben", "de", "haːbən", "haːbm̩")
        can_be("sagen", "de", "zaːɡən", "zaːɡŋ̍")
        can_be("abends", "de", "aːbm̩ts")

    def test_last_t_may_fall(self):
        can_be("nicht", "de", "nɪçt", "nɪç")

    def test_a_is_no_back_vowel(self):
        can_be("Vater", "de", "faːtɐ")


class TestEnglish:
    def test_function_words_are_weak(self):
        can_be("and", "en-US", "ænd", "ən")
        can_be("of", "en-GB", "ɒv", "əv")

    def test_t_between_vowels_is_a_tap_in_america(self):
        assert "t" not in sounds(words("better", "en-US"))[0]
        assert "t" in sounds(words("better", "en-GB"))[0]

    def test_r_after_vowels_is_silent_in_britain(self):
        assert "ɹ" not in sounds(words("park", "en-GB"))[0]
        assert "ɹ" in sounds(words("park", "en-US"))[0]


class TestNumbers:
    @pytest.mark.parametrize(
        ("language", "written", "spoken"),
        [
            ("de", "23", "dreiundzwanzig"),
            ("de", "1.234,5", "eintausendzweihundertvierunddreißig Komma fünf"),
            ("de", "5,50 €", "fünf Euro fünfzig"),
            ("de", "8:05 Uhr", "acht Uhr fünf"),
            ("de", "24.12.2023", "vierundzwanzigsten Dezember zweitausenddreiundzwanzig"),
            ("de", "20 °C", "zwanzig Grad Celsius"),
            ("de", "z.B.", "zum Beispiel"),
            ("en-US", "1st", "first"),
            ("en-US", "1984", "nineteen eighty four"),
            ("en-US", "$5.99", "five dollars ninety nine"),
            ("en-US", "$5.5 million", "five point five million dollars"),
            ("en-US", "example.com", "example dot com"),
            ("de", "gmx.de", "gmx Punkt de"),
            ("en-US", "12/25/2023", "December twenty fifth twenty twenty three"),
            ("en-GB", "25/12/2023", "the twenty fifth of December twenty twenty three"),
            ("en-US", "350", "three hundred fifty"),
            ("en-US", "10:05 p.m.", "ten oh five P, M"),
            ("en-US", "007", "zero zero seven"),
            ("en-US", "e.g.", "for example"),
            ("en-US", "-5", "minus five"),
            ("fr", "14h30", "quatorze heures trente"),
            ("es", "3 km", "tres kilómetros"),
            ("it", "50%", "cinquanta per cento"),
            ("pt-BR", "R$ 2,50", "dois reais e cinquenta centavos"),
            ("ru", "25%", "двадцать пять процентов"),
        ],
    )
    def test_are_said_as_people_say_them(self, language, written, spoken):
        script = words(written, language)
        assert "".join(word.text for word in script.words).replace(" ", "") == written.replace(" ", "")
        ways = [()]
        for word in script.words:
            ways = [(*before, *classes(way)) for before in ways for way in word.pronunciations]
        expected = tuple(name for word in words(spoken, language).words for name in classes(word.pronunciations[0]))
        assert expected in ways

    def test_are_one_word_as_they_are_written(self):
        script = words("Es kostet 1.234,50 € heute.", "de")
        assert [(word.text, word.place) for word in script.words][2] == ("1.234,50 €", 10)

    def test_of_a_language_that_num2words_lacks_are_said_by_espeak(self):
        assert not words("23", "hi").problems
        assert sounds(words("23", "hi"))[0] == classes("teːis")

    def test_are_said_by_espeak_where_num2words_is_missing(self):
        code = (
            "import sys; sys.modules['num2words'] = None\n"
            "from audio2blend.text import words\n"
            "print(*(word.pronunciations[0] for word in words('23 Katzen', 'de').words), sep='|')"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8")
        number, cats = done.stdout.strip().split("|")
        assert classes(number) == classes("dʁaɪʊntsvantsɪç")
        assert classes(cats) == classes("katsən")

    def test_count_people_in_japanese(self):
        assert sounds(words("5人", "ja"))[1] == classes("ɲiɴ")

    def test_that_are_endless_are_said_digit_by_digit(self):
        (word,) = words("1" * 60, "en").words
        assert word.text == "1" * 60
        assert classes(word.pronunciations[0]) == classes("wʌn") * 60


class TestProblems:
    def test_are_letters_of_another_language_which_are_read_by_that_one(self):
        script = words("Das heißt Привет.", "de")
        assert sounds(script)[2] == classes("prʲivʲet")
        (problem,) = script.problems
        assert (problem.place, problem.text) == (10, "Привет")
        assert "it is read as ru" in problem.message

    @pytest.mark.parametrize(("text", "place"), [("Hi 😀!", 3), ("a\x01b", 1), ("so ᚠᚢ", 3), ("♪ la ♪", 0)])
    def test_are_what_nobody_can_say(self, text, place):
        script = words(text, "de")
        assert script.problems[0].place == place
        assert all(word.text not in script.problems[0].text for word in script.words)

    def test_are_words_without_end(self):
        script = words("a" * 100_000 + " end", "en")
        assert [len(word.text) for word in script.words] == [100_000, 3]
        assert "100000 letters" in script.problems[0].message

    def test_are_languages_that_are_only_guessed(self):
        assert "guesses" in words("สวัสดีครับ", "th").problems[0].message


class TestBadInput:
    @pytest.mark.parametrize("text", ["", "   ", "\n\n", "…", "\ufeff", "\u202e\u202c"])
    def test_without_words_has_none(self, text):
        assert words(text, "de").words == ()

    @pytest.mark.parametrize("tag", ["", "xx", "../de", "deutsch", "de_", "-", "tlh", "de\0"])
    def test_unknown_languages_are_refused_with_those_that_are_known(self, tag):
        with pytest.raises(InputError, match=r"no language that can be read.*use one of af, am, .*de, .*zh"):
            words("Hallo", tag)

    @pytest.mark.parametrize("tag", ["de-AT", "DE", "de_CH", "zh-Hant-TW", "en", "no", "pt", "sr-Latn"])
    def test_regions_that_nobody_knows_are_left_out(self, tag):
        assert words("a", tag).words[0].pronunciations

    def test_too_much_is_refused(self):
        with pytest.raises(InputError, match="split it"):
            words("a " * 600_000, "de")

    def test_right_to_left_keeps_the_order_of_the_text(self):
        script = words("\u200fשלום \u202babc\u202c עולם", "he")
        assert [word.text for word in script.words] == ["שלום", "abc", "עולם"]

    def test_without_the_extra_names_it(self):
        code = (
            "import sys; sys.modules['espeakng_loader'] = None\n"
            "from audio2blend.errors import MissingDependencyError\n"
            "from audio2blend.text import words\n"
            "try: words('a', 'de')\n"
            "except MissingDependencyError as error: print(error)"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        assert "pip install 'audio2blend[text]'" in done.stdout


def test_a_lexicon_comes_before_all_else():
    lexicon: Lexicon = {"müller": ("mɪlɐ",), "😀": ("haha",), "23": ("tswantsɪk",)}
    script = words("Herr MÜLLER hat 23 😀", "de", lexicon)
    assert [word.pronunciations for word in script.words][1] == ("mɪlɐ",)
    assert [word.pronunciations for word in script.words][3:] == [("tswantsɪk",), ("haha",)]
    assert not script.problems


class TestLaws:
    @settings(max_examples=25, deadline=None)
    @given(text=st.text(max_size=60), language=st.sampled_from(["de", "en", "ja", "zh", "ar"]))
    def test_nothing_is_dropped_in_silence(self, text, language):
        """Every character but spaces, punctuation, and marks that are not seen lies in a word, direction or problem."""
        text = text.replace("<", "")  # which may be SSML
        script = words(text, language)
        covered = set()
        for part in (*script.words, *script.directions, *script.problems):
            assert text[part.place : part.place + len(part.text)] == part.text
            covered |= set(range(part.place, part.place + len(part.text)))
        missed = [c for at, c in enumerate(text) if at not in covered and not c.isspace()]
        assert all(unicodedata.category(c)[0] == "P" or unicodedata.category(c) == "Cf" for c in missed), missed

    @settings(max_examples=25, deadline=None)
    @given(text=st.text(alphabet="aäß.3 ,€’-[]()joy\n你か😀", max_size=60))
    def test_words_stand_in_the_order_of_the_text_and_do_not_overlap(self, text):
        ends = 0
        for word in words(text, "de").words:
            assert word.place >= ends
            ends = word.place + len(word.text)

    @settings(max_examples=10, deadline=None)
    @given(text=st.text(alphabet="abcdefghij klmnopqrstuvwxyzäöü.,", max_size=80))
    def test_all_phones_are_of_our_classes(self, text):
        for word in words(text, "de").words:
            assert all(name in PHONES for way in word.pronunciations for _, name in segments(way))
