"""The page of `qa`: that of `view`, which shows where a line fails."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio2blend.clip import Clip
from tests.support.browser import needs_axe, needs_script, opened
from tests.support.judging import TEXT, failed, judged

pytestmark = needs_script


class Table(HTMLParser):
    """What stands in the cells of tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._inside = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        self._inside = tag in ("td", "th") or (self._inside and tag in ("span", "b"))
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.rows[-1][-1] += data


def data(page: Path) -> dict[str, Any]:
    (text,) = re.findall(r'id="data">([^<]+)<', page.read_text("utf-8"))
    return dict(json.loads(text))


def checks(page: Path) -> str:
    """Return the section with the checks."""
    (text,) = re.findall(r'<section class="checks".*?</section>', page.read_text("utf-8"), re.DOTALL)
    return str(text)


def test_it_shows_every_check_and_both_clips(
    curves: Callable[..., Path], hello_clip: Clip, hello: Path, tmp_path: Path
) -> None:
    late = curves("late.json", replace(hello_clip, start_s=0.12))
    page = tmp_path / "new" / "report.html"
    report = judged(late, "--speech", hello, "--reference", curves("line.csv"), "--html", page)
    assert checks(page).count('class="verdict fail"') == len(failed(report))
    rows = {row[0]: row for row in Table(checks(page)).rows}
    assert {measure.label for measure in report.measures} <= rows.keys()
    shown = data(page)
    assert [clip["name"] for clip in shown["clips"]] == ["late.json", "line.csv"]
    assert [(lane["label"], len(lane["curves"])) for lane in shown["lanes"]] == [
        ("Lip opening", 2), ("Lip width", 2), ("Difference", 1),
    ]  # fmt: skip
    error = next(measure.value for measure in report.measures if measure.name == "lve")
    assert np.mean(shown["lanes"][2]["curves"][0]) == pytest.approx(error, abs=1e-3)
    text = page.read_text("utf-8")
    assert f'<h1 class="fail">{len(failed(report))} of ' in text


def test_names_cannot_break_the_page(curves: Callable[..., Path], hello: Path, tmp_path: Path) -> None:
    judged(curves("<b>&line.csv"), "--speech", hello, "--html", tmp_path / "report.html")
    assert "<b>&line" not in (tmp_path / "report.html").read_text("utf-8")


def test_the_same_input_gives_the_same_page(curves: Callable[..., Path], hello: Path, tmp_path: Path) -> None:
    line = curves("line.csv")
    pages = [tmp_path / "a.html", tmp_path / "b.html"]
    for page in pages:
        judged(line, "--speech", hello, "--html", page)
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_it_marks_where_lips_stay_open_and_names_the_words(
    curves: Callable[..., Path], hello_clip: Clip, hello: Path, tmp_path: Path
) -> None:
    spoken = (hello_clip.times_s > 3.4) & (hello_clip.times_s < 3.9)  # "may pick"
    gaping = hello_clip.with_channels({"jawOpen": np.clip(hello_clip["jawOpen"] + 0.2 * spoken, 0, 1)})
    page = tmp_path / "page.html"
    judged(curves("open.csv", gaping), "--speech", hello, "--text", TEXT, "--html", page)
    shown = data(page)
    told = {(label, closed) for _, _, label, closed in shown["closings"]}
    assert {("m of may", False), ("p of pick", False), ("m of Mary", True)} <= told
    assert re.search(r"Lips stay open on .*m of may at 3\.\d\d s, p of pick at 3\.\d\d s\.", checks(page))
    assert [word for word, *_ in shown["words"]] == [word.strip(",.!") for word in TEXT.split()]


def test_what_is_heard_stands_under_the_sound(curves: Callable[..., Path], hello: Path, tmp_path: Path) -> None:
    """In "Bob and Mary have"."""
    page = tmp_path / "page.html"
    judged(curves("line.csv"), "--speech", hello, "--html", page)
    phones = "".join(phone for phone, _, _ in data(page)["phones"] if phone != "sil")
    assert "mɛɹi" in phones
    assert "pɪk" in phones
    assert phones.count("m") >= 3  # of Mary, maple, muffins and may


def test_words_that_are_not_said_are_struck_out(curves: Callable[..., Path], hello: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    judged(curves("line.csv"), "--speech", hello, "--text", TEXT.replace("Bob", "Bob Fitzpatrick"), "--html", page)
    words = {word: found for word, _, _, _, found in data(page)["words"]}
    assert words["Bob"] is True
    assert words["Fitzpatrick"] is False
    assert "Not detected: Fitzpatrick at" in checks(page)


@pytest.mark.slow
@needs_axe
def test_it_opens_and_bars_nobody(
    browser: Any, curves: Callable[..., Path], hello_clip: Clip, hello: Path, tmp_path: Path
) -> None:
    late, page = curves("late.json", replace(hello_clip, start_s=0.12)), tmp_path / "page.html"
    judged(late, "--speech", hello, "--text", TEXT, "--reference", curves("line.csv"), "--html", page)
    for scheme in ("light", "dark"):
        with opened(browser, page, color_scheme=scheme) as view:
            assert view.violations() == []
            assert view.complaints == []
            assert view.fetched == []
