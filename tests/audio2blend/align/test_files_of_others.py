"""Alignments as aligners, services and editors write them, and what is said of those that are broken."""

import json
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audio2blend.align.alignment import Alignment
from audio2blend.align.files import read
from audio2blend.errors import InputError


@pytest.fixture
def opened(tmp_path: Path):
    """Write what a program would, and return what is read."""

    def written(name: str, content: object, **options: object) -> Alignment:
        path = tmp_path / name
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return read(path, **options)

    return written


def words(alignment: Alignment) -> list[tuple[str, float, float]]:
    return [(word.text, round(word.start_s, 4), round(word.end_s, 4)) for word in alignment.words]


def phones(alignment: Alignment) -> list[tuple[str, float, float]]:
    return [(p.label, round(p.start_s, 4), round(p.end_s, 4)) for word in alignment.words for p in word.phones]


GENTLE = {
    "transcript": "“Hi, Bob”, she said.",
    "words": [
        {
            "alignedWord": "hi", "case": "success", "start": 0.5, "end": 0.9, "startOffset": 1, "endOffset": 3,
            "phones": [{"duration": 0.1, "phone": "hh_B"}, {"duration": 0.3, "phone": "ay_E"}], "word": "Hi",
        },
        {"case": "not-found-in-audio", "startOffset": 5, "endOffset": 8, "word": "Bob"},
        {"case": "not-found-in-transcript", "start": 1.0, "end": 1.2, "word": "[noise]"},
        {
            "alignedWord": "<unk>", "case": "success", "start": 1.5, "end": 1.7, "startOffset": 11, "endOffset": 14,
            "phones": [{"duration": 0.2, "phone": "oov_S"}], "word": "she",
        },
        {"case": "success", "start": 1.7, "end": 2.0, "startOffset": 15, "endOffset": 19, "word": "said"},
    ],
}  # fmt: skip


