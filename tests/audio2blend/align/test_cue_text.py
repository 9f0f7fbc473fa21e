"""Mouth shapes that we write, as another program's readers take them, and as ours do."""

import json
from pathlib import Path

import openfacefx.importers as foreign
import openfacefx.timing as foreign_events
import pytest

from audio2blend.align import AlignedWord, Alignment
from audio2blend.align.files import read, write
from audio2blend.errors import InputError
from audio2blend.intervals import Interval

BOB = AlignedWord(
    text="Böb",
    start_s=1.0,
    end_s=1.5,
    phones=(Interval("b", 1.0, 1.2), Interval("ˈɒ", 1.2, 1.4), Interval("b", 1.4, 1.5)),
)
LINE = Alignment(words=(BOB,), duration_s=2.0, aligner="builtin")
RHUBARB = [(0.0, 1.0, "X"), (1.0, 1.2, "A"), (1.2, 1.4, "E"), (1.4, 1.5, "A"), (1.5, 2.0, "X")]


@pytest.mark.parametrize(
    ("suffix", "parse"),
    [
        (".rhubarb.tsv", foreign.parse_rhubarb_tsv),
        (".tsv", foreign.parse_rhubarb_tsv),
        (".rhubarb.xml", foreign.parse_rhubarb_xml),
        (".rhubarb.json", foreign.parse_rhubarb_json),
    ],
)
def test_rhubarb(tmp_path: Path, suffix: str, parse) -> None:
    cues, duration_s = parse(write(LINE, tmp_path / f"a{suffix}").read_text())
    assert duration_s == 2.0
    assert cues == RHUBARB


def test_moho(tmp_path: Path) -> None:
    text = write(LINE, tmp_path / "a.moho.dat").read_text()
    cues, duration_s = foreign.parse_moho_dat(text, 24)
    assert duration_s == 2.0
    assert [shape for _, _, shape in cues] == ["rest", "MBP", "O", "MBP", "rest"]
    assert [start for start, _, _ in cues] == pytest.approx([0, 1, 1.2, 1.4, 1.5], abs=0.5 / 24 + 1e-9)


def test_azure(tmp_path: Path) -> None:
    events = foreign_events.parse_azure_visemes(write(LINE, tmp_path / "a.azure-visemes.json").read_text())
    assert [(event.start, event.symbol) for event in events] == [
        (0.0, "0"), (1.0, "21"), (1.2, "3"), (1.4, "21"), (1.5, "0"), (2.0, "0"),
    ]  # fmt: skip


def test_polly_counts_its_words_in_bytes(tmp_path: Path) -> None:
    text = write(LINE, tmp_path / "a.polly.json").read_text()
    events = foreign_events.parse_polly_marks(text)
    assert [event.symbol for event in events] == ["sil", "p", "O", "p", "sil", "sil"]
    word = next(mark for mark in map(json.loads, text.splitlines()) if mark["type"] == "word")
    assert word == {"time": 1000, "type": "word", "start": 0, "end": 4, "value": "Böb"}


@pytest.mark.parametrize(
    ("suffix", "phones"),
    [
        (".rhubarb.tsv", "mɔm"), (".rhubarb.xml", "mɔm"), (".rhubarb.json", "mɔm"), (".moho.dat", "mom"),
        (".azure-visemes.json", "pɔp"), (".polly.json", "pɔp"), (".marks", "pɔp"),
    ],
)  # fmt: skip
def test_ours_reads_them_too(tmp_path: Path, suffix: str, phones: str) -> None:
    back = read(write(LINE, tmp_path / f"a{suffix}"))
    found = [phone for word in back.words for phone in word.phones]
    assert "".join(phone.label for phone in found) == phones
    assert [phone.start_s for phone in found] == pytest.approx([1.0, 1.2, 1.4], abs=0.5 / 24 + 1e-9)


def test_json_alone_is_our_own_and_others_are_listed(tmp_path: Path) -> None:
    assert json.loads(write(LINE, tmp_path / "a.json").read_text())["format"] == "audio2blend alignment"
    with pytest.raises(InputError, match=r"ends in .*\.azure-visemes\.json.*\.rhubarb\.json"):
        write(LINE, tmp_path / "a.mouths")
