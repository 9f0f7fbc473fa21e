"""Profiles: the ones that come along, and files of one's own."""

from datetime import date
from pathlib import Path

import pytest

from audio2blend.errors import InputError
from render_farm.encode import names, profile


@pytest.mark.parametrize("name", names())
def test_each_is_dated_and_says_why(name: str) -> None:
    found = profile(name)
    assert date.fromisoformat(found.checked) >= date(2026, 11, 30)
    assert found.source
    assert found.name == name


def test_a_file_takes_what_it_does_not_say_from_another(tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text('like = "vertical"\nlufs = -18\n')
    made, like = profile(tmp_path / "studio.toml"), profile("vertical")
    assert (made.name, made.lufs, made.size, made.video) == ("studio", -18, like.size, like.video)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('like = "wbe"', "is no profile to begin with"),
        ('like = "web"\nsiez = [2, 2]', "did you mean size"),
        ('like = "web"\nsize = [1081, 1920]', "two even numbers"),
        ('like = "web"\nlufs = -90', "is no loudness"),
        ('like = "web"\nsafe = [0.5, 0, 0.6, 0]', "leaves no picture"),
        ('title = "x"', "lacks suffix"),
        ("like = ", "is no TOML"),
    ],
)
def test_what_is_wrong_with_a_file_is_one_sentence(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "studio.toml").write_text(text)
    with pytest.raises(InputError, match=message):
        profile(tmp_path / "studio.toml")


def test_an_unknown_name_lists_those_that_are() -> None:
    with pytest.raises(InputError, match="there is no profile 'tv'; there are web, h265"):
        profile("tv")