class TestAligners:
    def test_gentle_with_punctuation_and_words_that_are_not_in_the_audio(self, opened):
        found = opened("a.json", GENTLE)
        assert words(found) == [
            ("“Hi,", 0.5, 0.9), ("Bob”,", 0.9, 0.9), ("she", 1.5, 1.7), ("said.", 1.7, 2.0),
        ]  # fmt: skip
        assert [word.confidence for word in found.words] == [1, 0, 1, 1]
        assert phones(found) == [("h", 0.5, 0.6), ("aɪ", 0.6, 0.9)]
        assert [str(problem.text) for problem in found.problems] == ["'Bob”,' has no time in the file"]

    def test_whisperx_with_a_number_that_has_no_time(self, opened):
        segment = {
            "start": 0.1, "end": 2.0, "text": " In 2024 he", "speaker": "SPEAKER_00",
            "words": [{"word": "In", "start": 0.1, "end": 0.3, "score": 0.9}, {"word": "2024"},
                      {"word": "he", "start": 1.2, "end": 1.4, "score": 0.5, "speaker": "SPEAKER_01"}],
        }  # fmt: skip
        data = {"segments": [segment], "word_segments": segment["words"], "language": "en"}
        found = opened("a.json", data)
        assert words(found) == [("In", 0.1, 0.3), ("2024", 0.3, 0.3), ("he", 1.2, 1.4)]
        assert (found.language, found.aligner, found.words[0].confidence) == ("en", "whisperx", 0.9)
        assert words(opened("a.json", data, speaker="speaker_01")) == [("he", 1.2, 1.4)]

    def test_whisper_and_its_services(self, opened):
        spoken = [{"word": " Hello", "start": 0.0, "end": 0.4, "probability": 0.7}]
        assert words(opened("a.json", {"segments": [{"words": spoken}]})) == [("Hello", 0.0, 0.4)]
        openai = {"language": "english", "duration": 2.5, "words": [{"word": "Hello", "start": 0.0, "end": 0.4}]}
        assert (opened("a.json", openai).language, opened("a.json", openai).duration_s) == ("", 2.5)

    def test_speakers_in_a_textgrid_of_mfa(self, opened, tmp_path):
        tiers = {
            "Anna - words": {"type": "interval", "entries": [[0, 1, "hi"], [2, 3, "yes"]]},
            "Anna - phones": {"type": "interval", "entries": [[0, 0.5, "HH"], [0.5, 1, "AY1"]]},
            "Ben - words": {"type": "interval", "entries": [[1, 1.9, "well"]]},
        }
        data = {"start": 0, "end": 4, "tiers": tiers}
        found = opened("a.json", data)
        assert words(found) == [("hi", 0, 1), ("well", 1, 1.9), ("yes", 2, 3)]
        assert phones(found) == [("h", 0, 0.5), ("ˈaɪ", 0.5, 1)]
        assert words(opened("a.json", data, speaker="ben")) == [("well", 1, 1.9)]
        with pytest.raises(InputError, match="nobody is called 'Cleo'; there are Anna, Ben"):
            opened("a.json", data, speaker="Cleo")
        tiers["Ben - words"]["entries"] = [[0.5, 1.9, "well"]]
        with pytest.raises(InputError, match=r"'well' begins at 0\.500 s, .* Anna and Ben speak at once: name one"):
            opened("a.json", data)

    def test_ctm(self, opened):
        text = ";; comment\nline A 0.10 0.20 hello 0.9\nline A 0.30 0.25 bob 0.8\n"
        found = opened("a.ctm", text)
        assert words(found) == [("hello", 0.1, 0.3), ("bob", 0.3, 0.55)]
        assert [word.confidence for word in found.words] == [0.9, 0.8]
        assert words(opened("a.ctm", text + "other A 0 1 yes\n", speaker="other")) == [("yes", 0, 1)]

    @pytest.mark.parametrize(
        "text",
        [
            "0 1000000 sil\n1000000 2500000 h\n2500000 5000000 ai\n5000000 6000000 sil\n",
            "0.0 0.1 sil\n0.1 0.25 h\n0.25 0.5 ai\n0.5 0.6 sil\n",
            "separator ;\nnfields 1\n#\n0.1 26 pau\n0.25 26 h\n0.5 26 ai\n0.6 26 pau\n",
        ],
        ids=["htk", "seconds", "festival"],
    )
    def test_labels_of_phones(self, opened, text):
        found = opened("a.lab", text)
        assert phones(found) == [("h", 0.1, 0.25), ("ai", 0.25, 0.5)]
        assert words(found) == [("", 0.1, 0.5)]

    def test_labels_of_words(self, opened):
        assert words(opened("a.lab", "0 5000000 hello\n5000000 9000000 world\n")) == [
            ("hello", 0, 0.5), ("world", 0.5, 0.9),
        ]  # fmt: skip


