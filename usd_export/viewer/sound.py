"""The sound of a page: Opus at the recording's own quality, some 8 KB a second, and its outline to draw."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.audio import SAMPLE_RATE, Speech, ffmpeg, original
from audio2blend.errors import InputError
from audio2blend.files import full_disk, scratch

MIME: Final = "audio/webm; codecs=opus"
OUTLINE_HZ: Final = 200
"""How often the outline of the sound is sampled; in long recordings less often."""
_MOST_POINTS: Final = 120_000


def compact(speech: Speech) -> bytes:
    """Return a recording as WebM with Opus, which starts at time 0 as the recording does; the same bytes every time."""
    rate_hz, blocks = original(speech)
    with TemporaryDirectory() as folder:
        samples, target, log = (Path(folder) / name for name in ("samples", "sound.webm", "log"))
        with scratch(Path(folder).parent), samples.open("wb") as file:
            for block in blocks:
                file.write(block.astype("<f4").tobytes())
        command = [
            *(ffmpeg.program(), "-v", "error", "-nostdin", "-y"),
            *("-f", "f32le", "-ar", str(rate_hz), "-ac", "1", "-i", str(samples)),
            *("-c:a", "libopus", "-b:a", "64k", "-vbr", "constrained", "-ar", "48000"),
            *("-fflags", "+bitexact", "-flags", "+bitexact", "-f", "webm", str(target)),
        ]
        with log.open("wb") as errors:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=errors, stderr=errors, check=False)
        if done.returncode:
            text = log.read_text("utf-8", "replace").strip()
            if (error := full_disk(text)) is not None:
                raise error
            raise InputError(f"the sound cannot be packed: {(text.splitlines() or ['no reason given'])[-1]}")
        return target.read_bytes()


def outline(speech: Speech) -> tuple[float, NDArray[np.int8]]:
    """Return a rate in Hz and, shape (n, 2), the least and the greatest sample of each step, of 127 for the loudest."""
    rate = min(OUTLINE_HZ, _MOST_POINTS / max(speech.duration_s, 1e-3))
    starts = (np.arange(int(np.ceil(speech.duration_s * rate))) * (SAMPLE_RATE / rate)).astype(np.int64)
    starts = starts[starts < len(speech.samples)]
    if not len(starts):
        return rate, np.zeros((0, 2), np.int8)
    loudest = max(1e-4, float(np.abs(speech.samples).max()))
    low, high = (pick.reduceat(speech.samples, starts) for pick in (np.minimum, np.maximum))
    return rate, np.round(127 / loudest * np.stack([low, high], axis=1)).astype(np.int8)
