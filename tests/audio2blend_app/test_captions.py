"""The command captions: from any file with times to files of captions."""

import json
import subprocess
from functools import partial

import pysubs2
import pytest

from audio2blend.align.alignment import AlignedWord, Alignment
from audio2blend.align.files import read, write
from audio2blend.audio.ffmpeg import program as ffmpeg_program
from tests.support.commands import command

captions = partial(command, "captions")
SAID = "hello bob and good evening to all of you it was a long day and we are tired"


@pytest.fixture
def line(tmp_path):
    """A line whose words are aligned."""
    words = tuple(AlignedWord(text=text, start_s=n * 0.4, end_s=n * 0.4 + 0.35) for n, text in enumerate(SAID.split()))
    return write(Alignment(words=words, duration_s=8, aligner="builtin", language="en"), tmp_path / "line.json")


@pytest.mark.parametrize("suffix", [".TextGrid", ".ctm", ".eaf", ".lab", ".vtt", ".json"])
def test_captions_of_any_file_with_times(tmp_path, line, suffix, capsys):
    source = write(read(line), tmp_path / f"other{suffix}")
    assert captions(source, "-o", tmp_path / "a.srt") == 0
    shown = pysubs2.load(str(tmp_path / "a.srt"))
    assert " ".join(event.text.replace("\\N", " ") for event in shown) == SAID
    assert "captions by the rules netflix-en" in capsys.readouterr().out


def test_text_rules_frames_and_shots(tmp_path, line, capsys):
    (tmp_path / "said.txt").write_text(
        "Hello, Bob, and good evening to all of you. It was a long day, and we are tired."
    )
    (tmp_path / "cuts.txt").write_text("3.5\n\n")
    given = ["--text", tmp_path / "said.txt", "--rules", "bbc", "--fps", "25", "--shots", tmp_path / "cuts.txt"]
    outputs = ["-o", tmp_path / "a.vtt", "-o", tmp_path / "a.ttml", "--words", "--json"]
    assert captions(line, *given, *outputs) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["outputs"] == [str(tmp_path / "a.vtt"), str(tmp_path / "a.ttml")]
    assert report["problems"] == []
    shown = pysubs2.load(str(tmp_path / "a.vtt"))
    assert all(event.start % 40 == 0 and event.end % 40 == 0 for event in shown)
    assert 3520 in [event.start for event in shown]  # the cut, where "It" is said at 3.6 s
    assert "It <00:00:" in (tmp_path / "a.vtt").read_text("utf-8")


def test_what_is_too_fast_is_told(tmp_path, line, capsys):
    assert captions(line, "-o", tmp_path / "a.srt", "--rules", "children", "--text", SAID.replace(" ", "ishness ")) == 0
    assert "is said too fast to be read" in capsys.readouterr().out


def test_the_text_of_another_line_is_told(tmp_path, line, capsys):
    assert captions(line, "-o", tmp_path / "a.srt", "--text", "Nobody saw the ship leave the harbour.") == 0
    assert "is it that of this line?" in capsys.readouterr().out
    assert captions(line, "-o", tmp_path / "a.srt", "--text", SAID.replace("long", "very short")) == 0
    assert "is it that of this line?" not in capsys.readouterr().out


def test_what_is_refused_leaves_nothing(tmp_path, line, refuses):
    (tmp_path / "cuts.txt").write_text("1.0\nsoon\n")
    (tmp_path / "cues.tsv").write_text("0.0\tA\n1.0\tX\n")
    refuses("a.ass: captions are no '.ass' file", "captions", line, "-o", tmp_path / "a.ass")
    refuses("there are no rules 'cnn'", "captions", line, "-o", tmp_path / "a.srt", "--rules", "cnn")
    refuses("line 2: 'soon' is no time", "captions", line, "-o", tmp_path / "a.srt", "--shots", tmp_path / "cuts.txt")
    refuses("there are no words to show", "captions", tmp_path / "cues.tsv", "-o", tmp_path / "a.srt")
    target = tmp_path / "b.srt"
    target.write_text("1\n00:00:00,000 --> 00:00:01,000\nHi\n")
    refuses("would be overwritten", "captions", target, "-o", target)
    refuses("have them transcribed", "captions", tmp_path / "line.wav", "-o", tmp_path / "a.srt")
    refuses("gone.json", "captions", tmp_path / "gone.json", "-o", tmp_path / "a.srt")
    refuses("nobody is called 'Zoe'", "captions", line, "-o", tmp_path / "a.srt", "--speaker", "Zoe")
    refuses("--fps", "captions", line, "-o", tmp_path / "a.srt", "--fps", "0")


@pytest.mark.slow
def test_a_recording_and_its_text_become_captions_in_one_command(hello, tmp_path):
    pytest.importorskip("espeakng_loader")
    saying = "Hello! Bob and Mary have five big maple muffins, and you may pick one."
    (tmp_path / "line.txt").write_text(saying, "utf-8")
    out = tmp_path / "line.srt"
    said = ("--text", tmp_path / "line.txt", "--language", "en-US")
    assert command("captions", hello, *said, "-o", out) == 0
    (shown,) = pysubs2.load(str(out))
    assert shown.plaintext.replace("\n", " ") == saying
    assert (shown.start, shown.end) == pytest.approx((280, 4250), abs=120)
    decoded = subprocess.run([ffmpeg_program(), "-i", out, "-f", "srt", "-"], capture_output=True, text=True)
    assert "maple muffins" in decoded.stdout  # also by ffmpeg


def test_a_recording_without_its_words_is_refused_with_both_ways_to_them(hello, tmp_path, refuses):
    refuses("have them transcribed", "captions", hello, "-o", tmp_path / "line.srt")
