"""`Hall`: the streams that a server has at a time, and the one thread that computes them all."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import Audio2BlendError
from audio2blend.network import Network

from .meters import Meters
from .stream import Frame, Voice

PIECE_S: Final = 0.5
"""Sound is computed in pieces of this length, so that streams take turns and can be interrupted."""


class FullError(Audio2BlendError):
    """There are as many streams as the server takes."""


class Stream:
    """One voice of a server; its methods are awaited in turn, and end with `close`."""

    def __init__(self, hall: "Hall", voice: Voice) -> None:
        """Use `Hall.stream` instead."""
        self._hall, self.voice = hall, voice
        self._generation = 0

    async def push(self, samples: NDArray[np.float32]) -> AsyncIterator[list[Frame]]:
        """Yield the frames that mono samples make ready, piece by piece; it ends where the stream is interrupted."""
        generation, step = self._generation, round(PIECE_S * self.voice.sample_rate)
        for first in range(0, len(samples), step):
            piece = samples[first : first + step]
            frames = await self._computed(partial(self._pushed, piece), len(piece))
            if generation != self._generation:
                return
            yield frames

    def _pushed(self, samples: NDArray[np.float32]) -> list[Frame]:
        return list(self.voice.push(samples))

    async def flush(self) -> list[Frame]:
        """Return the frames still to come."""
        generation = self._generation
        frames = await self._computed(lambda: list(self.voice.flush()), 0)
        return frames if generation == self._generation else []

    def interrupt(self) -> None:
        """Drop what is being computed, at once; `reset` is to follow."""
        self._generation += 1

    async def reset(self) -> None:
        """Forget what was said and is still to come."""
        self.interrupt()
        await self._hall.compute(self.voice.reset, 0)

    async def idle(self, n_frames: int) -> list[Frame]:
        """Return frames of a face that waits."""
        return await self._computed(lambda: self.voice.idle(n_frames), 0)

    async def _computed(self, work: Callable[[], list[Frame]], n_samples: int) -> list[Frame]:
        frames: list[Frame] = await self._hall.compute(work, n_samples / self.voice.sample_rate)
        return frames


class Hall:
    """Takes streams while there is room, and refuses them at once when there is none: nobody waits in line."""

    def __init__(self, *, max_streams: int, meters: Meters | None = None) -> None:
        """Load the live network. One thread computes it, for a process keeps one core busy at most."""
        self.meters = meters or Meters(max_streams)
        self._network = Network.load(quality="live", device="cpu", threads=1)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="faces")
        self._max, self._count = max_streams, 0

    @property
    def network(self) -> Network:
        """What all streams share."""
        return self._network

    @contextmanager
    def stream(self, transport: str, **settings: Any) -> Iterator[Stream]:
        """Take a stream for the time of a `with`; `settings` are those of `Voice`.

        Raises FullError if there is no room, InputError for settings out of range.
        """
        if self._count >= self._max:
            self.meters.rejected("full")
            raise FullError(f"all {self._max} streams are in use; try again later, or start another server")
        self._count += 1
        self.meters.streams(self._count)
        outcome = "failed"
        try:
            yield Stream(self, Voice(self._network, **settings))
            outcome = "done"
        finally:
            self._count -= 1
            self.meters.streams(self._count)
            self.meters.ended(transport, outcome)

    async def compute(self, work: Callable[[], Any], sound_s: float) -> Any:
        """Do some work in the thread of faces, and measure it."""

        def timed() -> tuple[Any, float]:
            began = time.perf_counter()
            return work(), time.perf_counter() - began

        result, seconds = await asyncio.get_running_loop().run_in_executor(self._thread, timed)
        self.meters.computed(seconds, sound_s, len(result) if isinstance(result, list) else 0)
        return result

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(cancel_futures=True)
