"""Decoding sound files block by block, so that an hour of sound never lies in memory at its own rate."""

import logging
import os
import re
import stat
import struct
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final, NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from . import ffmpeg
from .errors import InputError

_log = logging.getLogger(__name__)

BLOCK: Final = 1 << 16
"""Samples a block."""

_SOUNDFILE_MAGIC: Final = (b"RIFF", b"RF64", b"fLaC", b"FORM")  # WAV, its 64-bit form, FLAC, AIFF
_DAMAGED: Final = re.compile(
    r"Error submitting packet|Error while decoding|Decoding error|"
    r"corrupt(?! input packet| \(stream = \d+, dts = NOPTS\))",  # these tell of the last, short piece of a stream
    re.IGNORECASE,
)
_SLOWEST_HZ, _FASTEST_HZ = 2_000, 1_000_000
_LOUDSPEAKERS: Final = range(3, 17)
"""Numbers of channels that ffmpeg mixes as what they are, such as 5.1; so many more are a recorder's tracks."""
_AU_HEADER: Final = struct.Struct(">4s5I")
_CUT_SHORT: Final = re.compile(r"partial file|ended prematurely|moov atom not found|truncat", re.IGNORECASE)
_REASON: Final = re.compile(r"error|invalid|unsupported|failed", re.IGNORECASE)


class Stream(NamedTuple):
    """Mono sound that is being decoded."""

    rate_hz: int
    blocks: Iterator[NDArray[np.float32]]
    """Blocks of shape (n,); consuming them may raise InputError if the file turns out to be damaged."""


def open_stream(path: Path) -> Stream:
    """Return the sound of `path`, mixed to mono, at the file's own rate.

    libsndfile decodes what is uncompressed or FLAC, of known length and not for many loudspeakers; ffmpeg everything
    else, the sound track of a video included. Raises InputError if the file is missing, empty, damaged or without
    sound.
    """
    _check_file(path)
    _check_stated_length(path)
    _check_riff_length(path)
    _check_last_ogg_page(path)
    stream = _open(path)
    if not _SLOWEST_HZ <= stream.rate_hz <= _FASTEST_HZ:
        raise InputError(f"{path} claims {stream.rate_hz} samples a second, which no speech has; export it again")
    return stream


def _open(path: Path) -> Stream:
    if _first_bytes(path) in _SOUNDFILE_MAGIC:
        try:
            info = soundfile.info(os.fsencode(path))
        except soundfile.LibsndfileError:
            return _ffmpeg_stream(path)
        known = 0 < info.frames < 1 << 62  # what was streamed may state none, or the largest number
        if known and info.channels not in _LOUDSPEAKERS:
            return Stream(info.samplerate, _soundfile_blocks(path))
    return _ffmpeg_stream(path)


def _check_file(path: Path) -> None:
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):  # opening a pipe would wait for its writer
            with path.open("rb"):
                pass
    except FileNotFoundError:
        raise InputError(f"{path}: no such file; check the name") from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path}: cannot be opened ({reason}); check the name and your rights to it") from None
    if stat.S_ISDIR(status.st_mode):
        raise InputError(f"{path} is a folder; name a sound file in it")
    if not stat.S_ISREG(status.st_mode):
        raise InputError(f"{path} is a pipe or a device; save its sound to a file first")
    if status.st_size == 0:
        raise InputError(f"{path} is empty (0 bytes); record or copy it again")


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4)


def _cut_short(path: Path, at_s: float | None = None) -> InputError:
    where = "" if at_s is None else f" after {at_s:.2f} s"
    return InputError(f"{path} is cut short{where}: it ends before its header says; copy or record it again")


def _check_stated_length(path: Path) -> None:
    """Refuse an RF64, AIFF or Wave64 file that is shorter than its first header says."""
    with path.open("rb") as file:
        head = file.read(28)
        size = file.seek(0, 2)
    stated = 0
    if head[:4] == b"RF64" and head[12:16] == b"ds64":
        stated = int.from_bytes(head[20:28], "little") + 8
    elif head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        stated = int.from_bytes(head[4:8], "big") + 8
    elif head[:4] == b"riff":
        stated = int.from_bytes(head[16:24], "little")
    if size < stated < 1 << 62:
        raise _cut_short(path)


