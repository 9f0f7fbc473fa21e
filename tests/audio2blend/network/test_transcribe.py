"""Transcribing with a Whisper model of one's own: words, how sure it is, and when they are said.

Most tests need CTranslate2 and the folder of a Whisper base that AUDIO2BLEND_WHISPER names; without, they are skipped.
"""

import os
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import webvtt

from audio2blend.align.files import read
from audio2blend.audio import SAMPLE_RATE, Speech, load
from audio2blend.errors import InputError
from audio2blend.network.transcribe import _vocabulary, transcribe
from audio2blend.network.whisper import Whisper
from tests.support.commands import command

pytestmark = pytest.mark.slow

SAYING = "Hello Bob and Mary have five big maple muffins and you may pick one"


@pytest.fixture(scope="module")
def folder() -> Path:
    named = os.environ.get("AUDIO2BLEND_WHISPER")
    if not named or find_spec("ctranslate2") is None:
        pytest.skip("needs CTranslate2, and a Whisper base in the folder that AUDIO2BLEND_WHISPER names")
    return Path(named)


@pytest.fixture(scope="module")
def whisper(folder: Path) -> Whisper:
    return Whisper.open(folder, device="cpu")


def plain(text: str) -> list[str]:
    return "".join(letter for letter in text if letter.isalnum() or letter == " ").split()


def test_a_line_is_transcribed_with_its_language_its_times_and_confidences(whisper, folder, hello):
    said = transcribe(whisper, folder, load(hello))
    assert said.language == "en"
    assert plain(said.text) == SAYING.split()
    assert all(0.3 < word.confidence <= 1 for word in said.words)
    assert all(before.end_s <= after.start_s + 1e-6 for before, after in pairwise(said.words))
    muffins = next(word for word in said.words if word.text.startswith("muffins"))
    assert (muffins.start_s, muffins.end_s) == pytest.approx((2.42, 3.0), abs=0.15)


def test_more_than_a_window_is_transcribed_without_a_word_lost_or_twice(whisper, folder, hello):
    line = np.pad(load(hello).samples, (0, SAMPLE_RATE // 2))
    said = transcribe(whisper, folder, Speech(samples=np.tile(line, 9)), language="en-US")
    words = plain(said.text)
    assert words == SAYING.split() * 9
    every_s = len(line) / SAMPLE_RATE
    starts = [word.start_s for word in said.words if word.text.startswith("muffins")]
    assert np.diff(starts) == pytest.approx(every_s, abs=0.25)


def test_in_silence_nobody_says_anything(whisper, folder):
    said = transcribe(whisper, folder, Speech(samples=np.zeros(5 * SAMPLE_RATE, np.float32)), language="en")
    assert said.words == ()


def test_a_language_that_whisper_does_not_know_is_refused(whisper, folder, hello):
    with pytest.raises(InputError, match="knows no language 'tlh'"):
        transcribe(whisper, folder, load(hello), language="tlh")


def test_a_recording_without_a_text_is_aligned_and_gets_captions(folder, hello, tmp_path):
    pytest.importorskip("espeakng_loader")
    own = ("--transcribe", "--encoder", folder)
    assert command("align", hello, *own, "-o", tmp_path / "line.json") == 0
    found = read(tmp_path / "line.json")
    assert (found.aligner, found.language) == ("whisper", "en")
    assert [word.text for word in found.words] == SAYING.split()
    assert (found.words[0].start_s, found.words[0].end_s) == pytest.approx((0.28, 0.59), abs=0.03)
    assert all(word.phones for word in found.words)
    assert command("animate", hello, *own, "--quality", "best", "-o", tmp_path / "line.csv") == 0
    assert command("captions", hello, *own, "-o", tmp_path / "line.vtt") == 0
    shown = webvtt.read(str(tmp_path / "line.vtt"))
    assert plain(" ".join(caption.text for caption in shown).replace("\n", " ")) == SAYING.split()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--transcribe",), "--encoder"),
        (("--transcribe", "--encoder", "folder", "--text", "Hello"), "two ways"),
        (("--transcribe", "--encoder", "nowhere"), "no Whisper model in nowhere"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(hello, tmp_path, refuses, arguments, complaint):
    refuses(complaint, "align", hello, *arguments, "-o", tmp_path / "line.json")


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("other.txt", "", "no vocabulary in"),
        ("vocabulary.json", "[1,", "damaged"),
        ("vocabulary.txt", "a\nb", "no vocabulary of Whisper"),
    ],
)
def test_a_folder_without_a_vocabulary_is_refused(tmp_path, name, content, complaint):
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=complaint):
        _vocabulary(tmp_path)
