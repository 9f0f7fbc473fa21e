"""Files of alignments that we write, as programs of others read them, and back."""

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import praatio.textgrid
import pympi
import pysubs2
import pytest
import webvtt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio2blend.align.alignment import AlignedWord, Alignment, Problem
from audio2blend.align.files import read, suffixes, write
from audio2blend.errors import InputError
from audio2blend.intervals import Interval

FOUND = [("Hello,", 0.25, 0.75), ('"Bob"', 1.0, 1.5)]
PHONES = [("h", 0.25, 0.4), ("ˈɛ", 0.4, 0.5), ("l", 0.5, 0.6), ("ə", 0.6, 0.75), ("b", 1.0, 1.5)]

SPOKEN = Alignment(
    words=(
        AlignedWord(
            text="Hello,",
            start_s=0.25,
            end_s=0.75,
            phones=(
                Interval("h", 0.25, 0.4),
                Interval("ˈɛ", 0.4, 0.5),
                Interval("l", 0.5, 0.6),
                Interval("ə", 0.6, 0.75),
            ),
            confidence=0.875,
        ),
        AlignedWord(text="not", start_s=0.75, end_s=0.75, confidence=0.0),
        AlignedWord(text='"Bob"', start_s=1.0, end_s=1.5, phones=(Interval("b", 1.0, 1.5),)),
    ),
    duration_s=2.0,
    aligner="builtin",
    language="en-GB",
    problems=(Problem(start_s=0.75, end_s=0.75, text="'not' is not in the sound"),),
)
TICKS = 1e-3
"""Times of the alignments that are tried lie on milliseconds, which every format can say."""


@st.composite
def alignments(draw: st.DrawFn, *, letters: str = "abßж,'…今") -> Alignment:
    """Any alignment: words with and without phones, apart or not, some of them not found."""
    at = 0
    words = []
    for text in draw(st.lists(st.text(letters, min_size=1, max_size=6), min_size=1, max_size=6)):
        at += draw(st.sampled_from([0, 0, 7, 400]))
        start = at
        phones = []
        for label in draw(st.lists(st.sampled_from(["m", "ˈaː", "ʃ", "ɡ", "ɪ̯"]), max_size=4)):
            last = draw(st.integers(2, 300))
            phones.append(Interval(label, at * TICKS, (at + last) * TICKS))
            at += last
        if not phones:
            at += draw(st.integers(2, 900))
        sure = draw(st.floats(0.001, 1))
        word = AlignedWord(text=text, start_s=start * TICKS, end_s=at * TICKS, phones=tuple(phones), confidence=sure)
        words.append(word)
        if draw(st.booleans()):
            words.append(AlignedWord(text=text, start_s=at * TICKS, end_s=at * TICKS, confidence=0.0))
    ends = (at + draw(st.integers(0, 500))) * TICKS
    return Alignment(words=tuple(words), duration_s=ends, aligner="builtin", language="de")


def times(alignment: Alignment) -> list[tuple[str, float, float]]:
    """Return the words that have a time, rounded to what all formats keep."""
    found = [word for word in alignment.words if word.found and word.text]
    return [(word.text, round(word.start_s, 3), round(word.end_s, 3)) for word in found]


def phones(alignment: Alignment) -> list[tuple[str, float, float]]:
    return [(p.label, round(p.start_s, 3), round(p.end_s, 3)) for word in alignment.words for p in word.phones]


