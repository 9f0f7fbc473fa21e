"""The user's own pronunciations."""

from pathlib import Path

import pytest

from audio2blend.errors import InputError
from audio2blend.text import lexicon


@pytest.fixture
def read(tmp_path: Path):
    def read(text: str) -> lexicon.Lexicon:
        path = tmp_path / "names.txt"
        path.write_bytes(text.encode())
        return lexicon.read(path)

    return read


def test_holds_words_with_their_phones_and_variants(read):
    known = read("# ours\nKjersti\tˈçæʂti\nGIF\tdʒ ɪ f\r\nGIF\tɡ ɪ f\n\n")
    assert known == {"kjersti": ("ˈçæʂti",), "gif": ("dʒɪf", "ɡɪf")}


def test_is_read_as_cmudict_is(read):
    known = read(";;; comment\nHELLO  HH AH0 L OW1\nREAD  R EH1 D\nREAD(2)  R IY1 D\n")
    assert known == {"hello": ("hʌlˈoʊ",), "read": ("ɹˈɛd", "ɹˈid")}


def test_may_begin_with_a_byte_order_mark(read):
    assert read("\ufeffa\ta\n") == {"a": ("a",)}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a\ta\nb\n", "line 2: expected a word, a tab and its phones, found 'b'"),
        ("a\t\n", "line 1: expected"),
        ("\ta\n", "line 1: expected"),
        ("a\ta\n\nb\tQQ7\n", "line 3: 'Q' in 'QQ7' is no phone"),
        ("a\tˈː\n", "line 1: 'ˈː' holds no phone"),
        ("a\tпривет\n", "line 1: 'п'"),
    ],
)
def test_names_the_line_that_is_wrong(read, text, message):
    with pytest.raises(InputError, match=r"names\.txt, " + message.replace("(", r"\(")):
        read(text)


def test_in_another_encoding_is_refused(tmp_path):
    path = tmp_path / "names.txt"
    path.write_bytes("ok\to\nMüller\tm\n".encode("latin-1"))
    with pytest.raises(InputError, match="line 2: this is not UTF-8; save the file as UTF-8"):
        lexicon.read(path)


def test_that_is_missing_is_told(tmp_path):
    with pytest.raises(InputError, match=r"nobody\.txt: "):
        lexicon.read(tmp_path / "nobody.txt")
