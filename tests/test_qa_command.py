"""The command `qa`: what it finds in real curves, says, draws and refuses."""

import argparse
import json
import re
from dataclasses import asdict, replace
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile

import audio2blend
import usd_export
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.qa.checks import CHECKS
from audio2blend.qa.words import limits
from usd_export.cli import qa

ROOT = Path(__file__).resolve().parents[1]


def judged(*arguments: object) -> qa.QaReport:
    parser = argparse.ArgumentParser()
    qa.configure(parser)
    return qa.run(parser.parse_args([*map(str, arguments)]))


def failed(report: qa.QaReport) -> set[str]:
    return {measure.name for measure in report.measures if measure.verdict == "fail"}


def value(report: qa.QaReport, name: str) -> float | None:
    return next(measure.value for measure in report.measures if measure.name == name)


@pytest.fixture(scope="module")
def clip(hello) -> Clip:
    """What the product makes of the recording."""
    return audio2blend.animate(audio2blend.load(hello))


@pytest.fixture
def curves(clip, tmp_path):
    """Write a clip and return its path."""

    def write(name: str, changed: Clip = clip) -> Path:
        return usd_export.write(changed, tmp_path / name)

    return write


def test_what_the_product_makes_passes(curves, hello):
    report = judged(curves("line.csv"), "--speech", hello)
    assert failed(report) == set()
    assert report.exit_code == 0
    assert report.complaints == []
    assert value(report, "coverage") == 1


def test_a_clip_is_what_it_is_in_any_format_and_at_any_rate(curves, clip, hello):
    reference = curves("line.npz")
    for name, rate in (("line.csv", 60), ("line.json", 60), ("film.csv", 30), ("film.json", 25)):
        report = judged(curves(name, clip.resampled(Fraction(rate))), "--speech", hello, "--reference", reference)
        assert report.exit_code == 0, report
        assert abs(value(report, "offset")) < 3
        assert value(report, "opening_r") > 0.98


@pytest.mark.parametrize("late_ms", [-120, -50, 50, 120])
def test_a_clip_that_is_not_in_time_fails(curves, clip, hello, late_ms):
    shifted = replace(clip, start_s=late_ms / 1000)
    report = judged(curves("shifted.json", shifted), "--speech", hello, "--reference", curves("line.csv"))
    assert report.exit_code == 1
    assert "offset" in failed(report)
    assert value(report, "offset") == pytest.approx(late_ms, abs=2)


def test_lips_that_stay_open_fail_even_without_a_reference(curves, clip, hello):
    gaping = clip.with_channels({"jawOpen": np.clip(clip["jawOpen"] + 0.15, 0, 1)})
    report = judged(curves("open.csv", gaping), "--speech", hello)
    assert report.exit_code == 1
    assert "stillness" in failed(report)


def test_lips_that_tremble_fail(curves, clip, hello):
    noise = np.random.default_rng(0).normal(0, 0.15, len(clip))
    trembling = clip.with_channels({"jawOpen": np.clip(clip["jawOpen"] + noise, 0, 1)})
    report = judged(curves("noise.csv", trembling), "--speech", hello, "--reference", curves("line.csv"))
    assert failed(report) >= {"jitter", "jitter_ratio"}


def test_the_report_is_complete_as_json_and_clear_as_text(curves, hello):
    report = judged(curves("line.csv"), "--speech", hello, "--reference", curves("other.npz"))
    stored = json.loads(json.dumps(asdict(report), allow_nan=False))
    assert [measure["name"] for measure in stored["measures"]] == list(CHECKS)
    for measure in stored["measures"]:
        check = CHECKS[measure["name"]]
        assert (measure["at_least"], measure["at_most"]) == (check.at_least, check.at_most)
        assert measure["value"] is not None or measure["note"]
        assert check.label in str(report)
    assert stored["duration_s"] == pytest.approx(4.73, abs=0.02)


def test_every_failed_check_is_a_complaint(curves, clip, hello):
    report = judged(curves("late.json", replace(clip, start_s=0.12)), "--speech", hello, "--reference", curves("a.csv"))
    assert len(report.complaints) == len(failed(report)) > 0
    assert any("wanted: -40 to 40 ms" in complaint for complaint in report.complaints)


