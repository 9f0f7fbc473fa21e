"""Marks: what is put in is read back, after a codec too; what was not marked, or with another key, is not claimed."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from audio2blend.audio.ffmpeg import program
from audio2blend.errors import InputError
from audio2blend.provenance.marks import (
    PictureMarker,
    detect,
    detect_picture,
    detect_sound,
    embed,
    embed_sound,
)
from audio2blend.provenance.marks.payload import code, read

KEY = b"a studio's secret"
ID = 703710
HELLO = Path("examples/hello.wav")


def ffmpeg(*arguments: str) -> None:
    subprocess.run([program(), "-v", "error", "-y", *arguments], check=True)


def test_the_id_is_read_after_mp3_at_32_kbit(tmp_path: Path) -> None:
    embed(HELLO, tmp_path / "marked.wav", ID, KEY)
    ffmpeg("-i", str(tmp_path / "marked.wav"), "-b:a", "32k", str(tmp_path / "small.mp3"))
    found = detect(tmp_path / "small.mp3", KEY)
    assert found.picture is None
    assert found.sound is not None
    assert found.sound.id == ID
    assert found.sound.p_value < 1e-6


def test_a_sound_keeps_its_length_and_channels() -> None:
    stereo = np.random.default_rng(1).normal(0, 0.1, (22050 * 3 + 7, 2)).astype(np.float32)
    marked = embed_sound(stereo, 22050, ID, KEY)
    assert marked.shape == stereo.shape
    found = detect_sound(marked, 22050, KEY)
    assert found is not None
    assert found.id == ID


def test_nothing_is_found_with_another_key_or_in_silence() -> None:
    sound = np.random.default_rng(2).normal(0, 0.1, 16000 * 3).astype(np.float32)
    assert detect_sound(embed_sound(sound, 16000, ID, KEY), 16000, b"another key, also secret") is None
    assert detect_sound(np.zeros(48000, np.float32), 16000, KEY) is None
    assert detect_sound(np.zeros(10, np.float32), 16000, KEY) is None


def test_frames_are_marked_one_by_one_and_read_by_their_time() -> None:
    ground = np.add.outer(np.linspace(60, 160, 72), np.linspace(0, 40, 128))
    grain = np.random.default_rng(3).normal(0, 1, (120, 72, 128))
    frames = np.clip(ground + grain, 0, 255).astype(np.uint8)
    marker = PictureMarker(72, 128, ID, KEY)
    marked = np.stack([marker.mark(frame, number / 30) for number, frame in enumerate(frames)])
    found = detect_picture(marked[13:], KEY)
    assert found is not None
    assert found.id == ID
    assert detect_picture(frames, KEY) is None
    assert np.mean((marked - frames.astype(float)) ** 2) < 255**2 / 10**4.8


def test_nothing_is_drawn_where_a_frame_is_transparent() -> None:
    frame = np.full((72, 128, 4), 90, np.uint8)
    frame[:, 64:, 3] = 0
    marked = PictureMarker(72, 128, ID, KEY).mark(frame, 1.0)
    assert (marked[:, 64:] == frame[:, 64:]).all()
    assert (marked[..., 3] == frame[..., 3]).all()
    assert (marked[:, :64, :3] != frame[:, :64, :3]).any()


def test_chance_alone_is_not_called_a_mark() -> None:
    draw = np.random.default_rng(4)
    least = min(read(draw.normal(size=40), 40.0, 1, 40, KEY)[1] for _ in range(40))
    assert least > 1e-3
    assert read(code(ID, 40, KEY) * 2, 40.0, 1, 40, KEY)[0] == ID


@pytest.mark.parametrize("identity", [-1, 1 << 24])
def test_an_id_that_does_not_fit_is_refused(identity: int) -> None:
    with pytest.raises(InputError, match="lies between 0 and 16777215"):
        embed_sound(np.zeros(16000, np.float32), 16000, identity, KEY)


def test_what_is_no_sound_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no sound")
    with pytest.raises(InputError, match="holds no sound"):
        embed(tmp_path / "notes.txt", tmp_path / "marked.wav", ID, KEY)
    with pytest.raises(InputError, match=r"a sound is written as \.wav"):
        embed(HELLO, tmp_path / "marked.xyz", ID, KEY)
    assert [file.name for file in tmp_path.iterdir()] == ["notes.txt"]
