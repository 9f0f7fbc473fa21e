"""`Stage`: shows frames to programs on the network at the time at which they are due."""

import asyncio
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Final, Protocol

from audio2blend.clip import FRAME_RATE

from .stream import Frame

_TICK_S: Final = 1 / float(FRAME_RATE)
_REST_S: Final = 0.25
"""So long after its last frame a face that waits begins to idle."""
_MOST: Final = 60 * 120
"""Frames that may wait: two minutes."""


class Receiver(Protocol):
    """Where frames are sent."""

    def send(self, frame: Frame) -> None:
        """Send a frame that is shown now."""

    def close(self) -> None:
        """Let go of what was held."""


class Stage:
    """Sends each frame to all receivers when it is due: the first at once, the next as far behind as in the sound.

    Frames that come in time pass straight through. `idle` makes the frames of a face that waits.
    """

    def __init__(self, receivers: Sequence[Receiver], *, idle: Callable[[], Frame] | None = None) -> None:
        """Show to `receivers`."""
        self._receivers, self._idle = receivers, idle
        self._waiting: deque[tuple[float, Frame]] = deque()
        self._origin: tuple[float, float] | None = None
        """The clock and the sound's time of the frame that was first."""
        self._last_s = time.monotonic()
        self.dropped = 0
        """Frames that came when too many were waiting."""

    def show(self, frames: Sequence[Frame]) -> None:
        """Take frames of the voice that is on."""
        now = time.monotonic()
        for frame in frames:
            if self._origin is None or now > self._due(frame) + 1:  # the first, or after a pause in what is sent
                self._origin = now, frame.time_s
            if len(self._waiting) < _MOST:
                self._waiting.append((self._due(frame), frame))
            else:
                self.dropped += 1

    def clear(self) -> None:
        """Forget the frames that are waiting: the voice was interrupted."""
        self._waiting.clear()
        self._origin = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Show while entered."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            for receiver in self._receivers:
                receiver.close()

    async def finished(self) -> None:
        """Return when no frame is waiting."""
        while self._waiting:
            await asyncio.sleep(_TICK_S)

    def _due(self, frame: Frame) -> float:
        assert self._origin is not None
        return self._origin[0] + frame.time_s - self._origin[1]

    async def _run(self) -> None:
        while True:
            now = time.monotonic()
            while self._waiting and self._waiting[0][0] <= now:
                self._send(self._waiting.popleft()[1], now)
            if self._idle is not None and not self._waiting and now - self._last_s > _REST_S:
                self._origin = None
                for receiver in self._receivers:
                    receiver.send(self._idle())
            await asyncio.sleep(min(_TICK_S, max(0.001, self._waiting[0][0] - now)) if self._waiting else _TICK_S)

    def _send(self, frame: Frame, now: float) -> None:
        self._last_s = now
        for receiver in self._receivers:
            receiver.send(frame)