def _check_riff_length(path: Path) -> None:
    """Refuse a WAV file whose data chunk is longer than the file; libsndfile reads such a file in silence."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if head[:4] != b"RIFF" or head[8:] != b"WAVE":
            return
        while len(chunk := file.read(8)) == 8:
            name, length = chunk[:4], int.from_bytes(chunk[4:], "little")
            if name == b"data":
                if not _is_unknown(length) and file.tell() + length > size:
                    raise _cut_short(path)
                return
            file.seek(length + length % 2, 1)
    raise InputError(f"{path} is a WAV file without sound data; record or copy it again")


def _is_unknown(length: int) -> bool:
    """Return whether a length stands for none, as in WAV files that were written to a pipe.

    Their writers leave 0 or nearly the largest number, with or without a sign: SoX 0x7FFFF000, arecord 0x80000000,
    ffmpeg 0xFFFFFFFF, speech services that or 0x7FFFFFFF, less the header.
    """
    return length == 0 or min(abs(length - (1 << 31)), abs(length - (1 << 32))) < 1 << 16


def _check_last_ogg_page(path: Path) -> None:
    """Refuse an Ogg file that ends within a page; decoders drop such a page in silence."""
    with path.open("rb") as file:
        if file.read(4) != b"OggS":
            return
        size = file.seek(0, 2)
        file.seek(max(0, size - (1 << 16) - 512))  # a page is at most 65 307 bytes
        tail = file.read()
    page = tail[tail.rfind(b"OggS") :]
    segments = page[26] if len(page) > 26 else 0
    if len(page) < 27 + segments or len(page) < 27 + segments + sum(page[27 : 27 + segments]):
        raise _cut_short(path)


def _soundfile_blocks(path: Path) -> Iterator[NDArray[np.float32]]:
    done = 0
    with soundfile.SoundFile(os.fsencode(path)) as file:
        try:
            for block in file.blocks(BLOCK, dtype="float32", always_2d=True):
                done += len(block)
                yield block.mean(axis=1)
        except soundfile.LibsndfileError as error:
            at_s = done / file.samplerate
            raise InputError(f"{path} is damaged after {at_s:.2f} s ({error.error_string}); copy it again") from None
        if done < file.frames:
            raise _cut_short(path, done / file.samplerate)


def _ffmpeg_stream(path: Path) -> Stream:
    command = [
        ffmpeg.program(), "-nostdin", "-hide_banner", "-nostats", "-protocol_whitelist", "file,pipe",
        "-i", f"file:{path.absolute()}", "-map", "0:a:0",
        "-af", "aresample=async=1:first_pts=0",  # a sound track that starts late stays late
        "-ac", "1", "-c:a", "pcm_f32be", "-f", "au", "pipe:1",
    ]  # fmt: skip
    log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the generator that outlives this function
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, stdin=subprocess.DEVNULL)
    assert process.stdout is not None
    header = process.stdout.read(_AU_HEADER.size)
    if len(header) < _AU_HEADER.size:
        process.stdout.close()
        process.wait()
        with log:
            raise _ffmpeg_error(path, _read_log(log))
    _, offset, _, _, rate_hz, _ = _AU_HEADER.unpack(header)
    process.stdout.read(offset - _AU_HEADER.size)
    return Stream(rate_hz, _ffmpeg_blocks(path, process, rate_hz, log))


def _ffmpeg_blocks(
    path: Path, process: "subprocess.Popen[bytes]", rate_hz: int, log: IO[bytes]
) -> Iterator[NDArray[np.float32]]:
    done = 0
    assert process.stdout is not None
    try:
        while data := process.stdout.read(BLOCK * 4):
            block = np.frombuffer(data[: len(data) // 4 * 4], dtype=">f4").astype(np.float32)
            done += len(block)
            yield block
        status = process.wait()
        text = _read_log(log)
    finally:  # also when the reader stops early
        process.kill()
        process.wait()
        process.stdout.close()
        log.close()
    done_s = done / rate_hz
    if status != 0 and done == 0:
        raise _ffmpeg_error(path, text)
    if done and _DAMAGED.search(text):
        _log.warning("%s has damaged parts, which were left out or may crackle", path)
    if _CUT_SHORT.search(text) or (_is_sound_only(text) and done_s < _stated_length_s(text) - 0.25):
        raise _cut_short(path, done_s)


def _read_log(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read(1 << 20).decode("utf-8", "replace")


def _stated_length_s(log: str) -> float:
    """Return the length that the file's header states, or 0 where it states none."""
    match = re.search(r"Duration: (\d+):(\d+):(\d+\.\d+)", log)
    if match is None or "Estimating duration" in log:
        return 0.0
    hours, minutes, seconds = match.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _is_sound_only(log: str) -> bool:
    return all("attached pic" in line for line in log.splitlines() if re.search(r"Stream #0.*: Video:", line))


def _ffmpeg_error(path: Path, log: str) -> InputError:
    if _CUT_SHORT.search(log):
        return _cut_short(path)
    if "matches no streams" in log:
        return InputError(f"{path} has no sound track; give a file with sound")
    if "Invalid data found" in log or "could not find codec" in log.lower():
        return InputError(
            f"{path} is not a sound file that can be read; give wav, flac, ogg, mp3, m4a, mp4, mov or mkv"
        )
    lines = [line.strip() for line in log.splitlines() if _REASON.search(line)]
    reason = re.sub(r"^\[.*?\] ", "", lines[0]) if lines else "no reason given"
    return InputError(f"{path} cannot be decoded ({reason}); convert it to wav")
