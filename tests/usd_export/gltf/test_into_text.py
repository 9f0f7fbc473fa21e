"""An animation into a .gltf file, whose buffers and images lie beside it or in its text, and out of one into a .glb."""

import json
from pathlib import Path

import numpy as np
import pytest

from audio2blend.errors import InputError
from rigs.skeleton import posed
from tests.support.glb import Glb, parts
from tests.support.gltf_characters import PIXEL, character
from tests.support.gltf_reader import khronos_issues, needs_validator
from tests.support.spoken_gltf import FRAMES, apart, line, spoken

FEATURE = "pictures and unknown extensions"


@pytest.fixture
def hero(tmp_path: Path) -> Path:
    """Return a character of text, a buffer and an image, in a folder of its own."""
    (tmp_path / "from").mkdir()
    return Glb.read(character(tmp_path / "hero.glb", FEATURE)).save_apart(tmp_path / "from" / "hero.gltf")


def test_neighbours_come_along_and_nothing_else_changes(hero: Path, tmp_path: Path) -> None:
    rig, clip = spoken(hero, target := tmp_path / "to" / "out.gltf")
    assert rig.asset
    assert {str(path.relative_to(target.parent)) for path in target.parent.rglob("*") if path.is_file()} == {
        "out.gltf",
        "out.speech.bin",
        "hero data.bin",
        "textures/0.png",
    }
    assert (target.parent / "textures" / "0.png").read_bytes() == PIXEL
    before, after = parts(Glb.read(hero)), parts(Glb.read(target))
    assert {place for place in before if after.get(place) != before[place]} == set()
    wanted = posed(rig, clip) @ np.linalg.inv(rig.asset.space)
    for frame in FRAMES:
        assert apart(wanted[frame], Glb.read(target).drawn("line", frame)) < 1e-4


def test_lines_of_the_text_that_are_not_touched_stay_as_they_were(hero: Path) -> None:
    old = hero.read_text().splitlines()
    spoken(hero, target := hero.with_name("out.gltf"))
    assert len(set(old) - set(target.read_text().splitlines())) <= 4, "the ends of four arrays"


def test_in_its_own_folder_a_file_shares_its_neighbours(hero: Path) -> None:
    there = {path for path in hero.parent.rglob("*") if path.is_file()}
    spoken(hero, hero.with_name("out.gltf"))
    new = {path.name for path in hero.parent.rglob("*") if path.is_file()} - {path.name for path in there}
    assert new == {"out.gltf", "out.speech.bin"}
    spoken(hero.with_name("out.gltf"), hero.with_name("out.gltf"), line("b.wav"))
    glb = Glb.read(hero.with_name("out.gltf"))
    assert [about["uri"] for about in glb.json["buffers"]] == ["hero%20data.bin", "out.speech.bin", "out.speech.2.bin"]
    assert [about["name"] for about in glb.json["animations"]] == ["line", "b"]


def test_a_file_with_all_in_its_text_stays_one_file(tmp_path: Path) -> None:
    source = Glb.read(character(tmp_path / "hero.glb", FEATURE)).save_as_text(tmp_path / "hero.gltf")
    spoken(source, target := tmp_path / "to" / "out.gltf")
    assert [path.name for path in target.parent.iterdir()] == ["out.gltf"]
    before, after = parts(Glb.read(source)), parts(Glb.read(target))
    assert {place for place in before if after.get(place) != before[place]} == set()


def test_a_glb_becomes_text_with_its_buffer_beside(tmp_path: Path) -> None:
    source = character(tmp_path / "hero.glb", FEATURE)
    spoken(source, target := tmp_path / "to" / "out.gltf")
    assert sorted(path.name for path in target.parent.iterdir()) == ["out.bin", "out.gltf"]
    before, after = parts(Glb.read(source)), parts(Glb.read(target))
    changed = {place for place in before if after.get(place) != before[place]}
    assert changed == {"/buffers/0/byteLength", "chunks"}, "a .gltf file has no chunks"


@pytest.mark.parametrize("layout", ["apart", "in the text"])
def test_text_becomes_one_glb_with_all_in_it(hero: Path, layout: str, tmp_path: Path) -> None:
    if layout == "in the text":
        hero = Glb.read(tmp_path / "hero.glb").save_as_text(tmp_path / "hero.gltf")
    rig, clip = spoken(hero, target := tmp_path / "to" / "out.glb")
    assert rig.asset
    assert [path.name for path in target.parent.iterdir()] == ["out.glb"]
    source, glb = Glb.read(hero), Glb.read(target)
    (image,) = glb.json["images"]
    assert glb.view(image["bufferView"]) == PIXEL
    assert image["mimeType"] == "image/png"
    for index in range(len(source.json["bufferViews"])):
        assert glb.view(index) == source.view(index)
    for key in ("nodes", "meshes", "skins", "materials", "textures", "extensions", "extras", "asset"):
        assert glb.json[key] == source.json[key]
    wanted = posed(rig, clip) @ np.linalg.inv(rig.asset.space)
    assert apart(wanted[7], glb.drawn("line", 7)) < 1e-4


@needs_validator
def test_the_validator_finds_all_neighbours(hero: Path, tmp_path: Path) -> None:
    spoken(hero, target := tmp_path / "to" / "out.gltf")
    issues = khronos_issues(target)
    assert (issues["numErrors"], issues["numWarnings"]) == (0, 0), issues["messages"]


@pytest.mark.parametrize(
    ("name", "told"),
    [("textures/0.png", r"its image 'textures/0.png' is missing"), ("hero data.bin", r"'hero data.bin' is missing")],
)
def test_a_neighbour_that_is_missing_is_named_and_the_old_file_stays(
    hero: Path, name: str, told: str, tmp_path: Path
) -> None:
    (tmp_path / "to").mkdir()
    (target := tmp_path / "to" / "out.gltf").write_text("old")
    (hero.parent / name).unlink()
    with pytest.raises(InputError, match=told):
        spoken(hero, target)
    assert [path.name for path in target.parent.iterdir()] == ["out.gltf"]
    assert target.read_text() == "old"


def test_somebody_else_s_file_is_not_written_over(hero: Path, tmp_path: Path) -> None:
    other = tmp_path / "to" / "textures" / "0.png"
    other.parent.mkdir(parents=True)
    other.write_bytes(b"theirs")
    with pytest.raises(InputError, match=r"0\.png already exists with other content"):
        spoken(hero, tmp_path / "to" / "out.gltf")
    assert other.read_bytes() == b"theirs"
    assert not (tmp_path / "to" / "out.gltf").exists()


def test_what_it_wrote_itself_is_written_over(hero: Path, tmp_path: Path) -> None:
    target = tmp_path / "to" / "out.gltf"
    spoken(hero, target)
    spoken(hero, target, line(n_frames=11))
    assert [about["uri"] for about in json.loads(target.read_text())["buffers"]] == [
        "hero%20data.bin",
        "out.speech.bin",
    ]
    assert len(Glb.read(target).curves("line")[0, "weights"]) == 11 * 52
