"""`audio2blend convert`: between any two formats, one file or many, and what it refuses."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import usd_export
from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.clip import Clip
from tests.support.commands import command
from tests.support.talking import talking


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """Curves as Live Link has them."""
    return usd_export.write(talking(), tmp_path / "line.csv")


def test_a_file_becomes_several_others(line: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("convert", line, "-o", tmp_path / "out.npz", "-o", tmp_path / "{stem}.a2f.json") == 0
    told = capsys.readouterr().out
    assert f"{line}: 90 frames" in told
    assert "left out, since such files cannot hold them: headYaw" in told
    found = usd_export.read(tmp_path / "out.npz")
    assert found.channels == CHANNELS
    np.testing.assert_allclose(found.values, talking().values, atol=1e-5)
    assert usd_export.read(tmp_path / "line.a2f.json").channels == ARKIT


def test_a_batch_goes_into_a_folder_by_the_stems_of_its_files(tmp_path: Path) -> None:
    for name in ("a.csv", "b.a2f.json", "c.v2.npz"):
        usd_export.write(talking(), tmp_path / name)
    names = [tmp_path / "a.csv", tmp_path / "b.a2f.json", tmp_path / "c*.npz"]
    assert command("convert", *names, "--to", "azure.json", "--to", ".npz", "-o", tmp_path / "out") == 0
    made = {path.name for path in (tmp_path / "out").glob("[!.]*")}
    assert made == {f"{stem}{suffix}" for stem in ("a", "b", "c.v2") for suffix in (".azure.json", ".npz")}


def test_what_is_up_to_date_is_not_made_again(line: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def statuses(*more: object) -> list[str]:
        capsys.readouterr()
        assert command("convert", line, "-o", tmp_path / "a.npz", "--json", *more) == 0
        (one,) = json.loads(capsys.readouterr().out)["recordings"]
        return [output["status"] for output in one["outputs"]]

    assert statuses() == ["written"]
    assert statuses() == ["unchanged"]
    assert statuses("--fps", 30) == ["written"]
    assert statuses("--fps", 30, "--force") == ["written"]
    usd_export.write(talking(91), line)
    assert statuses("--fps", 30) == ["written"]


def test_a_bad_file_does_not_stop_the_rest(line: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "bad.csv").write_text("no curves")
    assert command("convert", tmp_path / "bad.csv", line, "--to", ".npz", "-o", tmp_path) == 1
    assert "bad.csv: line 1 is not the header" in capsys.readouterr().err
    assert (tmp_path / "line.npz").is_file()
    assert not (tmp_path / "bad.npz").exists()


def test_a_rate_is_asked_for_with_fps(line: Path, tmp_path: Path) -> None:
    assert command("convert", line, "-o", tmp_path / "a.json", "--fps", "29.97") == 0
    assert usd_export.read(tmp_path / "a.json").frame_rate == Fraction(30000, 1001)


def test_names_of_a_rig_are_kept_where_they_can_be_and_become_arkits_elsewhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ("Jaw_Open", "Mouth_Close", "Eye_Blink_L", "Eye_Blink_R")
    clip = Clip(values=np.full((3, 4), 0.5), channels=names, frame_rate=Fraction(60))
    path = usd_export.write(clip, tmp_path / "hero.npz")
    assert command("convert", path, "-o", tmp_path / "a.json", "-o", tmp_path / "a.csv") == 0
    assert usd_export.read(tmp_path / "a.json").channels == names
    assert usd_export.read(tmp_path / "a.csv")["jawOpen"] == pytest.approx([0.5] * 3)
    assert "of ARKit's, by their names" in capsys.readouterr().out


def test_a_character_is_put_on(line: Path, tmp_path: Path) -> None:
    (tmp_path / "hero.txt").write_text("Jaw_Open\nMouth_Smile_L\nMouth_Smile_R\n")
    outputs = ["-o", tmp_path / "a.tres", "-o", tmp_path / "a.azure.json"]
    assert command("convert", line, *outputs, "--rig", tmp_path / "hero.txt") == 0
    assert {*usd_export.read(tmp_path / "a.tres").channels} == {"Jaw_Open", "Mouth_Smile_L", "Mouth_Smile_R"}
    assert "jawOpen" in usd_export.read(tmp_path / "a.azure.json")
    assert command("convert", line, "-o", tmp_path / "a.glb") == 0
    assert usd_export.check(tmp_path / "a.glb", usd_export.read(line), None) == ()


def test_what_cannot_be_converted_is_refused(line: Path, tmp_path: Path, refuses: Callable[..., None]) -> None:
    there = tmp_path / "there"
    there.mkdir()
    (tmp_path / "odd.npz").write_bytes(usd_export.write(
        Clip(values=[[1]], channels=("Xyz",), frame_rate=Fraction(60)), tmp_path / "xyz.npz").read_bytes())  # fmt: skip
    usd_export.write(talking(), tmp_path / "line.npz")
    (tmp_path / "a.mp4").write_bytes(b"a film")
    refuses("no such file", "convert", tmp_path / "none.csv", "-o", tmp_path / "a.json")
    refuses("no format writes '.xyz' files; name a file that ends in", "convert", line, "-o", tmp_path / "a.xyz")
    refuses("also an input", "convert", line, "-o", line)
    refuses("is a folder; say what the files in it are to be with --to", "convert", line, "-o", there)
    refuses("is a file, and --to writes into a folder", "convert", line, "--to", ".npz", "-o", tmp_path / "odd.npz")
    refuses("would both be written", "convert", line, tmp_path / "line.npz", "--to", ".json", "-o", there)
    refuses("none of the clip's channels is known: Xyz", "convert", tmp_path / "odd.npz", "-o", tmp_path / "a.csv")
    refuses("are written, not read", "convert", tmp_path / "a.mp4", "-o", tmp_path / "a.csv")
    refuses("is not a placeholder", "convert", line, "-o", tmp_path / "{name}.json")
    refuses("name it once", "convert", line, "--to", ".json", "-o", there, "-o", tmp_path)
