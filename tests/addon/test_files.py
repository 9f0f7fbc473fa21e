"""Files of the Blender extension: tables and folders that are read, folders that are meant, and what is swept up."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

from audio2blend import blender
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender
WORKER = "tests.addon.worker.files"


def test_temporary_files_that_are_held_open_go_later(inside: blender.Child) -> None:
    assert inside.call(f"{WORKER}:swept", {}) == [False, True, False]


def test_a_folder_of_a_file_that_is_not_saved_is_nowhere(inside: blender.Child) -> None:
    *unknown, known = inside.call(f"{WORKER}:unsaved", {}).values()
    assert all(said.endswith("which is not saved yet; save it or name another") for said in unknown)
    assert len(unknown) == 3
    assert known == ""


def test_a_folder_of_recordings_may_hold_other_things(inside: blender.Child, tmp_path: Path) -> None:
    for name in ("b.WAV", "a.mp3", "._a.mp3", "notes.txt"):
        (tmp_path / name).touch()
    (tmp_path / "old.wav").mkdir()
    assert inside.call(f"{WORKER}:table", {"path": tmp_path}) == {"said": "", "lines": ["a.mp3", "b.WAV"]}


def test_what_is_no_table_is_told(inside: blender.Child, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("sound\n" + "x" * 200_000, encoding="utf-8")
    found = inside.call(f"{WORKER}:table", {"path": path})
    assert found["said"].startswith(f"{path} is no table (field larger than field limit")
    assert found["lines"] == []


def test_a_map_comes_to_the_speaker_it_was_made_for(inside: blender.Child) -> None:
    assert inside.call(f"{WORKER}:matched", {"rig": patch()}) == [True, False]


def test_no_video_is_silent_because_its_sound_is_gone(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    sound = tmp_path / "line.wav"
    sound.write_bytes(hello.read_bytes())
    arguments = {"rig": patch(), "sound": sound, "path": tmp_path / "line.mp4"}
    said = inside.call(f"{WORKER}:silent", arguments)
    assert said == f"the sound of the take 'line' is gone ({sound}); put it back, or animate again"
    assert list(tmp_path.iterdir()) == []


def test_packed_sounds_of_one_name_are_told_apart(inside: blender.Child, tmp_path: Path) -> None:
    sounds = [tmp_path / name / "line.wav" for name in ("intro", "reply")]
    for pitch, sound in enumerate(sounds, start=1):
        sound.parent.mkdir()
        soundfile.write(sound, 0.1 * np.sin(np.arange(1600) * 0.1 * pitch), 16_000)
    held = [sound.read_bytes().hex() for sound in sounds]
    assert inside.call(f"{WORKER}:packed", {"sounds": sounds}) == held


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("línea 7", "línea 7"),
        ("größe", "größe"),
        ("セリフ.001", "セリフ.001"),
        ("реплика №5", "реплика №5"),
        ("Scene 3: “Why?” a/b\\c", "Scene 3_ “Why_” a_b_c"),
        ("tab\tnewline\n", "tab_newline_"),
        ("CON", "_CON"),
        ("nul.take", "_nul.take"),
        ("console", "console"),
        (" .hidden. ", "hidden"),
        ("...", "unnamed"),
        ("ß" * 150, "ß" * 100),
    ],
)
def test_files_are_called_like_takes_as_far_as_file_systems_allow(
    inside: blender.Child, name: str, wanted: str
) -> None:
    assert inside.call(f"{WORKER}:safe", {"names": [name]}) == [wanted]


def test_a_result_is_called_as_the_panel_says(inside: blender.Child, hello: Path, tmp_path: Path) -> None:
    names = ["line", "line", "line.001", "line", "línea", "ß" * 110, "ß" * 110]
    arguments = {"rig": patch(shapes=("jawOpen",)), "sound": hello, "names": names, "folder": tmp_path}
    found = inside.call(f"{WORKER}:announced", arguments)
    assert [said for said, _ in found] == [name for _, name in found]
    assert [said for said, _ in found[:5]] == ["line", "line.001", "line.002", "line.003", "línea"]
    assert found[6][0].startswith("ß" * 20)
    assert found[6][0].endswith(".001")