class Page(HTMLParser):
    """What a browser would load and draw."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_needs_no_other_file(curves, clip, hello, tmp_path):
    late = curves("late.json", replace(clip, start_s=0.12))
    page_path = tmp_path / "new" / "report.html"
    report = judged(late, "--speech", hello, "--reference", curves("line.csv"), "--html", page_path)
    text = page_path.read_text("utf-8")
    tags = Page(text).tags
    names = {tag for tag, _ in tags}
    assert {"svg", "polyline", "table"} <= names
    assert not names & {"script", "link", "img", "iframe", "object"}
    assert not any({"src", "href", "xlink:href"} & attrs.keys() for _, attrs in tags)
    assert not re.search(r"url\(|@import|https?:", text)
    assert text.count('class="verdict fail"') == len(failed(report))
    for kind in ("clip", "reference"):
        lines = [attrs["points"] or "" for tag, attrs in tags if tag == "polyline" and attrs["class"] == kind]
        assert len(lines) == 3  # opening, jaw, width
        assert all(np.isfinite([float(n) for n in re.split("[ ,]", line)]).all() for line in lines)


def test_names_cannot_break_the_page(curves, hello, tmp_path):
    page_path = tmp_path / "report.html"
    judged(curves("<b>&line.csv"), "--speech", hello, "--html", page_path)
    assert "<b>&line" not in page_path.read_text("utf-8")


def test_the_same_input_gives_the_same_page(curves, hello, tmp_path):
    line = curves("line.csv")
    pages = [tmp_path / "a.html", tmp_path / "b.html"]
    for page_path in pages:
        judged(line, "--speech", hello, "--html", page_path)
    assert pages[0].read_bytes() == pages[1].read_bytes()


def test_long_lines_are_drawn_in_a_page_of_bounded_size(clip, hello, tmp_path):
    """Twenty times the line: more strips, not one long one."""
    speech = audio2blend.load(hello)
    again = audio2blend.audio.Speech(samples=np.tile(speech.samples, 20))
    values = np.tile(clip.resampled(Fraction(60)).values[:283], (20, 1))
    soundfile.write(tmp_path / "long.wav", again.samples, 16_000)
    path = usd_export.write(Clip(values=values, channels=clip.channels, frame_rate=clip.frame_rate), tmp_path / "l.npz")
    judged(path, "--speech", tmp_path / "long.wav", "--html", tmp_path / "long.html")
    text = (tmp_path / "long.html").read_text("utf-8")
    assert 10 < text.count("<svg") <= 40
    assert len(text) < 2_000_000


BAD = {
    "missing curves": (["gone.csv", "--speech", "{hello}"], "gone.csv: no such file"),
    "curves that are none": (["{text}", "--speech", "{hello}"], "not the header"),
    "a format that is only written": (["line.mp4", "--speech", "{hello}"], "written, not read"),
    "missing sound": (["{line}", "--speech", "gone.wav"], "gone.wav"),
    "sound that is none": (["{line}", "--speech", "{text}"], "text.csv"),
    "missing reference": (["{line}", "--speech", "{hello}", "--reference", "gone.npz"], "gone.npz: no such file"),
    "a clip of another time": (["{away}", "--speech", "{hello}"], "away.json: these share less than half a second"),
    "a page that is none": (["{line}", "--speech", "{hello}", "--html", "page.pdf"], "page.pdf: the page is an .html"),
}


@pytest.mark.parametrize(("arguments", "sentence"), BAD.values(), ids=BAD.keys())
def test_wrong_input_is_told_in_a_sentence(arguments, sentence, curves, clip, hello, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.csv").write_text("no curves\n")
    names = {
        "hello": hello,
        "text": "text.csv",
        "line": curves("line.csv"),
        "away": curves("away.json", replace(clip, start_s=60)),
    }
    with pytest.raises(InputError) as error:
        judged(*(argument.format(**names) for argument in arguments))
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_the_documentation_names_every_check_and_its_limits():
    text = (ROOT / "docs" / "quality.md").read_text("utf-8")
    for check in CHECKS.values():
        (row,) = [line for line in text.splitlines() if line.startswith(f"| {check.label} |")]
        assert limits(check) in row
