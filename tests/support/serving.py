"""A live server in a thread of its own."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from audio2blend_app.live.hall import Hall
from audio2blend_app.live.transports import Security


@contextmanager
def serving(transport: Any, *, max_streams: int = 4, security: Security | None = None) -> Iterator[int]:
    """Serve one transport on this machine while entered; gives its port."""
    loop, ready, port, done = asyncio.new_event_loop(), threading.Event(), [], asyncio.Event()

    async def serve() -> None:
        hall = Hall(max_streams=max_streams)
        async with transport.serve(hall, "127.0.0.1", 0, security=security or Security()) as number:
            port.append(number)
            ready.set()
            await done.wait()
        hall.close()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert ready.wait(20)
        yield port[0]
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(20)
