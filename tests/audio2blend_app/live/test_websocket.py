"""The WebSocket server, spoken to by a client that is not ours."""

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import numpy as np
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

import audio2blend
from audio2blend.channels import CHANNELS
from audio2blend_app.live.transports import Security, websocket
from tests.support.serving import serving


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(websocket, max_streams=3) as number:
        yield number


@pytest.fixture(scope="module")
def sound(hello) -> bytes:
    samples = audio2blend.load(hello).samples
    return np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes()


Begin = Callable[..., ClientConnection]


@pytest.fixture
def begin(port) -> Iterator[Begin]:
    """Open a stream that has started."""
    opened = ExitStack()

    def start(**order: Any) -> ClientConnection:
        client = opened.enter_context(connect(f"ws://127.0.0.1:{port}", subprotocols=["audio2blend.v1"]))
        client.send(json.dumps({"type": "start", "sample_rate": 16_000} | order))
        assert json.loads(client.recv(10))["type"] == "started"
        return client

    with opened:
        yield start


def until(client: ClientConnection, kind: str) -> list[Any]:
    """Return the messages before a text of a kind."""
    got: list[Any] = []
    while True:
        message = client.recv(10)
        told = json.loads(message) if isinstance(message, str) else None
        if told is not None and told.get("type") == kind:
            return [*got, told]
        got.append(message if told is None else told)


def test_sound_goes_in_and_the_frames_of_the_face_come_out(begin, sound):
    client = begin()
    assert client.subprotocol == "audio2blend.v1"
    for first in range(0, len(sound), 640):
        client.send(sound[first : first + 640])
    client.send('{"type": "flush"}')
    *frames, _ = until(client, "flushed")
    values = np.array([np.frombuffer(frame, "<f4", offset=8) for frame in frames])
    positions = [np.frombuffer(frame, "<f8", count=1)[0] for frame in frames]
    assert positions == [round(k * 16_000 / 60) for k in range(len(frames))]
    heard = audio2blend.Speech(samples=np.frombuffer(sound, "<i2").astype(np.float32) / 32768)
    reference = audio2blend.animate(heard, quality="live", performance=False)["jawOpen"]
    np.testing.assert_allclose(values[: len(reference), CHANNELS.index("jawOpen")], reference, atol=1e-5)


@pytest.mark.parametrize("form", ["json", "named", "azure", "talkinghead"])
def test_frames_come_in_the_form_that_is_asked_for(begin, sound, form):
    client = begin(frames=form)
    client.send(sound[:32_000])
    client.send('{"type": "flush"}')
    *told, _ = until(client, "flushed")
    key = {"json": "v", "named": "weights", "azure": "BlendShapes", "talkinghead": "vs"}[form]
    assert told
    assert all(key in frame for frame in told)


def test_an_interruption_overtakes_the_sound_that_is_waiting(begin, sound):
    client = begin()
    client.send(sound * 8)  # 38 s
    client.send('{"type": "reset"}')
    *frames, _ = until(client, "reset")
    assert len(frames) < 1_500
    client.send(sound[:32_000])
    client.send('{"type": "flush"}')
    *frames, _ = until(client, "flushed")
    assert len(frames) == 60


