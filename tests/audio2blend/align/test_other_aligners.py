"""Aligners that are not ours: Gentle, by its server, and PocketSphinx, as an independent check of our own."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio2blend.align.files import read
from tests.support.commands import command

pytestmark = pytest.mark.slow

pytest.importorskip("espeakng_loader")

SAYING = "Hello! Bob and Mary have five big maple muffins, and you may pick one."
ENGLISH = ("--text", SAYING, "--language", "en-US")
HELLO = {
    "alignedWord": "hello", "case": "success", "start": 0.28, "end": 0.59, "startOffset": 0, "endOffset": 5,
    "phones": [
        {"phone": "hh_B", "duration": 0.07}, {"phone": "ah_I", "duration": 0.06}, {"phone": "l_I", "duration": 0.08},
        {"phone": "ow_E", "duration": 0.1},
    ],
    "word": "Hello",
}  # fmt: skip
ANSWER = {
    "transcript": "Hello Bob",
    "words": [HELLO, {"case": "not-found-in-audio", "startOffset": 6, "endOffset": 9, "word": "Bob"}],
}
"""As Gentle's documentation shows its answers."""


class Gentle:
    """A server that answers like Gentle, and keeps what it was asked."""

    def __init__(self, status: int, answer: bytes) -> None:
        gentle = self
        self.path, self.form, self.kind = "", b"", ""

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                gentle.path, gentle.kind = self.path, self.headers["Content-Type"]
                gentle.form = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_about: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def gentle(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Start a server with an answer, and have the aligner ask it."""
    started: list[Gentle] = []

    def start(answer: bytes, status: int = 200) -> Gentle:
        started.append(Gentle(status, answer))
        monkeypatch.setenv("AUDIO2BLEND_GENTLE", started[-1].address)
        return started[-1]

    yield start
    for one in started:
        one.server.shutdown()
        one.server.server_close()


class TestGentle:
    def test_its_server_gets_sound_and_text_and_its_answer_is_the_alignment(self, hello, tmp_path, gentle):
        server = gentle(json.dumps(ANSWER).encode())
        assert command("align", hello, *ENGLISH, "--aligner", "gentle", "-o", tmp_path / "line.json") == 0
        assert server.path == "/transcriptions?async=false"
        border = server.kind.partition("boundary=")[2]
        text, sound = server.form.split(f"--{border}".encode())[1:3]
        assert text.endswith(b"\r\n\r\nHello Bob and Mary have five big maple muffins and you may pick one\r\n")
        assert b'name="audio"' in sound
        assert b"RIFF" in sound
        found = read(tmp_path / "line.json")
        assert found.aligner == "gentle"
        assert [(word.text, word.found) for word in found.words] == [("Hello", True), ("Bob", False)]
        assert [phone.label for phone in found.words[0].phones] == ["h", "ʌ", "l", "oʊ"]

    def test_an_answer_that_is_none_of_its_kind_is_refused(self, hello, tmp_path, gentle, refuses):
        gentle(b"<html>welcome</html>")
        refuses("not answer as Gentle", "align", hello, *ENGLISH, "--aligner", "gentle", "-o", tmp_path / "l.json")

    def test_its_failure_is_passed_on(self, hello, tmp_path, gentle, refuses):
        gentle(b"", 500)
        refuses("500", "align", hello, *ENGLISH, "--aligner", "gentle", "-o", tmp_path / "line.json")

    def test_where_none_runs_the_cure_is_given(self, hello, tmp_path, monkeypatch, refuses):
        monkeypatch.setenv("AUDIO2BLEND_GENTLE", "http://127.0.0.1:9")
        refuses("docker run", "align", hello, *ENGLISH, "--aligner", "gentle", "-o", tmp_path / "line.json")

    @pytest.mark.parametrize("aligner", ["gentle", "pocketsphinx"])
    def test_another_language_is_refused(self, hello, tmp_path, refuses, aligner):
        german = ("--text", "Hallo", "--language", "de")
        refuses("English alone", "align", hello, *german, "--aligner", aligner, "-o", tmp_path / "line.json")


class TestPocketSphinx:
    @pytest.fixture(autouse=True)
    def _installed(self):
        pytest.importorskip("pocketsphinx")

    def test_it_agrees_with_ours(self, hello, tmp_path):
        found = {}
        for name in ("builtin", "pocketsphinx"):
            path = tmp_path / f"{name}.json"
            assert command("align", hello, *ENGLISH, "--aligner", name, "-o", path) == 0
            found[name] = read(path)
        assert found["pocketsphinx"].aligner == "pocketsphinx"
        ours, theirs = ([(word.start_s, word.end_s) for word in found[name].words] for name in found)
        away = np.abs(np.subtract(ours, theirs))
        assert np.median(away) < 0.03
        assert np.mean(away < 0.06) > 0.9
        assert all(word.phones for word in found["pocketsphinx"].words)

    def test_words_that_it_does_not_know_are_pronounced_as_the_text_is(self, hello, tmp_path):
        line = tmp_path / "line.json"
        text = "Hello! Bob and Mary have 5 big maple muffynz, and you may pick one."
        assert command("align", hello, "--text", text, "--language", "en", "--aligner", "pocketsphinx", "-o", line) == 0
        words = {word.text: word for word in read(line).words}
        assert words["muffynz"].end_s - words["muffynz"].start_s > 0.4

    def test_a_text_that_it_cannot_follow_is_refused(self, hello: Path, tmp_path, refuses):
        text = " ".join(["Wombats bring pumpkins to a blue mountain people admire."] * 12)
        said = ("--text", text, "--language", "en", "--aligner", "pocketsphinx")
        refuses("cannot follow the text", "align", hello, *said, "-o", tmp_path / "line.json")
