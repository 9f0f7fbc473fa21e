"""Loudness by EBU R 128: measured, brought to a target by one gain and a true-peak limiter, and measured again.

ffmpeg's two-pass `loudnorm` turns dynamic, and misses its target, where peaks forbid one gain; and codecs move peaks.
So here the sound is coded as it will be delivered, decoded, measured, and corrected until it fits.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import Final

from ..process import run

TOLERANCE_LU: Final = 0.2
_NEAR_LU: Final = 0.08
_TRIES: Final = 10
_GATE_LUFS: Final = -69.5
"""What is quieter has no loudness by EBU R 128; ffmpeg says -70."""
_MOST_GAIN_DB: Final = 40.0
RATE_HZ: Final = 48_000


@dataclass(frozen=True, slots=True)
class Loudness:
    """Of a whole recording."""

    lufs: float | None
    """Integrated; None where nothing passes the gate or it is shorter than 0.4 s."""
    dbtp: float
    """True peak in dB; -inf for silence."""

    def __str__(self) -> str:
        return f"{'no loudness' if self.lufs is None else f'{self.lufs:.1f} LUFS'}, peak {self.dbtp:.1f} dBTP"


def loudness(path: Path) -> Loudness:
    """Return the loudness of the first sound track of a file, as EBU R 128 and ITU-R BS.1770-4 measure it.

    Raises InputError if it cannot be read.
    """
    arguments = ("-i", f"file:{path}", "-map", "0:a:0", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-")
    text = run(arguments, f"{path}: its loudness cannot be measured")
    summary = text[text.rindex("Summary:") :]
    found = re.search(r"I:\s+(\S+) LUFS", summary)
    peak = re.search(r"Peak:\s+(\S+) dBFS", summary)
    lufs = float(found[1]) if found else -inf
    return Loudness(lufs if lufs > _GATE_LUFS else None, float(peak[1]) if peak else -inf)


def level(master: Path, output: Path, *, codec: Sequence[str], lufs: float, dbtp: float, folder: Path) -> Loudness:
    """Write the sound of `master` at a loudness, and return what it has once `codec` has coded and decoded it.

    Args:
        master: any sound file.
        output: a .wav file to write, floats at 48 kHz, as long as `master`.
        codec: ffmpeg's arguments for the codec that it is to be delivered in.
        lufs: wanted integrated loudness.
        dbtp: greatest true peak.
        folder: for temporary files.

    What has no loudness is only resampled. Sound of few, high peaks may stay below the target; the result says so.
    """
    found = loudness(master)
    gain_db, ceiling_db = (0.0 if found.lufs is None else min(lufs - found.lufs, _MOST_GAIN_DB)), dbtp - 0.1
    best: tuple[float, float, float] | None = None
    for _ in range(_TRIES):
        found = _try(master, output, codec, gain_db, ceiling_db, folder)
        over = max(0.0, found.dbtp - dbtp)
        if found.lufs is None and over == 0:
            return found
        miss = 0.0 if found.lufs is None else lufs - found.lufs
        score = abs(miss) + 10 * over
        if best is None or score < best[0]:
            best = score, gain_db, ceiling_db
        if over == 0 and (abs(miss) <= _NEAR_LU or (miss > 0 and gain_db >= _MOST_GAIN_DB)):
            return found
        ceiling_db -= over + 0.05 if over else 0.0
        gain_db = min(gain_db + (1.5 if abs(miss) > 0.5 else 1.0) * miss, _MOST_GAIN_DB)
    assert best is not None
    return _try(master, output, codec, best[1], best[2], folder)


def _try(master: Path, output: Path, codec: Sequence[str], gain_db: float, ceiling_db: float, folder: Path) -> Loudness:
    # The limiter works at 192 kHz, where samples show the true peak; `latency` takes its look-ahead back out.
    limit = f"alimiter=limit={10 ** (ceiling_db / 20):.6f}:attack=5:release=50:level=0:latency=1"
    chain = f"volume={gain_db:.4f}dB:precision=double,aresample={4 * RATE_HZ},{limit},aresample={RATE_HZ}"
    what = f"{master}: its sound cannot be levelled"
    run(("-i", f"file:{master}", "-af", chain, "-c:a", "pcm_f32le", "-bitexact", f"file:{output}"), what)
    coded = folder / "coded.mkv"
    run(("-i", f"file:{output}", *codec, f"file:{coded}"), what)
    found = loudness(coded)
    coded.unlink()
    return found
