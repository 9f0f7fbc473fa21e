"""The servers on loopback, with clients that are not ours: websockets, and NVIDIA's where it is installed."""

import asyncio
import json
import struct
import subprocess
from pathlib import Path

import grpc
import numpy as np
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from audio2blend import load
from audio2blend.network import Network
from audio2blend_app.live import Access, Host, websocket
from audio2blend_app.live.a2f import server as a2f
from audio2blend_app.live.a2f.messages import Request, Response

NVIDIA = Path(".venv-a2f/bin/python")
METHOD = "/nvidia_ace.services.a2f_controller.v1.A2FControllerService/ProcessAudioStream"


@pytest.fixture(scope="module")
def network() -> Network:
    return Network.load(quality="live", device="cpu", threads=1)


@pytest.fixture(scope="module")
def sound(hello) -> bytes:
    return (load(hello).samples[:16_000] * 32767).astype("<i2").tobytes()


def served(network, transport, client, access=None, max_streams=1):
    """Run `client(address, host)` against a server."""

    async def run():
        host = Host(network, max_streams=max_streams)
        try:
            async with transport.serve(host, ":0", access or Access()) as address:
                return await client(address, host)
        finally:
            host.close()

    return asyncio.run(run())


async def text(connection) -> dict:
    return json.loads(await asyncio.wait_for(connection.recv(), 10))


def test_a_websocket_gets_its_frames_and_its_errors(network, sound):
    async def client(address, host):
        async with connect(f"ws://{address}", subprotocols=["audio2blend.v1"]) as connection:
            for wrong in (sound, "nonsense", '{"type": "sing"}', '{"type": "start", "rate": "fast"}'):
                await connection.send(wrong)
                assert (await text(connection))["type"] == "error"
            await connection.send(json.dumps({"type": "start", "rate": 16_000}))
            assert (await text(connection))["weights"] == 52
            await connection.send(b"odd")
            assert "whole number" in (await text(connection))["message"]
            await connection.send(sound)
            await connection.send(json.dumps({"type": "flush"}))
            frames = []
            while isinstance(message := await asyncio.wait_for(connection.recv(), 10), bytes):
                frames.append(struct.unpack("<Qd61f", message))
            assert json.loads(message) == {"type": "flushed"}
            assert [frame[0] for frame in frames] == [k * 16_000 // 60 for k in range(60)]
            await connection.send(json.dumps({"type": "reset"}))
            assert await text(connection) == {"type": "reset"}
            with pytest.raises(InvalidStatus, match="503"):
                await connect(f"ws://{address}", subprotocols=["audio2blend.v1"])
        assert b'audio2blend_rejected_total{reason="full"} 1.0' in host.measures.text()

    served(network, websocket, client)


@pytest.mark.parametrize(("frames", "key"), [("json", "values"), ("azure", "BlendShapes"), ("talkinghead", "vs")])
def test_frames_come_as_json(network, sound, frames, key):
    async def client(address, host):
        async with connect(f"ws://{address}", subprotocols=["audio2blend.v1"]) as connection:
            await connection.send(json.dumps({"type": "start", "frames": frames}))
            await text(connection)
            await connection.send(sound)
            assert key in await text(connection)

    served(network, websocket, client)


def test_a_token_is_asked_for(network):
    async def client(address, host):
        with pytest.raises(InvalidStatus, match="401"):
            await connect(f"ws://{address}", subprotocols=["audio2blend.v1"])
        shown = {"Authorization": "Bearer secret"}
        async with connect(f"ws://{address}", subprotocols=["audio2blend.v1"], additional_headers=shown):
            pass

    served(network, websocket, client, Access(token="secret"))


def header(**sound):
    return Request(
        header={"audio_header": {"channel_count": 1, "samples_per_second": 16_000, "bits_per_sample": 16} | sound}
    )


def called(network, requests):
    """Return what the gRPC server answers."""

    async def client(address, host):
        async with grpc.aio.insecure_channel(address) as channel:
            call = channel.stream_stream(METHOD, Request.SerializeToString, Response.FromString)
            return [answer async for answer in call(iter(requests))]

    return served(network, a2f, client)


def test_sound_comes_back_with_a_face(network, sound):
    shapes = {"multipliers": {"JawOpen": 0}, "offsets": {"JawLeft": 2.0}}
    first = header()
    first.header.blendshape_params.MergeFrom(type(first.header.blendshape_params)(**shapes))
    answers = called(network, [first, Request(audio={"audio_buffer": sound}), Request(end={})])
    kinds = [answer.WhichOneof("part") for answer in answers]
    assert (kinds[0], kinds.count("data"), kinds.count("event"), kinds[-1]) == ("header", 60, 1, "status")
    data = [answer.data for answer in answers if answer.WhichOneof("part") == "data"]
    assert b"".join(piece.audio.audio_buffer for piece in data) == sound
    weights = np.array([piece.skeleton.weights[0].values for piece in data])
    names = list(answers[0].header.skeleton.blend_shapes)
    assert names[15] == "JawLeft"
    assert weights[:, 15].min() >= 2  # unclamped unless asked for
    assert not weights[:, names.index("JawOpen")].any()


@pytest.mark.parametrize("wrong", [{"channel_count": 2}, {"bits_per_sample": 24}, {"samples_per_second": 0}])
def test_sound_of_another_kind_is_told_in_the_status(network, wrong):
    (answer,) = called(network, [header(**wrong)])
    assert answer.status.code == 3


def test_a_wrong_order_breaks_the_call(network, sound):
    with pytest.raises(grpc.aio.AioRpcError, match="begins with audio_stream_header"):
        called(network, [Request(audio={"audio_buffer": sound})])


@pytest.mark.skipif(not NVIDIA.exists(), reason="make .venv-a2f/ready brings NVIDIA's client")
def test_nvidias_own_client_reads_it(network, hello, tmp_path, sound):
    (tmp_path / "sound.raw").write_bytes(sound)

    async def client(address, host):
        script = Path("scripts/nvidia_client.py")
        command = [NVIDIA, script, address, tmp_path / "sound.raw"]
        return await asyncio.to_thread(subprocess.check_output, command, text=True, timeout=60)

    told = json.loads(served(network, a2f, client))
    assert told == {"names": 52, "frames": 60, "values": [52], "status": "SUCCESS", "sound": len(sound)}
