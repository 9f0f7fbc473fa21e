"""Files that hold text: paragraphs, cues, dialogue and rows."""

import contextlib
import zipfile
from pathlib import Path

import docx
import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audio2blend.errors import InputError
from audio2blend.text import Line, read
from audio2blend.text.readers import READERS


def written(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


class TestText:
    def test_has_paragraphs(self, tmp_path):
        path = written(tmp_path / "a.txt", "One\r\nline.\r\n\r\n \r\n  Two.\r\n")
        assert read(path) == (Line(text="One\nline.", place="line 1"), Line(text="Two.", place="line 5"))

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
    def test_may_be_in_any_unicode(self, tmp_path, encoding):
        assert read(written(tmp_path / "a.txt", "Grüße", encoding))[0].text == "Grüße"

    def test_of_another_encoding_is_refused(self, tmp_path):
        with pytest.raises(InputError, match=r"a\.txt, line 2: this is not UTF-8; save the file as UTF-8"):
            read(written(tmp_path / "a.txt", "ok\nGrüße", "cp1252"))

    def test_may_be_ssml_which_is_one_piece(self, tmp_path):
        source = "<speak><p>a</p>\n\n<p>b</p></speak>"
        assert read(written(tmp_path / "a.ssml", source)) == (Line(text=source, place="line 1"),)


class TestDocuments:
    def test_of_word_have_paragraphs(self, tmp_path):
        document = docx.Document()
        paragraph = document.add_paragraph("Hello ")
        paragraph.add_run("wor").bold = True
        paragraph.add_run("ld\tthere")
        document.add_paragraph()
        document.add_table(1, 1).cell(0, 0).text = "In a table & so on"
        document.save(str(tmp_path / "a.docx"))
        assert [line.text for line in read(tmp_path / "a.docx")] == ["Hello world\tthere", "In a table & so on"]

    def test_that_unpack_without_end_are_refused(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", b"<a>" + b" " * 120_000_000)
        with pytest.raises(InputError, match="the document is too large"):
            read(tmp_path / "a.docx")

    def test_with_a_document_type_are_refused(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.docx", "w") as archive:
            archive.writestr("word/document.xml", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16"))
        with pytest.raises(InputError, match="document type, which is refused"):
            read(tmp_path / "a.docx")

    def test_may_nest_deeply(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "a.docx", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("word/document.xml", "<p>" * 50_000 + "<t>x</t>" + "</p>" * 50_000)
        assert [line.text for line in read(tmp_path / "a.docx")] == ["x"]


class TestSubtitles:
    def test_of_subrip_have_times(self, tmp_path):
        source = (
            "1\n00:00:01,000 --> 00:00:02,500\n<i>Hello</i>\n{\\an8}there &amp; so\n\n2\n1:00:00,5 --> 1:00:01,000\n\n"
        )
        source += "3\n00:00:03.000 --> 00:00:04.000 X1:0\n[sighs] No.\n"
        assert read(written(tmp_path / "a.srt", source)) == (
            Line(text="Hello\nthere & so", place="line 1", start_s=1.0, end_s=2.5),
            Line(text="[sighs] No.", place="line 9", start_s=3.0, end_s=4.0),
        )

    def test_of_webvtt_have_voices(self, tmp_path):
        source = (
            "WEBVTT - title\n\nSTYLE\n::cue {}\n\nNOTE nothing\nhere\n\n"
            "intro\n00:01.000 --> 00:02.000 align:start\n<v.loud Ann>Hi <00:01.500><c.x>Bob</c>\n"
        )
        (line,) = read(written(tmp_path / "a.vtt", source))
        assert line == Line(text="Hi Bob", place="line 9", speaker="Ann", start_s=1.0, end_s=2.0)

    @pytest.mark.parametrize(
        ("source", "message"),
        [
            ("1\nHello\n", "line 1: expected a cue with times"),
            ("1\n00:00:01,000 --> later\nHello\n", "line 1: expected a cue with times"),
            ("\n1\n00:00:02,000 --> 00:00:01,000\nHello\n", "line 3: the cue ends before it begins"),
        ],
    )
    def test_with_a_wrong_time_name_the_line(self, tmp_path, source, message):
        with pytest.raises(InputError, match=r"a\.srt, " + message):
            read(written(tmp_path / "a.srt", source))


FOUNTAIN = """Title: Big Fish
    by somebody
Draft date: today

INT. A HOUSE - DAY

A man SHOUTS. He leaves.

MARY (V.O.)
(angry)
Where is *he*?
/* cut */
Gone.

@McAvoy ^
Here. [[check]]

CUT TO:

> THE END <
"""


class TestScreenplays:
    def test_have_dialogue_by_character(self, tmp_path):
        lines = read(written(tmp_path / "a.fountain", FOUNTAIN))
        assert [(line.speaker, line.text) for line in lines] == [
            ("MARY", "[angry]\nWhere is he?"),
            ("McAvoy", "Here."),
        ]
        assert lines[0].place == "line 10"


class TestTables:
    def test_have_columns_by_name(self, tmp_path):
        source = 'File;Text;Character;Lang;Start\na.wav;"Hello; you";Ann;en;0:01,5\n\nb.wav;;Bob;de;\n'
        assert read(written(tmp_path / "a.csv", source)) == (
            Line(text="Hello; you", place="row 2", speaker="Ann", language="en", file="a.wav", start_s=1.5),
        )

    def test_may_be_separated_by_tabs(self, tmp_path):
        assert read(written(tmp_path / "a.tsv", "line\tfile\nHi, you\ta.wav\n"))[0].file == "a.wav"

    def test_of_excel_are_read(self, tmp_path):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append(["file", None, "text", "character"])
        sheet.append(["a.wav", None, "Grüß & Gott", "Ann"])
        sheet["C4"] = 23
        book.create_sheet().append(["text", "never"])
        book.save(tmp_path / "a.xlsx")
        assert read(tmp_path / "a.xlsx") == (
            Line(text="Grüß & Gott", place="row 2", speaker="Ann", file="a.wav"),
            Line(text="23", place="row 4"),
        )

    def test_without_a_text_name_their_columns(self, tmp_path):
        with pytest.raises(InputError, match=r'no column "text" in its first row, which is: words, file'):
            read(written(tmp_path / "a.csv", "words,file\na,b\n"))

    def test_with_a_wrong_time_name_the_row(self, tmp_path):
        with pytest.raises(InputError, match=r"row 2: 'soon' is no time"):
            read(written(tmp_path / "a.csv", "text,start\na,soon\n"))


class TestBadFiles:
    @pytest.mark.parametrize("suffix", READERS)
    @pytest.mark.parametrize("content", [b"", b"\x00\xff\xfe\x01" * 40, "Grüße\n".encode("cp1252")])
    def test_end_in_a_sentence_that_names_them(self, tmp_path, suffix, content):
        path = tmp_path / f"bad{suffix}"
        path.write_bytes(content)
        with pytest.raises(InputError, match=rf"bad\{suffix}.*[;:] .*\w"):
            read(path)

    @pytest.mark.parametrize("suffix", READERS)
    def test_that_are_missing_or_folders_are_told(self, tmp_path, suffix):
        (tmp_path / f"folder{suffix}").mkdir()
        for name in (f"no{suffix}", f"folder{suffix}"):
            with pytest.raises(InputError, match=name):
                read(tmp_path / name)

    def test_of_other_kinds_are_refused_with_those_that_are_read(self, tmp_path):
        with pytest.raises(InputError, match=r"a\.pdf: texts are read from \.txt, .*\.xlsx; save it as one of these"):
            read(tmp_path / "a.pdf")

    @settings(max_examples=60, deadline=None)
    @given(data=st.binary(max_size=80), suffix=st.sampled_from(sorted(READERS)))
    def test_of_noise_are_lines_or_an_error_of_ours(self, tmp_path_factory, data, suffix):
        path = tmp_path_factory.mktemp("noise") / f"a{suffix}"
        path.write_bytes(data)
        lines: tuple[Line, ...] = ()
        with contextlib.suppress(InputError):
            lines = read(path)
        assert all(line.text for line in lines)