class TestEditors:
    def test_audacity(self, opened):
        assert words(opened("a.txt", "0,5\t1,0\tHello\n\\\t100\t200\n1,0\t1,5\tBob\n")) == [
            ("Hello", 0.5, 1.0), ("Bob", 1.0, 1.5),
        ]  # fmt: skip

    def test_elan_with_words_that_share_the_time_of_their_sentence(self, opened):
        found = opened("a.eaf", ELAN)
        assert words(found) == [("one", 1, 2), ("two", 2, 3), ("three", 3, 4)]

    def test_elan_with_time_slots_that_are_not_set(self, opened):
        text = ELAN.replace('TIME_SLOT_ID="ts2" TIME_VALUE="4000"', 'TIME_SLOT_ID="ts2"')
        extra = '<ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a9" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts3">'
        extra += "<ANNOTATION_VALUE>more</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>"
        text = text.replace("</TIER>", extra + "</TIER>", 1)
        assert words(opened("a.eaf", text))[-1] == ("three", pytest.approx(2.3333, abs=1e-4), 3)  # ts2 is halfway

    @pytest.mark.parametrize(
        ("old", "new", "told"),
        [
            ('ANNOTATION_REF="a1" PREVIOUS_ANNOTATION="a2"', 'ANNOTATION_REF="a3"', "refers to itself in a circle"),
            ('ANNOTATION_REF="a1" PREVIOUS', 'ANNOTATION_REF="gone" PREVIOUS', "'gone': referred to, but not there"),
            ('TIME_SLOT_REF2="ts2"', 'TIME_SLOT_REF2="ts7"', "annotation 'a1': its time slot 'ts7' has no time"),
            ("<ANNOTATION_DOCUMENT>", "<!DOCTYPE x><ANNOTATION_DOCUMENT>", "document type"),
            ("</ANNOTATION_DOCUMENT>", "", "line "),
            ('TIER_ID="words"', 'TIER_ID="gestures"', "no tier called words or phones"),
            ("ANNOTATION_DOCUMENT>", "SVG>", "no ELAN document"),
        ],
    )
    def test_broken_elan(self, opened, old, new, told):
        with pytest.raises(InputError, match=rf"a\.eaf.*{told}"):
            opened("a.eaf", ELAN.replace(old, new))

    def test_times_between_the_words_of_webvtt(self, opened):
        cue = "<v Ann>You <00:00:01.500><c>&amp;</c> <00:00:02.000>me"
        text = f"WEBVTT\n\nNOTE hi\n\n1\n00:01.000 --> 00:03.000 align:start\n{cue}\n"
        found = opened("a.vtt", text)
        assert words(found) == [("You", 1, 1.5), ("&", 1.5, 2), ("me", 2, 3)]
        assert [word.confidence for word in found.words] == [1, 1, 1]
        assert words(opened("a.vtt", text, speaker="Ann")) == words(found)

    def test_lines_that_youtube_shows_twice(self, opened):
        text = (
            "WEBVTT\nKind: captions\n\n00:00:00.000 --> 00:00:02.000\n \nhello<00:00:00.500><c> world</c>\n\n"
            "00:00:02.000 --> 00:00:02.010\nhello world\n \n\n"
            "00:00:02.010 --> 00:00:04.000\nhello world\nnext<00:00:03.000><c> line</c>\n"
        )
        assert [word for word, *_ in words(opened("a.vtt", text))] == ["hello", "world", "next", "line"]

    def test_phrases_of_srt_share_their_time_and_say_so(self, opened):
        found = opened("a.srt", "1\n00:00:01,000 --> 00:00:02,000\n<i>abc\nd</i>\n\n")
        assert words(found) == [("abc", 1, 1.75), ("d", 1.75, 2)]
        assert [word.confidence for word in found.words] == [0.5, 0.5]
        assert "share the time of their cue" in found.problems[0].text


ELAN = """<?xml version="1.0"?>
<ANNOTATION_DOCUMENT><HEADER TIME_UNITS="milliseconds"/>
<TIME_ORDER><TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="1000"/><TIME_SLOT TIME_SLOT_ID="ts2" TIME_VALUE="4000"/>
<TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="5000"/></TIME_ORDER>
<TIER TIER_ID="sentence"><ANNOTATION>
<ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
<ANNOTATION_VALUE>one two three</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION></TIER>
<TIER TIER_ID="words" PARENT_REF="sentence">
<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a2" ANNOTATION_REF="a1">
<ANNOTATION_VALUE>one</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a4" ANNOTATION_REF="a1" PREVIOUS_ANNOTATION="a3">
<ANNOTATION_VALUE>three</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
<ANNOTATION><REF_ANNOTATION ANNOTATION_ID="a3" ANNOTATION_REF="a1" PREVIOUS_ANNOTATION="a2">
<ANNOTATION_VALUE>two</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION></TIER>
</ANNOTATION_DOCUMENT>"""


