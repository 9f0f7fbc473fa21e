"""The command `qa`: what it finds in real curves, says, draws and refuses."""

import json
import zipfile
from dataclasses import asdict, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import rigs
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from audio2blend.qa.checks import CHECKS
from audio2blend.qa.format import limits
from audio2blend_app.cli import script
from audio2blend_app.qa import QaReport
from rigs import Joint
from tests.support import other_head
from tests.support.judging import TEXT, failed, judged

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


BOB, BIG = (0.8, 0.95), (1.9, 2.05)
"""The last b of Bob and the b of big, of which the network is not sure."""


def value(report: QaReport, name: str) -> float | None:
    return next(measure.value for measure in report.measures if measure.name == name)


def test_what_the_product_makes_passes(curves, hello):
    report = judged(curves("line.csv"), "--speech", hello)
    assert failed(report) == set()
    assert report.exit_code == 0
    assert report.complaints == []
    assert value(report, "coverage") == 1


@pytest.mark.slow
def test_a_clip_is_what_it_is_in_any_format_and_at_any_rate(curves, hello_clip, hello):
    reference = curves("line.npz")
    for name, rate in (("line.csv", 60), ("line.json", 60), ("film.csv", 30), ("film.json", 25)):
        report = judged(curves(name, hello_clip.resampled(Fraction(rate))), "--speech", hello, "--reference", reference)
        assert report.exit_code == 0, report
        assert abs(value(report, "offset")) < 3
        assert value(report, "opening_r") > 0.98


@pytest.mark.parametrize("late_ms", [-120, -50, 50, 120])
def test_a_clip_that_is_not_in_time_fails(curves, hello_clip, hello, late_ms):
    shifted = replace(hello_clip, start_s=late_ms / 1000)
    report = judged(curves("shifted.json", shifted), "--speech", hello, "--reference", curves("line.csv"))
    assert report.exit_code == 1
    assert "offset" in failed(report)
    assert value(report, "offset") == pytest.approx(late_ms, abs=2)


def test_lips_that_stay_open_fail_even_without_a_reference(curves, hello_clip, hello):
    gaping = hello_clip.with_channels({"jawOpen": np.clip(hello_clip["jawOpen"] + 0.15, 0, 1)})
    report = judged(curves("open.csv", gaping), "--speech", hello)
    assert report.exit_code == 1
    assert "stillness" in failed(report)


def test_lips_that_tremble_fail(curves, hello_clip, hello):
    noise = np.random.default_rng(0).normal(0, 0.15, len(hello_clip))
    trembling = hello_clip.with_channels({"jawOpen": np.clip(hello_clip["jawOpen"] + noise, 0, 1)})
    report = judged(curves("noise.csv", trembling), "--speech", hello, "--reference", curves("line.csv"))
    assert failed(report) >= {"jitter", "jitter_ratio"}


def shut(clip: Clip, *spans: tuple[float, float]) -> Clip:
    """Return a clip whose mouth is at rest, which is closed, in some spans of time."""
    open_ = np.array([not any(start <= time < end for start, end in spans) for time in clip.times_s])
    return clip.with_channels({name: clip[name] * open_ for name in clip.channels if name.startswith(("jaw", "mouth"))})


def test_the_text_tells_on_which_word_the_lips_stay_open(curves, hello_clip, hello, tmp_path):
    spoken = (hello_clip.times_s > 3.4) & (hello_clip.times_s < 3.9)  # "may pick"
    closing = shut(hello_clip, BOB, BIG)
    gaping = closing.with_channels({"jawOpen": np.clip(closing["jawOpen"] + 0.2 * spoken, 0, 1)})
    (tmp_path / "hello.TXT").write_text(TEXT, "utf-8-sig")
    report = judged(curves("open.csv", gaping), "--speech", hello, "--text", tmp_path / "hello.TXT")
    words = {word.word: word for word in report.words}
    assert [word.word for word in report.words] == [word.strip(",.!") for word in TEXT.split()]
    for word in ("may", "pick"):
        (closure,) = words[word].closures
        assert not closure.closed
        assert 3.4 < closure.start_s < closure.end_s < 3.9
    assert all(closure.closed for word in ("Bob", "Mary", "maple", "muffins") for closure in words[word].closures)
    assert f"may (m at {words['may'].closures[0].start_s:.2f} s), pick (p at" in str(report)


def test_a_text_that_is_not_said_fails(curves, hello):
    report = judged(curves("line.csv"), "--speech", hello, "--text", "The quick brown fox jumps over the lazy dog.")
    assert failed(report) == {"text_fit"}
    assert report.words == []
    assert "the text is not what is said" in str(report)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("请问，最近的图书馆在哪里？", "cannot read “请问”"),
        ("Hello Bob 12345678901234 67 5555", "cannot read “12345678901"),
        ("Bob", "only 3 letters"),
    ],
)
def test_a_text_that_cannot_be_judged_is_not(curves, hello, text, told):
    report = judged(curves("line.csv"), "--speech", hello, "--text", text)
    (fit,) = [measure for measure in report.measures if measure.name == "text_fit"]
    assert fit.verdict == "info"
    assert told in fit.note
    assert report.exit_code == 0


