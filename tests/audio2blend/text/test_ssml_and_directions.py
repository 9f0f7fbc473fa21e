"""Texts that say how they are to be said: SSML, and directions in brackets."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.errors import InputError
from audio2blend.phones import segments
from audio2blend.text import Direction, words


def classes(ipa: str) -> tuple[str, ...]:
    return tuple(name for _, name in segments(ipa))


def said(inner: str, language: str = "en-US") -> dict[str, tuple[str, ...]]:
    """Return the most likely pronunciation of each word in SSML."""
    return {word.text: classes(word.pronunciations[0]) for word in words(f"<speak>{inner}</speak>", language).words}


class TestSSML:
    def test_words_are_found_in_the_source(self):
        source = '\n <?xml version="1.0"?>\n<speak>Tom &amp; <b/>Größe &#x41;BC <![CDATA[and]]> <s>now</s></speak>'
        script = words(source, "en")
        assert [word.text for word in script.words] == ["Tom", "&", "Größe", "ABC", "and", "now"]
        starts = [source[word.place :] for word in script.words]
        expected = ["Tom", "&amp;", "Größe", "&#x41;", "and]]", "now"]
        assert all(start.startswith(text) for start, text in zip(starts, expected, strict=True))

    def test_a_phoneme_is_said_as_it_says(self):
        assert said('<phoneme alphabet="ipa" ph="pɪˈkɑːn">pecan</phoneme>') == {"pecan": classes("pɪkɑn")}
        assert said('<phoneme alphabet="x-cmu" ph="P IH0 K AA1 N">pecan</phoneme>') == {"pecan": classes("pɪkɑn")}

    def test_a_substitute_is_said_in_place_of_what_is_written(self):
        assert said('<sub alias="World Wide Web">WWW</sub>') == {"WWW": classes("wɜld waɪd wɛb")}

    def test_say_as(self):
        assert said('<say-as interpret-as="characters">ABC</say-as>')["ABC"] == classes("eɪ biː siː")
        assert said('<say-as interpret-as="ordinal">3</say-as>')["3"] == classes("θɜd")
        assert said('<say-as interpret-as="digits">42</say-as>')["42"] == classes("fɔɹ tuː")

    def test_another_language_is_read_in_it(self):
        assert said('Das ist <lang xml:lang="fr">bonjour</lang>', "de")["bonjour"] == classes("bɔ̃ʒuʁ")

    def test_breaks_marks_and_emphasis_are_directions(self):
        source = '<speak>one<break time="250ms"/> <mark name="x"/><emphasis level="strong">two three</emphasis></speak>'
        assert [(d.kind, d.name, d.first_word, d.end_word, d.duration_s) for d in words(source, "en").directions] == [
            ("break", "medium", 1, 1, 0.25),
            ("mark", "x", 1, 1, None),
            ("emphasis", "strong", 1, 3, None),
        ]

    def test_elements_end_phrases(self):
        assert said("<p>les</p><p>amis</p>", "fr")["les"] == classes("le")

    @pytest.mark.parametrize(
        ("inner", "message"),
        [
            ("<blink>hi</blink>", "<blink> is not acted on"),
            ('<phoneme ph="?!">hi</phoneme>', "read as it is written"),
            ("<phoneme>hi</phoneme>", 'lacks ph="…"'),
            ('<say-as interpret-as="song">hi</say-as>', "is not known"),
            ('<break time="soon"/>hi', "no time such as 500ms"),
            ('<lang xml:lang="xx">hi</lang>', "it is read as en"),
        ],
    )
    def test_what_is_not_understood_is_reported_and_its_words_are_read(self, inner, message):
        script = words(f"<speak>{inner}</speak>", "en")
        assert [word.text for word in script.words] == ["hi"]
        assert message in script.problems[0].message

    @pytest.mark.parametrize(
        "source",
        [
            "<speak>hi",
            "<speak>a & b</speak>",
            "<speak></speak><speak/>",
            "<speak><p>a</s></p></speak>",
            "<?xml version='1.0'?><talk>hi</talk>",
            "<speak>\x01</speak>",
            "<speak>\ud800</speak>",
            '<!DOCTYPE a [<!ENTITY b "cc"><!ENTITY d "&b;&b;">]><speak>&d;</speak>',
            '<?xml version="1.0"?><!DOCTYPE speak SYSTEM "file:///etc/passwd"><speak>hi</speak>',
            "<speak>&lol;</speak>",
        ],
    )
    def test_malformed_or_with_a_document_type_is_refused(self, source):
        with pytest.raises(InputError, match="the SSML cannot be read: "):
            words(source, "en")

    def test_may_be_empty(self):
        assert words("<speak/>", "en").words == ()


class TestDirections:
    def test_are_events_before_a_word_and_never_words(self):
        script = words("[laughs] Well, [sighs] no.", "en")
        assert [word.text for word in script.words] == ["Well", "no"]
        assert [(d.kind, d.name, d.place, d.first_word, d.end_word) for d in script.directions] == [
            ("event", "laugh", 0, 0, 0),
            ("event", "sigh", 15, 1, 1),
        ]

    def test_emotions_last_until_the_next_one_or_the_end_of_the_paragraph(self):
        script = words("Oh (joy) what a day (angry) until now.\n\nGood night.", "en")
        spans = [(d.name, [word.text for word in script.words[d.first_word : d.end_word]]) for d in script.directions]
        assert spans == [("joy", ["what", "a", "day"]), ("anger", ["until", "now"])]

    @pytest.mark.parametrize(("text", "name"), [("[lacht] ja", "laugh"), ("(wütend) ja", "anger"), ("(Joy) ja", "joy")])
    def test_are_known_in_other_languages_and_capitals(self, text, name):
        assert words(text, "de").directions[0].name == name

    def test_an_aside_is_said(self):
        assert len(words("This (as you know) is it.", "en").words) == 6

    def test_unknown_ones_in_square_brackets_are_kept_and_reported(self):
        script = words("go [kicks the ball] away", "en")
        assert [word.text for word in script.words] == ["go", "away"]
        assert script.directions == (
            Direction(kind="event", name="kicks the ball", place=3, text="[kicks the ball]", first_word=1, end_word=1),
        )
        assert "no direction that is known" in script.problems[0].message

    @pytest.mark.parametrize("text", ["[", "]", "[]", "()", "[ ]", "[[laughs]]", "[laughs", "(joy", "((joy))"])
    def test_brackets_of_any_kind_are_survived(self, text):
        assert len(words(f"a {text} b", "de").words) in (2, 3)

    @settings(max_examples=20, deadline=None)
    @given(st.lists(st.sampled_from(["a", "b.", "[laughs]", "(joy)", "(angry)", "\n\n", "[x]"]), max_size=12))
    def test_stand_between_the_words_around_them(self, parts):
        script = words(" ".join(parts), "en")
        assert len(script.directions) == sum(part.startswith(("[", "(")) for part in parts)
        for direction in script.directions:
            assert 0 <= direction.first_word <= direction.end_word <= len(script.words)
            assert sum(word.place < direction.place for word in script.words) == direction.first_word
