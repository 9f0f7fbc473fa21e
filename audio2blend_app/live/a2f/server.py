"""gRPC for the clients of Audio2Face-3D, such as NVIDIA's Unreal and Python ones: `--grpc :52000`."""

import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Final

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc

from audio2blend.clip import FRAME_RATE
from audio2blend.errors import InputError

from ..host import Full, Host, Seat
from ..stream import Frame, samples_in
from ..transport import Access, host_and_port
from .messages import Config, ConfigRequest, Request, Response
from .words import NAMES, Weights, dials, emotion, rate_hz

_STREAM: Final = "nvidia_ace.services.a2f_controller.v1.A2FControllerService"
_CONFIGS: Final = "nvidia_ace.services.a2x_export_config.v1.A2XExportConfigService"
_LONGEST_S: Final = 10
"""How much sound one message may bring, as NVIDIA's server has it; gRPC holds the next ones back meanwhile."""


@asynccontextmanager
async def serve(host: Host, address: str, access: Access) -> AsyncIterator[str]:
    """Serve at `address` while the context lasts; it gives the address that was bound."""
    name, port = host_and_port(address)
    options = [("grpc.max_receive_message_length", 16 << 20), ("grpc.so_reuseport", 0)]
    server = grpc.aio.server(options=options)
    stream = grpc.stream_stream_rpc_method_handler(
        partial(_process, host, access), Request.FromString, Response.SerializeToString
    )
    configs = grpc.unary_stream_rpc_method_handler(_configs, ConfigRequest.FromString, Config.SerializeToString)
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(_STREAM, {"ProcessAudioStream": stream}),
            grpc.method_handlers_generic_handler(_CONFIGS, {"GetConfigs": configs}),
        )
    )
    checks = health.aio.HealthServicer()
    await checks.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(checks, server)
    wanted = f"[{name}]:{port}" if ":" in name else f"{name}:{port}"
    try:
        if access.certificate and access.key:
            pair = (access.key.read_bytes(), access.certificate.read_bytes())
            bound = server.add_secure_port(wanted, grpc.ssl_server_credentials([pair]))
        else:
            bound = server.add_insecure_port(wanted)
    except (RuntimeError, OSError) as error:
        raise InputError(f"gRPC cannot be served at {wanted}: {error}; is the port taken?") from error
    await server.start()
    try:
        yield f"{name}:{bound}"
    finally:
        await server.stop(grace=0)


async def _configs(request: Any, context: grpc.aio.ServicerContext[Any, Any]) -> AsyncIterator[Any]:
    content = json.dumps({"blendshapes": list(NAMES), "frame_rate": int(FRAME_RATE)}, indent=2)
    yield Config(name="audio2blend", content=content)  # JSON is YAML too


async def _process(
    host: Host, access: Access, requests: AsyncIterator[Any], context: grpc.aio.ServicerContext[Any, Any]
) -> AsyncIterator[Any]:
    """Answer one stream: a header, data for each frame, an event, and the status last."""
    shown = dict(context.invocation_metadata() or ()).get("authorization")
    if not access.admits(shown if isinstance(shown, str) else None):
        host.measures.rejected.labels("token").inc()
        await context.abort(grpc.StatusCode.UNAUTHENTICATED, "the bearer token is missing or wrong")
    try:
        with host.seat("grpc") as seat:
            async for response in _answers(seat, requests, context):
                yield response
    except Full as error:
        await context.abort(grpc.StatusCode.RESOURCE_EXHAUSTED, str(error))
    except InputError as error:
        yield Response(status={"code": 3, "message": str(error)})


async def _answers(
    seat: Seat, requests: AsyncIterator[Any], context: grpc.aio.ServicerContext[Any, Any]
) -> AsyncIterator[Any]:
    first = await anext(aiter(requests), None)
    if first is None or first.WhichOneof("part") != "header":
        await context.abort(grpc.StatusCode.INVALID_ARGUMENT, "a stream begins with audio_stream_header")
        return
    rate = rate_hz(first.header)
    weights = Weights(first.header.blendshape_params)
    voice = seat.open(rate_hz=rate, dials=dials(first.header))
    echo = _Echo(rate, weights)
    yield Response(
        header={
            "audio_header": {"channel_count": 1, "samples_per_second": rate, "bits_per_sample": 16},
            "skeleton": {"blend_shapes": NAMES},
            "start_time_code_since_epoch": time.time(),
        }
    )
    async for request in requests:
        part = request.WhichOneof("part")
        if part == "end":
            break
        if part != "audio":
            found = part or "an empty message"
            await context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"{found} came where sound was due")
        sound = request.audio.audio_buffer
        if len(sound) > _LONGEST_S * rate * 2:
            raise InputError(f"one message has more than {_LONGEST_S} s of sound; send shorter pieces")
        for at in request.audio.emotions:
            if (felt := emotion(at.emotion)) != voice.emotion:
                voice.emotion = felt
        samples = samples_in(sound, "s16")
        echo.heard(sound)
        async for frames in seat.push(samples):
            for frame in frames:
                yield echo.data(frame)
    yield Response(event={"type": 0})
    for frame in await seat.flush():
        yield echo.data(frame)
    yield Response(status={"code": 0, "message": "all sound was animated"})


class _Echo:
    """Gives each frame the sound that belongs to it, the last filled up with silence."""

    def __init__(self, rate: int, weights: Weights) -> None:
        self._rate, self._weights = rate, weights
        self._sound = bytearray()
        self._frame = 0

    def heard(self, sound: bytes) -> None:
        self._sound += sound

    def data(self, frame: Frame) -> Any:
        start, end = (k * self._rate // int(FRAME_RATE) for k in (self._frame, self._frame + 1))
        self._frame += 1
        size = 2 * (end - start)
        own = bytes(self._sound[:size]).ljust(size, b"\0")
        del self._sound[:size]
        return Response(
            data={
                "skeleton": {"weights": [{"time_code": frame.time_s, "values": self._weights.of(frame.values)}]},
                "audio": {"time_code": frame.time_s, "audio_buffer": own},
            }
        )
