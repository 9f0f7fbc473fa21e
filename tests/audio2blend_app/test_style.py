"""`audio2blend style fit` and `animate --style`."""

import json
import subprocess
import sysconfig
from pathlib import Path

import pytest

from audio2blend.post import LipMotion
from tests.support.commands import command
from usd_export.registry import read

ROOT = Path(__file__).resolve().parents[2]


def test_a_capture_and_its_sound_make_a_style_and_lines_are_animated_in_it(hello, curves, tmp_path, capsys):
    assert command("animate", hello, "--jaw", 0.5, "-o", tmp_path / "small.csv", "--no-performance") == 0
    assert command("style", "fit", tmp_path / "small.csv", "--speech", hello, "-o", tmp_path / "anna.toml") == 0
    told = capsys.readouterr()
    assert "anna.toml: 3." in told.out
    assert "half a minute or more" in told.err
    assert command("animate", hello, "--style", tmp_path / "anna.toml", "-o", tmp_path / "styled.csv") == 0
    sizes = [LipMotion.of(read(path)).opening.std() for path in (tmp_path / "styled.csv", curves("plain.csv"))]
    assert sizes[0] < 0.8 * sizes[1]


def test_another_style_makes_the_file_again(hello, tmp_path, capsys):
    arguments = ("animate", hello, "--style", tmp_path / "anna.toml", "-o", tmp_path / "line.csv")
    for opening, wanted in ((0.5, "written"), (0.5, "unchanged"), (0.8, "written")):
        (tmp_path / "anna.toml").write_text(f"opening = {opening}")
        capsys.readouterr()
        assert command(*arguments) == 0
        assert wanted in capsys.readouterr().out


def test_what_cannot_be_learned_from_is_told(hello, curves, refuses, tmp_path):
    capture = curves("line.csv")
    refuses("has no sound; name the recording", "style", "fit", capture, "-o", tmp_path / "anna.toml")
    refuses("kept in a .toml file", "style", "fit", capture, "--speech", hello, "-o", tmp_path / "anna.txt")
    refuses("no such file", "style", "fit", tmp_path / "no.csv", "--speech", hello, "-o", tmp_path / "anna.toml")
    film = tmp_path / "film.mp4"
    film.write_bytes(b"no film")
    refuses("is a film; name MediaPipe's face_landmarker.task", "style", "fit", film, "-o", tmp_path / "anna.toml")
    refuses(
        "there is no tracker model",
        "style",
        "fit",
        film,
        "--tracker",
        tmp_path / "x.task",
        "-o",
        tmp_path / "anna.toml",
    )
    blinks = tmp_path / "blinks.json"
    blinks.write_text(json.dumps({"frame_rate": "60", "channels": ["eyeBlinkLeft"], "values": [[0.0]] * 60}))
    refuses("no", "style", "fit", blinks, "--speech", hello, "-o", tmp_path / "anna.toml")


@pytest.mark.blender
def test_a_film_of_a_face_makes_a_style_too(hello, corpora, tmp_path):
    """The film is our own head's; MediaPipe has an environment of its own, which finds our packages after its own."""
    python = ROOT / ".venv-mediapipe" / "bin" / "python"
    if subprocess.run([python, "-c", "import mediapipe"], capture_output=True).returncode:
        pytest.skip("no tracker: mediapipe does not import in .venv-mediapipe")
    small = ("--jaw", 0.5, "--no-performance", "--size", "256x256", "--fps", 30)
    assert command("animate", hello, *small, "-o", tmp_path / "anna.mp4") == 0
    places = [str(ROOT), sysconfig.get_path("purelib")]
    code = (
        f"import sys; sys.path += {places!r}; from audio2blend_app.cli.main import main; sys.exit(main(sys.argv[1:]))"
    )
    model = corpora / "mediapipe" / "face_landmarker.task"
    arguments = ["style", "fit", tmp_path / "anna.mp4", "--tracker", model, "-o", tmp_path / "anna.toml", "--json"]
    done = subprocess.run([python, "-c", code, *map(str, arguments)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    style = json.loads(done.stdout)["style"]
    assert style["opening"] < 0.75
    assert style["rest"] == {}