class TestServices:
    @pytest.mark.parametrize("ticks", [True, False], ids=["ticks", "milliseconds"])
    def test_azure(self, opened, ticks):
        unit = 10_000 if ticks else 1
        data = [
            {"audio_offset": 50 * unit, "duration": 400 * unit, "text": "Hello", "boundary_type": "Word"},
            {"AudioOffset": 450 * unit, "Duration": 100 * unit, "Text": ",", "BoundaryType": "PunctuationBoundary"},
            {"audioOffset": 600 * unit, "duration": 300 * unit, "text": "Bob"},
            {"audio_offset": 0, "viseme_id": 0},
            {"audio_offset": 50 * unit, "viseme_id": 12},
            {"audio_offset": 600 * unit, "viseme_id": 21},
        ]
        found = opened("a.json", data)
        assert words(found) == [("Hello,", 0.05, 0.45), ("Bob", 0.6, 0.9)]
        assert phones(found) == [("h", 0.05, 0.45), ("p", 0.6, 0.9)]
        assert phones(opened("a.json", data[3:])) == [("h", 0.05, 0.6)]  # nobody says when the last one ends

    def test_azure_speech_to_text(self, opened):
        best = [{"Display": "Hi.", "Words": [{"Word": "hi", "Offset": 1_000_000, "Duration": 3_000_000}]}]
        assert words(opened("a.json", {"RecognitionStatus": "Success", "NBest": best})) == [("hi", 0.1, 0.4)]

    def test_polly_counts_bytes_and_gives_the_punctuation(self, opened):
        marks = [
            {"time": 0, "type": "sentence", "start": 0, "end": 16, "value": "Müller, komm!"},
            {"time": 10, "type": "word", "start": 0, "end": 7, "value": "Müller"},
            {"time": 10, "type": "viseme", "value": "p"},
            {"time": 100, "type": "viseme", "value": "@"},
            {"time": 300, "type": "viseme", "value": "sil"},
            {"time": 400, "type": "word", "start": 9, "end": 13, "value": "komm"},
            {"time": 400, "type": "viseme", "value": "k"},
            {"time": 700, "type": "viseme", "value": "sil"},
        ]
        found = opened("a.marks", "\n".join(map(json.dumps, marks)))
        assert words(found) == [("Müller,", 0.01, 0.3), ("komm!", 0.4, 0.7)]
        assert phones(found) == [("p", 0.01, 0.1), ("ə", 0.1, 0.3), ("k", 0.4, 0.7)]

    def test_elevenlabs_in_each_of_its_ways(self, opened):
        starts, ends = [0.0, 0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4, 0.5]
        http = {"characters": list("Hi Jo"), "character_start_times_seconds": starts,
                "character_end_times_seconds": ends}  # fmt: skip
        socket = {"chars": list("Hi Jo"), "charStartTimesMs": [1000 * t for t in starts], "charDurationsMs": [100] * 5}
        forced = [{"text": c, "start": s, "end": e} for c, s, e in zip("Hi Jo", starts, ends, strict=True)]
        for data in (http, {"audio_base64": "", "alignment": http}, {"normalizedAlignment": socket}):
            assert words(opened("a.json", data)) == [("Hi", 0.0, 0.2), ("Jo", 0.3, 0.5)]
        assert words(opened("a.json", {"characters": forced, "loss": 0.1})) == [("Hi", 0.0, 0.2), ("Jo", 0.3, 0.5)]


class TestMouths:
    @pytest.mark.parametrize(
        ("name", "content"),
        [
            ("a.tsv", "0.00\tX\n0.10\tA\n0.30\tD\n0.50\tX\n0.60\tX\n"),
            ("a.json", {"metadata": {"soundFile": "a.wav", "duration": 0.6}, "mouthCues": [
                {"start": 0.0, "end": 0.1, "value": "X"}, {"start": 0.1, "end": 0.3, "value": "A"},
                {"start": 0.3, "end": 0.5, "value": "D"}, {"start": 0.5, "end": 0.6, "value": "X"}]}),
            ("a.xml", "<?xml version='1.0'?><rhubarbResult><metadata><duration>0.60</duration></metadata><mouthCues>"
             "<mouthCue start='0.00' end='0.10'>X</mouthCue><mouthCue start='0.10' end='0.30'>A</mouthCue>"
             "<mouthCue start='0.30' end='0.50'>D</mouthCue><mouthCue start='0.50' end='0.60'>X</mouthCue>"
             "</mouthCues></rhubarbResult>"),
        ],
    )  # fmt: skip
    def test_rhubarb(self, opened, name, content):
        found = opened(name, content)
        assert phones(found) == [("m", 0.1, 0.3), ("ɑ", 0.3, 0.5)]
        assert found.duration_s == 0.6

    def test_moho_counts_frames(self, opened):
        text = "MohoSwitch1\n1 rest\n4 MBP\n7 AI\n13 rest\n"
        assert phones(opened("a.dat", text)) == [("m", 0.125, 0.25), ("a", 0.25, 0.5)]
        assert phones(opened("a.dat", text, frame_rate=Fraction(30)))[0] == ("m", 0.1, 0.2)


