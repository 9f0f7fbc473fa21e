"""Frames and sound into an .mp4 file, as the frames come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

from audio2blend.audio import Speech, original
from audio2blend.files import scratch

from .process import writing

SOUND_RATE_HZ = 48_000
"""Rate of the sound in the file; what every player and editor expects beside a picture."""
BT709 = "color_primaries=bt709:color_trc=bt709:colorspace=bt709"


@contextmanager
def encoder(
    path: Path, *, width: int, height: int, frame_rate: Fraction, speech: Speech | None, folder: Path
) -> Iterator[Callable[[bytes], None]]:
    """Yield a function that takes one frame after the other, each a whole BMP file; at the end `path` is there.

    Frames that are larger than `width` × `height` pixels are averaged down. `folder` is for temporary files.
    H.264 (yuv420p, BT.709, constant frame rate) and AAC, both starting at 0, with the index in front so that
    it plays while it loads. Raises InputError if `path` cannot be written, OSError if there is no more room for it.
    """
    sound = _sound(speech, folder / "samples") if speech is not None else []
    command = _command(path, f"{width}:{height}", frame_rate, sound)
    with writing(command, "the video cannot be written") as encode:
        yield encode


def _command(path: Path, size: str, frame_rate: Fraction, sound: list[str]) -> list[str]:
    """Return arguments for ffmpeg: BMP files come on stdin, and `sound` are the arguments that read the sound."""
    colours = "out_color_matrix=bt709:out_range=tv,format=yuv420p"
    # The thread count is fixed because x264 divides its work by it: the same input gives the same bytes.
    return [
        *("-f", "image2pipe", "-c:v", "bmp", "-framerate", str(frame_rate), "-i", "pipe:0"),
        *sound,
        *("-vf", f"scale={size}:flags=area:{colours},setparams={BT709}"),
        *("-fps_mode", "cfr"),
        *("-c:v", "libx264", "-preset", "medium", "-crf", "18", "-threads", "4"),
        *("-c:a", "aac", "-b:a", "160k", "-ar", str(SOUND_RATE_HZ)),
        *("-fflags", "+bitexact", "-flags", "+bitexact", "-movflags", "+faststart", f"file:{path}"),
    ]


def _sound(speech: Speech, samples: Path) -> list[str]:
    """Write the sound to `samples` and return ffmpeg's arguments that read it: at the recording's own rate, since
    16 kHz sound dull."""
    rate_hz, blocks = original(speech)
    with scratch(samples.parent.parent), samples.open("wb") as file:
        for block in blocks:
            file.write(block.astype("<f4").tobytes())
    return ["-f", "f32le", "-ar", str(rate_hz), "-ac", "1", "-i", str(samples)]
