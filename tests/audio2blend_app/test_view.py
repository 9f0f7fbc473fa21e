"""`audio2blend view`, as somebody types it."""

import base64
import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import usd_export
from audio2blend.clip import Clip
from tests.support.browser import needs_script
from tests.support.commands import command
from tests.support.gltf_characters import character

pytestmark = needs_script
GRID = """File type = "ooTextFile"
Object class = "TextGrid"

xmin = 0
xmax = 2
tiers? <exists>
size = 2
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        xmin = 0
        xmax = 2
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 1
            text = "bob"
        intervals [2]:
            xmin = 1
            xmax = 2
            text = ""
    item [2]:
        class = "IntervalTier"
        name = "phones"
        xmin = 0
        xmax = 2
        intervals: size = 2
        intervals [1]:
            xmin = 0
            xmax = 1
            text = "b"
        intervals [2]:
            xmin = 1
            xmax = 2
            text = ""
"""


def data(page: Path) -> dict[str, Any]:
    (text,) = re.findall(r'id="data">([^<]+)<', page.read_text("utf-8"))
    return dict(json.loads(text))


def test_a_clip_with_its_sound_shows_the_phones_that_are_heard(
    curves: Callable[..., Path], hello: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "new" / "page.html"
    assert command("view", curves("line.csv"), "--speech", hello, "-o", page) == 0
    assert re.search(r"line\.csv on builtin: 4\.\d\d s\n  written  .*page\.html \(\d\.\d MB\)", capsys.readouterr().out)
    shown = data(page)
    assert {"b", "m", "p"} <= {phone for phone, _, _ in shown["phones"]}
    assert shown["words"] == []
    assert shown["wave"] is not None
    assert shown["chosen"][0] == "jawOpen"


def test_a_clip_alone_needs_neither_sound_nor_rig(curves: Callable[..., Path], tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert command("view", curves("line.npz"), "-o", page) == 0
    shown = data(page)
    assert (shown["sound"], shown["phones"], shown["wave"]) == (None, [], None)


@pytest.mark.parametrize("heard", [True, False])
def test_an_alignment_gives_words_and_phones_with_and_without_sound(
    heard: bool, curves: Callable[..., Path], hello: Path, tmp_path: Path
) -> None:
    grid, page = tmp_path / "line.TextGrid", tmp_path / "page.html"
    grid.write_text(GRID)
    sound = ["--speech", hello] if heard else []
    assert command("view", curves("line.csv"), *sound, "--text", grid, "-o", page) == 0
    assert data(page)["words"][0][:3] == ["bob", 0.0, 1.0]
    assert data(page)["phones"][0] == ["b", 0.0, 1.0]


def test_two_clips_are_compared_by_the_lips_and_by_each_channel(
    curves: Callable[..., Path],
    hello_clip: Clip,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    other = hello_clip.with_channels({"jawOpen": np.clip(hello_clip["jawOpen"] + 0.2, 0, 1)})
    pair = curves("line.csv"), curves("other.csv", other)
    assert command("view", *pair, "-o", tmp_path / "page.html", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["differences"]["jawOpen"] == pytest.approx(0.2, abs=1e-3)
    assert report["differences"]["mouthFunnel"] == 0
    assert report["lips_mm"] > 1
    assert re.match(r"Lips are \d\.\d\d mm apart on average .* most in jawOpen: 0\.200\.", report["difference"])
    shown = data(tmp_path / "page.html")
    (lane,) = shown["lanes"]
    assert np.mean(lane["curves"][0]) == pytest.approx(report["lips_mm"], abs=1e-3)
    assert [clip["name"] for clip in shown["clips"]] == ["line.csv", "other.csv"]


def test_a_clip_is_no_different_from_itself(
    curves: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = curves("line.npz"), curves("again.npz")
    assert command("view", *pair, "-o", tmp_path / "page.html", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert set(report["differences"].values()) == {0.0}
    assert report["lips_mm"] == 0


def test_clips_of_one_name_are_told_apart_by_their_folders(curves: Callable[..., Path], tmp_path: Path) -> None:
    for take in ("one", "two"):
        (tmp_path / take).mkdir()
    pair = curves("one/line.csv"), curves("two/line.csv")
    assert command("view", *pair, "-o", tmp_path / "page.html") == 0
    assert [clip["name"] for clip in data(tmp_path / "page.html")["clips"]] == ["one/line.csv", "two/line.csv"]


def test_no_folder_of_ours_is_in_a_page_that_goes_to_others(
    curves: Callable[..., Path], hello: Path, tmp_path: Path
) -> None:
    (tmp_path / "secret").mkdir()
    hero = character(tmp_path / "secret" / "hero.glb")
    page = tmp_path / "page.html"
    assert command("view", curves("line.csv"), "--rig", hero, "--speech", hello, "-o", page) == 0
    text = page.read_text("utf-8")
    assert "hero.glb: ARKit: 52 of 52" in text
    assert "secret" not in text
    assert str(hello.parent) not in text


def test_a_character_is_in_the_page_as_its_file_is(curves: Callable[..., Path], tmp_path: Path) -> None:
    hero = character(tmp_path / "hero.glb", "pictures and unknown extensions")
    page = tmp_path / "page.html"
    assert command("view", curves("line.csv"), "--rig", hero, "-o", page) == 0
    (text,) = re.findall(r'id="character">([^<]+)<', page.read_text("utf-8"))
    glb = gzip.decompress(base64.b64decode(text))
    assert b"ACME_physics" in glb
    assert b"IHDR" in glb


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["line.csv", "-o", "page.pdf"], "the page must be an .html file"),
        (["nowhere.csv", "-o", "page.html"], "nowhere.csv"),
        (["line.csv", "line.csv", "-o", "page.html"], "compared with itself"),
        (["line.csv", "-o", "page.html", "--rig", "names.txt"], "names.txt"),
        (["line.csv", "-o", "page.html", "--rig", "nobody.glb"], "nobody.glb"),
        (["line.csv", "-o", "page.html", "--speech", "names.txt"], "names.txt"),
        (["line.csv", "-o", "page.html", "--text", "Hello, Bob!"], "needs its language"),
        (["line.csv", "-o", "page.html", "--text", "Hello!", "--language", "en"], "give the recording too"),
        (["line.csv", "-o", "page.html", "--language", "en"], "--language is of a transcript"),
        (["empty.npz", "-o", "page.html"], "holds no frames"),
        (["early.npz", "-o", "page.html"], "early.npz ends before time 0"),
        (["odd.npz", "-o", "page.html"], "odd.npz"),
        (["line.csv", "late.npz", "-o", "page.html"], "share no time"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_and_leaves_no_file(
    arguments: list[str], told: str, curves: Callable[..., Path], hello_clip: Clip, tmp_path: Path,
    refuses: Callable[..., None], monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    curves("line.csv")
    Path("names.txt").write_text("jawOpen\nmouthClose\n")
    curves("empty.npz", replace(hello_clip, values=hello_clip.values[:0]))
    curves("early.npz", replace(hello_clip, start_s=-100.0))
    curves("late.npz", replace(hello_clip, start_s=100.0))
    usd_export.write(Clip(values=[[0.5]], channels=("spin",), frame_rate=hello_clip.frame_rate), "odd.npz")
    refuses(told, "view", *arguments)


def test_a_page_never_takes_the_place_of_what_it_shows(
    curves: Callable[..., Path], tmp_path: Path, refuses: Callable[..., None]
) -> None:
    line = curves("line.csv")
    (tmp_path / "page.html").symlink_to(line)
    refuses("would be overwritten", "view", line, "-o", tmp_path / "page.html")