def grid(*entries: object, end: float = 9) -> dict[str, object]:
    return {"start": 0, "end": end, "tiers": {"words": {"type": "interval", "entries": list(entries)}}}


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.json", grid([0, 1, "a"], [0.5, 2, "b"]), r"a\.json, tier 'words', interval 2: 'b' begins at 0\.500 s"),
        ("a.json", grid([2, 1, "one"]), r"interval 1: 'one' ends at 1\.0 s, before it starts at 2\.0 s"),
        ("a.json", grid([-1, 1, "one"]), r"'one' begins at -1\.0 s, before the sound"),
        ("a.json", grid([3, 4, "one"], [1, 2, "two"]), r"interval 2: 'two' begins before 'one' does"),
        ("a.json", grid([0, 1e300, "one"]), r"1e\+300 s is no time of a recording"),
        ("a.json", '{"end": 9, "tiers": {"words": {"type": "interval", "entries": [[0, NaN, "a"]]}}}', "nan s is no"),
        ("a.json", grid([0, 12, "one"]), r"'one' ends at 12\.00 s, after the end that the file names \(9\.00 s\)"),
        ("a.json", grid([0, "x", "one"]), "no whole Montreal Forced Aligner JSON; export it again"),
        ("a.json", grid(), "holds no word and no phone with a time"),
        ("a.json", '{"tiers": {"words"', r"a\.json, line 1, column 19: no JSON"),
        ("a.json", "[" * 100_000, "nested too deep"),
        ("a.json", "1" * 10_000, "a number too long"),
        ("a.json", {"poem": 1}, "of none of the kinds that are known: audio2blend JSON"),
        ("a.json", {"format": "audio2blend alignment", "version": 2}, "of version 2, and this program reads 1"),
        ("a.json", {"format": "audio2blend alignment", "version": 1}, "no whole audio2blend JSON"),
        ("a.json", [{"audio_offset": 5, "viseme_id": 22}], "a viseme above 21"),
        ("a.json", "", "an empty file"),
        ("a.srt", "1\n00:00:01,000 -> 00:00:02,000\nHi\n", r"a\.srt, line 1: expected a cue with times"),
        ("a.vtt", "WEBVTT\n\n00:02.000 --> 00:01.000\nHi\n", r"a\.vtt, line 3: the cue ends before it begins"),
        ("a.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nHi <00:09.000>Bo\n", "line 3: the times between the words"),
        ("a.lab", "0 1 a\nx 2 b\n", r"a\.lab, line 2: 'x' is no time"),
        ("a.lab", "hello\n", "line 1: has no start, end and label"),
        ("a.ctm", "a 1 0.0 1.0\n", "line 1: has no recording, channel"),
        ("a.txt", "Just a text.\n", "line 1: has no start, end and label with tabs"),
        ("a.tsv", "0.0\tA\n0.1\tQ\n", r"line 2: 'Q' is no mouth"),
        ("a.tsv", "0.2\tA\n0.1\tB\n", r"line 2: begins before the cue before it"),
        ("a.dat", "1 rest\n", "line 1: is not 'MohoSwitch1'"),
        ("a.dat", "MohoSwitch1\n-4 rest\n", "line 2: '-4' is no frame"),
        ("a.xml", "<!DOCTYPE a [<!ENTITY b 'c'>]><rhubarbResult>&b;</rhubarbResult>", "document type"),
        ("a.xml", "<svg/>", "XML, but not Rhubarb's"),
        ("a.TextGrid", b"\xff\xfe\x00", "a\\.TextGrid"),
        ("a.lab", "0 1 schön\n".encode("latin-1"), r"a\.lab, line 1: this is not UTF-8; save the file as UTF-8"),
        ("a.eaf", "<?xml version='1.0' encoding='klingon'?><ANNOTATION_DOCUMENT/>", "an encoding that nobody knows"),
    ],
)  # fmt: skip
def test_what_is_broken_is_said_with_its_place(opened, name, content, told):
    with pytest.raises(InputError, match=told) as caught:
        opened(name, content)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings_that_say_what_they_are(opened, encoding):
    text = "1\r\n00:00:01,000 --> 00:00:02,000\r\nschön\r\n"
    assert words(opened("a.srt", text.encode(encoding))) == [("schön", 1, 2)]
    eaf = ELAN.replace("one<", "schön<").replace('"1.0"', f'"1.0" encoding="{encoding.removesuffix("-sig")}"')
    assert words(opened("a.eaf", eaf.encode(encoding)))[0] == ("schön", 1, 2)


