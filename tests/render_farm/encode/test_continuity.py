"""Pictures that lack and pictures shown twice, planted by another program."""

import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from audio2blend.errors import InputError
from render_farm.encode.continuity import continuity

N, WIDTH, HEIGHT = 40, 160, 120
CODECS = [("libx264", 18, "mp4"), ("libx264", 28, "mkv"), ("libvpx-vp9", 34, "webm"), ("libx265", 26, "mov")]


def moving(seed: int) -> list[bytes]:
    """Return pictures of a textured head that sways, in front of a wall that keeps still."""
    rng = np.random.default_rng(seed)
    wall = Image.fromarray(rng.integers(40, 90, (HEIGHT // 8, WIDTH // 8)).astype(np.uint8)).resize((WIDTH, HEIGHT))
    head = Image.new("LA", (WIDTH, HEIGHT), (0, 0))
    skin = Image.fromarray(rng.integers(90, 220, (10, 8)).astype(np.uint8)).resize((48, 60))
    head.paste(Image.merge("LA", (skin, Image.new("L", skin.size, 255))), (56, 30))
    out = []
    for number in range(N):
        x, y = 10 * np.cos(number / 4 + seed), 6 * np.sin(number / 4 + seed)
        there = head.transform((WIDTH, HEIGHT), Image.Transform.AFFINE, (1, 0, x, 0, 1, y), Image.Resampling.BILINEAR)
        picture = wall.copy()
        picture.paste(there.getchannel("L"), mask=there.getchannel("A"))
        out.append(picture.tobytes())
    return out


def film(folder: Path, pictures: list[bytes], case: int, *, chosen: str = "1") -> Path:
    codec, quality, suffix = CODECS[case % len(CODECS)]
    path = folder / f"film.{suffix}"
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s",
        f"{WIDTH}x{HEIGHT}", "-r", "25", "-i", "-", "-vf", f"select={chosen},format=yuv420p", "-fps_mode", "vfr",
        "-c:v", codec, "-crf", str(quality), "-b:v", "0", "-cpu-used" if "vpx" in codec else "-g", "5", str(path),
    ]  # fmt: skip
    subprocess.run(command, input=b"".join(pictures), check=True, stderr=subprocess.DEVNULL)
    return path


@pytest.mark.parametrize("case", range(10))
def test_a_dropped_frame_is_found(case: int, tmp_path: Path) -> None:
    at = 4 + 3 * case
    found = continuity(film(tmp_path, moving(case), case, chosen=f"not(eq(n\\,{at}))"))
    assert found.dropped_s == pytest.approx([at / 25], abs=0.002)
    assert found.is_constant


@pytest.mark.parametrize("case", range(10))
def test_a_repeated_frame_is_found(case: int, tmp_path: Path) -> None:
    at = 5 + 3 * case
    pictures = moving(case)
    pictures[at] = pictures[at - 1]
    found = continuity(film(tmp_path, pictures, case))
    assert (found.repeated, found.dropped_s) == ((at,), ())


@pytest.mark.parametrize("case", range(20))
def test_a_clean_film_is_clean(case: int, tmp_path: Path) -> None:
    found = continuity(film(tmp_path, moving(100 + case), case))
    assert (found.repeated, found.dropped_s, found.n_frames) == ((), (), N)


def test_a_head_that_keeps_still_repeats_nothing(tmp_path: Path) -> None:
    pictures = moving(0)
    pictures[12:24] = [pictures[11]] * 12
    assert continuity(film(tmp_path, pictures, 0), np.arange(N) < 10).repeated == ()
    assert continuity(film(tmp_path, pictures, 0), np.arange(N) == 18).repeated == ()


def test_what_is_no_film(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"no film")
    with pytest.raises(InputError, match="cannot be read as a video"):
        continuity(tmp_path / "film.mp4")