def test_the_words_of_a_clip_that_ends_early_are_not_held_against_it(curves, hello_clip, hello):
    half = replace(hello_clip, values=shut(hello_clip, BOB, BIG).values[:120])
    report = judged(curves("half.csv", half), "--speech", hello, "--text", TEXT)
    assert failed(report) == {"coverage"}
    assert all(closure.end_s <= 2.01 for word in report.words for closure in word.closures)


def test_the_report_is_complete_as_json_and_clear_as_text(curves, hello):
    report = judged(curves("line.csv"), "--speech", hello, "--reference", curves("other.npz"), "--text", TEXT)
    stored = json.loads(json.dumps(asdict(report), allow_nan=False))
    assert [measure["name"] for measure in stored["measures"]] == list(CHECKS)
    for measure in stored["measures"]:
        check = CHECKS[measure["name"]]
        assert (measure["at_least"], measure["at_most"]) == (check.at_least, check.at_most)
        assert measure["value"] is not None or measure["note"]
        assert check.label in str(report)
    assert stored["duration_s"] == pytest.approx(4.73, abs=0.02)


def test_every_failed_check_is_a_complaint(curves, hello_clip, hello):
    report = judged(
        curves("late.json", replace(hello_clip, start_s=0.12)), "--speech", hello, "--reference", curves("a.csv")
    )
    assert len(report.complaints) == len(failed(report)) > 0
    assert any("wanted: -40 to 40 ms" in complaint for complaint in report.complaints)


BAD = {
    "an empty text": (["{line}", "--speech", "{hello}", "--text", " …"], "--text  …: it contains no words"),
    "an empty file": (["{line}", "--speech", "{hello}", "--text", "empty.txt"], "empty.txt: it contains no words"),
    "a text of another encoding": (
        ["{line}", "--speech", "{hello}", "--text", "latin.txt"],
        "latin.txt, line 1: this is not",
    ),
    "a missing text": (["{line}", "--speech", "{hello}", "--text", "gone.txt"], "--text gone.txt: No such file"),
    "missing curves": (["gone.csv", "--speech", "{hello}"], "gone.csv: no such file"),
    "curves that are none": (["{text}", "--speech", "{hello}"], "not the header"),
    "a format that is only written": (["line.mp4", "--speech", "{hello}"], "written, not read"),
    "missing sound": (["{line}", "--speech", "gone.wav"], "gone.wav"),
    "sound that is none": (["{line}", "--speech", "{text}"], "text.csv"),
    "missing reference": (["{line}", "--speech", "{hello}", "--reference", "gone.npz"], "gone.npz: no such file"),
    "a clip of another time": (["{away}", "--speech", "{hello}"], "away.json: these share less than half a second"),
    "a page that is none": (
        ["{line}", "--speech", "{hello}", "--html", "page.pdf"],
        "page.pdf: the page must be",
    ),
}


