"""Clips as cues of mouth shapes, and cues of other programs as faces that talk."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import openfacefx.importers as foreign
import pytest

import usd_export
from audio2blend.align.files import read as read_alignment
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.intervals import Interval, to_text
from audio2blend.visemes import articulate

SUFFIXES = (".rhubarb.tsv", ".rhubarb.xml", ".rhubarb.json", ".moho.dat", ".azure-visemes.json", ".polly.json")
PHONES = [("m", 0.5, 0.7), ("a", 0.7, 0.9), ("f", 0.9, 1.1), ("u", 1.1, 1.3)]


@pytest.fixture
def clip() -> Clip:
    said = to_text(Interval(*phone) for phone in PHONES)
    return replace(articulate(PHONES, duration_s=2.0), metadata={"phones": said, "source": "line.wav"})


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_what_is_written_drives_a_face_like_the_clip(clip: Clip, tmp_path: Path, suffix: str, our_lips) -> None:
    path = usd_export.write(clip, tmp_path / f"line{suffix}")
    assert usd_export.check(path, clip.resampled(Fraction(24)) if suffix == ".moho.dat" else clip) == ()
    back = usd_export.read(path)
    n_frames = min(len(clip), len(back))
    one, other = (our_lips.opening(each.values[:n_frames]) for each in (clip, back))
    assert np.corrcoef(one, other)[0, 1] > 0.9
    assert our_lips.gap(back.values[33:40]).min() < 0


def test_phones_are_written_and_not_only_what_is_seen_of_them(clip: Clip, tmp_path: Path) -> None:
    said = to_text([Interval("l", 0.5, 1.0), Interval("k", 1.0, 1.4)])
    path = usd_export.write(replace(clip, metadata={"phones": said}), tmp_path / "a.rhubarb.tsv")
    assert path.read_text().split() == ["0.00", "X", "0.50", "H", "1.00", "B", "1.40", "X", "2.00", "X"]


def test_curves_without_phones_are_looked_at(clip: Clip, tmp_path: Path) -> None:
    path = usd_export.write(replace(clip, metadata={}), tmp_path / "a.rhubarb.tsv")
    cues, _ = foreign.parse_rhubarb_tsv(path.read_text())
    shown = "".join(shape for _, _, shape in cues)
    assert shown.startswith("XA")
    assert {"D", "G", "F"} <= set(shown)


def test_moho_counts_frames_at_the_clips_rate(clip: Clip, tmp_path: Path) -> None:
    at_24 = usd_export.write(clip, tmp_path / "a.moho.dat").read_text()
    at_30 = usd_export.write(clip, tmp_path / "b.moho.dat", frame_rate=Fraction(30)).read_text()
    assert at_24.splitlines()[2] == "13 MBP"
    assert at_30.splitlines()[2] == "16 MBP"


@pytest.mark.parametrize("suffix", [".tsv", ".xml", ".json", ".dat"])
def test_files_of_others_are_known_by_what_is_in_them(clip: Clip, tmp_path: Path, suffix: str) -> None:
    ours = next(one for one in SUFFIXES if one.endswith(suffix))
    path = tmp_path / f"cues{suffix}"
    path.write_bytes(usd_export.write(clip, tmp_path / f"line{ours}").read_bytes())
    assert usd_export.read(path).phones[0].label == "m"


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("content", ["", "nothing", "{}", '[{"AudioOffset": 1, "VisemeId": 99}]', "0.5\tQ\n1.0\tX\n"])
def test_broken_files_are_refused_by_name(tmp_path: Path, suffix: str, content: str) -> None:
    path = tmp_path / f"broken{suffix}"
    path.write_text(content)
    with pytest.raises(InputError, match="broken"):
        usd_export.read(path)


def test_what_is_said_travels_with_a_clip_through_its_files(clip: Clip, tmp_path: Path) -> None:
    first = usd_export.read(usd_export.write(clip, tmp_path / "a.npz"))
    cues = read_alignment(usd_export.write(first, tmp_path / "a.rhubarb.json"))
    assert [phone.label for word in cues.words for phone in word.phones] == ["m", "ɑ", "f", "u"]
