"""What programs that are not ours read off our packets."""

import json
import socket
import struct
import threading
import time

import numpy as np
import pytest
from pylivelinkface import FaceBlendShape, PyLiveLinkFace
from pythonosc.dispatcher import Dispatcher
from pythonosc.osc_packet import OscPacket
from pythonosc.osc_server import ThreadingOSCUDPServer

from audio2blend.channels import ARKIT, CHANNELS, ROTATIONS
from audio2blend.errors import InputError
from audio2blend_app.live import Frame
from audio2blend_app.live.senders import Answerer, parsed, sender
from audio2blend_app.live.wire import frames as forms
from audio2blend_app.live.wire.ifacialmocap import REQUEST, IFacialMocap
from audio2blend_app.live.wire.livelink import LiveLink
from audio2blend_app.live.wire.order import WIRE
from audio2blend_app.live.wire.osc import LARGEST
from audio2blend_app.live.wire.vmc import Vmc
from audio2blend_app.live.wire.vrchat import VrChat


def face(**weights: float) -> Frame:
    """A frame with some weights, and a head that is turned."""
    rotations = np.zeros(9, np.float32)
    rotations[ROTATIONS.index("headYaw")] = 90
    values = np.array([weights.get(name, 0) for name in ARKIT], np.float32)
    return Frame(sample=1_600, time_s=0.1, weights=values, rotations=rotations)


LOPSIDED = face(jawLeft=0.75, mouthRight=0.25, jawOpen=0.5)


def messages(packets: list[bytes]) -> list[tuple[str, list[object]]]:
    return [(m.message.address, list(m.message.params)) for packet in packets for m in OscPacket(packet).messages]


def test_live_link_is_read_by_pylivelinkface():
    (packet,) = LiveLink("Anna").packets(LOPSIDED, day_s=1.0)
    found, read = PyLiveLinkFace.decode(packet)
    assert found
    assert read.name == "Anna"
    values = [read.get_blendshape(shape) for shape in FaceBlendShape]
    assert len(values) == 61
    assert values[15] == 0.75
    assert FaceBlendShape(15).name == "JawLeft"
    assert read.get_blendshape(FaceBlendShape.MouthRight) == 0.25
    assert read.get_blendshape(FaceBlendShape.HeadYaw) == pytest.approx(-np.pi / 2)


def test_live_link_names_and_times_are_laid_out_as_the_app_does():
    (packet,) = LiveLink("Renée").packets(LOPSIDED, day_s=86_400 + 2.51)
    assert packet[0] == 6
    assert struct.unpack(">i", packet[1:5]) == (36,)
    assert packet[45:51] == "Renée".encode()
    frame, part, rate, denominator, count = struct.unpack(">ifiiB", packet[51:68])
    assert (frame, rate, denominator, count) == (150, 60, 1, 61)
    assert part == pytest.approx(0.6, abs=1e-5)
    assert LiveLink("Anna").packets(LOPSIDED, day_s=1) == LiveLink("Anna").packets(LOPSIDED, day_s=1)


def test_vmc_is_read_by_python_osc_and_fits_into_packets():
    packets = Vmc().packets(LOPSIDED, day_s=1.5)
    assert max(map(len, packets)) <= LARGEST
    told = messages(packets)
    shapes = {params[0]: params[1] for address, params in told if address == "/VMC/Ext/Blend/Val"}
    assert len(shapes) == 52
    assert shapes["JawLeft"] == 0.75
    assert told[-1] == ("/VMC/Ext/Blend/Apply", [])
    assert ("/VMC/Ext/T", [1.5]) in told
    assert "jawLeft" in {params[0] for _, params in messages(Vmc("camel").packets(LOPSIDED, day_s=0)) if params}


def test_vrm_s_mouth_shapes_stand_in_where_an_avatar_has_no_others():
    def shapes(**weights: float) -> dict[str, float]:
        told = messages(Vmc("vrm").packets(face(**weights), day_s=0))
        return {params[0]: params[1] for address, params in told if address == "/VMC/Ext/Blend/Val"}

    assert shapes(jawOpen=0.5)["A"] == pytest.approx(0.8)
    assert max(shapes(jawOpen=0.5, mouthClose=0.5).values()) == 0
    rounded = shapes(mouthPucker=0.8)
    assert max(rounded, key=rounded.__getitem__) == "U"
    assert shapes(eyeBlinkLeft=1)["Blink_L"] == 1
    vowels = shapes(**dict.fromkeys(ARKIT, 1.0))
    assert sum(vowels[vowel] for vowel in "AIUEO") <= 1 + 1e-6


