"""Files of captions, as readers of others read them."""

import xml.etree.ElementTree as ElementTree

import pysubs2
import pytest
import ttconv.imsc.reader
import webvtt
from ttconv.isd import ISD

from audio2blend.align.files import read
from audio2blend.captions import Caption, CaptionWord, write
from audio2blend.errors import InputError


def caption(start_s: float, end_s: float, *lines: str) -> Caption:
    """A caption whose words are said one after the other."""
    n_words = sum(len(line.split()) for line in lines)
    step = (end_s - start_s) / n_words
    rows, at = [], start_s
    for line in lines:
        row = []
        for text in line.split():
            row.append(CaptionWord(text=text, start_s=at, end_s=at + step))
            at += step
        rows.append(tuple(row))
    return Caption(start_s=start_s, end_s=end_s, lines=tuple(rows))


SHOWN = [caption(0.5, 2.5, "Bob & Ann", "<were> there."), caption(2.58, 3661.5, "“Yes!”")]
TIMES_MS = [(500, 2500), (2580, 3_661_500)]
TEXTS = ["Bob & Ann\n<were> there.", "“Yes!”"]


def test_srt_in_pysubs2(tmp_path):
    subs = pysubs2.load(str(write(SHOWN, tmp_path / "a.srt")), keep_unknown_html_tags=True)
    assert [(event.start, event.end) for event in subs] == TIMES_MS
    assert [event.text.replace("\\N", "\n") for event in subs] == TEXTS


@pytest.mark.parametrize("each_word", [False, True])
def test_vtt_in_webvtt_and_pysubs2(tmp_path, each_word):
    path = write(SHOWN, tmp_path / "a.vtt", each_word=each_word)
    cues = webvtt.read(str(path))
    assert [cue.start for cue in cues] == ["00:00:00.500", "00:00:02.580"]
    assert cues[1].end == "01:01:01.500"
    if not each_word:  # pysubs2 makes several events of a cue with times in it
        assert [(event.start, event.end) for event in pysubs2.load(str(path))] == TIMES_MS
        assert "Bob &amp; Ann\n&lt;were&gt; there." in path.read_text("utf-8")


def test_times_of_words_are_within_their_cue_and_rise(tmp_path):
    text = write(SHOWN, tmp_path / "a.vtt", each_word=True).read_text("utf-8")
    assert "Bob <00:00:00.900>&amp; <00:00:01.300>Ann\n<00:00:01.700>&lt;were&gt; <00:00:02.100>there." in text


def test_ttml_in_ttconv(tmp_path):
    path = write(SHOWN, tmp_path / "a.ttml", language="en-GB")
    document = ttconv.imsc.reader.to_model(ElementTree.parse(path))
    assert document.get_lang() == "en-GB"
    shown = {}
    for time in ISD.significant_times(document):
        isd = ISD.from_model(document, time)
        regions = [] if isd is None else list(isd.iter_regions())
        texts = [e.get_text() for region in regions for e in region.dfs_iterator() if hasattr(e, "get_text")]
        shown[round(float(time), 3)] = [text for text in texts if text.strip()]
    assert shown[0.5] == ["Bob & Ann", "<were> there."]
    assert shown[2.5] == []
    assert shown[2.58] == ["“Yes!”"]


def test_lines_of_arabic_begin_at_the_right_even_with_a_latin_word_first(tmp_path):
    shown = [caption(0, 2, "ABC هذه جملة طويلة")]
    assert "\u202bABC هذه جملة طويلة\u202c" in write(shown, tmp_path / "a.srt").read_text("utf-8")
    assert [word.text for word in read(tmp_path / "a.srt").words] == shown[0].text.split()  # without what turns it
    assert 'tts:direction="rtl"' in write(shown, tmp_path / "a.ttml", language="ar").read_text("utf-8")
    assert "\u202b" not in write(SHOWN, tmp_path / "b.srt").read_text("utf-8")


def test_an_arrow_in_a_text_is_no_time(tmp_path):
    shown = [caption(0, 2, "a --> b"), caption(2, 3, "c")]
    for suffix in (".srt", ".vtt"):
        assert len(pysubs2.load(str(write(shown, tmp_path / f"a{suffix}")))) == 2


def test_other_suffixes_are_refused(tmp_path):
    with pytest.raises(InputError, match=r"a\.ass: captions are no '\.ass' file; name one that ends in \.srt"):
        write(SHOWN, tmp_path / "a.ass")
    assert not list(tmp_path.iterdir())


def test_times_of_words_rise_even_if_words_are_said_at_once_or_before_their_caption(tmp_path):
    at = (0.5, 1.2, 1.2, 1.1, 2.0, 3.0)
    words = tuple(CaptionWord(text=f"w{n}", start_s=time, end_s=time) for n, time in enumerate(at))
    shown = [Caption(start_s=1.0, end_s=3.0, lines=(words,))]
    text = write(shown, tmp_path / "a.vtt", each_word=True).read_text("utf-8")
    assert "w0 <00:00:01.200>w1 w2 w3 <00:00:02.000>w4 w5" in text
