"""The gRPC server, spoken to by NVIDIA's own client, and by plain gRPC where that client cannot say it."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import numpy as np
import pytest
import soundfile
from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

import audio2blend
from audio2blend_app.live.transports import Security, audio2face_pb2
from audio2blend_app.live.transports import grpc as transport
from tests.support.serving import serving

ROOT = Path(__file__).resolve().parents[3]
PYTHON = ROOT / ".venv-audio2face" / "bin" / "python"
METHOD = "/nvidia_ace.services.a2f_controller.v1.A2FControllerService/ProcessAudioStream"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with serving(transport, max_streams=1) as number:
        yield number


@pytest.fixture(scope="module")
def sound(hello, tmp_path_factory) -> Path:
    """The recording at 44.1 kHz, whose frames are no whole numbers of samples."""
    samples, rate = soundfile.read(hello, dtype="int16")
    path = tmp_path_factory.mktemp("sound") / "hello.wav"
    soundfile.write(path, samples, rate, subtype="PCM_16")
    return path


def nvidia(port: int, sound: Path, **fields: Any) -> dict[str, Any]:
    """Return what NVIDIA's client got."""
    if not PYTHON.exists():
        pytest.skip("NVIDIA's client has an environment of its own, which `make test` makes")
    client = ROOT / "tests" / "support" / "audio2face_client.py"
    command = [PYTHON, client, str(port), sound, json.dumps(fields)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_nvidia_s_client_gets_a_face_and_its_own_sound_back(port, sound, hello):
    told = nvidia(port, sound)
    assert told["order"] == ["animation_data_stream_header", "animation_data", "event", "status"]
    assert told["status"][0] == 0
    assert len(told["names"]) == 52
    assert told["names"][15] == "JawLeft"
    assert told["names"][22] == "MouthRight"
    samples, rate = soundfile.read(sound, dtype="int16")
    back = np.frombuffer(bytes.fromhex(told["sound"]), "<i2")
    np.testing.assert_array_equal(back[: len(samples)], samples)
    assert not back[len(samples) :].any()
    assert len(told["times"]) == np.ceil(len(samples) / rate * 60)
    assert len(back) == round(len(told["times"]) * rate / 60)
    np.testing.assert_allclose(np.diff(told["times"]), 1 / 60, atol=1 / rate)
    jaw = np.array(told["weights"])[:, told["names"].index("JawOpen")]
    reference = audio2blend.animate(audio2blend.load(hello), quality="live", performance=False)["jawOpen"]
    assert np.corrcoef(jaw[: len(reference)], reference[: len(jaw)])[0, 1] > 0.99


def test_multipliers_offsets_and_emotions_are_applied(port, sound):
    plain = nvidia(port, sound)
    told = nvidia(port, sound, multipliers={"JawOpen": 2}, offsets={"CheekPuff": 0.5}, emotion={"joy": 1.0})
    before, after = (np.array(one["weights"]) for one in (plain, told))
    jaw, cheek, smile = (plain["names"].index(name) for name in ("JawOpen", "CheekPuff", "MouthSmileLeft"))
    assert after[:, jaw].max() > 1.5 * before[:, jaw].max()
    np.testing.assert_allclose(after[:, cheek], before[:, cheek] + 0.5, atol=1e-6)
    assert after[:, smile].mean() > before[:, smile].mean() + 0.2


@pytest.mark.parametrize("wrong", [{"channels": 2}, {"bits": 24}])
def test_sound_of_another_kind_is_told_in_the_status(port, sound, wrong):
    told = nvidia(port, sound, **wrong)
    assert told["status"][0] == 3
    assert "send mono PCM of 16 bits" in told["status"][1]


def ask(port: int, *requests: Any, token: str = "") -> list[Any]:
    wire = audio2face_pb2
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.stream_stream(METHOD, wire.Request.SerializeToString, wire.Response.FromString)
        metadata = [("authorization", f"Bearer {token}")] if token else []
        return list(call(iter(requests), metadata=metadata, timeout=20))


def header() -> Any:
    audio = audio2face_pb2.AudioHeader(channels=1, sample_rate=16_000, bits=16)
    return audio2face_pb2.Request(header=audio2face_pb2.RequestHeader(audio=audio))


def test_a_wrong_order_is_an_invalid_argument(port):
    audio = audio2face_pb2.Request(audio=audio2face_pb2.Audio(samples=b"\0\0"))
    for requests in ((audio,), (), (header(), header())):
        with pytest.raises(grpc.RpcError) as refused:
            ask(port, *requests)
        assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert ask(port, header(), audio2face_pb2.Request(end=audio2face_pb2.End()))[-1].status.code == 0


def test_a_second_voice_on_a_server_for_one_is_refused_until_the_first_has_gone(port):
    wire = audio2face_pb2
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.stream_stream(METHOD, wire.Request.SerializeToString, wire.Response.FromString)

        def endless() -> Iterator[Any]:
            yield header()
            while True:
                yield wire.Request(audio=wire.Audio(samples=b"\0" * 640))

        first = call(endless())
        assert next(first).WhichOneof("part") == "header"
        with pytest.raises(grpc.RpcError) as refused:
            ask(port, header())
        assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED
        first.cancel()
    for _ in range(50):
        try:
            assert ask(port, header())[-1].status.code == 0
            return
        except grpc.RpcError:
            continue
    pytest.fail("a stream that was cancelled kept its place")


def test_health_and_configs_answer(port):
    wire = audio2face_pb2
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        check = channel.unary_unary(
            "/grpc.health.v1.Health/Check", wire.HealthRequest.SerializeToString, wire.Health.FromString
        )
        assert check(wire.HealthRequest()).status == 1
        path = "/nvidia_ace.services.a2x_export_config.v1.A2XExportConfigService/GetConfigs"
        configs = channel.unary_stream(path, wire.ConfigRequest.SerializeToString, wire.Config.FromString)
        (config,) = configs(wire.ConfigRequest(kind=1))
        assert json.loads(config.content)["blendshape_parameters"]["multipliers"]["JawOpen"] == 1


def test_a_server_with_a_token_refuses_who_does_not_show_it():
    with serving(transport, security=Security(token="Sesam")) as port:
        with pytest.raises(grpc.RpcError) as refused:
            ask(port, header())
        assert refused.value.code() == grpc.StatusCode.UNAUTHENTICATED
        assert ask(port, header(), token="Sesam")[-1].status.code == 0


def test_messages_were_made_from_the_proto_beside_them(tmp_path):
    """Where protoc is at hand; the descriptor holds what the .proto says."""
    tools = pytest.importorskip("grpc_tools.protoc")
    folder = Path(audio2face_pb2.__file__).parent
    assert tools.main(["", f"-I{folder}", f"--descriptor_set_out={tmp_path / 'set'}", "audio2face.proto"]) == 0
    (made,) = FileDescriptorSet.FromString((tmp_path / "set").read_bytes()).file
    for field in (field for message in made.message_type for field in message.field):
        field.ClearField("json_name")  # which protoc adds
    ours = FileDescriptorProto.FromString(audio2face_pb2.DESCRIPTOR.serialized_pb)
    assert [m.field for m in made.message_type] == [m.field for m in ours.message_type]
    assert [m.name for m in made.message_type] == [m.name for m in ours.message_type]
