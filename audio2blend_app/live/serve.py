"""A server of faces: several transports on one hall of streams."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any, cast

from audio2blend import plugins
from audio2blend.errors import InputError

from .hall import Hall
from .senders import parsed
from .stage import Receiver, Stage
from .stream import Frame, Voice
from .transports import Security, Transport


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeRequest:
    """What to serve, where."""

    places: Mapping[str, str]
    """"host:port" by the name of a transport."""
    receivers: Sequence[Callable[[], Receiver]] = ()
    """Programs to which the face of the voice that is on is sent."""
    max_streams: int = 8
    """How many streams there may be at a time; more are refused at once."""
    security: Security = field(default_factory=Security)
    started: Callable[[dict[str, int]], None] = lambda ports: None
    """Called with the ports by transport once all of them serve."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeReport:
    """How it ended."""

    ports: dict[str, int]
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "ended"


def serve(request: ServeRequest) -> ServeReport:
    """Serve until interrupted. Raises InputError for a port that cannot be had, and what transports raise."""
    if request.max_streams < 1:
        raise InputError(f"a server for {request.max_streams} streams serves nobody; take 1 and more")
    if not request.places:
        raise InputError(f"name what to serve: {', '.join(plugins.names('transports'))}")
    return asyncio.run(_serve(request))


async def _serve(request: ServeRequest) -> ServeReport:
    hall = Hall(max_streams=request.max_streams)
    ports: dict[str, int] = {}
    ended = asyncio.Event()
    for ending in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(ending, ended.set)
    async with AsyncExitStack() as open_:
        open_.callback(hall.close)
        stage = None
        if request.receivers:
            waiting = Voice(hall.network, seed=1)
            stage = Stage([made() for made in request.receivers], idle=lambda: _idle(waiting))
            await open_.enter_async_context(stage.open())
        for name, place in request.places.items():
            transport = cast(Transport, plugins.load("transports", name))
            host, port = parsed(place, cast(Any, transport).PORT)
            serving = transport.serve(hall, host, port, security=request.security, stage=stage)
            ports[name] = await open_.enter_async_context(serving)
        request.started(ports)
        await ended.wait()
    return ServeReport(ports=ports)


def _idle(voice: Voice) -> Frame:
    return voice.idle(1)[0]
