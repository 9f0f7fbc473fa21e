"""WebSocket, for browsers and agents: `--ws :8765`, with a page to watch, `/health` and `/metrics` on the same port."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import fields
from functools import partial
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final

from websockets.asyncio.server import ServerConnection
from websockets.asyncio.server import serve as listen
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.clip import FRAME_RATE
from audio2blend.errors import InputError

from .host import Full, Host, Seat
from .stream import Dials, Frame, samples_in
from .transport import Access, host_and_port
from .wire.binary import binary
from .wire.json_frames import azure, named, talkinghead

PROTOCOL: Final = "audio2blend.v1"
_ENCODERS: Final[dict[str, Callable[[Sequence[Frame]], list[Any]]]] = {
    "binary": binary,
    "json": named,
    "azure": azure,
    "talkinghead": talkinghead,
}
_LONGEST: Final = 1 << 20
"""Bytes of one message; a few of them wait at most, and TCP holds the sender back then."""
_PATIENCE_S: Final = 5.0
"""How long a reader may take nothing before it is cut off."""


@asynccontextmanager
async def serve(host: Host, address: str, access: Access) -> AsyncIterator[str]:
    """Serve at `address` while the context lasts; it gives the address that was bound."""
    name, port = host_and_port(address)
    tls = None
    try:
        if access.certificate:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(access.certificate, access.key)
        server = await listen(
            partial(_serve_one, host),
            name,
            port,
            ssl=tls,
            origins=[*access.origins, None] if access.origins else None,  # type: ignore[list-item]  # None: no browser
            subprotocols=[PROTOCOL],  # type: ignore[list-item]
            process_request=partial(_request, host, access),
            compression=None,  # costs more time than it saves bytes
            max_size=_LONGEST,
            max_queue=8,
            server_header=None,
        )
    except OSError as error:
        raise InputError(f"WebSocket cannot be served at {name}:{port}: {error}; is the port taken?") from error
    async with server:
        yield f"{name}:{next(iter(server.sockets)).getsockname()[1]}"


def _request(host: Host, access: Access, connection: ServerConnection, request: Request) -> Response | None:
    """Answer what is no WebSocket, and who is not let in."""
    path = request.path.partition("?")[0]
    if path == "/health":
        return connection.respond(HTTPStatus.OK, "ok\n")
    if not access.admits(request.headers.get("Authorization")):
        host.measures.rejected.labels("token").inc()
        return connection.respond(HTTPStatus.UNAUTHORIZED, "the bearer token is missing or wrong\n")
    if path == "/metrics":
        return _page(host.measures.text(), "text/plain; version=0.0.4")
    if path == "/streams":
        return _page(json.dumps(_watched(host)).encode(), "application/json")
    if request.headers.get("Upgrade", "").lower() != "websocket":
        return _page(files(__package__).joinpath("watch.html").read_bytes(), "text/html; charset=utf-8")
    if len(host.seats) >= host.max_streams:
        host.measures.rejected.labels("full").inc()
        return connection.respond(HTTPStatus.SERVICE_UNAVAILABLE, f"all {host.max_streams} streams are in use\n")
    return None


def _page(body: bytes, kind: str) -> Response:
    return Response(200, "OK", Headers({"Content-Type": kind, "Content-Length": str(len(body))}), body)


def _watched(host: Host) -> dict[str, Any]:
    streams = [
        {"transport": seat.transport, "late_ms": 1000 * seat.late_s, "values": _by_name(seat.last)}
        for seat in host.seats
        if seat.last
    ]
    return {"in_use": len(host.seats), "max_streams": host.max_streams, "streams": streams}


def _by_name(frame: Frame) -> dict[str, float]:
    return dict(zip(CHANNELS, frame.values.round(4).tolist(), strict=True))


async def _serve_one(host: Host, connection: ServerConnection) -> None:
    try:
        with host.seat("ws") as seat:
            await _Session(seat, host, connection).run()
    except Full as error:
        await connection.close(1013, str(error))
    except TimeoutError:
        host.measures.dropped.labels("slow").inc()
        connection.transport.abort()
    except ConnectionClosed:
        pass


class _Session:
    """One client's messages, in turn; what is wrong with one is said, and the stream goes on."""

    def __init__(self, seat: Seat, host: Host, connection: ServerConnection) -> None:
        self._seat, self._host, self._connection = seat, host, connection
        self._format = "s16"
        self._encode: Callable[[Sequence[Frame]], list[Any]] = binary
        self._open = False

    async def run(self) -> None:
        """Answer until the client leaves; sound is processed beside the reading, so that a reset is heard at once."""
        work: asyncio.Queue[bytes | dict[str, Any]] = asyncio.Queue(8)
        worker = asyncio.create_task(self._work(work))
        reader = asyncio.create_task(self._read(work))
        try:
            done, _ = await asyncio.wait({worker, reader}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in (worker, reader):
                task.cancel()
            await asyncio.gather(worker, reader, return_exceptions=True)

    async def _read(self, work: asyncio.Queue[bytes | dict[str, Any]]) -> None:
        async for message in self._connection:
            if isinstance(message, bytes):
                await work.put(message)
                continue
            try:
                said = json.loads(message)
                if not isinstance(said, dict):
                    raise ValueError("no object")
            except (ValueError, RecursionError):
                await self._complain("a text message is no JSON object")
                continue
            if said.get("type") == "reset" and self._open:
                while not work.empty():
                    work.get_nowait()
                await self._seat.reset()
                await self._send([json.dumps({"type": "reset"})])
            else:
                await work.put(said)

    async def _work(self, work: asyncio.Queue[bytes | dict[str, Any]]) -> None:
        while True:
            message = await work.get()
            try:
                if isinstance(message, bytes):
                    await self._hear(message)
                else:
                    await self._do(message)
            except InputError as error:
                await self._complain(str(error))

    async def _hear(self, sound: bytes) -> None:
        if not self._open:
            raise InputError('sound came before {"type": "start"}')
        async for frames in self._seat.push(samples_in(sound, self._format)):  # type: ignore[arg-type]
            await self._send(self._encode(frames))

    async def _do(self, said: dict[str, Any]) -> None:
        kind = said.pop("type", None)
        if kind == "start":
            await self._start(said)
        elif not self._open:
            raise InputError('a stream begins with {"type": "start"}')
        elif kind == "flush":
            if frames := await self._seat.flush():
                await self._send(self._encode(frames))
            await self._send([json.dumps({"type": "flushed"})])
        elif kind == "emotion":
            try:
                self._seat.voice.emotion = str(said.get("emotion"))
            except InputError as error:
                raise InputError(f"emotion: {error}") from error
        else:
            raise InputError(f"there is no message {kind!r}; there are start, flush, reset and emotion")

    async def _start(self, said: dict[str, Any]) -> None:
        sample_format, encoder, rate = said.pop("format", "s16"), said.pop("frames", "binary"), said.pop("rate", 16_000)
        if sample_format not in ("s16", "f32"):
            raise InputError(f"there is no format {sample_format!r}; send mono s16 or f32")
        if encoder not in _ENCODERS:
            raise InputError(f"there are no frames {encoder!r}; there are {', '.join(_ENCODERS)}")
        kinds = {field.name: type(field.default) for field in fields(Dials)}
        for name, value in {"rate": rate, **said}.items():
            kind = kinds.get(name, int if name == "rate" else None)
            if kind is None:
                raise InputError(f"start has no {name!r}; it has rate, format, frames, {', '.join(kinds)}")
            if isinstance(value, bool) or not isinstance(value, (int, float) if kind is float else kind):
                raise InputError(f"{name} is {value!r}; it has to be of the kind {kind.__name__}")
        voice = self._seat.open(rate_hz=rate, dials=Dials(**said))
        self._format, self._encode, self._open = sample_format, _ENCODERS[encoder], True
        started = {"type": "started", "latency_ms": voice.latency_ms, "frame_rate": int(FRAME_RATE)}
        await self._send([json.dumps(started | {"channels": CHANNELS, "weights": len(ARKIT)})])

    async def _complain(self, sentence: str) -> None:
        await self._send([json.dumps({"type": "error", "message": sentence})])

    async def _send(self, messages: Sequence[str | bytes]) -> None:
        async with asyncio.timeout(_PATIENCE_S):
            for message in messages:
                await self._connection.send(message)
