"""Completeness of sound files: the length stated in the header against the data present."""

import re
import struct
from pathlib import Path
from typing import IO, Final, Literal

from ..errors import InputError

LEAST_S: Final = 0.25
"""A file that is shorter than its header states by no more than this has a wrong header; nothing is missing."""

_STATED: Final = (
    re.compile(r"^ *(?:data|Data Size|SSND|BODY|Data length) *:? *(\d+) \(?should be (\d+)", re.MULTILINE),
    re.compile(r"^ *riff *: *(\d+) \(should be (\d+)", re.MULTILINE),
    re.compile(
        r"^ *(?:Frames +:|.*Cols *:|sample_count -i) (\d+)()$", re.MULTILINE
    ),  # group 2 is empty: compare with the frames present
)
"""The stated and the actual length in libsndfile's log or in a header."""


def cut_short(path: Path, at_s: float | None = None) -> InputError:
    """Return the error for a truncated file, which ends after `at_s` seconds if that is known."""
    where = "" if at_s is None else f" after {at_s:.2f} s"
    return InputError(f"{path} is cut short{where}: it ends earlier than its header says; copy or record it again")


def lacks(missing_s: float, stated_s: float) -> bool:
    """Return whether enough is missing for sound to be lost; less is a header that overstates the length.

    Writers that add the size of the header, or of its padding, are common.
    """
    return missing_s > min(LEAST_S, stated_s / 4)


def check(path: Path) -> None:
    """Raise InputError if a WAV, CAF or Ogg file is shorter than its header states.

    Decoders read such files to their end without an error. Other files are checked while they are decoded.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(0)
        head = file.read(12)
        if head[:4] in (b"RIFF", b"RIFX", b"RF64") and head[8:] == b"WAVE":
            _check_wave(path, file, size, "big" if head[:4] == b"RIFX" else "little")
        elif head[:4] == b"caff":
            _check_caf(path, file, size)
        elif head[:4] == b"OggS":
            _check_last_ogg_page(path, file, size)


def check_log(path: Path, log: str, frames: int, rate_hz: int) -> None:
    """Raise InputError if libsndfile's log shows that a file is shorter than its header states.

    `frames` are present. RF64, Wave64, AIFF, AU, SVX, AVR, MAT, NIST and WVE files state their length.
    """
    with path.open("rb") as file:
        head = file.read(1024)
    if head.startswith(b"NIST"):  # libsndfile does not log its length
        log += head.decode("latin-1")
    for pattern in _STATED:
        if matches := pattern.findall(log):
            stated, there = (int(number or frames) for number in matches[-1])
            missing_s = frames / rate_hz * (stated - there) / max(1, there)
            if stated > there and not _is_unknown(stated) and lacks(missing_s, frames / rate_hz + missing_s):
                raise cut_short(path, frames / rate_hz)
            return


def _check_wave(path: Path, file: IO[bytes], size: int, order: Literal["big", "little"]) -> None:
    at, bytes_per_s, long_length = 12, 0, 0
    while True:
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            raise InputError(f"{path} is a WAV file without sound data; record or copy it again")
        name, length = head[:4], int.from_bytes(head[4:], order)
        if name == b"ds64":
            long_length = int.from_bytes(file.read(16)[8:], "little")
        elif name == b"fmt ":
            bytes_per_s = int.from_bytes(file.read(12)[8:], order)
        elif name == b"data":
            if length == 0xFFFFFFFF and long_length:
                length = long_length
            if not _is_unknown(length):
                _compare(path, size - (at + 8), length, bytes_per_s)
            return
        at += 8 + length + length % 2


def _check_caf(path: Path, file: IO[bytes], size: int) -> None:
    at, bytes_per_s = 8, 0.0
    while True:
        file.seek(at)
        head = file.read(12)
        if len(head) < 12:
            return
        length = int.from_bytes(head[4:], "big", signed=True)
        if head[:4] == b"desc":
            rate_hz, _, _, packet, frames = struct.unpack(">d4sIII", file.read(24))
            bytes_per_s = rate_hz * packet / max(1, frames)
        elif head[:4] == b"data":
            _compare(path, size - (at + 12), length, bytes_per_s)
            return
        at += 12 + max(0, length)


def _compare(path: Path, there: int, stated: int, bytes_per_s: float) -> None:
    """Raise InputError if too few of the stated bytes are present."""
    bytes_per_s = bytes_per_s or 16_000  # typical of compressed sound
    if lacks((stated - there) / bytes_per_s, stated / bytes_per_s):
        raise cut_short(path)


def _is_unknown(length: int) -> bool:
    """Return whether a length is a placeholder, as in WAV files that were written to a pipe.

    Their writers put 0 or nearly the largest signed or unsigned number: SoX 0x7FFFF000, arecord 0x80000000, ffmpeg
    0xFFFFFFFF, speech services that or 0x7FFFFFFF, minus the header.
    """
    return length == 0 or min(abs(length - (1 << 31)), abs(length - (1 << 32))) < 1 << 16


def _check_last_ogg_page(path: Path, file: IO[bytes], size: int) -> None:
    """Raise InputError if an Ogg file ends within a page; decoders drop such a page without an error."""
    file.seek(max(0, size - (1 << 16) - 512))  # a page is at most 65 307 bytes
    tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    segments = page[26] if len(page) > 26 else 0
    if len(page) < 27 + segments or len(page) < 27 + segments + sum(page[27 : 27 + segments]):
        raise cut_short(path)
