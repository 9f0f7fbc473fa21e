"""Formats that share the last part of a suffix: names choose among them for writing, contents for reading."""

from fractions import Fraction
from pathlib import Path

import pytest

import usd_export
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from tests.support.talking import talking

CLIP = Clip(values=[[0.0], [0.5]], channels=("jawOpen",), frame_rate=Fraction(60))


def test_the_longest_suffix_that_a_name_ends_in_is_its_format() -> None:
    names = {"hero.json": ".json", "hero.a2f.json": ".a2f.json", "a2f.json": ".json", "HERO.A2F.JSON": ".a2f.json"}
    assert {name: usd_export.format_of(name).suffix for name in names} == names
    assert usd_export.format_of(Path("takes.a2f.json") / "line.v2.csv").suffix == ".csv"


def test_a_stem_is_without_the_whole_suffix() -> None:
    assert [usd_export.stem_of(f"a/{name}") for name in ("hero.a2f.json", "Hero.V2.CSV", "line.take.wav", "line")] == [
        "hero",
        "Hero.V2",
        "line.take",
        "line",
    ]


@pytest.mark.parametrize("suffix", [".json", ".a2f.json", ".azure.json"])
def test_a_file_under_another_name_is_read_by_its_content(suffix: str, tmp_path: Path) -> None:
    path = usd_export.write(talking(), tmp_path / f"line{suffix}")
    expected = usd_export.read(path)
    for name in ("take.json", "take.a2f.json", "take.azure.json"):
        (tmp_path / name).write_bytes(path.read_bytes())
        found = usd_export.read(tmp_path / name)
        assert (found.channels, found.values.tolist()) == (expected.channels, expected.values.tolist())


def test_content_that_nobody_knows_is_judged_by_the_name(tmp_path: Path) -> None:
    for name, needs in (("a.json", "'names' must be"), ("a.a2f.json", "'facsNames' must be")):
        (tmp_path / name).write_text("{}")
        with pytest.raises(InputError, match=f"{name}: {needs}"):
            usd_export.read(tmp_path / name)
