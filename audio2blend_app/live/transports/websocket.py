"""Faces over WebSocket: the sub-protocol `audio2blend.v1`.

The client sends a text `{"type": "start", "sample_rate": 16000, "format": "s16"}`, then sound as binary messages of any
length. The server answers `{"type": "started", …}`, then a message for each frame as soon as it is known. Further texts
of the client: `flush` (give the frames still to come; answered by `flushed`), `reset` (forget what was said, at once)
and `set` (an emotion, or how far the mouth moves). What is wrong is told in a text `{"type": "error", …}`, and the
stream goes on.

The same port gives pages over HTTP: `/health`, `/metrics` and `/`, which draws what is going on.
"""

import asyncio
import hmac
import json
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

from audio2blend.channels import CHANNELS
from audio2blend.clip import FRAME_RATE
from audio2blend.errors import Audio2BlendError, InputError, MissingDependencyError

from ..hall import FullError, Hall, Stream
from ..sound import FORMATS, samples_of
from ..stage import Stage
from ..stream import Frame
from ..wire.frames import ENCODINGS
from . import Security

PORT: Final = 8_765
SUBPROTOCOL: Final = "audio2blend.v1"
_LARGEST: Final = 2**21
"""Bytes in a message: ten seconds of sound at the highest usual rate."""
_WAITING: Final = 16
"""Messages that may wait; with more of them the client is not read, and its sending stops."""
_PATIENCE_S: Final = 10.0
"""So long a client may leave frames unread, or be silent before `start`."""
_VOICE: Final = {"strength": float, "jaw": float, "lips": float, "smooth_ms": float, "emotion": str, "blinks": float,
                 "gaze": float, "head": float, "seed": int}  # fmt: skip
_DIALS: Final = ("strength", "jaw", "lips")


@asynccontextmanager
async def serve(
    hall: Hall, host: str, port: int, *, security: Security, stage: Stage | None = None
) -> AsyncIterator[int]:
    """Serve while entered, and give the port. Raises InputError if the port cannot be had."""
    try:
        from websockets import Origin, Subprotocol
        from websockets.asyncio.server import serve as listen
    except ImportError:
        raise MissingDependencyError("WebSocket needs websockets; pip install 'audio2blend[live]'") from None
    door = _Door(hall, security, stage)
    origins = [*map(Origin, security.origins), None] if security.origins else []  # None: programs that are no page
    try:
        server = await listen(
            door.stream, host, port, subprotocols=[Subprotocol(SUBPROTOCOL)], select_subprotocol=_chosen,
            compression=None, max_size=_LARGEST, max_queue=4, write_limit=2**16, origins=origins or None,
            process_request=door.page, ssl=_tls(security), server_header=None, close_timeout=1,
        )  # fmt: skip
    except OSError as error:
        raise InputError(f"{host}:{port} cannot be listened on ({error.strerror}); end what has it") from None
    async with server:
        yield int(next(iter(server.sockets)).getsockname()[1])


def _chosen(_connection: Any, offered: Any) -> Any:
    """Return our sub-protocol for who offers it; who offers none may speak it all the same."""
    return SUBPROTOCOL if SUBPROTOCOL in offered else None


def _tls(security: Security) -> ssl.SSLContext | None:
    if security.certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        context.load_cert_chain(security.certificate, security.key)
    except (OSError, ssl.SSLError) as error:
        raise InputError(f"{security.certificate} is no certificate with its key ({error}); give both in PEM") from None
    return context


