"""The command `align`, and `animate --text`: words found in recordings, as files, and as lips that close."""

import json
import os
import stat
from pathlib import Path

import numpy as np
import pytest

import usd_export
from audio2blend.align.files import read
from audio2blend.channels import ARKIT
from audio2blend.lips import CLOSED
from audio2blend.qa import Lips
from tests.support.commands import command

pytestmark = pytest.mark.slow

pytest.importorskip("espeakng_loader")

SAYING = "Hello! Bob and Mary have five big maple muffins, and you may pick one."
ENGLISH = ("--text", SAYING, "--language", "en-US")


def test_a_line_is_aligned_into_files_of_several_kinds(hello, tmp_path):
    files = [tmp_path / f"hello{suffix}" for suffix in (".TextGrid", ".json", ".eaf", ".ctm")]
    assert command("align", hello, *ENGLISH, *(part for file in files for part in ("-o", file))) == 0
    words = [[word.text for word in read(file).words if word.text] for file in files]
    assert words == [["Hello", "Bob", *SAYING.replace(",", "").replace(".", "").split()[2:]]] * 4
    first = read(files[1]).words[0]
    assert (first.start_s, first.end_s) == pytest.approx((0.28, 0.59), abs=0.03)


def test_without_a_text_the_networks_own_phones_are_written(hello, tmp_path):
    assert command("align", hello, "-o", tmp_path / "hello.json") == 0
    phones = [phone.label for word in read(tmp_path / "hello.json").words for phone in word.phones]
    assert "".join(phones[:4]) == "həlo"


def test_an_alignment_that_is_there_is_written_in_another_format(hello, tmp_path):
    assert command("align", hello, *ENGLISH, "-o", tmp_path / "one.json") == 0
    assert command("align", hello, "--text", tmp_path / "one.json", "-o", tmp_path / "two.json") == 0
    assert read(tmp_path / "one.json").words == read(tmp_path / "two.json").words


def test_a_batch_goes_on_after_a_line_without_text(hello, tmp_path, capsys):
    for name in "ab":
        (tmp_path / f"{name}.wav").write_bytes(hello.read_bytes())
    (tmp_path / "b.txt").write_text(SAYING, encoding="utf-8")
    arguments = ("--text", tmp_path / "{stem}.txt", "--language", "en", "-o", tmp_path / "{stem}.json", "--json")
    assert command("align", tmp_path / "a.wav", tmp_path / "b.wav", *arguments) == 1
    report = json.loads(capsys.readouterr().out)
    assert ["a.txt" in one["error"] for one in report["recordings"]] == [True, False]
    assert report["confidence"][str(tmp_path / "b.wav")] > 0.6
    assert [path.name for path in tmp_path.glob("*.json")] == ["b.json"]


def test_a_text_of_another_language_is_reported(hello, tmp_path, capsys):
    text = "Der Lappen liegt auf dem Eisschrank, und heute Abend ist er weg."
    assert command("align", hello, "--text", text, "--language", "de", "-o", tmp_path / "a.json") == 0
    assert "another text or another language" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--text", "Hi"), "--text needs its language"),
        (("--language", "de"), "--language is of a transcript"),
        (("--text", "Hi", "--language", "klingon"), "klingon"),
        (("--text", "…", "--language", "de"), "contains no words"),
        (("--text", "gone.txt", "--language", "de"), "gone.txt"),
        (("--text", "Hi", "--language", "de", "--lexicon", "gone.tsv"), "gone.tsv"),
        (("--text", "Hi", "--language", "de", "--aligner", "mine"), "no 'mine' among the aligners"),
        (("--text", "gone.TextGrid"), "gone.TextGrid"),
    ],
)
def test_wrong_input_is_refused_in_a_sentence(arguments, words, hello, tmp_path, refuses):
    refuses(words, "align", hello, *arguments, "-o", tmp_path / "out.json")


def test_an_output_of_no_known_kind_is_refused(hello, tmp_path, refuses):
    refuses("no '.pdf' file holds an alignment", "align", hello, *ENGLISH, "-o", tmp_path / "out.pdf")