@pytest.fixture
def file(tmp_path: Path):
    """Write a text to a file and return its path."""

    def written(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return written


class TestRoundTrips:
    @given(alignments())
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_json_keeps_everything(self, tmp_path, alignment):
        assert read(write(alignment, tmp_path / "a.json")) == alignment

    def test_json_keeps_problems(self, tmp_path):
        assert read(write(SPOKEN, tmp_path / "a.json")) == SPOKEN

    @pytest.mark.parametrize("suffix", [".TextGrid", ".eaf", ".lab", ".ctm", ".srt", ".vtt"])
    @given(alignment=alignments())
    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
    def test_every_format_keeps_the_words_and_their_times(self, tmp_path, suffix, alignment):
        back = read(write(alignment, tmp_path / f"a{suffix}"))
        if suffix == ".lab" and not any(word.phones for word in alignment.words):
            return  # labels alone may be phones or words, and these random ones look like either
        assert times(back) == times(alignment)
        if suffix in (".TextGrid", ".eaf", ".lab"):
            assert [p[0] for p in phones(back)] == [p[0] for p in phones(alignment)]
            for mine, theirs in zip(phones(alignment), phones(back), strict=True):
                assert mine[1:] == pytest.approx(theirs[1:], abs=1e-6)
        if suffix == ".ctm":
            sure = [word.confidence for word in alignment.words if word.found]
            assert [word.confidence for word in back.words] == pytest.approx(sure, abs=1e-4)

    @given(alignments())
    @settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_what_is_read_is_in_order_and_within_the_sound(self, tmp_path, alignment):
        back = read(write(alignment, tmp_path / "a.TextGrid"), sound_s=alignment.duration_s)
        spans = [(phone.start_s, phone.end_s) for phone in back.phones]
        assert spans[0][0] == 0
        assert spans[-1][1] == back.duration_s == alignment.duration_s
        assert all(before[1] == pytest.approx(after[0]) for before, after in pairwise(spans))


class TestAsOthersReadThem:
    def test_textgrid_in_praatio(self, tmp_path):
        grid = praatio.textgrid.openTextgrid(str(write(SPOKEN, tmp_path / "a.TextGrid")), includeEmptyIntervals=False)
        assert grid.maxTimestamp == 2.0
        assert [tuple(entry) for entry in grid.getTier("words").entries] == [(s, e, text) for text, s, e in FOUND]
        assert [tuple(entry) for entry in grid.getTier("phones").entries] == [(s, e, text) for text, s, e in PHONES]

    def test_eaf_in_pympi(self, tmp_path):
        document = pympi.Elan.Eaf(str(write(SPOKEN, tmp_path / "a.eaf")))
        assert [entry[:3] for entry in document.get_annotation_data_for_tier("words")] == [
            (round(s * 1000), round(e * 1000), text) for text, s, e in FOUND
        ]
        assert len(document.get_annotation_data_for_tier("phones")) == len(PHONES)

    def test_srt_in_pysubs2(self, tmp_path):
        subs = pysubs2.load(str(write(SPOKEN, tmp_path / "a.srt")))
        assert [(e.text, e.start / 1000, e.end / 1000) for e in subs] == FOUND

    def test_vtt_in_webvtt(self, tmp_path):
        cues = webvtt.read(str(write(SPOKEN, tmp_path / "a.vtt")))
        assert [(cue.text, cue.start_in_seconds, cue.end_in_seconds) for cue in cues] == [
            (text, int(s), int(e)) for text, s, e in FOUND
        ]
        assert cues[0].start == "00:00:00.250"

    def test_lab_is_htk(self, tmp_path):
        rows = [line.split() for line in write(SPOKEN, tmp_path / "a.lab").read_text("utf-8").splitlines()]
        assert rows[:2] == [["0", "2500000", "sil"], ["2500000", "4000000", "h", "Hello,"]]
        assert rows[-1] == ["15000000", "20000000", "sil"]


class TestFromOthers:
    def test_praatio_and_mfa_write_json(self, tmp_path):
        grid = praatio.textgrid.Textgrid()
        for name, entries in (("words", [(0.0, 0.5, "buy")]), ("phones", [(0.0, 0.2, "B"), (0.2, 0.5, "AY1")])):
            grid.addTier(praatio.textgrid.IntervalTier(name, entries, 0, 1))
        for number, kind in enumerate(("json", "textgrid_json", "short_textgrid", "long_textgrid")):
            path = tmp_path / f"{number}{'.json' if 'json' in kind else '.TextGrid'}"
            grid.save(str(path), kind, includeBlankSpaces=True)
            found = read(path)
            assert found.words == (
                AlignedWord(
                    text="buy", start_s=0.0, end_s=0.5, phones=(Interval("b", 0.0, 0.2), Interval("ˈaɪ", 0.2, 0.5))
                ),
            )
            assert found.duration_s == 1.0

    def test_pympi_writes_eaf(self, tmp_path):
        document = pympi.Elan.Eaf(author="")
        document.add_tier("words@Anna")
        document.add_annotation("words@Anna", 100, 600, "guten")
        document.add_annotation("words@Anna", 600, 900, "Tag")
        document.to_file(str(tmp_path / "a.eaf"))
        assert times(read(tmp_path / "a.eaf")) == [("guten", 0.1, 0.6), ("Tag", 0.6, 0.9)]

    def test_mfa_on_a_real_recording(self, corpora):
        found = read(corpora / "mfa" / "acoustic_corpus.TextGrid", sound_s=26.72325)
        assert [word.text for word in found.words[:4]] == ["this", "is", "the", "acoustic"]
        assert "".join(phone.label for phone in found.words[3].phones) == "əkˈustɪk"
        assert found.problems == ()
        with pytest.raises(InputError, match=r"no tier called words or phones \(there are: 'michael', 'sickmichael'\)"):
            read(corpora / "mfa" / "michaelandsickmichael.TextGrid")


def test_a_name_that_nothing_reads_or_writes(tmp_path):
    with pytest.raises(InputError, match=r"a\.xyz: no '\.xyz' file holds an alignment; name .*\.textgrid"):
        write(SPOKEN, tmp_path / "a.xyz")
    with pytest.raises(InputError, match=r"a\.xyz: no alignment is read from a '\.xyz' file"):
        read(tmp_path / "a.xyz")
    with pytest.raises(InputError, match=r"gone\.eaf: No such file"):
        read(tmp_path / "gone.eaf")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("suffix", sorted({*suffixes(), ".TextGrid"}))
@given(cut=st.floats(0, 1), noise=st.binary(max_size=60))
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_broken_files_of_every_kind_are_read_or_refused_in_a_sentence(tmp_path, suffix, cut, noise):
    path = tmp_path / f"a{suffix}"
    whole = (write(SPOKEN, path) if suffix in suffixes(written=True) else path).name
    content = (tmp_path / whole).read_bytes() if (tmp_path / whole).exists() else b"0.1\t0.2\tA\n"
    path.write_bytes(content[: int(cut * len(content))] + noise)
    told = ""
    words: tuple[AlignedWord, ...] = ()
    try:
        words = read(path).words
    except InputError as error:
        told = str(error)
    assert words or re.match(rf"{re.escape(str(path))}(, [^:]+)?: [^\n]+$", told)
    assert all(before.end_s <= after.start_s for before, after in pairwise(words))


def test_our_json_is_a_word_a_line(tmp_path):
    path = write(SPOKEN, tmp_path / "a.json")
    data = json.loads(path.read_text("utf-8"))
    assert (data["format"], data["version"]) == ("audio2blend alignment", 1)
    assert len(path.read_text("utf-8").splitlines()) == 7 + len(SPOKEN.words) + 2 + len(SPOKEN.problems) + 2


@pytest.mark.parametrize("suffix", [".eaf", ".srt", ".vtt"])
def test_a_word_shorter_than_the_millisecond_of_a_format_is_left_out(tmp_path, suffix):
    short = AlignedWord(text="a", start_s=1.0001, end_s=1.0003)
    path = write(replace(SPOKEN, words=(short, AlignedWord(text="b", start_s=1.2, end_s=1.4))), tmp_path / f"a{suffix}")
    assert times(read(path)) == [("b", 1.2, 1.4)]
