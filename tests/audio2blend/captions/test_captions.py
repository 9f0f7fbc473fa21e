"""Captions: where they break, how long they stay, and what is said of speech that no rule can be kept for."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.align.alignment import AlignedWord, Alignment
from audio2blend.captions import Caption, Rules, captions, names, rules, violations
from audio2blend.captions.caption import columns, joined
from audio2blend.captions.written import letters
from audio2blend.errors import InputError

NETFLIX = rules("netflix-en")


def spoken(
    text: str, *, a_second: float = 12, pauses: dict[str, float] | None = None, language: str = "en"
) -> Alignment:
    """An alignment of words said at so many letters a second, with pauses after some of them."""
    at, words = 0.0, []
    for word in text.split():
        start, at = at, at + (len(word) + 1) / a_second
        words.append(AlignedWord(text=word, start_s=start, end_s=at))
        at += (pauses or {}).get(word, 0.0)
    return Alignment(words=tuple(words), duration_s=at, aligner="builtin", language=language)


def texts(shown: list[Caption]) -> list[str]:
    return [caption.text for caption in shown]


class TestBreaks:
    def test_a_short_sentence_is_one_line(self):
        assert texts(captions(spoken("Nobody saw the ship leave."), NETFLIX)) == ["Nobody saw the ship leave."]

    def test_captions_end_with_sentences(self):
        said = "The harbour was quiet that night. Nobody saw the ship leave, and nobody heard the bell ring twice."
        assert texts(captions(spoken(said), NETFLIX)) == [
            "The harbour was quiet that night.",
            "Nobody saw the ship leave,\nand nobody heard the bell ring twice.",
        ]

    def test_without_punctuation_they_end_at_pauses(self):
        said = spoken("we walked along the river and then it rained all the way home to us", pauses={"river": 0.9})
        assert texts(captions(said, NETFLIX)) == [
            "we walked along the river",
            "and then it rained all the way home to us",
        ]

    def test_an_article_stays_with_its_noun(self):
        said = "She carried a heavy green suitcase past the conductor without one single word."
        narrow = replace(NETFLIX, line_columns=29, lines=3)
        for caption in captions(spoken(said), narrow):
            assert not any(line.split()[-1] in ("a", "the", "past") for line in caption.text.split("\n"))

    def test_the_rules_know_their_language(self):
        said = spoken("She carried a heavy green suitcase past the conductor without a word", language="")
        narrow = replace(NETFLIX, line_columns=29, lines=3)
        assert texts(captions(said, narrow)) == texts(captions(replace(said, language="en"), narrow))
        assert texts(captions(said, narrow)) != texts(captions(said, replace(narrow, language="")))

    def test_a_title_ends_no_sentence(self):
        said = "I told you that we would never see Mr. Brown again in this very small town."
        assert "Mr.\n" not in "\n\n".join(texts(captions(spoken(said), NETFLIX)))

    def test_a_name_stays_together(self):
        shown = captions(spoken("I think that nobody but Robert Brown had ever seen it"), NETFLIX)
        assert "Robert Brown" in shown[0].text

    def test_lines_are_balanced(self):
        (caption,) = captions(spoken("Somebody must have left the window open again"), NETFLIX)
        upper, lower = caption.text.split("\n")
        assert abs(len(upper) - len(lower)) < 8

    def test_chinese_has_no_spaces_and_counts_double(self):
        said = spoken("今天 天气 很 好 我们 去 公园 散步 然后 一起 吃 午饭", a_second=4, language="zh")
        shown = captions(said, rules("netflix-zh"))
        assert "".join(texts(shown)).replace("\n", "") == "今天天气很好我们去公园散步然后一起吃午饭"
        assert max(columns(line) for text in texts(shown) for line in text.split("\n")) <= 32

    def test_a_chinese_sentence_in_one_piece_is_broken_too(self):
        sentence = "今天天气很好我们去公园散步，然后一起吃午饭吧。" * 2
        whole = AlignedWord(text=sentence, start_s=0, end_s=12)
        shown = captions(Alignment(words=(whole,), duration_s=12, aligner="", language="zh"), rules("netflix-zh"))
        assert "".join(texts(shown)).replace("\n", "") == sentence
        lines = [line for text in texts(shown) for line in text.split("\n")]
        assert max(map(columns, lines)) <= 32
        assert not any(line.startswith(("，", "。")) for line in lines)


class TestText:
    def test_punctuation_comes_from_the_text(self):
        said = spoken("well he said dont you know")
        shown = captions(said, NETFLIX, text="“Well,” he said – “don't you know?”")
        assert texts(shown) == ["“Well,” he said – “don't you know?”"]

    def test_a_word_that_the_aligner_took_apart_is_whole(self):
        assert texts(captions(spoken("i don 't know"), NETFLIX, text="I don't know.")) == ["I don't know."]

    def test_a_number_is_shown_while_its_words_are_said(self):
        said = spoken("in twenty twenty four he left")
        (caption,) = captions(said, NETFLIX, text="In 2024, he left.")
        assert caption.text == "In 2024, he left."
        number = caption.words[1]
        assert (number.start_s, number.end_s) == (said.words[1].start_s, said.words[3].end_s)

    def test_words_of_the_text_that_nobody_said_are_shown_still(self):
        assert texts(captions(spoken("we left early"), NETFLIX, text="We really left early.")) == [
            "We really left early."
        ]

    def test_a_long_passage_that_nobody_said_moves_nothing_after_it(self):
        said = "we left early and nobody saw us go down to the harbour"
        text = "We left early. " + "Then a chapter that was cut. " * 40 + "And nobody saw us go down to the harbour."
        words = [word for caption in captions(spoken(said), NETFLIX, text=text) for word in caption.words]
        last = spoken(said).words[-1]
        assert (words[-1].text, words[-1].start_s, words[-1].end_s) == ("harbour.", last.start_s, last.end_s)
        assert len(words) == len(text.split())

    def test_phones_alone_have_nothing_to_show(self):
        nameless = AlignedWord(text="", start_s=0, end_s=1)
        with pytest.raises(ValueError, match="no words to show"):
            captions(Alignment(words=(nameless,), duration_s=1, aligner="builtin"), NETFLIX)


class TestTimes:
    def test_a_caption_stays_until_it_can_be_read(self):
        (caption,) = captions(spoken("Go.", a_second=20), NETFLIX)
        assert caption.end_s - caption.start_s == pytest.approx(5 / 6, abs=0.001)

    def test_short_gaps_are_closed_to_two_frames(self):
        said = spoken("The harbour was quiet that night. Nobody saw the ship leave.", pauses={"night.": 0.3})
        first, second = captions(said, NETFLIX, frame_rate=Fraction(24))
        assert second.start_s - first.end_s == pytest.approx(2 / 24)

    def test_captions_lie_on_frames(self):
        rate = Fraction(30000, 1001)
        for caption in captions(spoken("One two three. Four five six. Seven eight nine."), NETFLIX, frame_rate=rate):
            for time in (caption.start_s, caption.end_s):
                assert time * rate == pytest.approx(round(time * rate), abs=1e-6)

    def test_ends_and_starts_move_onto_a_cut(self):
        said = spoken("The harbour was quiet. Nobody saw the ship leave.", pauses={"quiet.": 2.0})
        second_s = said.words[4].start_s
        shots = [second_s - 0.25]
        first, second = captions(said, NETFLIX, frame_rate=Fraction(25), shots_s=shots)
        assert second.start_s == pytest.approx(round(shots[0] * 25) / 25)
        end = said.words[3].end_s + 0.4
        first, _ = captions(said, NETFLIX, frame_rate=Fraction(25), shots_s=[end])
        assert first.end_s == pytest.approx(round(end * 25) / 25 - 2 / 25)

    def test_speech_that_is_too_fast_is_told_with_its_time(self):
        said = spoken("Nobody at all saw the old ship leave the harbour. " * 4, a_second=30)
        shown = captions(said, NETFLIX)
        told = violations(shown, NETFLIX)
        assert "said too fast to be read" in " ".join(problem.text for problem in told)
        assert {(p.start_s, p.end_s) for p in told} <= {(c.start_s, c.end_s) for c in shown}

    def test_slow_speech_breaks_no_rule(self):
        assert violations(captions(spoken("The harbour was quiet. Nobody saw it."), NETFLIX), NETFLIX) == []


@st.composite
def lines(draw: st.DrawFn) -> Alignment:
    """Anything that may be said: words of any width, some of no time, pauses of any length."""
    at, words = 0.0, []
    parts = st.text("abci.,?«» ’今日แمר", min_size=1, max_size=25).filter(lambda text: letters(text))
    for text in draw(st.lists(parts, min_size=1, max_size=40)):
        at += draw(st.sampled_from([0, 0, 0, 0.2, 0.7, 4.0]))
        lasts = draw(st.sampled_from([0.0, 0.04, 0.2, 0.6, 9.0]))
        words.append(AlignedWord(text=text, start_s=at, end_s=at + lasts, confidence=float(lasts > 0)))
        at += lasts
    return Alignment(
        words=tuple(words), duration_s=at, aligner="builtin", language=draw(st.sampled_from(["en", "", "xx"]))
    )


CUTS = st.lists(st.floats(0, 60), max_size=10)
RATES = st.sampled_from([None, Fraction(25), Fraction(24000, 1001)])


@given(alignment=lines(), name=st.sampled_from(names()), frame_rate=RATES, shots_s=CUTS)
@settings(max_examples=100, deadline=None)
def test_what_holds_for_all_captions(alignment, name, frame_rate, shots_s):
    kept = rules(name)
    shown = captions(alignment, kept, frame_rate=frame_rate, shots_s=shots_s)
    # Each word is in one caption, in order.
    said = letters("".join(word.text for word in alignment.words))
    assert letters("".join(word.text for caption in shown for word in caption.words)) == said
    # They do not overlap, and the gap is kept.
    tick = 1 / (frame_rate or 1000)
    gap_s = kept.gap_frames / (frame_rate or 25)
    for before, after in pairwise(shown):
        assert after.start_s - before.end_s >= gap_s - 1e-9
    told = violations(shown, kept)
    for number, caption in enumerate(shown):
        # Lines are within the limits, unless a single word is wider.
        assert 1 <= len(caption.lines) <= kept.lines
        for line in caption.lines:
            assert columns(joined(line)) <= kept.line_columns or len(caption.words) == 1
        # They stay as long as they should, unless the next one comes; never longer.
        lasts = caption.end_s - caption.start_s
        assert 0 < lasts <= kept.max_s + tick
        follows = number + 1 < len(shown) and shown[number + 1].start_s - caption.end_s == pytest.approx(
            gap_s, abs=1e-6
        )
        assert lasts >= kept.min_s - 1e-9 or follows
        # What is not kept is told.
        mine = [p.text for p in told if p.start_s == caption.start_s]
        fast = columns(caption.text.replace("\n", " ")) / lasts > kept.columns_per_second + 1
        assert not fast or any("too fast" in text for text in mine)


@given(alignment=lines(), data=st.data())
@settings(max_examples=50, deadline=None)
def test_a_text_is_shown_whole_whatever_the_words_are(alignment, data):
    text = data.draw(st.text("abci.,?«» ’\n今日แمר-", min_size=1, max_size=80).filter(lambda text: letters(text)))
    shown = captions(alignment, NETFLIX, text=text)
    assert "".join("".join(caption.text.split()) for caption in shown) == "".join(text.split())


class TestRules:
    def test_every_preset_is_whole(self):
        assert {"netflix-en", "netflix-ja", "bbc", "ebu", "children"} <= set(names())
        for name in names():
            assert isinstance(rules(name), Rules)

    def test_rules_of_a_file(self, tmp_path):
        path = tmp_path / "house.toml"
        path.write_text(HOUSE)
        assert rules(str(path)).line_columns == 30

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ("lines = 2", "", "'lines' is missing"),
            ("lines = 2", "lines = 2\nfont = 1", "'font' is not known; there are title"),
            ("lines = 2", "lines = 2.5", r"lines = 2\.5 is no whole number"),
            ("lines = 2", "lines = 0", "lines = 0 must be above 0"),
            ("min_s = 1", "min_s = nan", "min_s = nan is out of range"),
            ("min_s = 1", "min_s = 9", "min_s = 9 is above max_s = 7"),
            ("min_s = 1", "min_s = true", "min_s = True is no number"),
            ("title", "= title", "no TOML"),
        ],
    )
    def test_rules_that_cannot_be(self, tmp_path, old, new, told):
        path = tmp_path / "house.toml"
        path.write_text(HOUSE.replace(old, new, 1))
        with pytest.raises(InputError, match=rf"house\.toml: .*{told}"):
            rules(str(path))

    def test_names_that_are_none(self):
        with pytest.raises(InputError, match="there are no rules 'cnn'; name netflix-en"):
            rules("cnn")
        with pytest.raises(InputError, match=r"gone\.toml: No such file"):
            rules("gone.toml")


HOUSE = """title = "House"
line_columns = 30
lines = 2
columns_per_second = 15
min_s = 1
max_s = 7
gap_frames = 2
chain_s = 0.5
shot_s = 0.5
tail_s = 2
"""
