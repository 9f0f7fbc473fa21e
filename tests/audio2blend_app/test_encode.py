"""The commands that make a film and judge one, on a head that is drawn: a mouth that opens as its curves say."""

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import soundfile
from PIL import Image, ImageDraw

from audio2blend import animate, load
from audio2blend.clip import Clip
from render_farm.encode.mouth import opening
from rigs import builtin
from tests.support.commands import command
from tests.support.flashes import flashing
from tests.support.sounds import ffmpeg
from usd_export.registry import write

HELLO = Path(__file__).resolve().parents[2] / "examples" / "hello.wav"
RATE = Fraction(25)
MOUTH = "60,120,80,40"


class Done(NamedTuple):
    """What a command ended with and printed."""

    code: int
    out: str
    err: str


@pytest.fixture
def ran(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    def run(*arguments: object) -> Done:
        code = command(*arguments)
        return Done(code, *capsys.readouterr())

    return run


@pytest.fixture(scope="module")
def clip() -> Clip:
    return animate(load(HELLO), performance=False).resampled(RATE)


@pytest.fixture(scope="module")
def drawn(clip: Clip, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with frames and the curves that they show."""
    folder = tmp_path_factory.mktemp("drawn")
    (folder / "frames").mkdir()
    write(clip, folder / "line.csv")
    wanted = opening(builtin(), clip, RATE, len(clip))
    assert wanted is not None
    for number, open_ in enumerate(wanted):
        picture = Image.new("RGB", (800, 800), (60, 80, 90))
        pen = ImageDraw.Draw(picture)
        pen.ellipse((160, 80, 640, 760), fill=(205, 165, 145))
        pen.ellipse((300, 560 - 360 * open_, 500, 560 + 360 * open_), fill=(40, 15, 15))
        picture.resize((200, 200), Image.Resampling.BOX).save(folder / "frames" / f"{number:06}.png")
    return folder


def test_a_film_is_made_read_back_and_judged(ran: Callable[..., Done], drawn: Path, tmp_path: Path) -> None:
    film = tmp_path / "line.mp4"
    made = ran(
        "encode", drawn / "frames", "-o", film, "--sound", HELLO, "--clip", drawn / "line.csv", "--mouth", MOUTH,
        "--poster", tmp_path / "line.png", "--json",
    )  # fmt: skip
    assert made.code == 0, made.err
    report = json.loads(made.out)
    assert abs(report["mouth_ms"]) < 10
    assert report["lufs"] == pytest.approx(-14, abs=0.2)
    grey = np.asarray(Image.open(tmp_path / "line.png").convert("L"))
    assert (grey[120:160, 60:140] < 60).sum() < 500  # the poster's mouth is calm
    judged = ran("qa", film, "--mouth", MOUTH, "--json")  # by what the network predicts from the sound
    assert judged.code == 0, judged.err
    found = json.loads(judged.out)
    assert abs(found["offset_ms"]) < 20
    assert (found["offset_by"], found["dropped_s"], found["verdict"]) == ("sound", [], "pass")


@pytest.mark.parametrize("late_ms", [-160, 120])
def test_sound_that_is_late_is_measured_by_the_mouth(
    ran: Callable[..., Done], late_ms: int, drawn: Path, tmp_path: Path
) -> None:
    samples, rate_hz = soundfile.read(HELLO)
    shift = round(late_ms / 1000 * rate_hz)
    moved = np.r_[np.zeros(max(0, shift)), samples[max(0, -shift) :]][: len(samples)]
    soundfile.write(tmp_path / "moved.wav", moved, rate_hz)
    made = ran(
        "encode", drawn / "frames", "-o", tmp_path / "line.mp4", "--fps", "25", "--sound", tmp_path / "moved.wav"
    )
    assert made.code == 0, made.err
    judged = ran("qa", tmp_path / "line.mp4", "--mouth", MOUTH, "--json")
    found = json.loads(judged.out)
    assert found["offset_ms"] == pytest.approx(late_ms, abs=25)
    assert (judged.code, found["verdict"]) == (1, "fail") if abs(found["offset_ms"]) >= 120 else (0, "warn")


@pytest.mark.parametrize(
    ("suffix", "rate", "late_s"),
    [
        ("mp4", Fraction(25), 0.0),
        ("mov", Fraction(30000, 1001), 0.045),
        ("mkv", Fraction(24), 0.12),
        ("webm", Fraction(60), 0.045),
        ("ts", Fraction(50), -0.12),
    ],
)
def test_offset_by_flashes_in_five_containers(
    ran: Callable[..., Done], suffix: str, rate: Fraction, late_s: float, tmp_path: Path
) -> None:
    pictures, sound, _ = flashing(tmp_path, rate, late_s=late_s)
    codecs = ["-c:v", "libvpx-vp9", "-c:a", "libopus"] if suffix == "webm" else ["-c:v", "libx264", "-c:a", "aac"]
    film = tmp_path / f"film.{suffix}"
    ffmpeg("-framerate", str(rate), "-i", pictures / "%06d.png", "-i", sound, "-pix_fmt", "yuv420p", *codecs, film)
    judged = ran("qa", film, "--flashes", "--json")
    assert json.loads(judged.out)["offset_ms"] == pytest.approx(1000 * late_s, abs=5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["encode", "FRAMES", "-o", "film.mp4"], "give their frame rate"),
        (["encode", "FRAMES", "-o", "film.mp4", "--fps", "25", "--at", "1,2"], "--at is about a plate"),
        (["encode", "FRAMES", "-o", "film.mp4", "--fps", "25", "--burn"], "name them with --captions"),
        (["encode", "FRAMES", "-o", "film.mp4", "--fps", "25", "--mouth", "1,2"], "'1,2' is no box"),
        (["encode", "FRAMES", "-o", "film.mp4", "--fps", "25", "--profile", "tv"], "there is no profile 'tv'"),
        (["encode", "FRAMES", "-o", "film.mp4", "--fps", "25", "--poster", "p.png", "--poster-at", "99"], "outside"),
        (["encode", "nowhere", "-o", "film.mp4"], "there is no such folder or video"),
        (["qa", "line.csv"], "name it with --speech"),
        (["qa", "line.csv", "--speech", "line.wav", "--flashes"], "is no film"),
        (["qa", "nowhere.mp4"], "there is no such folder or video"),
    ],
)
def test_what_is_wrong_is_one_sentence(
    ran: Callable[..., Done], arguments: list[str], message: str, drawn: Path, tmp_path: Path
) -> None:
    given = [str(drawn / "frames") if one == "FRAMES" else one for one in arguments]
    given = [str(tmp_path / one) if one in ("film.mp4", "p.png") else one for one in given]
    done = ran(*given)
    assert done.code == 2
    assert message in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []
