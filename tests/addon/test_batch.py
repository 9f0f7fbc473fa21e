"""The batch of the Blender extension: lines × characters, bad ones reported, and only what changed done again."""

from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
import soundfile

from audio2blend import blender
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender
RIG = patch(shapes=("jawOpen", "mouthClose", "mouthSmileLeft", "mouthSmileRight", "eyeBlinkLeft", "eyeBlinkRight"))


@pytest.fixture
def sounds(hello: Path, tmp_path: Path) -> Path:
    """A folder with two recordings and a file that is none."""
    samples, rate = soundfile.read(hello)
    folder = tmp_path / "lines"
    folder.mkdir()
    soundfile.write(folder / "a.wav", samples[: 2 * rate], rate)
    soundfile.write(folder / "b.wav", samples[rate : 3 * rate], rate)
    (folder / "c.wav").write_bytes(b"this is no sound")
    return folder


def test_every_line_is_said_by_every_character_and_bad_ones_are_told(
    inside: blender.Child, sounds: Path, tmp_path: Path
) -> None:
    table = sounds / "lines.csv"
    table.write_text("sound,character\na.wav,\nb.wav,Villain\nc.wav,Hero\nd.wav,Hero\na.wav,Ghost\n", encoding="utf-8")
    found = run(inside, table, tmp_path / "out", ["csv", "usdc"])[0]
    assert [line[:3] for line in found["lines"]] == [
        ("a.wav", "Hero", "done"),
        ("a.wav", "Villain", "done"),
        ("b.wav", "Villain", "done"),
        ("c.wav", "Hero", "failed"),
        ("d.wav", "Hero", "failed"),
        ("a.wav", "", "failed"),
    ]
    *_, no_sound, missing, nobody = (line[3] for line in found["lines"])
    assert "c.wav is not a sound file that can be read" in no_sound
    assert missing.endswith("d.wav: no such file; correct the line")
    assert nobody == "there is no object 'Ghost' in the scene"
    assert {name: len(takes) for name, takes in found["takes"].items()} == {"Hero": 1, "Villain": 2}
    assert set(found["files"]) == {f"{line}.{kind}" for line in ("a-Hero", "a-Villain", "b-Villain")
                                   for kind in ("csv", "usdc")}  # fmt: skip


def test_a_second_run_does_only_what_changed(inside: blender.Child, sounds: Path, tmp_path: Path) -> None:
    table = sounds / "lines.csv"
    table.write_text("sound\na.wav\nb.wav\n", encoding="utf-8")
    changes = ["nothing", "another sound", "a dial", "a file", "a key"]
    first, same, sound, dial, file, key = run(inside, table, tmp_path / "out", ["csv"], changes)

    assert {line[3] for line in same["lines"]} == {"unchanged"}
    assert same["takes"] == first["takes"]
    assert same["files"] == first["files"]

    assert changed(same, sound) == {"b-Hero.csv", "b-Villain.csv"}
    assert statuses(sound) == ["unchanged", "unchanged", "done", "done"]
    assert [name for name, _ in sound["takes"]["Hero"]] == [name for name, _ in same["takes"]["Hero"]]
    assert sound["actions"] == same["actions"] == 5  # each in place of the one before; one holds shapes at rest

    assert changed(sound, dial) == {"a-Hero.csv", "b-Hero.csv"}
    assert dial["takes"]["Villain"] == sound["takes"]["Villain"]

    assert changed(dial, file) == {"a-Hero.csv"}
    assert file["takes"] == dial["takes"]

    assert changed(file, key) == {"a-Hero.csv"}  # an artist's edit is exported and kept
    assert key["takes"] == file["takes"]


def test_files_alone_leave_no_takes(inside: blender.Child, sounds: Path, tmp_path: Path) -> None:
    arguments = {"rig": RIG, "sound": sounds / "a.wav", "folder": tmp_path / "out"}
    found = inside.call("tests.addon.worker.batch:files_only", arguments)
    assert [line[:3] for line in found["lines"]] == [
        ("a.wav", "Hero", "done"),
        ("b.wav", "Hero", "done"),
        ("c.wav", "Hero", "failed"),
    ]
    assert found["actions"] == 0
    assert {path.name for path in (tmp_path / "out").glob("[!.]*")} == {"a-Hero.json", "b-Hero.json"}


def test_tables_that_cannot_be_used_are_told_in_a_sentence(inside: blender.Child, tmp_path: Path) -> None:
    table = tmp_path / "lines.csv"
    found = inside.call("tests.addon.worker.batch:refused", {"rig": RIG, "table": table})
    assert found["empty"] == "The table is empty; fill it from a .csv file or a folder"
    assert f"{table}, row 1: no column is called 'sound'; write: sound,character" in found["no column"]
    assert f"{table}, row 2: there is no sound; name a recording, or delete the row" in found["no sound"]
    assert "has no rows below the names of its columns" in found["no rows"]
    assert "is no text in UTF-8" in found["binary"]
    assert "there is no table" in found["missing"]
    assert "there is no recording in" in found["nobody"]


def run(inside: blender.Child, table: Path, folder: Path, formats: list[str], between: list[str] | None = None) -> Any:
    arguments = {"rig": RIG, "table": table, "folder": folder, "formats": formats, "between": between or []}
    return inside.call("tests.addon.worker.batch:runs", arguments)


def changed(before: Any, after: Any) -> set[str]:
    """Return the files that were rewritten."""
    return {name for name, when in after["files"].items() if before["files"].get(name) != when}


def statuses(found: Any) -> list[str]:
    """Return for every line whether it was done or unchanged."""
    return ["unchanged" if line[3] == "unchanged" else line[2] for line in found["lines"]]


def test_videos_are_as_large_as_asked_and_quiet_sound_is_told(
    inside: blender.Child, hello: Path, tmp_path: Path
) -> None:
    samples, rate = soundfile.read(hello)
    (tmp_path / "lines").mkdir()
    soundfile.write(tmp_path / "lines" / "a.wav", 0.004 * samples[:rate], rate, subtype="FLOAT")
    arguments = {"rig": RIG, "sound": tmp_path / "lines" / "a.wav", "folder": tmp_path / "out", "size": 32}
    first, second = inside.call("tests.addon.worker.batch:videos", arguments)
    assert "is very quiet" in first["lines"][0][3]
    assert changed(first, second) == {"a-Hero.mp4"}
    frames = imageio_ffmpeg.read_frames(str(tmp_path / "out" / "a-Hero.mp4"))
    assert next(frames)["size"] == (32, 32)
