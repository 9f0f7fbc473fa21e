"""The file of a job: what it means, and one sentence for whatever is wrong with it."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from audio2blend.errors import InputError
from render_farm.job import Job
from render_farm.job_file import ROOTS

ONE = """
[[lines]]
sound = "a.wav"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two recordings, of 1.0 and 0.51 s."""
    inside = tmp_path / "job"
    inside.mkdir()
    soundfile.write(inside / "a.wav", np.zeros(48_000), 48_000)
    soundfile.write(inside / "b ü.wav", np.zeros(22_491), 44_100)
    return inside


def load(folder: Path, text: str) -> Job:
    (folder / "job.toml").write_text(text, "utf-8")
    return Job.load(folder / "job.toml")


def test_every_character_says_every_line_unless_the_line_names_who(folder: Path) -> None:
    job = load(
        folder,
        """
        sounds = ["*.wav"]
        [[characters]]
        name = "Ada"
        [[characters]]
        name = "Bob"
        rig = "builtin"
        [[lines]]
        name = "again"
        sound = "a.wav"
        characters = ["Bob"]
        [look]
        frame_rate = 29.97
        """,
    )
    assert [shot.name for shot in job.shots] == ["a/Ada", "a/Bob", "b ü/Ada", "b ü/Bob", "again/Bob"]
    assert job.look.frame_rate == Fraction(30000, 1001)
    assert [shot.n_frames for shot in job.shots] == [30, 30, 16, 16, 30]
    assert [shot.first for shot in job.shots] == [0, 30, 60, 76, 92]
    assert job.n_frames == 122
    assert job.shots[3].frames == folder / "out" / "b ü" / "Bob" / "frames"


def test_files_may_lie_where_the_machines_allow_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = '[[characters]]\nname = "hero"\nrig = "../assets/hero.glb"\n' + ONE
    (folder.parent / "assets").mkdir()
    (folder.parent / "assets" / "hero.glb").touch()
    with pytest.raises(InputError, match=r"characters\[1\] rig ../assets/hero.glb leads out of the job's folder"):
        load(folder, text)
    monkeypatch.setenv(ROOTS, str(folder.parent / "assets"))
    assert Path(load(folder, text).characters[0].rig) == folder.parent / "assets" / "hero.glb"


def test_a_link_is_judged_by_where_it_leads(folder: Path) -> None:
    (folder.parent / "secret.wav").write_bytes((folder / "a.wav").read_bytes())
    (folder / "link.wav").symlink_to(folder.parent / "secret.wav")
    with pytest.raises(InputError, match=r"sounds link.wav leads out|lines\[1\] sound link.wav leads out"):
        load(folder, '[[lines]]\nsound = "link.wav"\n')


WRONG = {
    "no job": ("", r"there are no lines; write \[\[lines\]\]"),
    "no TOML": ("lines = [", "the job is no TOML"),
    "brackets": ("a = " + "[" * 5000, "the job is no TOML"),
    "unknown table": ("[render]\n" + ONE, "no 'render' in a job; there are name, output"),
    "unknown key": ("[look]\nsample = 3\n" + ONE, "'sample' that means nothing here; did you mean samples?"),
    "unknown engine": ('[look]\nengine = "arnold"\n' + ONE, "engine is 'arnold'; there are workbench, eevee, cycles"),
    "wrong type": ('[look]\nwidth = "wide"\n' + ONE, r"\[look\] width is 'wide', and a whole number is wanted"),
    "a boolean is no number": ("[look]\nwidth = true\n" + ONE, "a whole number is wanted"),
    "not a number": ("[look]\nexposure = nan\n" + ONE, "exposure is nan, and a number is wanted"),
    "out of range": ("[limits]\nattempts = 0\n" + ONE, r"\[limits\] attempts is 0; choose from 1 to 100"),
    "huge": ("[look]\nwidth = 9999999999\n" + ONE, "choose from 16 to 16384"),
    "no zone": ("[limits]\ndeadline = 2027-01-01T00:00:00\n" + ONE, "names no time zone"),
    "GPU of Workbench": ('[look]\ndevice = "cuda"\n' + ONE, "device is of cycles alone"),
    "absent": ('[[lines]]\nsound = "c.wav"\n', r"lines\[1\] sound c.wav is not there"),
    "outside": ('[[lines]]\nsound = "/etc/passwd"\n', "sound /etc/passwd leads out of the job's folder"),
    "output outside": ('output = "../x"\n' + ONE, "output ../x leads out of the job's folder"),
    "output everywhere": ('output = "."\n' + ONE, "output is the job's own folder"),
    "address": ('[[lines]]\nsound = "http://example.com/a.wav"\n', "is an address, not a file"),
    "nul": ('[[lines]]\nsound = "a\\u0000.wav"\n', "a path as text is wanted"),
    "climbing name": ('[[lines]]\nname = "../x"\nsound = "a.wav"\n', "name '../x' is no name for a folder"),
    "template name": ('[[lines]]\nname = "{{Param.X}}"\nsound = "a.wav"\n', "is no name for a folder"),
    "device of Windows": ('[[lines]]\nname = "con"\nsound = "a.wav"\n', "is no name for a folder"),
    "twice": ('[[lines]]\nname = "A"\nsound = "a.wav"\n' + ONE, "'a' is there twice"),
    "stranger": ('[[lines]]\nsound = "a.wav"\ncharacters = ["Eve"]\n', "there is no 'Eve'; there are builtin"),
    "neither": ('[[lines]]\ntext = "a"\n', "lacks sound; add sound"),
    "no match": ('sounds = ["*.mp3"]', "matches no file"),
    "climbing pattern": ('sounds = ["../*.wav"]', "leads out of the job's folder"),
    "unknown profile": ('[delivery]\nprofiles = ["vhs"]\n' + ONE, r"\[delivery\] profiles: there is no profile 'vhs'"),
    "profile outside": ('[delivery]\nprofiles = ["/etc/x.toml"]\n' + ONE, "profiles /etc/x.toml leads out"),
    "animated, but no scene": ('[[characters]]\nname = "a"\nanimated = true\n' + ONE, "no scene is named"),
    "a name with braces": ('name = "{{Param.Job}}"\n' + ONE, "without {}"),
    "a table that is none": ("look = 3\n" + ONE, r"\[look\] is no table"),
}


@pytest.mark.parametrize(("text", "said"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said_with_its_place(folder: Path, text: str, said: str) -> None:
    with pytest.raises(InputError, match=said) as caught:
        load(folder, text)
    assert "\n" not in str(caught.value).strip()
    assert "job.toml" in str(caught.value) or "address" in said


def test_a_recording_that_cannot_be_read_is_named_with_its_line(folder: Path) -> None:
    (folder / "bad.wav").write_text("no sound")
    with pytest.raises(InputError, match=r"job.toml: line 'bad': .*bad.wav"):
        _ = load(folder, '[[lines]]\nsound = "bad.wav"\n').shots


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: text.encode("utf-8", "ignore")))
def test_noise_is_no_job(tmp_path_factory: pytest.TempPathFactory, noise: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "noise.toml"
    path.write_bytes(noise)
    with pytest.raises(InputError):
        Job.load(path)
