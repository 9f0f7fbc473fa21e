"""Sound tracks of all files that ffmpeg reads: compressed sound and video containers."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import ffmpeg
from .wholeness import cut_short, lacks

_DAMAGED: Final = re.compile(
    r"Error submitting packet|Error while decoding|Decoding error|"
    r"corrupt(?! input packet| \(stream = \d+, dts = NOPTS\))",  # these concern the last, short packet of a stream
    re.IGNORECASE,
)
_CUT_SHORT: Final = re.compile(r"partial file|ended prematurely|moov atom not found|truncat", re.IGNORECASE)
_REASON: Final = re.compile(r"error|invalid|unsupported|failed", re.IGNORECASE)
_STREAM: Final = re.compile(
    r"^ *Stream #0:\d+(?:\[\w+\])?(?:\((?P<language>\w+)\))?: (?P<kind>\w+): (?P<about>.*)$", re.M
)
_RESTARTING: Final = ("mpegts", "mpeg", "ogg", "flv", "nut", "asf")
"""Containers with timestamps that may restart midway. ffmpeg counts from the start of the earliest selected stream, so
a sound track that starts late would lose its delay unless all streams are selected."""
_MOST_CHANNELS: Final = 64
_PIPE: Final = 1 << 20
"""Size of the pipe in bytes: large enough for both processes to work in parallel."""


@dataclass(frozen=True, slots=True)
class Track:
    """A sound track of a container."""

    language: str = ""
    """As given in the container, such as "eng"."""
    default: bool = False
    """Whether players play it by default."""
    channels: str = ""
    """Such as "stereo"."""

    def __str__(self) -> str:
        return ", ".join(filter(None, (self.language, self.channels, "default" if self.default else "")))


class Decoder:
    """A running ffmpeg process that decodes one sound track; `close` it after use."""

    def __init__(self, path: Path, track: int, *, seconds: float | None = None) -> None:
        """Start decoding a track, counted from 0; only its first `seconds` if given.

        Raises InputError if there is no such track, or if it cannot be decoded.
        """
        self._path, self._seconds = path, seconds
        self.is_damaged = False
        """Whether parts were skipped or may crackle; known after the last block."""
        self._start(track, with_others=False)
        head = self.log()
        self.tracks, n_others = _streams(head)
        container = re.search(r"Input #0, ([\w,]+), from", head)
        if n_others + len(self.tracks) > 1 and container and set(container[1].split(",")) & {*_RESTARTING}:
            self.close()
            self._start(track, with_others=True)

    def _start(self, track: int, *, with_others: bool) -> None:
        command = [
            ffmpeg.program(), "-nostdin", "-hide_banner", "-nostats", "-protocol_whitelist", "file,pipe",
            "-i", f"file:{self._path.absolute()}", "-map", f"0:a:{track}",
            *([] if self._seconds is None else ["-t", str(self._seconds)]),
            "-af", "aresample=async=1:first_pts=0",  # a sound track that starts late stays late
            "-c:a", "pcm_f32le", "-flags", "+bitexact", "-fflags", "+bitexact", "-flush_packets", "0",
            "-f", "wav", "-blocksize", str(_PIPE // 4), "pipe:1",
            *(["-map", "0:V?", "-map", "0:a", "-c", "copy", "-f", "null", "-"] if with_others else []),
        ]  # fmt: skip
        self._errors: IO[bytes] = tempfile.TemporaryFile("a+b")  # noqa: SIM115 - closed by `close`
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=self._errors, stdin=subprocess.DEVNULL, pipesize=_PIPE
        )
        try:
            self.rate_hz, self.n_channels = self._header()
        except EOFError:
            self._process.wait()
            error = _error(self._path, self.log())
            self.close()
            raise error from None

    def _header(self) -> tuple[int, int]:
        """Read the header of the incoming WAV stream; return its rate and number of channels."""
        rate_hz = n_channels = 0
        self._read(12)
        while True:
            head = self._read(8)
            if head[:4] == b"data":
                return rate_hz, n_channels
            content = self._read(int.from_bytes(head[4:], "little"))
            if head[:4] == b"fmt ":
                n_channels = int.from_bytes(content[2:4], "little")
                rate_hz = int.from_bytes(content[4:8], "little")

    def _read(self, count: int) -> bytes:
        assert self._process.stdout is not None
        data = self._process.stdout.read(count)
        if len(data) < count:
            raise EOFError
        return data

    def blocks(self, size: int) -> Iterator[NDArray[np.float32]]:
        """Yield blocks of up to `size` samples, shape (n, n_channels). Raises InputError after the last one if the file
        is cut short."""
        done = 0
        assert self._process.stdout is not None
        while data := self._process.stdout.read(size * 4 * self.n_channels):
            block = np.frombuffer(data[: len(data) // (4 * self.n_channels) * 4 * self.n_channels], "<f4")
            done += len(block) // self.n_channels
            yield block.reshape(-1, self.n_channels)
        status = self._process.wait()
        text = self.log()
        done_s = done / self.rate_hz
        if status != 0 and done == 0:
            raise _error(self._path, text)
        self.is_damaged = bool(done and _DAMAGED.search(text))
        if _CUT_SHORT.search(text):
            raise cut_short(self._path, done_s)
        tracks, n_others = _streams(text)
        stated_s = _stated_length_s(text)
        alone = len(tracks) == 1 and n_others == 0  # the length of a container is that of its longest stream
        if alone and self._seconds is None and lacks(stated_s - done_s, stated_s):
            raise cut_short(self._path, done_s)

    def log(self) -> str:
        """Return the output of ffmpeg so far."""
        self._errors.seek(0)
        return self._errors.read(1 << 20).decode("utf-8", "replace")

    def close(self) -> None:
        """Kill ffmpeg."""
        self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._errors.close()


class _Streams(NamedTuple):
    tracks: tuple[Track, ...]
    n_others: int
    """Number of streams that are neither sound nor cover art."""


def _streams(log: str) -> _Streams:
    """Parse the input's streams from ffmpeg's log."""
    log = re.split(r"^(?:Stream mapping|Output #0)", log, maxsplit=1, flags=re.MULTILINE)[0]
    tracks, n_others = [], 0
    for stream in _STREAM.finditer(log):
        if stream["kind"] == "Audio":
            layout = re.search(r"\d+ Hz, ([^,]+)", stream["about"])
            tracks.append(
                Track(
                    language="" if stream["language"] in (None, "und") else stream["language"],
                    default="(default)" in stream["about"],
                    channels=layout[1] if layout else "",
                )
            )
        elif "attached pic" not in stream["about"]:
            n_others += 1
    return _Streams(tuple(tracks), n_others)


def _stated_length_s(log: str) -> float:
    """Return the length stated in the file's header, or 0 if there is none."""
    match = re.search(r"Duration: (\d+):(\d+):(\d+\.\d+)", log)
    if match is None or "Estimating duration" in log:
        return 0.0
    hours, minutes, seconds = match.groups()
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


def _error(path: Path, log: str) -> InputError:
    if _CUT_SHORT.search(log):
        return cut_short(path)
    if "matches no streams" in log:
        if tracks := _streams(log).tracks:
            return InputError(f"{path} has {_counted(len(tracks))}; name one from 1 to {len(tracks)}")
        return InputError(f"{path} has no sound track; give a file with sound")
    if "Invalid data found" in log or "could not find codec" in log.lower():
        return InputError(
            f"{path} is not a sound file that can be read; give wav, flac, ogg, mp3, m4a, mp4, mov or mkv"
        )
    many = [int(n) for n in re.findall(r"Hz, (\d+) channels", log)]
    if many and max(many) > _MOST_CHANNELS:
        return InputError(
            f"{path} has {max(many)} channels, more than the {_MOST_CHANNELS} that can be read from such a file; "
            "export it as wav, or fewer of them"
        )
    lines = [line.strip() for line in log.splitlines() if _REASON.search(line)]
    reason = re.sub(r"^\[.*?\] ", "", lines[0]) if lines else "no reason given"
    return InputError(f"{path} cannot be decoded ({reason}); convert it to wav")


def _counted(count: int) -> str:
    return "1 sound track" if count == 1 else f"{count} sound tracks"
