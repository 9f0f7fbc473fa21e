"""Faces in real time without a server: of a recording, or of the microphone of this machine."""

import asyncio
import queue
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio2blend.audio import SAMPLE_RATE, Speech, load
from audio2blend.channels import ARKIT, ROTATIONS
from audio2blend.errors import InputError, MissingDependencyError
from audio2blend.network import Network
from audio2blend.pipeline import animate

from .stage import Receiver, Stage
from .stream import Frame, Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveReport:
    """What was shown."""

    frames: int
    dropped: int = 0
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.frames} frames sent, {self.dropped} dropped"


def play(recording: Path, receivers: Sequence[Callable[[], Receiver]], *, heard: bool) -> LiveReport:
    """Show the face of a recording in real time, from the network that looks ahead; with `heard`, play it too.

    Raises InputError for a recording that cannot be read, MissingDependencyError for sound without sounddevice.
    """
    _needs(receivers)
    speech = load(recording)
    clip = animate(speech, network=Network.load()).select((*ARKIT, *ROTATIONS))
    times = clip.times_s
    frames = [
        Frame(sample=round(t * SAMPLE_RATE), time_s=float(t), weights=row[:52], rotations=row[52:])
        for t, row in zip(times, clip.values, strict=True)
    ]
    return asyncio.run(_play(frames, speech, receivers, heard))


async def _play(
    frames: list[Frame], speech: Speech, receivers: Sequence[Callable[[], Receiver]], heard: bool
) -> LiveReport:
    stage = Stage([made() for made in receivers])
    async with stage.open():
        if heard:
            _device().play(speech.samples, SAMPLE_RATE)
        for first in range(0, len(frames), 600):  # ten seconds at a time
            stage.show(frames[first : first + 600])
            await stage.finished()
    return LiveReport(frames=len(frames) - stage.dropped, dropped=stage.dropped)


def microphone(
    receivers: Sequence[Callable[[], Receiver]], *, device: str | None = None, seconds: float | None = None
) -> LiveReport:
    """Show the face of who speaks into a microphone, until interrupted or for so many seconds.

    Raises MissingDependencyError without sounddevice, InputError for a device that cannot be had.
    """
    _needs(receivers)
    sounds = _device()
    pieces: queue.Queue[NDArray[np.float32]] = queue.Queue(50)

    def heard(block: Any, _count: int, _time: Any, _status: Any) -> None:
        try:
            pieces.put_nowait(np.array(block[:, 0], np.float32))
        except queue.Full:  # the face cannot keep up: better a gap than a face that is ever later
            return

    try:
        stream = sounds.InputStream(samplerate=SAMPLE_RATE, channels=1, blocksize=320, device=device, callback=heard)
    except Exception as error:  # PortAudio has many
        raise InputError(f"no microphone can be heard ({error}); connect one, or name another device") from None
    with stream:
        return listen(pieces_of(pieces, seconds), [made() for made in receivers])


def listen(pieces: Iterator[NDArray[np.float32]], receivers: Sequence[Receiver]) -> LiveReport:
    """Send the frames of pieces of sound at 16 kHz as they become known, and close the receivers."""
    voice, count = Voice(Network.load(quality="live", device="cpu", threads=1)), 0
    try:
        for piece in pieces:
            for frame in voice.push(piece):
                count += 1
                for receiver in receivers:
                    receiver.send(frame)
    except KeyboardInterrupt:
        pass
    finally:
        for receiver in receivers:
            receiver.close()
    return LiveReport(frames=count)


def pieces_of(pieces: "queue.Queue[NDArray[np.float32]]", seconds: float | None) -> Iterator[NDArray[np.float32]]:
    """Yield what comes into a queue, for so many seconds of sound or for ever."""
    left = np.inf if seconds is None else seconds * SAMPLE_RATE
    while left > 0:
        piece = pieces.get()
        left -= len(piece)
        yield piece


def _needs(receivers: Sequence[Any]) -> None:
    if not receivers:
        raise InputError("nobody would see the face; name a program to send it to, such as Live Link at localhost")


def _device() -> Any:
    try:
        return import_module("sounddevice")
    except (ImportError, OSError) as error:
        raise MissingDependencyError(
            f"sound devices need sounddevice ({error}); pip install 'audio2blend[mic]', on Linux also libportaudio2"
        ) from None
