"""The JSON of services that make such curves: Audio2Face and Azure."""

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import usd_export
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from tests.support.talking import RATES, talking

WIRE = {
    15: "jawLeft",
    16: "jawRight",
    17: "jawOpen",
    21: "mouthLeft",
    22: "mouthRight",
    51: "tongueOut",
    52: "headRoll",
}
"""Places that tell the order of the wire from that of Live Link's columns."""


@pytest.mark.parametrize("rate", RATES, ids=str)
def test_audio2face_comes_back_as_it_was(rate: Fraction, tmp_path: Path) -> None:
    clip = talking(frame_rate=rate)
    found = usd_export.read(usd_export.write(clip, tmp_path / "line.a2f.json"))
    assert (found.frame_rate, found.channels, found.start_s) == (rate, ARKIT, 0.0)
    assert np.array_equal(found.values, clip.select(ARKIT).values)


def test_audio2face_is_laid_out_as_nvidia_does(tmp_path: Path) -> None:
    content = json.loads(usd_export.write(talking(7), tmp_path / "line.a2f.json").read_text())
    assert {key: content[key] for key in ("exportFps", "numPoses", "numFrames")} == {
        "exportFps": 60.0,
        "numPoses": 52,
        "numFrames": 7,
    }
    assert content["facsNames"] == [*ARKIT]
    assert np.shape(content["weightMat"]) == (7, 52)


def test_audio2face_3ds_capital_letters_are_arkits(tmp_path: Path) -> None:
    path = tmp_path / "line.json"
    path.write_text('{"exportFps": 30, "facsNames": ["JawOpen", "TongueTipUp"], "weightMat": [[0.5, 0.25]]}')
    assert usd_export.read(path).channels == ("jawOpen", "TongueTipUp")


def test_azure_has_the_order_of_the_wire(tmp_path: Path) -> None:
    for place, name in WIRE.items():
        clip = Clip(values=[[1.0]], channels=(name,), frame_rate=Fraction(60))
        (row,) = json.loads(usd_export.write(clip, tmp_path / "line.azure.json").read_text())["BlendShapes"]
        assert len(row) == 55
        assert np.flatnonzero(row).tolist() == [place]


def test_azure_comes_back_as_it_was_but_for_yaw_and_pitch(tmp_path: Path) -> None:
    clip = talking()
    found = usd_export.read(usd_export.write(clip, tmp_path / "line.azure.json"))
    assert found.frame_rate == 60
    assert {*found.channels} == {*ARKIT, "headRoll", "leftEyeRoll", "rightEyeRoll"}
    np.testing.assert_allclose(found.values, clip.select(found.channels).values, atol=1e-5)


EVENTS = [{"FrameIndex": first, "BlendShapes": [[0.0] * 17 + [0.1 * k] + [0.0] * 37 for k in range(first, first + 2)]}
          for first in (0, 2, 4)]  # fmt: skip


@pytest.mark.parametrize("text", [json.dumps(EVENTS[::-1]), "\n".join(map(json.dumps, EVENTS))], ids=["array", "lines"])
def test_azures_events_are_put_together(text: str, tmp_path: Path) -> None:
    (tmp_path / "line.json").write_text(text)
    assert usd_export.read(tmp_path / "line.json")["jawOpen"] == pytest.approx([0, 0.1, 0.2, 0.3, 0.4, 0.5])


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("a.a2f.json", '{"facsNames": ["a"], "weightMat": [[1, 2]], "exportFps": 30}', "frame 0 holds 2 values"),
        ("a.a2f.json", '{"facsNames": ["a"], "weightMat": [[1]]}', "'exportFps' must be a number"),
        ("a.a2f.json", '{"facsNames": ["a"], "weightMat": [[1]], "exportFps": 0}', "out of range"),
        ("a.a2f.json", '{"facsNames": ["a"], "weightMat": [[1]], "exportFps": 1e400}', "must be a number"),
        ("a.a2f.json", '{"facsNames": ["a", "a"], "weightMat": [[1, 1]], "exportFps": 30}', "share a name"),
        ("a.a2f.json", '{"facsNames": ["a"], "weightMat": [[1', "not JSON"),
        ("a.azure.json", json.dumps([EVENTS[0], EVENTS[2]]), "frame 2 is followed by frame 4"),
        ("a.azure.json", '{"FrameIndex": 0, "BlendShapes": [[0.5]]}', "frame 0 holds 1 values"),
        ("a.azure.json", '{"FrameIndex": "now", "BlendShapes": []}', "'FrameIndex' must be a number"),
        ("a.azure.json", "[]", "holds no events"),
        ("a.azure.json", "", "not JSON"),
    ],
)
def test_bad_files_give_one_sentence(name: str, text: str, sentence: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError) as error:
        usd_export.read(tmp_path / name)
    assert str(error.value).startswith(f"{tmp_path / name}: ")
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_what_they_cannot_hold_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"starts at 0\.5 s"):
        usd_export.write(talking(start_s=0.5), tmp_path / "a.a2f.json")
    assert not [*tmp_path.iterdir()]


def test_azure_has_sixty_frames_a_second_whatever_is_asked(tmp_path: Path) -> None:
    clip = talking(16, Fraction(30))
    path = usd_export.write(clip, tmp_path / "a.azure.json", frame_rate=Fraction(24))
    assert (len(usd_export.read(path)), usd_export.check(path, clip.resampled(Fraction(60)))) == (31, ())