def test_emotion_and_dials_change_while_it_runs(begin, sound):
    client = begin(frames="named", strength=0)
    client.send(sound)
    client.send('{"type": "flush"}')
    assert not any("jawOpen" in frame["weights"] for frame in until(client, "flushed")[:-1])
    client.send('{"type": "set", "strength": 1, "emotion": "joy=1"}')
    client.send(sound)
    client.send('{"type": "flush"}')
    told = until(client, "flushed")[:-1]
    assert max(frame["weights"].get("jawOpen", 0) for frame in told) > 0.1
    assert max(frame["weights"].get("mouthSmileLeft", 0) for frame in told) > 0.2


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("not json", "has to be JSON"),
        ('{"type": "dance"}', "'dance' is not known here"),
        ('{"type": "set", "volume": 3}', "set does not know volume; it knows emotion, strength"),
        ('{"type": "set", "strength": 99}', "out of range"),
        ('{"type": "set", "strength": "much"}', "strength is 'much', but should be a number"),
        ('{"type": "set", "emotion": "fury=2"}', "fury"),
        (b"\0\0\0", "no whole samples"),
    ],
)
def test_what_is_wrong_is_told_and_the_stream_goes_on(begin, sound, sent, words):
    client = begin()
    client.send(sent)
    assert words in until(client, "error")[-1]["message"]
    client.send(sound[:3_200])
    client.send('{"type": "flush"}')
    assert len(until(client, "flushed")) == 7


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"type": "start"}, "needs a sample_rate"),
        ({"type": "start", "sample_rate": 1}, "send 8000 to 192000 Hz"),
        ({"type": "start", "sample_rate": 16_000, "channels": 2}, "one channel, one voice"),
        ({"type": "start", "sample_rate": 16_000, "format": "s24"}, "one of s16, f32"),
        ({"type": "start", "sample_rate": 16_000, "frames": "gif"}, "one of binary, json"),
        ({"type": "flush"}, "'flush' came before start"),
        ({"type": "start", "sample_rate": 16_000, "jaw": None}, "jaw is None, but should be a number"),
    ],
)
def test_a_start_that_is_wrong_can_be_mended(port, order, words):
    with connect(f"ws://127.0.0.1:{port}") as client:
        client.send(json.dumps(order))
        assert words in json.loads(client.recv(10))["message"]
        client.send(b"\0\0")
        assert "sound came before" in json.loads(client.recv(10))["message"]
        client.send('{"type": "start", "sample_rate": 16000}')
        assert json.loads(client.recv(10))["type"] == "started"


def test_who_comes_when_all_streams_are_in_use_is_refused_at_once(begin, port):
    for _ in range(3):
        begin()
    with connect(f"ws://127.0.0.1:{port}") as client:
        client.send('{"type": "start", "sample_rate": 16000}')
        told = json.loads(client.recv(10))
        assert told["code"] == "full"
        assert "all 3 streams are in use" in told["message"]
        with pytest.raises(ConnectionClosed) as closed:
            client.recv(10)
        assert closed.value.rcvd.code == 1013


def test_streams_that_are_cut_make_room(port):
    for _ in range(30):
        with connect(f"ws://127.0.0.1:{port}") as client:
            client.send('{"type": "start", "sample_rate": 16000}')
            client.recv(10)
            client.socket.shutdown(2)  # no good-bye
    metrics = ""
    for _ in range(100):
        metrics = fetched(port, "/metrics")
        if "audio2blend_streams_in_use 0.0" in metrics:
            break
    assert "audio2blend_streams_in_use 0.0" in metrics
    assert "audio2blend_streams_available 3.0" in metrics


def fetched(port: int, path: str, **headers: str) -> str:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


def test_numbers_and_health_are_pages_of_the_same_port(port):
    assert fetched(port, "/health") == "ok\n"
    assert "audio2blend_frame_lateness_seconds_bucket" in fetched(port, "/metrics")
    with pytest.raises(urllib.error.HTTPError) as missing:
        fetched(port, "/secret")
    assert missing.value.code == 404


def test_a_server_with_a_token_and_origins_lets_in_who_shows_them(sound):
    with serving(websocket, security=Security(token="Sesam", origins=("https://studio.example",))) as port:
        for path in ("/", "/metrics?token=wrong"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                fetched(port, path)
            assert refused.value.code == 401
        assert fetched(port, "/health?token=Sesam") == "ok\n"
        bearer = {"Authorization": "Bearer Sesam"}
        address = f"ws://127.0.0.1:{port}"
        with (
            pytest.raises(InvalidStatus),
            connect(address, additional_headers=bearer, origin="https://elsewhere.example"),
        ):
            pass
        with connect(f"ws://127.0.0.1:{port}", additional_headers=bearer, origin="https://studio.example"):
            pass
        with connect(f"ws://127.0.0.1:{port}/?token=Sesam"):
            pass


def test_the_page_draws_numbers_and_the_face_of_a_microphone(browser, port):
    page = browser.new_page()
    page.goto(f"http://127.0.0.1:{port}/")
    page.wait_for_function("document.querySelector('#numbers').textContent.includes('streams available')")
    assert page.locator("#latency polyline").count() == 1
    page.close()
