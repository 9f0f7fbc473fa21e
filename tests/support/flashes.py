"""Pictures that flash as their sound beeps."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import soundfile
from PIL import Image

RATE_HZ = 48_000


def flashing(folder: Path, rate: Fraction, *, seconds: int = 3, late_s: float = 0.0) -> tuple[Path, Path, int]:
    """Write a folder of pictures and a sound whose beeps are late, and return both and how many flashes there are."""
    pictures = folder / "pictures"
    pictures.mkdir()
    n_frames = round(seconds * rate)
    first = [round((second + 0.3) * rate) for second in range(seconds)]
    for number in range(n_frames):
        bright = any(at <= number < at + 3 for at in first)
        Image.new("RGB", (64, 48), (235, 235, 235) if bright else (16, 16, 16)).save(pictures / f"{number:06}.png")
    samples = np.zeros(seconds * RATE_HZ, np.float32)
    beep = 0.5 * np.sin(2 * np.pi * 1000 * np.arange(RATE_HZ // 20) / RATE_HZ)
    for at in first:
        begin = round((float(at / rate) + late_s) * RATE_HZ)
        samples[begin : begin + len(beep)] += beep
    sound = folder / "beeps.wav"
    soundfile.write(sound, samples, RATE_HZ)
    return pictures, sound, len(first)
