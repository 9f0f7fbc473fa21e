"""The host of a process's streams: who is let in, whose turn it is on the network, and what is measured."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import Audio2BlendError
from audio2blend.network import Network

from .measures import Measures
from .stream import Dials, Frame, Voice

_TURN_S = 0.1
"""How much sound is processed in one go: long pieces are cheap, and short ones let the other streams take turns."""


class Full(Audio2BlendError):  # noqa: N818  # it is a state of the host, not a fault
    """Every stream is taken; who asks is refused at once rather than made to wait."""


class Host:
    """All streams of one process: they share a network and one thread that runs it.

    A process uses one core; for more, start more of them.
    """

    def __init__(self, network: Network, *, max_streams: int) -> None:
        """Be ready for `max_streams` voices at a time."""
        self.max_streams = max_streams
        self.network = network
        self.seats: set[Seat] = set()
        self.measures = Measures(max_streams)
        self.thread = ThreadPoolExecutor(1, thread_name_prefix="network")

    def close(self) -> None:
        """Let the thread go; what waits for its turn is dropped."""
        self.thread.shutdown(cancel_futures=True)

    @contextmanager
    def seat(self, transport: str) -> Iterator["Seat"]:
        """Give a stream its place for a `with` block. Raises `Full` at once if all are taken."""
        if len(self.seats) >= self.max_streams:
            self.measures.rejected.labels("full").inc()
            raise Full(f"all {self.max_streams} streams of this server are in use; try another one, or later")
        seat = Seat(self, transport)
        self.seats.add(seat)
        self.measures.taken(len(self.seats))
        outcome = "failed"
        try:
            yield seat
            outcome = "done"
        finally:
            self.seats.discard(seat)
            self.measures.taken(len(self.seats))
            self.measures.streams.labels(transport, outcome).inc()

    async def frames(self, work: Callable[[], list[Frame]]) -> list[Frame]:
        """Return the frames that `work` gives in the network's thread, when its turn has come."""

        def timed() -> list[Frame]:
            began_s = time.perf_counter()
            frames = work()
            self.measures.compute_s.observe(time.perf_counter() - began_s)
            return frames

        frames = await asyncio.get_running_loop().run_in_executor(self.thread, timed)
        self.measures.frames.inc(len(frames))
        return frames


class Seat:
    """One stream's place at a host."""

    def __init__(self, host: Host, transport: str) -> None:
        """Take it; `open` begins the voice."""
        self.transport = transport
        self.last: Frame | None = None
        """The frame that was sent last, for whoever watches."""
        self.late_s = 0.0
        """How long after its sound it was sent."""
        self._host = host
        self._voice: Voice | None = None
        self._turn = 0
        """Counts resets: what was begun before one is dropped."""

    def open(self, *, rate_hz: int, dials: Dials) -> Voice:
        """Begin the voice. Raises InputError for a rate or a dial out of range."""
        self._voice = Voice(self._host.network, rate_hz=rate_hz, dials=dials)
        return self._voice

    @property
    def voice(self) -> Voice:
        """The voice that was begun."""
        if self._voice is None:
            raise RuntimeError("the stream was not opened")
        return self._voice

    async def push(self, samples: NDArray[np.float32]) -> AsyncIterator[list[Frame]]:
        """Yield the frames of samples (n,), some at a time; a `reset` meanwhile ends it.

        Raises InputError for samples that are not numbers.
        """
        arrived_s = time.perf_counter()
        turn, voice = self._turn, self.voice
        size = max(1, round(_TURN_S * voice.rate_hz))
        for start in range(0, len(samples), size):
            piece = samples[start : start + size]
            frames = await self._host.frames(partial(voice.push, piece))
            self._host.measures.sound_s.inc(len(piece) / voice.rate_hz)
            if self._turn != turn:
                return
            if frames:
                yield frames
                self._sent(frames[-1], arrived_s)

    async def flush(self) -> list[Frame]:
        """Return the frames still to come; another line may begin."""
        return await self._host.frames(self.voice.flush)

    async def reset(self) -> None:
        """Drop what was pushed and not given yet."""
        self._turn += 1
        await asyncio.get_running_loop().run_in_executor(self._host.thread, self.voice.reset)

    def _sent(self, frame: Frame, arrived_s: float) -> None:
        self.last, self.late_s = frame, time.perf_counter() - arrived_s
        self._host.measures.lateness_s.observe(self.late_s)