@pytest.mark.parametrize(("arguments", "sentence"), BAD.values(), ids=BAD.keys())
def test_wrong_input_is_told_in_a_sentence(arguments, sentence, curves, hello_clip, hello, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "text.csv").write_text("no curves\n")
    (tmp_path / "empty.txt").touch()
    (tmp_path / "latin.txt").write_bytes("café".encode("latin-1"))
    names = {
        "hello": hello,
        "text": "text.csv",
        "line": curves("line.csv"),
        "away": curves("away.json", replace(hello_clip, start_s=60)),
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


@pytest.mark.slow
@pytest.mark.parametrize("named", [True, False])
def test_lips_are_measured_on_the_character_that_is_driven(named, curves, hello_clip, hello, tmp_path):
    stranger, which = other_head.bent()  # 1.4 times as large as ours
    names = tuple(ARKIT[shape] for shape in which)
    hero = rigs.save(replace(stranger, shapes=names) if named else stranger, tmp_path / "hero.npz")
    softer = curves("soft.csv", hello_clip.with_channels({"jawOpen": 0.7 * hello_clip["jawOpen"]}))
    spoken = (softer, "--speech", hello, "--reference", curves("line.csv"))
    here, there = judged(*spoken), judged(*spoken, "--rig", hero)
    assert value(there, "opening_r") > 0.98
    assert 1.1 * value(here, "lve") < value(there, "lve") < 1.9 * value(here, "lve")
    assert value(there, "mod") == pytest.approx(value(here, "mod"), rel=0.35)
    assert value(there, "upper_face") > 1.1 * value(here, "upper_face")
    assert "stillness" not in failed(there)
    assert any("ARKit: 52 of 52" in note if named else "by geometry" in note for note in there.notes)


def test_lips_that_a_jaw_of_bone_opens_are_measured(curves, hello_clip, hello, tmp_path):
    head = other_head.source()
    assert head.mesh is not None
    jaw = ARKIT.index("jawOpen")
    drop = np.linalg.norm(head.mesh.deltas[jaw], axis=1)
    follows = np.clip(drop / np.percentile(drop, 98), 0, 1).astype(np.float32)
    joints = (
        Joint(name="root", parent=None, position=(0, 0, 0), weights=1 - follows),
        Joint(name="jaw", parent="root", position=(0, -0.01, -0.01), weights=follows),
    )
    kept = np.arange(len(ARKIT)) != jaw
    mesh = replace(head.mesh, deltas=head.mesh.deltas[kept])
    shapes = tuple(name for name in ARKIT if name != "jawOpen")
    hero = rigs.save(replace(head, shapes=shapes, mesh=mesh, joints=joints), tmp_path / "hero.npz")
    clip = curves("jaw.npz", hello_clip.with_channels({"mouthClose": 0 * hello_clip["mouthClose"]}))
    still = curves("still.npz", hello_clip.with_channels({"jawOpen": 0 * hello_clip["jawOpen"]}))
    moved = judged(clip, "--speech", hello, "--rig", hero, "--reference", still)
    assert value(moved, "mod") > 0.005  # were bones left out, nothing would differ
    assert value(moved, "lve") > 1


def test_a_character_without_lips_is_told(curves, hello, tmp_path):
    names = tmp_path / "hero.txt"
    names.write_text("\n".join(ARKIT))
    with pytest.raises(InputError, match=r"lips are measured on a mesh; measure on rigs.builtin"):
        judged(curves("line.csv"), "--speech", hello, "--rig", names)


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
ODF = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "text"))


def document(path: Path, part: str, text: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(part, text)
    return path


class TestATextInADocument:
    def test_of_a_word_processor_is_read(self, tmp_path):
        """Runs of a word, a line that was deleted, a tab and another paragraph."""
        body = (
            "<w:p><w:r><w:t>Hello! B</w:t></w:r><w:r><w:t>ob and</w:t><w:tab/><w:t>Mary</w:t></w:r>"
            "<w:del><w:r><w:delText>never</w:delText></w:r></w:del></w:p><w:p><w:r><w:t>have five.</w:t></w:r></w:p>"
        )
        xml = f"<w:document {W}><w:body>{body}</w:body></w:document>"
        path = document(tmp_path / "script.docx", "word/document.xml", xml)
        assert script.words(str(path)).split() == ["Hello!", "Bob", "and", "Mary", "have", "five."]

    def test_of_the_other_kind_is_read(self, tmp_path):
        body = (
            "<text:p>Hello! <text:span>B</text:span>ob<text:s/>and Mary<text:line-break/>have"
            "<office:annotation><text:p>loudly</text:p></office:annotation></text:p><text:h>five.</text:h>"
        )
        xml = f"<office:document-content {ODF}><office:body>{body}</office:body></office:document-content>"
        path = document(tmp_path / "script.odt", "content.xml", xml)
        assert script.words(str(path)).split() == ["Hello!", "Bob", "and", "Mary", "have", "five."]

    @pytest.mark.parametrize("name", ["script.docx", "script.odt", "script.txt", "script.pdf", "script.rtf", "x.srt"])
    def test_that_is_not_there_is_not_taken_for_the_words(self, name, curves, hello, refuses):
        refuses(f"--text {name}: ", "qa", curves("line.csv"), "--speech", hello, "--text", name)

    @pytest.mark.parametrize("name", ["script.docx", "script.odt", "script.pdf", "script.other"])
    def test_that_is_something_else_is_refused(self, name, tmp_path, curves, hello, refuses):
        (tmp_path / name).write_bytes(b"%PDF-1.7 no document of this kind")
        line = curves("line.csv")
        refuses(f"--text {tmp_path / name}: ", "qa", line, "--speech", hello, "--text", tmp_path / name)

    @pytest.mark.parametrize("words", ["Save it as .pdf", "Well, goodbye.", "Go to example.com", "p.m."])
    def test_is_not_seen_in_words_with_a_dot(self, words):
        assert script.words(words) == words

    def test_is_judged_like_the_words(self, tmp_path, curves, hello):
        xml = f"<w:document {W}><w:body><w:p><w:r><w:t>{TEXT}</w:t></w:r></w:p></w:body></w:document>"
        path = document(tmp_path / "script.docx", "word/document.xml", xml)
        line = curves("line.csv")
        by_file, by_words = (judged(line, "--speech", hello, "--text", text) for text in (path, TEXT))
        assert by_file.words == by_words.words != []
