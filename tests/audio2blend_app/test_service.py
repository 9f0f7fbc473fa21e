"""The child process of the Blender extension: what goes over its pipes, and what stays when they are cut."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from audio2blend import Speech, animate, blender, load
from audio2blend.audio import SAMPLE_RATE
from audio2blend.blender import wire
from audio2blend.channels import MOUTH
from audio2blend.errors import InputError
from audio2blend.pipeline import predict
from audio2blend.post import Controls
from audio2blend.prediction import Prediction
from audio2blend_app.take import Handed
from rigs.retarget import format_map, match
from tests.support.small_rig import patch

pytestmark = pytest.mark.slow


class Service:
    """The child process, talked to as the extension does."""

    def __init__(self, *, before: str = "", **environment: str) -> None:
        command = ["sh", "-c", f'{before}exec "$0" -P -m audio2blend_app.service', sys.executable]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            env=os.environ | environment,
        )

    def send(self, **request: Any) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()

    def replies(self, number: int) -> list[dict[str, Any]]:
        """Return all replies to a request, which are the next that come."""
        assert self.process.stdout is not None
        found: list[dict[str, Any]] = []
        while not found or "progress" in found[-1]:
            found.append(json.loads(self.process.stdout.readline()))
            assert found[-1].pop("id") == number
        return found

    def ask(self, **request: Any) -> dict[str, Any]:
        self.send(id=1, **request)
        return self.replies(1)[-1]


@contextmanager
def started(**how: str) -> Iterator[Service]:
    service = Service(**how)
    try:
        yield service
    finally:
        service.process.kill()
        service.process.wait()


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    with started() as found:
        yield found


@pytest.fixture(scope="module")
def animated(service: Service, hello: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    output = tmp_path_factory.mktemp("takes") / "größe 線.npz"
    result: dict[str, Any] = service.ask(verb="animate", speech=str(hello), output=str(output))["result"]
    return result


@pytest.mark.parametrize(
    "dials", [{}, {"jaw": 1.3, "lips": 0.7}, {"strength": 0.5, "smooth_ms": 60.0, "lead_ms": 40.0}], ids=str
)
def test_dials_over_what_was_heard_give_the_clip_of_the_whole_way(
    animated: dict[str, Any], hello: Path, dials: dict[str, float]
) -> None:
    clip = Prediction.read(Path(animated["clip"])).to_clip(Controls(**dials))
    straight = animate(load(hello), **dials)
    assert clip.channels == straight.channels
    assert clip.metadata == straight.metadata
    np.testing.assert_array_equal(clip.values, straight.values)


def test_a_line_without_performance_has_the_mouth_alone(service: Service, hello: Path, tmp_path: Path) -> None:
    output = tmp_path / "mouth.npz"
    service.ask(verb="animate", speech=str(hello), output=str(output), performance=False)
    straight = animate(load(hello), performance=False)
    np.testing.assert_array_equal(Prediction.read(output).to_clip(Controls()).values, straight.values)


def test_a_part_of_a_recording_is_animated_as_if_it_were_all(service: Service, hello: Path, tmp_path: Path) -> None:
    output = tmp_path / "part.npz"
    asked = {"verb": "animate", "speech": str(hello), "output": str(output)}
    found = service.ask(**asked, part=[1.0, 3.5])["result"]
    part = Speech(samples=load(hello).samples[SAMPLE_RATE : round(3.5 * SAMPLE_RATE)])
    assert found["duration_s"] == 2.5
    np.testing.assert_array_equal(Prediction.read(output).face.values, predict(part).face.values)
    assert service.ask(**asked, part=[3.0, 0.0])["result"]["duration_s"] == pytest.approx(load(hello).duration_s - 3)
    assert service.ask(**asked, part=[9.0, 0.0])["error"] == (
        f"{hello} has nothing from 9.00 s on: it is 4.72 s long; choose another part"
    )


def test_the_mouth_alone_leaves_all_other_channels_at_rest(animated: dict[str, Any]) -> None:
    raw = Prediction.read(Path(animated["clip"]))
    assert {"jawOpen", "eyeBlinkLeft", "headYaw"} <= raw.moving(0.005)
    alone = raw.only(mouth_only=True)
    assert alone.moving(0) <= {*MOUTH}
    clip = alone.to_clip(Controls())
    assert clip.channels == raw.face.channels
    assert np.abs(clip.select([name for name in clip.channels if name not in MOUTH]).values).max() == 0
    np.testing.assert_array_equal(clip["jawOpen"], raw.to_clip(Controls())["jawOpen"])


def test_the_same_recording_gives_the_same_bytes(service: Service, hello: Path, tmp_path: Path) -> None:
    for name in ("one.npz", "two.npz"):
        service.ask(verb="animate", speech=str(hello), output=str(tmp_path / name))
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()


def test_the_phones_of_a_line_follow_one_another(animated: dict[str, Any], hello: Path) -> None:
    phones = animated["phones"]
    assert phones[0][0] == phones[-1][0] == "sil"
    assert [end for _, _, end in phones[:-1]] == [start for _, start, _ in phones[1:]]
    assert phones[-1][2] == pytest.approx(load(hello).duration_s, abs=1 / 60)
    assert "".join(label for label, *_ in phones[1:9]).startswith("h")  # "Hello, Bob"
    assert "b" in [label for label, start, _ in phones if start < 1]


def test_raw_files_that_are_none_are_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no\.npz; animate the line again"):
        Prediction.read(tmp_path / "no.npz")
    for content in (b"", b"PK\x05\x06" + bytes(18), b"nonsense"):
        (tmp_path / "bad.npz").write_bytes(content)
        with pytest.raises(InputError, match=r"bad\.npz is damaged"):
            Prediction.read(tmp_path / "bad.npz")


@pytest.mark.parametrize(
    ("name", "other", "said"),
    [
        ("heard", np.zeros((3, 41), np.float32), r"phones of shape \(3, 41\) in place of \("),
        ("phones", np.array(["sil", "click"]), "phones of another kind: click"),
        ("performance", np.zeros((3, 22), np.float32), "a performance of 3 frames in place of"),
        ("frame_rate", np.array("60/0"), "animate the line again"),
    ],
)
def test_raw_files_that_contradict_themselves_are_told(
    animated: dict[str, Any], tmp_path: Path, name: str, other: np.ndarray, said: str
) -> None:
    with np.load(animated["clip"]) as arrays:
        np.savez(tmp_path / "odd.npz", **(dict(arrays) | {name: other}))
    with pytest.raises(InputError, match=said):
        Prediction.read(tmp_path / "odd.npz")


def test_a_raw_recording_without_performance_is_kept(hello: Path, tmp_path: Path) -> None:
    raw = predict(load(hello), performance=False)
    raw.write(tmp_path / "a.npz")
    assert Prediction.read(tmp_path / "a.npz").performance is None


def test_the_waveform_shows_peaks(service: Service, tmp_path: Path) -> None:
    ramp = np.linspace(0, 0.8, 32_000) * np.sign(np.sin(np.arange(32_000)))
    soundfile.write(tmp_path / "ramp.wav", ramp, 16_000, subtype="FLOAT")
    result = service.ask(verb="waveform", speech=str(tmp_path / "ramp.wav"))["result"]
    assert result["duration_s"] == 2.0
    assert len(result["envelope"]) == 512
    np.testing.assert_allclose(result["envelope"], np.linspace(0.8 / 512, 0.8, 512), atol=0.005)


def test_what_the_log_would_warn_of_is_told(service: Service, hello: Path, tmp_path: Path) -> None:
    samples, rate = soundfile.read(hello)
    soundfile.write(tmp_path / "quiet.wav", samples * 0.004, rate, subtype="FLOAT")
    quiet = service.ask(verb="waveform", speech=str(tmp_path / "quiet.wav"))
    assert ["is very quiet" in note for note in quiet["notes"]] == [True]
    assert service.ask(verb="waveform", speech=str(hello))["notes"] == []


def test_the_self_test_runs_every_network(service: Service) -> None:
    result = service.ask(verb="self_test", device="cpu", threads=1)["result"]
    assert result["versions"]["python"] == sys.version.split()[0]
    assert [network["quality"] for network in result["networks"]] == ["best", "live"]
    assert all(network["provider"] == "CPUExecutionProvider" for network in result["networks"])
    assert all(network["speed"] > 0 for network in result["networks"])
    assert result["devices"]["cpu"] == ""
    assert result["devices"]["cuda"] == "" or "CUDA" in result["devices"]["cuda"]


def test_the_self_test_tells_of_a_network_that_is_none(service: Service, hello: Path) -> None:
    (network,) = service.ask(verb="self_test", weights=str(hello))["result"]["networks"]
    assert "is no network" in network["error"]


def test_errors_are_sentences_and_the_process_goes_on(service: Service, tmp_path: Path) -> None:
    missing = service.ask(verb="animate", speech=str(tmp_path / "no.wav"), output=str(tmp_path / "a.npz"))
    assert missing["kind"] == "InputError"
    assert "no.wav" in missing["error"]
    unknown = service.ask(verb="sing")
    assert unknown["error"].startswith("there is no verb 'sing'; ask for one of animate, ")
    assert service.ask(verb="animate", singer="Bob")["kind"] == "TypeError"
    assert service.ask(verb="_files")["kind"] == "InputError"
    assert list(tmp_path.iterdir()) == []


def test_errors_speak_of_the_labels_in_blender(service: Service, hello: Path, tmp_path: Path) -> None:
    answer = service.ask(verb="animate", speech=str(hello), output=str(tmp_path / "a.npz"), seed=-1)
    assert answer["error"] == "Seed -1 is negative; give a whole number from 0 on"


def test_requests_are_answered_in_their_order(service: Service, hello: Path) -> None:
    for number, verb in enumerate(("waveform", "sing", "waveform")):
        service.send(id=number, verb=verb, speech=str(hello))
    assert ["result" in service.replies(number)[-1] for number in range(3)] == [True, False, True]


@pytest.mark.parametrize("busy", [False, True], ids=["idle", "busy"])
def test_it_ends_with_its_pipe_and_leaves_nothing_behind(busy: bool, hello: Path, tmp_path: Path) -> None:
    samples, rate = soundfile.read(hello)
    soundfile.write(tmp_path / "long.wav", np.tile(samples, 200), rate)
    with started() as service:
        assert "result" in service.ask(verb="waveform", speech=str(hello))
        if busy:
            service.send(id=2, verb="animate", speech=str(tmp_path / "long.wav"), output=str(tmp_path / "a.npz"))
            assert service.process.stdout is not None
            assert "progress" in json.loads(service.process.stdout.readline())
        assert service.process.stdin is not None
        service.process.stdin.close()
        assert service.process.wait(60) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["long.wav"]


@pytest.mark.blender
def test_the_client_survives_what_happens_to_the_process(inside: blender.Child, hello: Path) -> None:
    told = inside.call("tests.addon.worker.service:troubles", {"sound": str(hello)})
    assert told["first"] == {"duration_s": 4.725}
    assert told["error"] == "InputError: there is no verb 'sing'"
    assert told["killed"].startswith("ServiceError: the child process ended unexpectedly (exit code -9)")
    assert told["after the crash"] == {"duration_s": 4.725}
    assert told["cancelled"] == []
    assert told["waiting behind it"] == {"duration_s": 4.725}
    assert told["stopped"] == [False]


@pytest.mark.blender
def test_the_client_is_told_of_a_process_that_ends_in_mid_sentence(tmp_path: Path) -> None:
    with blender.start() as child:
        told = child.call("tests.addon.worker.service:cut_off", {"folder": tmp_path})
    assert told == "ServiceError: the child process ended unexpectedly (exit code 0)"


@pytest.mark.blender
def test_another_number_of_threads_waits_for_what_is_under_way(hello: Path) -> None:
    with blender.start() as child:
        told = child.call("tests.addon.worker.service:other_threads", {"sound": str(hello)})
    assert told == {"meanwhile": True, "answer": {"duration_s": 4.725}, "then": False}


@pytest.mark.blender
@pytest.mark.parametrize("ending", ["idle", "busy"])
def test_a_blender_that_ends_takes_the_process_with_it(ending: str, hello: Path, tmp_path: Path) -> None:
    code = f"""
