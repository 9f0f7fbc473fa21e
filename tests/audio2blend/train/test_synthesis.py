"""Making synthetic speech: what is ordered, how it is timed, and how a run goes on where it was stopped."""

import doctest
import json
import shutil
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audio2blend.errors import InputError
from audio2blend.phones import PHONES, classes, merged
from audio2blend.train.corpora import kokoro, mfa
from audio2blend.train.synthesis import __main__ as command
from audio2blend.train.synthesis import texts, voices
from audio2blend.train.synthesis.phonemes import phonemes

VOICES = ["af_sky", "am_adam", "bf_emma", "ef_dora", "ff_siwis", "hm_psi", "if_sara"]
SETTINGS = {"seed": 1, "languages": list(command.LANGUAGES), "voices": VOICES}


@pytest.mark.parametrize("module", [voices, kokoro, mfa])
def test_examples_in_the_documentation_hold(module):
    failed, tried = doctest.testmod(module)
    assert tried > failed == 0


def test_an_order_depends_on_its_number_and_the_seed_alone():
    first = [command.order(number, **SETTINGS) for number in range(60)]
    assert [command.order(number, **SETTINGS) for number in reversed(range(60))] == first[::-1]
    assert [command.order(number, **SETTINGS | {"seed": 2}) for number in range(60)] != first
    assert len({order.id for order, _ in first}) == 60


def test_seven_of_eight_utterances_are_spoken_by_a_voice_of_their_language():
    orders = [command.order(number, **SETTINGS)[0] for number in range(600)]
    own = [order.voice.startswith(command.LANGUAGES[order.lang]) for order in orders]
    assert 0.84 < np.mean(own) < 0.95
    assert {order.lang for order in orders} == set(command.LANGUAGES)
    assert {order.voice for order in orders} == set(VOICES)


@pytest.mark.parametrize("language", command.LANGUAGES)
def test_invented_words_are_rich_in_lips_and_have_symbols_that_we_class(language):
    said = "".join(texts.invented(language, np.random.default_rng(number)) for number in range(50))
    known = merged((symbol, 0.1 * index, 0.1 * index + 0.1) for index, symbol in enumerate(said))
    names = [name for name, _, _ in known]
    lips = sum(name in ("p", "b", "m", "f", "v", "w") for name in names)
    assert lips > 0.25 * len([name for name in names if name not in (" ", "sil")])
    assert set(said) - set(" .ˈː̃") <= {symbol for symbol in said if merged([(symbol, 0.0, 0.1)])}


@given(st.lists(st.integers(1, 20), min_size=3, max_size=40))
def test_symbols_follow_each_other_without_gaps_and_end_before_the_sound_does(durations):
    symbols = ["a"] * (len(durations) - 2)
    found = voices.timed(symbols, np.array(durations, np.float32))
    assert len(found) == len(symbols)
    assert all(before[2] == after[1] for before, after in pairwise(found))
    assert all(start < end for _, start, end in found)
    assert found[0][2] == pytest.approx(durations[0] * 0.025)
    assert found[0][2] - found[0][1] <= 0.075 + 1e-9
    assert found[-1][2] <= sum(durations) * 0.025
    assert np.all(classes(found, np.array([found[0][1], found[-1][2] - 1e-3])) == PHONES.index("a"))


def test_missing_packages_are_an_error_with_its_cure(tmp_path, capsys):
    assert command.main(["--packages", str(tmp_path), "-o", str(tmp_path / "out")]) == 2
    assert "part.bin is missing; docs/synthetic-speech.md says which" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_line_that_an_earlier_run_was_stopped_in_is_made_again(tmp_path):
    made = [command.order(number, **SETTINGS)[0] for number in range(2)]
    lines = [json.dumps({**{name: getattr(order, name) for name in order.__slots__}, "phones": []}) for order in made]
    table = tmp_path / "labels.jsonl"
    table.write_text(lines[0] + "\n" + lines[1][:30], encoding="utf-8")
    assert command._done(tmp_path) == made[:1]
    assert table.read_text(encoding="utf-8") == lines[0] + "\n"


@pytest.mark.parametrize("text", ["", "en-us hello\n", "xx\thello\n", "es\t \n"])
def test_texts_without_a_language_are_an_error_that_names_the_line(tmp_path, text):
    path = tmp_path / "texts.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"texts\.tsv(, line 1: expected one of en-us| has no lines)"):
        command._read_texts(path)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_text_becomes_symbols_with_its_punctuation():
    said = phonemes("Mama, papa!", "es")
    assert said.replace("ˈ", "").replace("ˌ", "") == "mama, papa!"
    assert "(" not in phonemes("hello", "hi"), "espeak-ng says (en) where it reads a word as English"