class _Door:
    """Lets connections in."""

    def __init__(self, hall: Hall, security: Security, stage: Stage | None) -> None:
        self._hall, self._security, self._stage = hall, security, stage

    def page(self, connection: Any, request: Any) -> Any:
        """Return a page for those who ask for one, a refusal for who has no token, None for a stream."""
        place = urlsplit(request.path)
        if not self._known(request.headers.get("Authorization", ""), parse_qs(place.query)):
            return connection.respond(
                HTTPStatus.UNAUTHORIZED, "a token is needed: Authorization: Bearer …, or ?token=…\n"
            )
        if request.headers.get("Upgrade", "").lower() == "websocket":
            return None
        if place.path == "/health":
            return connection.respond(HTTPStatus.OK, "ok\n")
        if place.path == "/metrics":
            return connection.respond(HTTPStatus.OK, self._hall.meters.text())
        if place.path == "/":
            page = connection.respond(HTTPStatus.OK, (files(__package__) / "page.html").read_text("utf-8"))
            del page.headers["Content-Type"]
            page.headers["Content-Type"] = "text/html; charset=utf-8"
            return page
        return connection.respond(HTTPStatus.NOT_FOUND, "there are /, /health and /metrics\n")

    def _known(self, header: str, query: dict[str, list[str]]) -> bool:
        if not self._security.token:
            return True
        shown = header.removeprefix("Bearer ") if header else next(iter(query.get("token", [])), "")
        return hmac.compare_digest(shown.encode(), self._security.token.encode())

    async def stream(self, connection: Any) -> None:
        """Serve one connection to its end."""
        from websockets.exceptions import ConnectionClosed

        client = _Client(connection)
        try:
            with ExitStack() as open_:
                begin, stream = await self._begun(client, open_)
                await client.tell(
                    "started",
                    channels=CHANNELS,
                    frame_rate=float(FRAME_RATE),
                    latency_s=round(stream.voice.latency_s, 4),
                )
                await self._serve(client, stream, begin)
        except FullError as error:
            await client.tell("error", code="full", message=str(error))
            await connection.close(1013, "full")
        except _SlowError:
            self._hall.meters.dropped(1, "slow reader")
            await connection.close(1008, "frames were not read")
        except (ConnectionClosed, TimeoutError):
            return

    async def _begun(self, client: "_Client", open_: ExitStack) -> tuple["_Begin", Stream]:
        """Return what a client wants and its stream, which ends with `open_`."""
        while True:
            begin = await client.started()
            try:
                return begin, open_.enter_context(self._hall.stream("websocket", **begin.voice))
            except InputError as error:
                await client.tell("error", code="input", message=str(error))

    async def _serve(self, client: "_Client", stream: Stream, begin: "_Begin") -> None:
        encode = ENCODINGS[begin.frames]
        clock = _Clock(stream.voice.sample_rate)

        async def give(frames: list[Frame]) -> None:
            for content in encode(frames):
                await client.send(content)
            for frame in frames:
                self._hall.meters.late(clock.lateness(frame))
            if self._stage is not None:
                self._stage.show(frames)

        async def obey(message: str | bytes) -> None:
            if isinstance(message, bytes):
                samples = samples_of(message, begin.form)
                clock.heard(len(samples))
                async for frames in stream.push(samples):
                    await give(frames)
                return
            order = _parsed(message)
            if order["type"] == "flush":
                await give(await stream.flush())
                await client.tell("flushed")
            elif order["type"] == "reset":
                await stream.reset()
                await client.tell("reset")
            elif order["type"] == "set":
                _set(stream, order)
            else:
                raise InputError(f"'{order['type']}' is not known here; send sound, flush, reset or set")

        waiting: asyncio.Queue[str | bytes | None] = asyncio.Queue(_WAITING)
        listening = asyncio.create_task(self._listen(client, stream, waiting))
        try:
            while (message := await waiting.get()) is not None:
                try:
                    await obey(message)
                except InputError as error:
                    await client.tell("error", code="input", message=str(error))
        finally:
            listening.cancel()

    async def _listen(self, client: "_Client", stream: Stream, waiting: asyncio.Queue[str | bytes | None]) -> None:
        """Put what the client sends into a queue; a reset overtakes what is in it, and the end comes as None."""
        from websockets.exceptions import ConnectionClosed

        with suppress(ConnectionClosed):
            async for message in client.connection:
                if isinstance(message, str) and '"reset"' in message and _is_reset(message):
                    stream.interrupt()
                    while not waiting.empty():
                        waiting.get_nowait()
                    if self._stage is not None:
                        self._stage.clear()
                await waiting.put(message)
        await waiting.put(None)


