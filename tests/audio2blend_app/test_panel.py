"""`audio2blend panel`, as somebody types it, and as a rater sees it."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from audio2blend.audio import ffmpeg
from tests.support.browser import opened
from tests.support.commands import command

NAMES = ("one", "-two %d", "<img src=x onerror=alert(1)>'\"")


def video(path: Path, colour: str = "red") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    made = [ffmpeg.program(), "-v", "error", "-y", "-f", "lavfi", "-i", f"color={colour}:s=64x48:d=0.3:r=10"]
    made += ["-metadata", "title=secret origin", "-c:v", "libvpx", "-f", "webm", f"file:{path}"]
    subprocess.run(made, check=True)


@pytest.fixture
def folders(tmp_path: Path) -> list[Path]:
    for folder, colour in (("ours", "red"), ("peer", "blue")):
        for name in NAMES:
            video(tmp_path / folder / f"{name}.webm", colour)
    return [tmp_path / "ours", tmp_path / "peer"]


@pytest.fixture
def panel(folders: list[Path], tmp_path: Path) -> Path:
    assert command("panel", *folders, "-o", tmp_path / "out", "--checks", 0, "--seed", 3) == 0
    return tmp_path / "out"


def saved(key: Path, rater: int, favourite: int, **changes: Any) -> dict[str, Any]:
    """Return a file of ratings of somebody who prefers one folder throughout."""
    data = json.loads(key.read_text("utf-8"))
    by_stem: dict[str, list[str]] = {}
    for name, one in data["clips"].items():
        by_stem.setdefault(one["stem"], []).append(name)
    ratings = []
    for left, right in by_stem.values():
        best = data["clips"][left]["folder"] == favourite
        scores = [5, 2] if best else [2, 5]
        choice = "left" if best else "right"
        ratings.append({"left": left, "right": right, "preference": choice, "naturalness": scores, "lip_sync": scores})
    sent = {"format": "audio2blend panel ratings 1", "panel": data["panel"], "rater": rater, "ratings": ratings}
    return sent | changes


def test_what_is_handed_out_gives_nothing_away(panel: Path, tmp_path: Path) -> None:
    assert sorted(path.name for path in panel.iterdir()) == ["index.html", "videos"]
    videos = list((panel / "videos").iterdir())
    assert len(videos) == 6
    everything = b"".join(path.read_bytes() for path in (*videos, panel / "index.html"))
    for word in (b"ours", b"peer", b"secret origin", b"onerror", b"-two"):
        assert word not in everything
    key = json.loads((tmp_path / "out-key.json").read_text("utf-8"))
    assert key["folders"] == ["ours", "peer"]
    assert {one["stem"] for one in key["clips"].values()} == set(NAMES)


def test_the_report_counts_scores_and_warns(panel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key = tmp_path / "out-key.json"
    files = []
    for rater in (1, 2):
        sent = saved(key, rater, favourite=0)
        sent["ratings"][0] = {name: sent["ratings"][0][name] for name in ("left", "right")} | {"refused": rater == 1}
        files.append(tmp_path / f"{rater}.json")
        files[-1].write_text(json.dumps(sent), "utf-8")
    capsys.readouterr()
    assert command("panel", "report", *files, "--key", key, "--json") == 0
    printed = capsys.readouterr()
    found = json.loads(printed.out)
    assert [found[name] for name in ("raters", "rated", "refused", "incomplete")] == [2, 4, 1, 1]
    assert [one["opinions"]["lip_sync"]["mean"] for one in found["folders"]] == [5, 2]
    assert found["folders"][0]["strength"] > 0.5 > found["folders"][1]["strength"]
    assert (found["pairs"][0]["first_preferred"], found["pairs"][0]["second_preferred"]) == (4, 0)
    assert "few raters, 2" in printed.err
    assert "compared 4 times" in printed.err
    assert command("panel", "report", *files, "--key", key) == 0
    assert "ours preferred 4, peer preferred 0, no difference 0" in capsys.readouterr().out


WRONG: dict[str, dict[str, Any] | str] = {
    "another panel": {"panel": "0" * 16},
    "a rater beyond": {"rater": 31},
    "no number": {"rater": True},
    "another format": {"format": "x"},
    "no list": {"ratings": 5},
    "unknown names": {"ratings": [{"left": "a", "right": "b"}]},
    "not JSON": "{",
    "not an object": "[]",
}


@pytest.mark.parametrize("wrong", WRONG)
def test_damaged_ratings_are_refused(
    wrong: str, panel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, file, change = tmp_path / "out-key.json", tmp_path / "sent.json", WRONG[wrong]
    text = change if isinstance(change, str) else json.dumps(saved(key, 1, 0) | change)
    file.write_text(text, "utf-8")
    capsys.readouterr()
    assert command("panel", "report", file, "--key", key) == 2
    complaint = capsys.readouterr().err
    assert complaint.count("\n") == 1
    assert str(file) in complaint


def test_a_rater_counts_once(panel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    key, file = tmp_path / "out-key.json", tmp_path / "sent.json"
    file.write_text(json.dumps(saved(key, 1, 0)), "utf-8")
    capsys.readouterr()
    assert command("panel", "report", file, file, "--key", key) == 2
    assert "rater 1 sent another file" in capsys.readouterr().err


def test_a_panel_is_not_overwritten(
    panel: Path, folders: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, key = (panel / "index.html").read_bytes(), (tmp_path / "out-key.json").read_bytes()
    assert command("panel", *folders, "-o", panel) == 2
    assert "is there already" in capsys.readouterr().err
    assert command("panel", *folders, "-o", tmp_path / "second", "--key", tmp_path / "out-key.json") == 2
    assert "name another key" in capsys.readouterr().err
    assert ((panel / "index.html").read_bytes(), (tmp_path / "out-key.json").read_bytes()) == (before, key)


def test_who_prefers_one_of_two_identical_videos_is_named(
    folders: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("panel", *folders, "-o", tmp_path / "out", "--checks", 1) == 0
    key, file = tmp_path / "out-key.json", tmp_path / "sent.json"
    names: dict[tuple[int, str], list[str]] = {}
    for name, one in json.loads(key.read_text("utf-8"))["clips"].items():
        names.setdefault((one["folder"], one["stem"]), []).append(name)
    left, right = next(pair for pair in names.values() if len(pair) == 2)
    rating = {"left": left, "right": right, "preference": "left", "naturalness": [3, 3], "lip_sync": [3, 3]}
    empty = {"format": "audio2blend panel ratings 1", "panel": json.loads(key.read_text("utf-8"))["panel"], "rater": 4}
    file.write_text(json.dumps(empty | {"ratings": [rating]}), "utf-8")
    capsys.readouterr()
    assert command("panel", "report", file, "--key", key, "--json") == 0
    printed = capsys.readouterr()
    assert "rater 4 preferred one of two identical videos in 1 of 1" in printed.err
    found = json.loads(printed.out)
    assert (found["checks"], found["checks_failed"], found["rated"], found["incomplete"]) == (1, 1, 0, 3)


def test_folders_that_do_not_fit_leave_nothing(
    folders: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ours, peer = folders
    out = tmp_path / "out"
    (tmp_path / "empty").mkdir()
    broken = tmp_path / "broken"
    broken.mkdir()
    for name in NAMES:
        (broken / f"{name}.webm").write_bytes(b"no video")
    cases: dict[str, list[Any]] = {
        "two folders or more": [ours],
        "as many different": [ours, peer, ours],
        "no videos": [ours, tmp_path / "empty"],
        "cannot read": [ours, tmp_path / "nowhere"],
        "not a video": [ours, broken],
        "handed out": [ours, peer, "--key", out / "key.json"],
        "1 to 1000": [ours, peer, "--raters", 0],
    }
    for said, arguments in cases.items():
        assert command("panel", *arguments, "-o", out) == 2
        assert said in capsys.readouterr().err
    (peer / f"{NAMES[0]}.webm").unlink()
    assert command("panel", *folders, "-o", out) == 2
    assert f"lacks {NAMES[0]}" in capsys.readouterr().err
    assert not out.exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken", "empty", "ours", "peer"]


@pytest.mark.slow
def test_a_rater_rates_by_keyboard_and_the_file_is_read_back(
    browser: Any, panel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three pairs, with the page closed and opened again in between; nothing is fetched but the videos."""
    with opened(browser, panel / "index.html") as view:
        page = view.page
        page.keyboard.type("2")
        page.keyboard.press("Enter")
        for number in range(3):
            assert f"Pair {number + 1} of 3" in page.inner_text("#progress")
            page.keyboard.press("Enter")
            assert "Play both" in page.inner_text("#hint")
            for side, key in (("left", "q"), ("right", "p")):
                page.keyboard.press(key)
                page.wait_for_selector(f"#play-{side}.played", timeout=20_000)
            for key in "15432":
                page.keyboard.press(key)
            page.keyboard.press("Enter")
            if number == 0:
                page.reload()
                page.keyboard.type("2")
                page.keyboard.press("Enter")
        with page.expect_download() as download:
            page.keyboard.press("s")
        download.value.save_as(tmp_path / "sent.json")
        assert view.complaints == []
        assert all(address.startswith((panel / "videos").as_uri()) or address == page.url for address in view.fetched)
    sent = json.loads((tmp_path / "sent.json").read_text("utf-8"))
    assert [one["preference"] for one in sent["ratings"]] == ["left"] * 3
    assert [one["naturalness"] for one in sent["ratings"]] == [[5, 4]] * 3
    capsys.readouterr()
    assert command("panel", "report", tmp_path / "sent.json", "--key", tmp_path / "out-key.json", "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["rated"], found["left_share"]) == (3, 1)