def test_vrchat_gets_what_changed_and_all_of_it_once_a_second():
    wire = VrChat()
    first = dict(messages(wire.packets(LOPSIDED, day_s=0)))
    assert first["/avatar/parameters/v2/JawX"] == [-0.75]
    assert first["/avatar/parameters/v2/MouthX"] == [0.25]
    assert first["/avatar/parameters/v2/EyeLidLeft"] == [0.75]
    assert wire.packets(LOPSIDED, day_s=0) == []
    assert dict(messages(wire.packets(face(jawOpen=0.6), day_s=0))).keys() == {
        f"/avatar/parameters/v2/{name}" for name in ("JawOpen", "JawX", "MouthX")
    }
    counts = [len(messages(wire.packets(LOPSIDED, day_s=0))) for _ in range(60)]
    assert sum(count == len(first) for count in counts) == 1


def test_ifacialmocap_has_whole_numbers_and_degrees():
    (packet,) = IFacialMocap().packets(face(mouthSmileLeft=0.123, jawLeft=1), day_s=0)
    shapes, parts = packet.decode().split("=")
    values = dict(item.split("-") for item in shapes.split("|") if item)
    assert len(values) == 52
    assert values["mouthSmile_L"] == "12"
    assert values["jawLeft"] == "100"
    head = dict(item.split("#") for item in parts.split("|") if item)
    assert head["head"] == "-0.0000,-90.0000,-0.0000,0.0,0.0,0.0"
    assert {*head} == {"head", "leftEye", "rightEye"}


def test_web_forms_have_their_names_and_orders():
    (packed,) = forms.binary([LOPSIDED])
    assert len(packed) == 252
    assert struct.unpack("<d", packed[:8]) == (1_600,)
    assert np.frombuffer(packed, "<f4", offset=8)[CHANNELS.index("jawLeft")] == 0.75
    assert json.loads(forms.named([LOPSIDED])[0])["weights"] == {
        "jawLeft": 0.75, "mouthRight": 0.25, "jawOpen": 0.5, "headYaw": 90,
    }  # fmt: skip
    assert json.loads(forms.plain([LOPSIDED])[0])["v"][CHANNELS.index("jawOpen")] == 0.5
    azure = json.loads(forms.azure([LOPSIDED, LOPSIDED])[0])
    assert azure["FrameIndex"] == 6
    assert [len(row) for row in azure["BlendShapes"]] == [55, 55]
    assert azure["BlendShapes"][0][15] == 0.75
    assert WIRE[15] == "jawLeft"
    head = json.loads(forms.talkinghead([LOPSIDED, LOPSIDED])[0])
    assert head["vs"] == {"jawLeft": [0.75] * 2, "mouthRight": [0.25] * 2, "jawOpen": [0.5] * 2}
    assert len(head["dt"]) == 2


def test_packets_arrive_at_a_server_that_is_not_ours():
    got: list[tuple[str, float]] = []
    dispatcher = Dispatcher()
    dispatcher.map("/VMC/Ext/Blend/Val", lambda _, name, value: got.append((name, value)))
    applied = threading.Event()
    dispatcher.map("/VMC/Ext/Blend/Apply", lambda _: applied.set())
    with ThreadingOSCUDPServer(("127.0.0.1", 0), dispatcher) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        out = sender("vmc", f"127.0.0.1:{server.server_address[1]}")
        out.send(LOPSIDED)
        assert applied.wait(5)
        out.close()
        time.sleep(0.05)  # each message has a thread of its own there
        server.shutdown()
    assert dict(got)["JawLeft"] == 0.75
    assert len(got) == 52


def test_a_receiver_of_ifacialmocap_is_answered_when_it_asks():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as receiver:
        receiver.bind(("127.0.0.1", 49_983))
        receiver.settimeout(5)
        answerer = Answerer("127.0.0.2")
        receiver.sendto(REQUEST, ("127.0.0.2", 49_983))
        time.sleep(0.05)
        answerer.send(LOPSIDED)
        assert receiver.recv(4_096).startswith(b"eyeBlink_L-0|")
        answerer.close()


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ("unreal.local", ("unreal.local", 1)),
        (":80", ("127.0.0.1", 80)),
        ("[::1]:80", ("::1", 80)),
        ("[::1]", ("::1", 1)),
    ],
)
def test_places_are_read(place, wanted):
    assert parsed(place, 1) == wanted


@pytest.mark.parametrize("place", ["host:", "host:x", "host:70000", "host:-1"])
def test_a_place_without_a_port_is_told(place):
    with pytest.raises(InputError, match="names no port"):
        parsed(place, 1)


def test_a_host_that_is_not_there_is_told():
    with pytest.raises(InputError, match=r"there is no host nowhere\.invalid"):
        sender("livelink", "nowhere.invalid")
