"""Morphable models: a clip becomes the coefficients of FLAME or BFM, and comes back, by what the face looks like."""

from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

import rigs
import usd_export
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.retarget import Solved, back, fit
from rigs.skeleton import posed
from tests.support import morphable
from tests.support.commands import command

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def speech(hello_clip: Clip) -> Clip:
    """Return what is said in the example, with a gaze that wanders and a head that turns."""
    clip = hello_clip
    wave = np.sin(np.arange(len(clip)) / 20)
    gaze = {"eyeLookOutLeft": wave, "eyeLookInRight": wave, "eyeLookInLeft": -wave, "eyeLookOutRight": -wave}
    values = clip.values.copy()
    for name, curve in gaze.items():
        values[:, clip.channels.index(name)] = np.clip(curve, 0, 1) * 0.5
    values[:, clip.channels.index("headYaw")] = 12 * wave
    return replace(clip, values=values)


class Trip(NamedTuple):
    """A clip that went onto a model and came back."""

    rig: Rig
    there: Clip
    again: Clip


@pytest.fixture(scope="module")
def by_flame(speech: Clip, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    path = tmp_path_factory.mktemp("models") / "flame.npz"
    np.savez(path, **morphable.flame())
    rig = rigs.load(path)
    driven = fit(rig)
    assert isinstance(driven.found, Solved)
    assert driven.found.score > 0.9
    there = driven(speech)
    return Trip(rig, there, back(there, rig))


@pytest.fixture(scope="module")
def by_bfm(speech: Clip, tmp_path_factory: pytest.TempPathFactory) -> Trip:
    """As the command does it."""
    folder = tmp_path_factory.mktemp("models")
    model, there, again = folder / "bfm.npz", folder / "parameters.npz", folder / "again.json"
    np.savez(model, **morphable.bfm())
    line = usd_export.write(speech, folder / "line.npz")
    assert command("retarget", line, "--rig", model, "-o", there) == 0
    assert command("retarget", there, "--from", model, "-o", again) == 0
    return Trip(rigs.load(model), usd_export.read(there), usd_export.read(again))


def lips(points: NDArray[np.float64], *, head: Rig | None = None) -> NDArray[np.float64]:
    """Return how far the lips of faces (n, n_vertices, 3) are apart, in thousandths of the distance of the eyes."""
    landmarks = (head or morphable.truth()[0]).landmarks
    assert landmarks
    upper, lower, eyes = (list(landmarks[name]) for name in ("upperLip", "lowerLip", "eyeCorners"))
    gap = np.linalg.norm(points[:, upper].mean(axis=1) - points[:, lower].mean(axis=1), axis=1)
    return 1e3 * gap / np.linalg.norm(points[0, eyes[0]] - points[0, eyes[1]])


def rms(numbers: NDArray[np.floating]) -> float:
    return float(np.sqrt((numbers.astype(np.float64) ** 2).mean()))


def without_head(clip: Clip) -> Clip:
    kept = [name for name in clip.channels if not name.startswith("head")]
    return clip.select(kept)


@pytest.mark.slow
@pytest.mark.parametrize("trip", ["by_flame", "by_bfm"])
def test_the_model_speaks_as_our_head_does(trip: str, speech: Clip, request: pytest.FixtureRequest) -> None:
    rig, clip, _ = request.getfixturevalue(trip)
    head, neutral, shapes, _ = morphable.truth()
    weights = speech.select(head.shapes).values.astype(np.float64)
    wanted = neutral + np.tensordot(weights, shapes, axes=1)
    found = posed(rig, without_head(clip)).astype(np.float64)
    found += neutral.mean(axis=0) - rig.mesh.vertices.mean(axis=0)  # the reader may have moved nothing else
    skin = np.linalg.norm(shapes, axis=2).max(axis=0) > 0.002
    assert rms((found - wanted)[:, skin]) < 0.35 * rms((wanted - neutral)[:, skin])
    assert np.corrcoef(lips(found), lips(wanted))[0, 1] > 0.995
    shut = lips(wanted) < 1.0
    assert shut.sum() > 10
    assert lips(found)[shut].max() < 10, "a gap of at most a hundredth of the distance of the eyes"


@pytest.mark.parametrize("trip", ["by_flame", "by_bfm"])
def test_there_and_back_again(trip: str, speech: Clip, request: pytest.FixtureRequest) -> None:
    """The error of the round trip: of weights, of our head's skin and of its lips."""
    _, _, again = request.getfixturevalue(trip)
    told = [name for name in ARKIT if name != "tongueOut"]
    assert "tongueOut" not in again.channels
    assert rms(again.select(told).values - speech.select(told).values) < 0.05
    for name, least in {"jawOpen": 0.99, "mouthClose": 0.84, "mouthPucker": 0.9, "eyeBlinkLeft": 0.95}.items():
        assert np.corrcoef(again[name], speech[name])[0, 1] > least, name
    head = rigs.builtin()
    there, here = (head.posed(one.select(head.shapes).values) for one in (again, speech))
    assert rms(there - here) < 0.2 * rms(here - head.mesh.vertices)
    assert np.corrcoef(lips(there, head=head), lips(here, head=head))[0, 1] > 0.995
    shut = lips(here, head=head) < 1.0
    assert lips(there, head=head)[shut].max() < 10
    assert np.array_equal(again["headYaw"], speech["headYaw"])


def test_eyes_that_are_joints_give_the_gaze_back(by_flame: Trip, speech: Clip) -> None:
    for name in ("eyeLookOutLeft", "eyeLookInRight", "eyeLookInLeft"):
        assert by_flame.again[name] == pytest.approx(speech[name], abs=1e-5)


def flame_layer(model: dict[str, NDArray[np.float64]], arrays: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return the vertices of FLAME's every frame, as its paper has them but for the corrective shapes: (n, v, 3)."""
    expression = arrays["expression"]
    points = model["v_template"] + np.einsum("vik,nk->nvi", model["shapedirs"][:, :, 300:], expression)
    places = model["J_regressor"] @ model["v_template"]
    out = np.zeros_like(points)
    for frame in range(len(points)):
        still = np.zeros(3)
        eyes = arrays.get("eye_pose", np.zeros((len(points), 6)))[frame]
        turns = [still, arrays.get("neck_pose", np.zeros((len(points), 3)))[frame], arrays["jaw_pose"][frame]]
        turns += [eyes[:3], eyes[3:]]
        moved: list[NDArray[np.float64]] = []
        for joint, turn in enumerate(turns):
            matrix = np.eye(4)
            matrix[:3, :3] = rodrigues(turn)
            matrix[:3, 3] = places[joint] - matrix[:3, :3] @ places[joint]
            parent = int(model["kintree_table"][0][joint]) if joint else -1
            moved.append(moved[parent] @ matrix if parent >= 0 else matrix)
        whole = np.concatenate([points[frame], np.ones((len(points[frame]), 1))], axis=1)
        for joint, matrix in enumerate(moved):
            out[frame] += model["weights"][:, joint, None] * (whole @ matrix.T)[:, :3]
    return out


def rodrigues(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    angle = float(np.linalg.norm(vector))
    if angle == 0:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def test_the_arrays_are_what_flame_takes(by_flame: Trip, tmp_path: Path) -> None:
    """A layer of FLAME, written from its paper, shows what our own posing shows."""
    model, rig = morphable.flame(), by_flame.rig
    clip = by_flame.there.select([name for name in by_flame.there.channels if "translation" not in name])
    with np.load(usd_export.write(clip, tmp_path / "parameters.npz")) as archive:
        arrays = {name: archive[name] for name in archive.files if name not in ("channels", "metadata", "frame_rate")}
    arrays["expression"] = np.pad(arrays["expression"], ((0, 0), (0, 100 - arrays["expression"].shape[1])))
    assert arrays["fps"] == 60
    frames = np.arange(0, len(clip), 60)
    few = {name: array[frames] for name, array in arrays.items() if array.ndim == 2}
    shown = flame_layer(model, few)
    own = posed(rig, replace(clip, values=clip.values[frames]))
    assert np.abs(shown - own).max() < 1e-4
    assert np.degrees(arrays["jaw_pose"][:, 0]).max() > 3, "the jaw opens"

    alone = {name: arrays[name] for name in ("expression", "jaw_pose", "eye_pose", "neck_pose", "fps")}
    np.savez(tmp_path / "alone.npz", **alone)  # as a tracker might have written it
    again = usd_export.read(tmp_path / "alone.npz")
    for name in clip.channels:
        if not name.endswith(("EyeYaw", "EyePitch", "EyeRoll")):
            assert again.select([name]).values[:, 0] == pytest.approx(clip[name], abs=2e-4), name


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"expression": np.zeros((4, 10))}, "without their rate; add an array fps"),
        (
            {"exp": np.zeros((4, 10)), "fps": np.array(25), "jaw": np.zeros((4, 6))},
            r"'jaw_pose' has the shape \(4, 6\)",
        ),
        ({"expr": np.full((4, 10), np.nan), "fps": np.array(25)}, "not finite"),
        ({"expression": np.zeros(4), "fps": np.array(25)}, r"not \(n_frames, n_modes\)"),
        ({"expression": np.zeros((4, 10)), "fps": np.array(0)}, "frame rate"),
    ],
    ids=["no rate", "wide jaw", "NaN", "flat", "rate 0"],
)
def test_parameters_that_do_not_fit_say_so(arrays: dict[str, NDArray[np.float64]], words: str, tmp_path: Path) -> None:
    np.savez(tmp_path / "odd.npz", **arrays)
    with pytest.raises(InputError, match=words) as error:
        usd_export.read(tmp_path / "odd.npz")
    assert "odd.npz" in str(error.value)
