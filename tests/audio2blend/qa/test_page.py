"""The page about an animated line: one file, bounded in size, that shows where a line fails."""

import re
from dataclasses import replace
from fractions import Fraction
from html.parser import HTMLParser

import numpy as np
import pytest
import soundfile

import audio2blend
import usd_export
from audio2blend.clip import Clip
from tests.support.judging import TEXT, failed, judged


class Page(HTMLParser):
    """What a browser would load and draw."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_needs_no_other_file(curves, hello_clip, hello, tmp_path):
    late = curves("late.json", replace(hello_clip, start_s=0.12))
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


@pytest.mark.slow
def test_long_lines_are_drawn_in_a_page_of_bounded_size(hello_clip, hello, tmp_path):
    """Twenty times the line: more strips, not one long one."""
    speech = audio2blend.load(hello)
    again = audio2blend.Speech(samples=np.tile(speech.samples, 20))
    values = np.tile(hello_clip.resampled(Fraction(60)).values[:283], (20, 1))
    soundfile.write(tmp_path / "long.wav", again.samples, 16_000)
    path = usd_export.write(
        Clip(values=values, channels=hello_clip.channels, frame_rate=hello_clip.frame_rate), tmp_path / "l.npz"
    )
    judged(path, "--speech", tmp_path / "long.wav", "--html", tmp_path / "long.html")
    text = (tmp_path / "long.html").read_text("utf-8")
    assert 10 < text.count("<svg") <= 40
    assert len(text) < 2_000_000


def test_it_marks_where_lips_stay_open_and_names_the_words(curves, hello_clip, hello, tmp_path):
    spoken = (hello_clip.times_s > 3.4) & (hello_clip.times_s < 3.9)  # "may pick"
    gaping = hello_clip.with_channels({"jawOpen": np.clip(hello_clip["jawOpen"] + 0.2 * spoken, 0, 1)})
    path = tmp_path / "page.html"
    judged(curves("open.csv", gaping), "--speech", hello, "--text", TEXT, "--html", path)
    text = path.read_text("utf-8")
    told = re.findall(r"<title>(\S+) of (\w+) at [\d.]+ s: (closed|not closed)</title>", text)
    assert {("m", "may", "not closed"), ("p", "pick", "not closed"), ("m", "Mary", "closed")} <= set(told)
    assert text.count("✕</text>") == sum(state == "not closed" for _, _, state in told)
    assert re.search(r"Lips stay open on .*m of may at 3\.\d\d s, p of pick at 3\.\d\d s\.", text)
    words = re.findall(r'class="word[^>]*>(\w+)<title>', text)
    assert words == [word.strip(",.!") for word in TEXT.split()]


def test_what_is_heard_stands_under_the_sound(curves, hello, tmp_path):
    """In "Bob and Mary have": the phones from left to right, those of closed lips in colour."""
    path = tmp_path / "page.html"
    judged(curves("line.csv"), "--speech", hello, "--html", path)
    found = re.findall(r'class="phone( lips)?" x="([\d.]+)" y="[\d.]+">([^<]+)<', path.read_text("utf-8"))
    phones = "".join(phone for _, _, phone in sorted(found, key=lambda entry: float(entry[1])))
    assert "mɹi" in phones
    assert "pɪk" in phones
    assert phones.count("m") >= 3  # of Mary, maple, muffins and may
    assert {phone for lips, _, phone in found if lips} == {"p", "b", "m"}