import os
import time
import bpy
import addon
addon.register()
from addon.state.preferences import Preferences
from addon.client.service import Service
service = Service.get(Preferences())
job = service.submit("waveform", speech={str(hello)!r})
while not job.poll():
    time.sleep(0.01)
if {ending == "busy"}:
    service.submit("self_test")
print("pid", service._process._process.pid, flush=True)
os._exit(0)
"""
    command = [sys.executable, "-c", code]
    folder = Path(__file__).parents[2]
    environment = os.environ | {"BLENDER_USER_RESOURCES": str(tmp_path)}
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, env=environment)
    pid = int(ended.stdout.split("pid ")[1])
    for _ in range(100):
        if not Path(f"/proc/{pid}").exists():
            return
        time.sleep(0.1)
    pytest.fail("the child process lives on")


@pytest.mark.blender
def test_a_batch_that_is_cut_off_keeps_what_is_done_and_goes_on_there(hello: Path, tmp_path: Path) -> None:
    with blender.start() as child:
        gathered = child.call("tests.addon.worker.character:gathered", {"rig": patch()}).rename(tmp_path / "hero.npz")
    samples, rate = soundfile.read(hello)
    for name, n_times in (("a", 1), ("b", 1), ("long", 300)):
        soundfile.write(tmp_path / f"{name}.wav", np.tile(samples, n_times), rate)
    onto = format_map(match(patch().shapes).retarget)
    who = {"character": str(gathered), "name": "Hero", "look": "", "map": onto, "given": False, "solver": ""}
    how = {"motion": {}, "frame_rate": "60", "frame_rates": {}, "weights": "", "export": {"size": [64, 64]}}

    def lines(*names: str) -> dict[str, Any]:
        files = [tmp_path / "out" / f"{name}.json" for name in names]
        pairs = zip(names, files, strict=True)
        asked = [{"recording": f"{tmp_path}/{name}.wav", "outputs": [str(file)], "speaker": 0} for name, file in pairs]
        return {"verb": "batch", "lines": asked, "speakers": [who | {"settings": how}]}

    with started() as service:
        service.send(id=1, **lines("a", "long"))
        assert service.process.stdout is not None
        while "report" not in (reply := json.loads(service.process.stdout.readline())):
            assert "progress" in reply
        assert service.process.stdin is not None
        service.process.stdin.close()
        assert service.process.wait(60) == 0
    assert {path.name for path in (tmp_path / "out").iterdir()} == {".audio2blend.jsonl", "a.json"}

    with started() as service:
        service.send(id=1, **lines("a", "b", "none"))
        *told, last = service.replies(1)
    reports = [reply["report"] for reply in told if "report" in reply]
    assert [reply["line"] for reply in told if "report" in reply] == [0, 1, 2]
    assert [report["outputs"][0]["status"] for report in reports] == ["unchanged", "written", "failed"]
    assert reports[2]["error"] == f"{tmp_path}/none.wav: no such file; check the name"
    assert last["result"]["exit_code"] == 1
    assert told[-1]["progress"][0] == told[-1]["progress"][1]


@pytest.mark.blender
@pytest.mark.parametrize("before", ["", "trap '' INT; "], ids=["", "in the background of a shell"])
def test_a_blender_of_its_own_ends_with_it_and_leaves_nothing(before: str, hello: Path, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with blender.start() as child:
        gathered = child.call("tests.addon.worker.character:gathered", {"rig": patch()}).rename(tmp_path / "hero.npz")
    asked = {"take": tmp_path / "take.npz", "character": gathered, "name": "Hero", "outputs": [tmp_path / "a.fbx"]}
    with started(before=before, TMPDIR=str(temporary)) as service:
        service.ask(verb="animate", speech=str(hello), output=str(tmp_path / "heard.npz"))
        onto = format_map(match(patch().shapes).retarget)
        wire.save(Handed(clip=tmp_path / "heard.npz", motion=Controls(), map=onto), tmp_path / "take.npz")
        service.send(id=2, verb="export", **json.loads(json.dumps(asked, default=str)))
        for _ in range(6000):
            if list(temporary.glob("audio2blend-*")):  # the folder of its Blender, which is about to start
                break
            time.sleep(0.01)
        assert service.process.stdin is not None
        service.process.stdin.close()
        assert service.process.wait(60) == 0
    assert list(temporary.glob("audio2blend-*")) == []
    assert not (tmp_path / "a.fbx").exists()
