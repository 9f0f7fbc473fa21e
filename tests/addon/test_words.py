"""Words in the extension: takes that go by a transcript, corrected words, captions, and edits by hand that survive."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audio2blend import blender
from tests.support.small_rig import patch

pytestmark = [pytest.mark.blender, pytest.mark.slow]
WORKER = "tests.addon.worker.words"

pytest.importorskip("espeakng_loader")


@pytest.fixture(scope="module")
def corrected(inside: blender.Child, hello: Path) -> dict[str, Any]:
    """A take before "you" was corrected to "boom", and after it."""
    found: dict[str, Any] = inside.call(f"{WORKER}:corrected", {"rig": patch(), "sound": hello})
    return found


def test_a_take_lists_the_words_of_its_transcript_with_times_and_confidence(corrected: dict[str, Any]) -> None:
    words = corrected["words"]
    assert [word[0] for word in words][:4] == ["Hello", "Bob", "and", "Mary"]
    assert words[0][1:3] == pytest.approx([0.28, 0.59], abs=0.05)
    assert all(0 < word[3] <= 1 for word in words)
    assert [word[4] for word in words] == list(range(len(words)))
    assert corrected["problems"] == ""


def test_a_corrected_word_shuts_the_lips_there_and_changes_nothing_else(corrected: dict[str, Any]) -> None:
    before, after = (corrected[when]["jawOpen"] - corrected[when]["mouthClose"] for when in ("before", "after"))
    start, end = corrected["frames"]
    inside = slice(round(start), round(end) + 1)
    assert (before - after)[inside].max() > 0.05
    assert after[inside].min() < 0.03
    frames = np.arange(len(before))
    far = (frames < start - 4) | (frames > end + 4)
    assert np.array_equal(before[far], after[far])
    assert corrected["same action"]
    assert corrected["blocked"] == ""
    assert "No word was changed" in corrected["nothing"]


def test_the_alignment_lies_beside_the_take_as_a_plain_file(corrected: dict[str, Any]) -> None:
    words = corrected["beside"]["words"]
    assert [word["text"] for word in words] == [word[0] for word in corrected["later"]]
    boom = next(word for word in words if word["text"] == "boom")
    assert "b" in boom["phones"][0][0]


def test_captions_are_text_strips_at_the_times_of_the_words_and_are_replaced(corrected: dict[str, Any]) -> None:
    strips = corrected["strips"]
    said = " ".join(strip[0] for strip in strips).split()
    assert len(said) == len(corrected["words"])  # once, though they were added twice
    assert strips[0][1] == pytest.approx(1 + corrected["words"][0][1] * 24, abs=3)
    assert all(before[2] <= after[1] for before, after in pairwise(strips))
    assert len({strip[3] for strip in strips}) == 1


def test_the_mode_says_how_far_the_mouth_goes_by_the_transcript(
    inside: blender.Child, hello: Path, tmp_path: Path
) -> None:
    text = tmp_path / "line.txt"
    text.write_text("Hello! Bob and Mary have five big maple muffins, and you may pick one.", encoding="utf-8")
    found = inside.call(f"{WORKER}:modes", {"rig": patch(), "sound": hello, "text": text})
    assert {name: found[name][0] for name in ("no language", "audio")} == {"no language": 0, "audio": 0}
    assert {name: found[name][0] for name in ("hybrid", "text", "file", "block")} == dict.fromkeys(
        ("hybrid", "text", "file", "block"), 14
    )
    curves = {name: found[name][2] for name in ("audio", "hybrid", "text")}
    assert np.abs(curves["hybrid"] - curves["audio"]).mean() < 0.02
    assert np.abs(curves["text"] - curves["audio"]).mean() > 0.02
    assert "hardly fits" in found["problems"]


def test_words_are_split_and_removed_and_may_not_overlap(inside: blender.Child, hello: Path) -> None:
    found = inside.call(f"{WORKER}:edited_words", {"rig": patch(), "sound": hello})
    (first, second) = found["added"]
    assert first[0] == second[0] == "Hello"
    assert first[2] == second[1]
    assert found["removed"] == found["count"]
    assert "starts before" in found["overlap"]
    assert found["at"] == pytest.approx(0, abs=0.001)


@pytest.mark.parametrize("keys", ["DENSE", "REDUCED"])
def test_keys_that_an_artist_edited_survive_controls_and_corrections(
    inside: blender.Child, hello: Path, keys: str
) -> None:
    found = inside.call(f"{WORKER}:kept", {"rig": patch(), "sound": hello, "keys": keys})
    near = 0.003 if keys == "DENSE" else 0.03
    more = found["hand"] - found["before"]
    assert more.max() == pytest.approx(0.25, abs=0.01)
    assert "edited by hand" in found["blocked"]
    assert found["after"] == ""
    assert found["jaw"] < 0.5
    assert found["weaker"] == pytest.approx(found["hand"], abs=near)
    assert found["again"] == pytest.approx(found["hand"], abs=near)
    assert (found["twice"] - found["hand"]).max() == pytest.approx(0.25, abs=0.05)
    assert found["rerun"] == pytest.approx(found["twice"], abs=2 * near)
    assert json.loads(found["file"])["of"] == "character"
    assert "No keyframe" in found["nothing"]
