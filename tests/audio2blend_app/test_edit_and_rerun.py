"""Editing and making again: a corrected alignment changes its own part alone, and work by hand is done again on top."""

import json
from pathlib import Path

import numpy as np
import pytest

import usd_export
from audio2blend.align.files import read
from audio2blend.clip import Clip
from audio2blend.edits import Edits
from tests.support.commands import command

pytestmark = pytest.mark.slow

pytest.importorskip("espeakng_loader")

SAYING = "Hello! Bob and Mary have five big maple muffins, and you may pick one."


@pytest.fixture(scope="module")
def line(hello: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An alignment as `align` writes it."""
    path = tmp_path_factory.mktemp("line") / "line.json"
    assert command("align", hello, "--text", SAYING, "--language", "en-US", "-o", path) == 0
    return path


def animated(hello: Path, folder: Path, alignment: Path, *more: object, mode: str = "hybrid") -> Clip:
    out = folder / f"{alignment.stem}.npz"
    assert command("animate", hello, "--text", alignment, "--mode", mode, *more, "-o", out, "--force") == 0
    return usd_export.read(out)


def changed(line: Path, folder: Path, word: str, **new: object) -> Path:
    """The alignment after a hand changed one of its words in an editor."""
    data = json.loads(line.read_text("utf-8"))
    next(entry for entry in data["words"] if entry["text"] == word).update(new)
    path = folder / "edited.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def times_that_differ(one: Clip, other: Clip) -> np.ndarray:
    return one.times_s[(one.values != other.values).any(axis=1)]


@pytest.mark.parametrize(("mode", "reach_s"), [("hybrid", 0.06), ("text", 0.6)])
def test_a_boundary_that_is_moved_changes_its_part_alone_to_the_last_bit(hello, line, tmp_path, mode, reach_s):
    word = next(word for word in read(line).words if word.text == "maple")
    phones = [list(phone) for phone in word.phones]
    later = (phones[0][1] + phones[0][2]) / 2
    phones[0][1] = later
    edited = changed(line, tmp_path, "maple", start_s=later, phones=phones)
    before, after = (animated(hello, tmp_path, path, mode=mode) for path in (line, edited))
    differ = times_that_differ(before, after)
    assert len(differ)
    assert word.start_s - reach_s < differ.min() < differ.max() < word.end_s + reach_s


def test_a_word_that_is_corrected_without_phones_gets_those_of_its_new_text(hello, line, tmp_path):
    word = next(word for word in read(line).words if word.text == "five")
    edited = changed(line, tmp_path, "five", text="pipe", phones=[])
    before, after = (animated(hello, tmp_path, path) for path in (line, edited))
    differ = times_that_differ(before, after)
    assert len(differ)
    assert word.start_s - 0.06 < differ.min() < differ.max() < word.end_s + 0.06
    assert command("align", hello, "--text", edited, "-o", tmp_path / "again.json") == 0
    again = {entry.text: entry for entry in read(tmp_path / "again.json").words}
    assert [phone.label.strip("ˈ") for phone in again["pipe"].phones] == ["p", "a", "ɪ", "p"]
    assert (again["pipe"].start_s, again["pipe"].end_s) == (word.start_s, word.end_s)
    assert again["maple"] == {entry.text: entry for entry in read(line).words}["maple"]


def test_words_without_phones_in_no_known_language_are_reported(hello, tmp_path, capsys):
    (tmp_path / "line.ctm").write_text("line 1 0.28 0.3 Hello\n", encoding="utf-8")
    assert command("animate", hello, "--text", tmp_path / "line.ctm", "-o", tmp_path / "line.npz") == 0
    assert "have no phones" in capsys.readouterr().out
    assert command("align", hello, "--text", tmp_path / "line.ctm", "--language", "en", "-o", tmp_path / "l.json") == 0
    assert len(read(tmp_path / "l.json").words[0].phones) >= 4


def test_work_by_hand_is_done_again_on_top_of_an_animation_that_was_made_again(hello, line, tmp_path):
    made = animated(hello, tmp_path, line)
    wider = made["mouthSmileLeft"].copy()
    wider[60:80] = np.minimum(1, wider[60:80] + np.hanning(20) * 0.4)
    calmer = made["jawOpen"].copy()
    calmer[150:170] *= 0.5
    usd_export.write(made.with_channels({"mouthSmileLeft": wider, "jawOpen": calmer}), tmp_path / "hand.npz")
    sidecar = tmp_path / "line.edits.json"
    assert command("edits", tmp_path / "hand.npz", "--made", tmp_path / "line.npz", "-o", sidecar) == 0
    assert {edit.channel for edit in Edits.read(sidecar).edits} == {"mouthSmileLeft", "jawOpen"}

    word = next(word for word in read(line).words if word.text == "maple")
    phones = [[p.label, p.start_s, p.end_s] for p in word.phones]
    phones[0][0] = "f"
    edited = changed(line, tmp_path, "maple", phones=phones)
    plain = animated(hello, tmp_path, edited)
    again = animated(hello, tmp_path, edited, "--edits", tmp_path / "{stem}.edits.json")
    assert (again.values == plain.values).all()  # no file of that name: a recording that nobody worked on
    again = animated(hello, tmp_path, edited, "--edits", sidecar)
    assert again["mouthSmileLeft"] - plain["mouthSmileLeft"] == pytest.approx(wider - made["mouthSmileLeft"], abs=2e-4)
    assert again["jawOpen"] - plain["jawOpen"] == pytest.approx(calmer - made["jawOpen"], abs=2e-4)
    untouched = [name for name in plain.channels if name not in ("jawOpen", "mouthSmileLeft")]
    assert (again.select(untouched).values == plain.select(untouched).values).all()


def test_a_file_that_is_done_is_made_again_when_the_edits_change(hello, line, tmp_path, capsys):
    sidecar, out = tmp_path / "line.edits.json", tmp_path / "line.npz"
    for value in (0.2, 0.2, 0.4):
        edit = {"channel": "tongueOut", "way": "set", "keys": [[1, value], [2, value]]}
        text = json.dumps({"format": "audio2blend edits", "version": 1, "of": "arkit", "edits": [edit]})
        sidecar.write_text(text, encoding="utf-8")
        assert command("animate", hello, "--edits", sidecar, "-o", out) == 0
        clip = usd_export.read(out)
        assert clip["tongueOut"][(clip.times_s >= 1) & (clip.times_s <= 2)] == pytest.approx(value)
    assert "unchanged" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "no JSON"),
        ("{}", "no file of edits"),
        ('{"format": "audio2blend edits", "version": 9}', "update it"),
        ('{"format": "audio2blend edits", "version": 1, "edits": 3}', "a list"),
        ('{"format": "audio2blend edits", "version": 1, "edits": [{"channel": "jawOpen"}]}', "edit 1: it needs"),
        (
            '{"format": "audio2blend edits", "version": 1, "edits": '
            '[{"channel": "jawOpen", "way": "add", "keys": [[2, 0], [1, 0]]}]}',
            "edit 1: the times of its keys have to ascend",
        ),
        (
            '{"format": "audio2blend edits", "version": 1, "edits": '
            '[{"channel": "jawOpne", "way": "add", "keys": [[1, 0], [2, 1]]}]}',
            "jawOpne",
        ),
    ],
)
def test_a_file_of_edits_that_is_none_is_refused_with_its_place(hello, tmp_path, capsys, text, complaint):
    (tmp_path / "line.edits.json").write_text(text, encoding="utf-8")
    assert command("animate", hello, "--edits", tmp_path / "line.edits.json", "-o", tmp_path / "line.npz") == 2
    said = capsys.readouterr().err
    assert "line.edits.json" in said
    assert complaint in said
    assert not (tmp_path / "line.npz").exists()


def test_edits_that_are_named_and_not_there_are_refused(hello, tmp_path, capsys):
    assert command("animate", hello, "--edits", tmp_path / "none.json", "-o", tmp_path / "line.npz") == 2
    assert "none.json: no such file" in capsys.readouterr().err
