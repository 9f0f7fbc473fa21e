"""The batch of the Blender extension: lines × characters, bad ones reported, and only what changed done again."""

import json
from pathlib import Path
from typing import Any

import imageio_ffmpeg
import pytest
import soundfile

from audio2blend import blender
from audio2blend.channels import ARKIT
from audio2blend_app.snapshot import Snapshot
from rigs.retarget import format_map, match
from tests.support.commands import command
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
    assert missing.endswith("d.wav: no such file; check the name")
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


@pytest.mark.parametrize("who", ["robin", "mei", "hero.blend"])
def test_terminal_and_extension_make_the_same_files_and_know_each_others(
    who: str, inside: blender.Child, sounds: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The head that comes along, and a .blend file whose name is the character's; one of three lines is bad."""
    kinds = ("csv", "glb", "json")
    rig = tmp_path / who if who == "hero.blend" else f"builtin:{who}"

    def terminal(folder: Path) -> Any:
        outputs = [word for kind in kinds for word in ("-o", folder / "{parent}" / f"{{stem}}.{kind}")]
        recordings = sorted(sounds.iterdir())
        assert command("animate", *recordings, *outputs, "--rig", rig, "--check", "--fps", "60", "--json") == 1
        report = json.loads(capsys.readouterr().out.replace(str(rig), "hero"))  # a scene's character has no path
        report["notes"] = [note for note in report["notes"] if "keeps all that" not in note]  # and no file to keep
        del report["warnings"]  # which a terminal shows, and Blender's console
        return told(report)

    def extension(folder: Path, *takes: bool) -> list[Any]:
        arguments = {"look": who, "rig": RIG if who == "hero.blend" else None, "recordings": sounds, "folder": folder}
        reports = inside.call("tests.addon.worker.batch:like_the_terminal", arguments | {"takes": list(takes)})
        # A cure is in the words of where the user stands.
        reports = [text.replace("press Edit Map to see which", "see audio2blend rig inspect hero") for text in reports]
        return [told(json.loads(report)) for report in reports]

    first, with_takes = extension(tmp_path / "extension", False, True)
    (after_takes,) = extension(tmp_path / "takes", True)
    ours = terminal(tmp_path / "terminal")
    assert first == ours
    assert after_takes | {"provider": ours["provider"]} == ours  # the network had run for the takes
    assert statuses_of(ours) == [["written"] * 3, ["written"] * 3, ["failed"] * 3]
    assert "c.wav is not a sound file" in ours["recordings"][2]["error"]
    assert len(read(tmp_path / "extension")) == 6
    assert read(tmp_path / "extension") == read(tmp_path / "takes") == read(tmp_path / "terminal")

    skipped = terminal(tmp_path / "terminal")
    assert with_takes == terminal(tmp_path / "extension") == skipped
    assert extension(tmp_path / "terminal", False) == [skipped]
    assert statuses_of(skipped) == [["unchanged"] * 3, ["unchanged"] * 3, ["failed"] * 3]


def test_what_is_known_of_the_built_in_head_ends_where_somebody_changes_it(
    inside: blender.Child, tmp_path: Path
) -> None:
    found = inside.call("tests.addon.worker.batch:heads", {"folder": tmp_path})
    said = {}
    for name, path in found.items():
        scene = Snapshot(Path(path), "Robin", onto=format_map(match(ARKIT).retarget), given=False, solver=None)
        known = scene.builtin("robin")
        said[name] = known and known.path
    assert said == {"as it came": "builtin:robin", "moved": None, "a shape": None, "a colour": None}


def read(folder: Path) -> dict[Path, bytes]:
    """Return the bytes of all files below a folder, but for the manifests."""
    files = [path for path in folder.rglob("[!.]*") if path.is_file()]
    return {path.relative_to(folder): path.read_bytes() for path in files}


def told(report: Any) -> Any:
    """Return a report without the times that things took and the folders that files lie in."""
    for recording in report["recordings"]:
        recording["seconds"] = sorted(recording["seconds"])
        recording["outputs"] = sorted((Path(file["path"]).name, file["status"]) for file in recording["outputs"])
    return report


def statuses_of(report: Any) -> list[list[str]]:
    return [[status for _, status in recording["outputs"]] for recording in report["recordings"]]