class _SlowError(Exception):
    """A client does not read what it is sent."""


class _Clock:
    """Tells how late a frame is: the time since its sound came."""

    def __init__(self, sample_rate: int) -> None:
        self._rate, self._count = sample_rate, 0
        self._came: list[tuple[int, float]] = []

    def heard(self, n_samples: int) -> None:
        """Note that samples came now."""
        self._count += n_samples
        self._came = [*self._came[-200:], (self._count, time.monotonic())]

    def lateness(self, frame: Frame) -> float:
        """Return the seconds since the sample of a frame came."""
        now = time.monotonic()
        return next((now - at for count, at in self._came if count > frame.sample), 0.0)


class _Begin:
    """What a client wants."""

    def __init__(self, order: dict[str, Any]) -> None:
        self.form = str(order.get("format", "s16"))
        if self.form not in FORMATS:
            raise InputError(f"sound in '{self.form}' is not known; send one of {', '.join(FORMATS)}, mono")
        self.frames = str(order.get("frames", "binary"))
        if self.frames not in ENCODINGS:
            raise InputError(f"frames as '{self.frames}' are not known; ask for one of {', '.join(ENCODINGS)}")
        if order.get("channels", 1) != 1:
            raise InputError("a stream has one channel, one voice; open another stream for another voice")
        rate = order.get("sample_rate")
        if not isinstance(rate, int) or isinstance(rate, bool):
            raise InputError("start needs a sample_rate in Hz, such as 16000")
        self.voice: dict[str, Any] = {"sample_rate": rate}
        for name, kind in _VOICE.items():
            if name in order:
                self.voice[name] = _value(order[name], name, kind)


def _value(value: Any, name: str, kind: type) -> Any:
    if (kind is str) != isinstance(value, str) or isinstance(value, bool | list | dict | None):
        raise InputError(f"{name} is {value!r}, but should be {'a text' if kind is str else 'a number'}")
    return kind(value)


def _set(stream: Stream, order: dict[str, Any]) -> None:
    """Change the emotion or the dials of a stream."""
    if unknown := {*order} - {"type", "emotion", *_DIALS}:
        raise InputError(f"set does not know {', '.join(sorted(unknown))}; it knows emotion, {', '.join(_DIALS)}")
    if "emotion" in order:
        stream.voice.emotion = _value(order["emotion"], "emotion", str)
    dials = {name: _value(order[name], name, float) for name in _DIALS if name in order}
    if dials:
        stream.voice.dial(**(dict.fromkeys(_DIALS, 1.0) | dials))


def _is_reset(message: str) -> bool:
    try:
        return bool(_parsed(message)["type"] == "reset")
    except InputError:
        return False


def _parsed(message: str) -> dict[str, Any]:
    try:
        order = json.loads(message)
    except ValueError:
        order = None
    if not isinstance(order, dict) or not isinstance(order.get("type"), str):
        raise InputError('a text has to be JSON such as {"type": "flush"}')
    return order


class _Client:
    """One who is connected."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection

    async def started(self) -> _Begin:
        """Return what the client's `start` says; what is wrong before is told, and may be mended."""
        while True:
            message = await asyncio.wait_for(self.connection.recv(), _PATIENCE_S)
            try:
                if isinstance(message, bytes):
                    raise InputError('sound came before {"type": "start", "sample_rate": …}')
                order = _parsed(message)
                if order["type"] != "start":
                    raise InputError(f"'{order['type']}' came before start")
                return _Begin(order)
            except Audio2BlendError as error:
                await self.tell("error", code="input", message=str(error))

    async def tell(self, kind: str, **content: Any) -> None:
        """Send a text."""
        await self.send(json.dumps({"type": kind, **content}))

    async def send(self, content: bytes | str) -> None:
        """Send a message. Raises _SlowError if the client has not read for too long."""
        try:
            await asyncio.wait_for(self.connection.send(content), _PATIENCE_S)
        except TimeoutError:
            raise _SlowError from None