def test_times_beyond_the_recording(opened):
    with pytest.raises(InputError, match=r"'one' ends at 1\.00 s, after the sound \(0\.50 s\); is it the alignment of"):
        opened("a.json", grid([0, 1, "one"]), sound_s=0.5)


def test_neighbours_that_overlap_by_rounding_meet_in_the_middle(opened):
    assert words(opened("a.json", grid([0, 1.02, "one"], [1, 2, "two"]))) == [("one", 0, 1.01), ("two", 1.01, 2)]


def test_phones_that_nobody_knows_are_reported(opened):
    tiers = {"phones": {"type": "interval", "entries": [[0, 0.5, "h"], [0.5, 0.9, "@"]]}}
    found = opened("a.json", {"tiers": tiers})
    assert [problem.text for problem in found.problems] == ["'@' is no phone of the IPA or ARPAbet"]


WHOLE = [
    GENTLE,
    grid([0, 1, "one"], [1, 2, "two"]),
    {"segments": [{"words": [{"word": "In", "start": 0.1, "end": 0.3, "score": 0.9}]}], "language": "en"},
    [{"audio_offset": 5, "duration": 9, "text": "Hi", "boundary_type": "Word"}, {"audio_offset": 0, "viseme_id": 0}],
    {"NBest": [{"Words": [{"Word": "hi", "Offset": 1_000_000, "Duration": 3_000_000}]}]},
    [{"time": 0, "type": "sentence", "start": 0, "end": 3, "value": "Hi!"},
     {"time": 10, "type": "word", "start": 0, "end": 2, "value": "Hi"}, {"time": 10, "type": "viseme", "value": "p"}],
    {"chars": ["H", "i"], "charStartTimesMs": [0, 10], "charDurationsMs": [10, 10]},
    {"metadata": {"duration": 0.6}, "mouthCues": [{"start": 0.0, "end": 0.1, "value": "A"}]},
    {"format": "audio2blend alignment", "version": 1, "aligner": "a", "language": "", "duration_s": 2.0,
     "words": [{"text": "a", "start_s": 0, "end_s": 1, "confidence": 1, "phones": [["a", 0, 1]]}],
     "problems": [{"start_s": 0, "end_s": 0, "text": "a"}]},
]  # fmt: skip
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@given(data=st.data())
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_json_with_anything_in_any_place_is_read_or_refused_in_a_sentence(opened, data):
    whole = json.loads(json.dumps(data.draw(st.sampled_from(WHOLE))))
    at, places = whole, [*_places(whole)]
    *way, last = data.draw(st.sampled_from(places))
    for step in way:
        at = at[step]
    at[last] = data.draw(ANYTHING)
    try:
        told = f"a.json: {opened('a.json', whole).aligner}"
    except InputError as error:
        told = str(error)
    assert re.match(r"[^\n]*a\.json[,:][^\n]*$", told)


def _places(value: object, way: tuple[object, ...] = ()) -> Iterator[tuple[object, ...]]:
    """Yield the way to everything within a value of JSON."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        yield (*way, step)
        yield from _places(below, (*way, step))
