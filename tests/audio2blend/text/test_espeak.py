"""espeak-ng in its child process."""

from pathlib import Path

import pytest

from audio2blend.errors import MissingDependencyError
from audio2blend.text import espeak

WORDS = [("gmw/de", "eins"), ("gmw/de", "crash"), ("roa/fr", "deux"), ("gmw/de", "drei")]


@pytest.fixture
def child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Put a line into the child process, before it says a text."""

    def put(line: str) -> None:
        source = Path(espeak._CHILD).read_text("utf-8")
        marked = source.replace("    at = ctypes", f"    {line}\n    at = ctypes")
        assert marked != source
        (tmp_path / "child.py").write_text(marked, "utf-8")
        monkeypatch.setattr(espeak, "_CHILD", tmp_path / "child.py")

    return put


def test_says_texts_in_several_voices():
    said = espeak.phones(WORDS)
    assert said["gmw/de", "eins"] == "ˈaɪns"
    assert said["roa/fr", "deux"] == "dˈø"


def test_a_text_that_it_does_not_survive_costs_that_text_alone(child):
    expected = espeak.phones(WORDS) | {("gmw/de", "crash"): ""}
    child("if text == 'crash': os.abort()")
    assert espeak.phones(WORDS) == expected


def test_that_crashes_again_and_again_is_given_up(child):
    child("os.abort()")
    with pytest.raises(MissingDependencyError, match="crashes again and again; pip install"):
        espeak.phones([("gmw/de", str(number)) for number in range(20)])


def test_that_lacks_its_data_says_so(monkeypatch, tmp_path):
    (tmp_path / "lang").mkdir()
    monkeypatch.setattr(espeak, "_data", lambda: tmp_path)
    with pytest.raises(MissingDependencyError, match=r"espeak-ng does not start .*its data cannot be read"):
        espeak.phones(WORDS)


def test_a_voice_that_is_unknown_says_nothing():
    assert espeak.phones([("nobody", "eins")]) == {("nobody", "eins"): ""}


def test_voices_have_languages():
    voices = espeak.voices()
    assert len(voices) > 100
    assert voices["de"] == "gmw/de"
    assert voices["pt-br"] == "roa/pt-BR"
    assert voices["zh"] == "sit/cmn"