def test_lips_close_on_each_bilabial_of_the_text(hello, tmp_path, our_lips: Lips):
    """Also on the last b of "Bob", which the network alone leaves open."""
    assert command("align", hello, *ENGLISH, "-o", tmp_path / "a.json") == 0
    found = read(tmp_path / "a.json")
    bilabials = [phone for phone in found.phones if phone.label.lstrip("ˈˌ") in ("p", "b", "m")]
    assert len(bilabials) == 9
    for mode, closed in (("hybrid", 9), ("audio", 7)):
        text = () if mode == "audio" else ENGLISH
        assert command("animate", hello, *text, "--mode", mode, "-o", tmp_path / f"{mode}.npz") == 0
        clip = usd_export.read(tmp_path / f"{mode}.npz")
        opening = our_lips.opening(clip.select(ARKIT).values)
        shut = [
            opening[(clip.times_s >= one.start_s - 0.02) & (clip.times_s <= one.end_s + 0.02)].min() < CLOSED
            for one in bilabials
        ]
        assert sum(shut) >= closed, (mode, shut)


def test_an_alignment_file_takes_the_place_of_a_text(hello, tmp_path):
    assert command("align", hello, *ENGLISH, "-o", tmp_path / "a.json") == 0
    assert command("animate", hello, *ENGLISH, "-o", tmp_path / "by_text.npz") == 0
    assert command("animate", hello, "--text", tmp_path / "a.json", "-o", tmp_path / "by_file.npz") == 0
    clips = [usd_export.read(tmp_path / name) for name in ("by_text.npz", "by_file.npz")]
    assert np.abs(clips[0].values - clips[1].values).max() < 0.02


def test_another_text_makes_the_file_anew(hello, tmp_path, capsys):
    output = tmp_path / "a.npz"
    for text, status in ((SAYING, "written"), (SAYING, "unchanged"), ("Hello Bob", "written")):
        command("animate", hello, "--text", text, "--language", "en-US", "-o", output)
        assert f"{status}  " in capsys.readouterr().out


class TestTheMontrealForcedAligner:
    """It cannot be had from PyPI: what is tried is that it is called as its manual says, and that its file is read."""

    def program(self, folder: Path, script: str) -> str:
        path = folder / "mfa"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    def test_its_command_line_is_the_one_of_align_one(self, hello, tmp_path, monkeypatch):
        assert command("align", hello, *ENGLISH, "-o", tmp_path / "given.TextGrid") == 0
        script = (
            f'echo "$1" $(basename "$2") $(cat "$3") "$4" "$5" > {tmp_path}/call; cp {tmp_path}/given.TextGrid "$6"'
        )
        monkeypatch.setenv("AUDIO2BLEND_MFA", self.program(tmp_path, script))
        assert command("align", hello, *ENGLISH, "--aligner", "mfa", "-o", tmp_path / "out.json") == 0
        said = (tmp_path / "call").read_text(encoding="utf-8").split()
        assert said[:2] == ["align_one", "line.wav"]
        assert said[2:4] == ["Hello", "Bob"]
        assert said[-2:] == ["english_us_mfa", "english_mfa"]
        assert read(tmp_path / "out.json").aligner == "mfa"
        assert [word.text for word in read(tmp_path / "out.json").words] == [
            word.text for word in read(tmp_path / "given.TextGrid").words
        ]

    def test_what_it_complains_of_is_passed_on(self, hello, tmp_path, monkeypatch, refuses):
        monkeypatch.setenv("AUDIO2BLEND_MFA", self.program(tmp_path, "echo no such model >&2; exit 1"))
        refuses("no such model", "align", hello, *ENGLISH, "--aligner", "mfa", "-o", tmp_path / "out.json")

    def test_where_it_is_missing_the_cure_is_told(self, hello, tmp_path, monkeypatch, refuses):
        monkeypatch.delenv("AUDIO2BLEND_MFA", raising=False)
        monkeypatch.setenv("PATH", os.defpath)
        refuses("conda-forge", "align", hello, *ENGLISH, "--aligner", "mfa", "-o", tmp_path / "out.json")
