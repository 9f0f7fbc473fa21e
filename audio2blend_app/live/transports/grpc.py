"""Faces over gRPC, as clients of NVIDIA Audio2Face-3D ask for them: theirs work with this server as they are.

The service is `A2FControllerService/ProcessAudioStream`. A client sends a header, sound with or without emotions, and
an end; it gets a header, each frame with its own sound, an event and a status. Sound is mono of 16 bits, at any rate;
what comes back is padded with silence to whole frames. Blendshapes are ARKit's 52 by Audio2Face's names (`JawOpen`) in
its order; multipliers, offsets and clamping are applied to them. Frames are 60 a second, and their time codes say so.

Emotions count from when they come. Ours have seven names: amazement is surprise, grief and pain are sadness, cheekiness
is half of joy, and being out of breath has no face of its own. Face parameters, which tune NVIDIA's own network, and
contrast, preference and smoothing of emotions are accepted and not used; `emotion_strength` is.
"""

import hmac
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from importlib import import_module
from time import time
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import FRAME_RATE
from audio2blend.errors import InputError, MissingDependencyError

from ..hall import FullError, Hall, Stream
from ..sound import samples_of
from ..stage import Stage
from ..stream import Frame
from ..wire.order import WIRE, on_the_wire, pascal
from . import Security

PORT: Final = 52_000
_LARGEST: Final = 2**22
"""Bytes in a message."""
_NAMES: Final = tuple(map(pascal, WIRE))
_EMOTIONS: Final[dict[str, tuple[str, float]]] = {
    "amazement": ("surprise", 1.0),
    "anger": ("anger", 1.0),
    "cheekiness": ("joy", 0.5),
    "disgust": ("disgust", 1.0),
    "fear": ("fear", 1.0),
    "grief": ("sadness", 1.0),
    "joy": ("joy", 1.0),
    "pain": ("sadness", 0.7),
    "sadness": ("sadness", 1.0),
}
_SUCCESS, _ERROR = 0, 3


@asynccontextmanager
async def serve(
    hall: Hall, host: str, port: int, *, security: Security, stage: Stage | None = None
) -> AsyncIterator[int]:
    """Serve while entered, and give the port. Raises InputError if the port cannot be had."""
    try:
        grpc, wire = import_module("grpc"), import_module(".audio2face_pb2", __package__)
    except ImportError as error:
        cure = "pip install 'audio2blend[live]'"
        raise MissingDependencyError(f"gRPC needs grpcio and protobuf ({error}); {cure}") from None
    service = _Service(hall, stage, wire, grpc)
    tls = _tls(security, grpc) if security.certificate else None
    calls = {
        "nvidia_ace.services.a2f_controller.v1.A2FControllerService": {
            "ProcessAudioStream": grpc.stream_stream_rpc_method_handler(
                service.process, wire.Request.FromString, wire.Response.SerializeToString
            )
        },
        "nvidia_ace.services.a2x_export_config.v1.A2XExportConfigService": {
            "GetConfigs": grpc.unary_stream_rpc_method_handler(
                service.configs, wire.ConfigRequest.FromString, wire.Config.SerializeToString
            )
        },
        "grpc.health.v1.Health": {
            "Check": grpc.unary_unary_rpc_method_handler(
                service.check, wire.HealthRequest.FromString, wire.Health.SerializeToString
            )
        },
    }
    server = grpc.aio.server(
        interceptors=[_guard(security.token, grpc)] if security.token else [],
        options=[("grpc.max_receive_message_length", _LARGEST), ("grpc.so_reuseport", 0)],
    )
    server.add_generic_rpc_handlers(
        [grpc.method_handlers_generic_handler(name, methods) for name, methods in calls.items()]
    )
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        got = server.add_secure_port(place, tls) if tls else server.add_insecure_port(place)
    except RuntimeError:
        got = 0
    if not got:
        raise InputError(f"{host}:{port} cannot be listened on; end what has it, or take another port")
    await server.start()
    try:
        yield got
    finally:
        await server.stop(1)


def _tls(security: Security, grpc: Any) -> Any:
    assert security.certificate is not None
    try:
        chain, key = security.certificate.read_bytes(), (security.key or security.certificate).read_bytes()
    except OSError as error:
        raise InputError(
            f"{error.filename} cannot be read ({error.strerror}); give certificate and key in PEM"
        ) from None
    return grpc.ssl_server_credentials([(key, chain)])


def _guard(token: str, grpc: Any) -> Any:
    """Return what refuses calls without the token; its base class is imported late."""

    class Guard(grpc.aio.ServerInterceptor):  # type: ignore[misc]
        async def intercept_service(self, go_on: Any, call: Any) -> Any:
            shown = dict(call.invocation_metadata).get("authorization", "")
            if hmac.compare_digest(shown, f"Bearer {token}") or call.method.startswith("/grpc.health."):
                return await go_on(call)

            async def refuse(_request: Any, context: Any) -> None:
                await context.abort(grpc.StatusCode.UNAUTHENTICATED, "show the token: authorization: Bearer …")

            return grpc.stream_stream_rpc_method_handler(refuse)

    return Guard()


