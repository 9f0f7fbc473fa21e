"""Decode sound files in blocks, so that an hour of sound is never in memory at its original rate."""

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import numpy as np
import soundfile
from numpy.typing import NDArray

from ..errors import InputError
from . import wholeness
from .containers import Decoder, Track

_BLOCK: Final = 1 << 17
"""Samples in a block, over all channels."""
_COMPRESSED: Final = re.compile(rb"OggS|ID3|\xff[\xe0-\xff]")
"""First bytes of Ogg and MPEG files, which ffmpeg decodes faster."""
_SLOWEST_HZ, _FASTEST_HZ = 2_000, 1_000_000


@dataclass(slots=True)
class Stream:
    """Sound that is being decoded; use it in a `with` block, which closes the decoder."""

    rate_hz: int
    n_channels: int
    blocks: Iterator[NDArray[np.float32]]
    """Blocks of shape (n, n_channels); iteration raises InputError if the file turns out to be damaged."""
    decoder: Decoder | None = None
    """The ffmpeg process that decodes it; None where libsndfile does."""

    @property
    def tracks(self) -> tuple[Track, ...]:
        """All sound tracks of the file; this is one of them."""
        return (Track(),) if self.decoder is None else self.decoder.tracks

    @property
    def is_damaged(self) -> bool:
        """Whether parts were damaged; known after the last block."""
        return self.decoder is not None and self.decoder.is_damaged

    def close(self) -> None:
        """Close the decoder."""
        if self.decoder is not None:
            self.decoder.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_stream(path: Path, track: int = 1, *, seconds: float | None = None) -> Stream:
    """Open a sound track of `path`, counted from 1, with all its channels and at its original rate.

    libsndfile decodes uncompressed and FLAC files of known length, ffmpeg everything else, including the sound tracks
    of videos. With `seconds`, ffmpeg decodes no more than that. Raises InputError if the file is missing, empty,
    damaged or without sound, or has no such track.
    """
    _check_file(path)
    wholeness.check(path)
    stream = _open(path, track, seconds)
    if not _SLOWEST_HZ <= stream.rate_hz <= _FASTEST_HZ:
        stream.close()
        raise InputError(f"{path} claims {stream.rate_hz} samples a second, which no speech has; export it again")
    return stream


def _open(path: Path, track: int, seconds: float | None) -> Stream:
    info = _known_to_libsndfile(path)
    if path.suffix.lower() == ".sd2" and (info is None or info.format != "SD2"):
        raise InputError(f"{path} cannot be read without the file ._{path.name} beside it; copy both, or convert it")
    if info is None:
        decoder = Decoder(path, track - 1, seconds=seconds)
        blocks = decoder.blocks(max(1024, _BLOCK // decoder.n_channels))
        return Stream(decoder.rate_hz, decoder.n_channels, blocks, decoder)
    if track != 1:
        raise InputError(f"{path} has 1 sound track, and {track} was asked for; name track 1, or leave it out")
    wholeness.check_log(path, info.extra_info, info.frames, info.samplerate)
    return Stream(info.samplerate, info.channels, _soundfile_blocks(path))


def _known_to_libsndfile(path: Path) -> "soundfile._SoundFileInfo | None":
    """Return libsndfile's description of a file; None if it cannot read it, or if ffmpeg is to be used."""
    with path.open("rb") as file:
        head = file.read(26)
        compressed = _COMPRESSED.match(head) and path.suffix.lower() != ".sd2"  # its header is in a file beside it
        if compressed or (head.startswith(b"Creative Voice File") and _n_voc_blocks(file, head) > 1):
            return None
    try:
        info = soundfile.info(os.fsencode(path), verbose=True)
    except soundfile.LibsndfileError:
        return None
    known = 0 < info.frames < 1 << 62  # streamed files may state 0 or the largest number
    return info if known else None


def _n_voc_blocks(file: IO[bytes], head: bytes) -> int:
    """Return the number of sound blocks in a .voc file; libsndfile supports one only."""
    at, count = int.from_bytes(head[20:22], "little"), 0
    while True:
        file.seek(at)
        block = file.read(4)
        if len(block) < 4 or block[0] == 0:
            return count
        count += block[0] in (1, 2, 9)
        at += 4 + int.from_bytes(block[1:], "little")


def _check_file(path: Path) -> None:
    try:
        status = path.stat()
        if stat.S_ISREG(status.st_mode):  # opening a pipe would block until there is a writer
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


def _soundfile_blocks(path: Path) -> Iterator[NDArray[np.float32]]:
    done = 0
    with soundfile.SoundFile(os.fsencode(path)) as file:
        size = max(1024, _BLOCK // file.channels)
        try:
            while len(block := file.read(size, dtype="float32", always_2d=True)):
                done += len(block)
                yield block
        except soundfile.LibsndfileError as error:
            at_s = done / file.samplerate
            raise InputError(f"{path} is damaged after {at_s:.2f} s ({error.error_string}); copy it again") from None
        if wholeness.lacks((file.frames - done) / file.samplerate, file.frames / file.samplerate):
            raise wholeness.cut_short(path, done / file.samplerate)