class _Service:
    """The calls."""

    def __init__(self, hall: Hall, stage: Stage | None, wire: Any, grpc: Any) -> None:
        self._hall, self._stage, self._wire, self._grpc = hall, stage, wire, grpc

    async def check(self, _request: Any, _context: Any) -> Any:
        """Say that all is well."""
        return self._wire.Health(status=1)

    async def configs(self, request: Any, _context: Any) -> AsyncIterator[Any]:
        """Give what a client may change, as JSON or as YAML, of which JSON is a part."""
        neutral = {"multipliers": dict.fromkeys(_NAMES, 1.0), "offsets": dict.fromkeys(_NAMES, 0.0)}
        content = json.dumps({"blendshape_parameters": neutral, "emotions": sorted(_EMOTIONS)}, indent=2)
        yield self._wire.Config(name=f"audio2blend.{'json' if request.kind else 'yaml'}", content=content)

    async def process(self, requests: AsyncIterator[Any], context: Any) -> AsyncIterator[Any]:
        """Turn a stream of sound into frames."""
        wire, codes = self._wire, self._grpc.StatusCode
        first: Any = await anext(aiter(requests), wire.Request())
        if first.WhichOneof("part") != "header":
            await context.abort(codes.INVALID_ARGUMENT, "the first message has to be a header")
        try:
            with self._hall.stream("grpc", sample_rate=_rate(first.header)) as stream:
                take = _Take(first.header, wire)
                yield take.header()
                async for request in requests:
                    part = request.WhichOneof("part")
                    if part == "end":
                        break
                    if part != "audio":
                        await context.abort(codes.INVALID_ARGUMENT, "after the header come sound and an end")
                    _feel(stream, request.audio.emotions, take.emotion_strength)
                    take.sound += request.audio.samples
                    async for frames in stream.push(samples_of(request.audio.samples, "s16")):
                        for answer in self._shown(take, frames):
                            yield answer
                for answer in self._shown(take, await stream.flush()):
                    yield answer
            yield wire.Response(event=wire.Event(kind=0))
            yield wire.Response(status=wire.Status(code=_SUCCESS, message="all frames are sent"))
        except FullError as error:
            await context.abort(codes.RESOURCE_EXHAUSTED, str(error))
        except InputError as error:
            yield wire.Response(status=wire.Status(code=_ERROR, message=str(error)))

    def _shown(self, take: "_Take", frames: list[Frame]) -> list[Any]:
        if self._stage is not None:
            self._stage.show(frames)
        return [take.data(frame) for frame in frames]


def _rate(header: Any) -> int:
    """Return the sample rate of a stream. Raises InputError for sound of another kind than mono s16."""
    audio = header.audio
    if audio.format != 0 or audio.channels != 1 or audio.bits != 16:
        raise InputError(f"the sound has {audio.channels} channels of {audio.bits} bits; send mono PCM of 16 bits")
    return int(audio.sample_rate)


def _feel(stream: Stream, emotions: Any, strength: float) -> None:
    """Show the last of the emotions that came."""
    if not emotions:
        return
    amounts: dict[str, float] = {}
    for name, amount in emotions[-1].emotion.items():
        ours, share = _EMOTIONS.get(name, ("", 0.0))
        if ours:
            amounts[ours] = min(1.0, amounts.get(ours, 0.0) + share * strength * max(0.0, amount))
    stream.voice.emotion = ",".join(f"{name}={amount:.3f}" for name, amount in amounts.items()) or "neutral"


class _Take:
    """What a client asked for, and its sound that is still to be sent back."""

    def __init__(self, header: Any, wire: Any) -> None:
        self._header, self._wire = header, wire
        shapes = header.blendshapes
        self._multipliers, self._offsets = _row(shapes.multipliers, 1.0), _row(shapes.offsets, 0.0)
        self._clamped = shapes.clamped
        processing = header.processing
        self.emotion_strength = processing.strength if processing.HasField("strength") else 1.0
        self.sound = bytearray()
        """From the next frame on."""
        self._at = 0
        """The sample that it begins with."""
        self._count = 0

    def header(self) -> Any:
        """Return the first message."""
        skeleton = self._wire.SkeletonHeader(blendshapes=_NAMES)
        header = self._wire.ResponseHeader(audio=self._header.audio, skeleton=skeleton, started_s=time())
        return self._wire.Response(header=header)

    def data(self, frame: Frame) -> Any:
        """Return the message of a frame, with the sound from it to the next."""
        wire = self._wire
        self._count += 1
        end = round(self._count * self._header.audio.sample_rate / FRAME_RATE)
        size = 2 * (end - self._at)
        sound = bytes(self.sound[:size]).ljust(size, b"\0")
        del self.sound[:size]
        self._at = end
        weights = on_the_wire(frame.weights) * self._multipliers + self._offsets
        if self._clamped:
            weights = np.clip(weights, 0, 1)
        row = wire.Weights(time_s=frame.time_s, values=weights.tolist())
        return wire.Response(
            data=wire.Data(
                skeleton=wire.Skeleton(blendshapes=[row]),
                audio=wire.TimedAudio(time_s=frame.time_s, samples=sound),
            )
        )


def _row(by_name: Mapping[str, float], other: float) -> NDArray[np.float32]:
    return np.array([by_name.get(name, other) for name in _NAMES], np.float32)
