"""Characters of clients, from file to file: read, animated, written, read back by others, with lips that shut.

A glb with ARKit's 52 names, VRM 0 and 1 with five vowels, Oculus' 15 visemes, MetaHuman's curves, MikuMikuDance's
morphs; and the last two as bare lists of names.
"""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import rigs
import usd_export
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from tests.support import clients, gltf_reader, usd_reader
from tests.support.body_rig import BONES
from tests.support.commands import command
from tests.support.rig_names import METAHUMAN, MMD
from tests.support.small_rig import STILL


def arkit(folder: Path) -> Path:
    """A .glb file with 52 shapes under ARKit's names."""
    looks = {name: {name: 1.0} for name in ARKIT}
    return usd_export.write(STILL, folder / "arkit.glb", rig=clients.character(looks))


def oculus(folder: Path) -> Path:
    """A .usdc file with the 15 visemes of Oculus' lip sync, and nothing else."""
    return usd_export.write(STILL, folder / "oculus.usdc", rig=clients.character(clients.OCULUS))


def metahuman(folder: Path) -> Path:
    return usd_export.write(STILL, folder / "metahuman.glb", rig=clients.metahuman())


def mmd(folder: Path) -> Path:
    return usd_export.write(STILL, folder / "mmd.glb", rig=clients.character(clients.MMD, clients.MMD_BONES))


def vrm_0(folder: Path) -> Path:
    return clients.vrm(folder / "zero.vrm", version=0)


def vrm_1(folder: Path) -> Path:
    return clients.vrm(folder / "one.vrm", version=1)


def gaps(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far the lips are apart in faces (n, n_vertices, 3), by the distance of the eyes' outer corners.

    The first face has shut lips: in the middle both have vertices at one place, which part as the mouth opens. Faces
    stand anywhere and as tall as they like.
    """
    head = rigs.builtin()
    assert head.mesh is not None
    assert head.landmarks is not None
    box = [np.stack([mesh.min(axis=0), mesh.max(axis=0)]) for mesh in (head.mesh.vertices, points[0])]
    scale = (box[1][1] - box[1][0])[0] / (box[0][1] - box[0][0])[0]
    place = {
        name: (head.mesh.vertices[list(rows)] - box[0].mean(axis=0)) * scale + box[1].mean(axis=0)
        for name, rows in head.landmarks.items()
    }
    eyes = float(np.linalg.norm(place["eyeCorners"][0] - place["eyeCorners"][1]))
    middle = place["upperLip"].mean(axis=0)
    near = np.linalg.norm(points[0] - middle, axis=1) < 0.001 * scale
    assert near.sum() >= 2, "vertices of both lips"
    return np.asarray(np.ptp(points[:, near, 1], axis=1) / eyes)


@pytest.fixture(scope="module")
def truth(hello_clip: Clip) -> NDArray[np.float64]:
    """Return how far the lips of the built-in head are apart in every frame, by the distance of its eyes."""
    head = rigs.builtin()
    assert head.mesh is not None
    assert head.landmarks is not None
    upper, lower, eyes = (list(head.landmarks[name]) for name in ("upperLip", "lowerLip", "eyeCorners"))
    points = head.posed(hello_clip.select(head.shapes).values)
    across = head.mesh.vertices[eyes[0]] - head.mesh.vertices[eyes[1]]
    gap = points[:, upper, 1].mean(axis=1) - points[:, lower, 1].mean(axis=1)
    return np.asarray(gap / np.linalg.norm(across), np.float64)


def closures(truth: NDArray[np.float64]) -> list[int]:
    """Return a frame of every closure between open mouths, such as those of p, b and m."""
    shut = truth < 0.001
    starts = np.flatnonzero(np.diff(shut.astype(int)) == 1) + 1
    ends = np.flatnonzero(np.diff(shut.astype(int)) == -1) + 1
    found = [(start, ends[ends > start][0]) for start in starts if (ends > start).any()]
    return [int(start + end - 1) // 2 for start, end in found]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("made", "suffix", "opens", "likeness"),
    [
        (arkit, ".glb", 0.95, 0.995),
        (vrm_0, ".glb", 0.6, 0.9),
        (vrm_1, ".usdc", 0.6, 0.9),
        (oculus, ".usdc", 0.6, 0.9),
        (oculus, ".glb", 0.6, 0.9),
        (metahuman, ".glb", 0.8, 0.98),
        (mmd, ".usdc", 0.6, 0.9),
    ],
    ids=lambda value: getattr(value, "__name__", str(value)),
)
def test_a_client_s_character_speaks(
    made: Callable[[Path], Path],
    suffix: str,
    opens: float,
    likeness: float,
    hello_clip: Clip,
    truth: NDArray[np.float64],
    tmp_path: Path,
) -> None:
    rig, line = made(tmp_path), usd_export.write(hello_clip, tmp_path / "line.npz")
    out = tmp_path / f"line{suffix}"
    turned = ["--new-head"] if made is vrm_0 else []  # which looks along -Z, and would in its own file
    assert command("retarget", line, "--rig", rig, "-o", out, *turned) == 0

    closed = closures(truth)
    assert len(closed) >= 2, "the sentence has p, b or m in it"
    frames = sorted({0, *closed, *range(0, len(hello_clip), 6)})
    # A layer over a USD file has the file's own rate, which need not be the clip's.
    rate = float(hello_clip.frame_rate)
    shown = gaps(gltf_reader.drawn(out, frames) if suffix == ".glb" else usd_reader.drawn(out, frames, rate=rate))
    told = truth[frames]
    assert shown[[frames.index(frame) for frame in closed]].max() <= 0.01, "lips meet on every closure"
    assert shown.max() > opens * told.max()
    assert np.corrcoef(shown, told)[0, 1] > likeness

    again = rigs.load(out)
    assert again.shapes == rigs.load(rig).shapes
    assert len(again.joints) == len(BONES)


@pytest.mark.parametrize("names", [METAHUMAN, MMD], ids=["metahuman", "mmd"])
def test_a_list_of_names_gets_its_curves(
    names: tuple[str, ...], hello_clip: Clip, truth: NDArray[np.float64], tmp_path: Path
) -> None:
    listed, line = tmp_path / "hero.txt", usd_export.write(hello_clip, tmp_path / "line.npz")
    listed.write_text("\n".join(names), encoding="utf-8")
    out, back = tmp_path / "hero.json", tmp_path / "back.json"
    assert command("retarget", line, "--rig", listed, "-o", out) == 0
    curves = usd_export.read(out)
    driven = [name for name in curves.channels if name in names]
    assert len(driven) >= 5
    assert 0 <= curves.select(driven).values.min() <= curves.select(driven).values.max() <= 1
    opening = [name for name in ("CTRL_expressions_jawOpen", "あ", "お", "え") if name in driven]
    mouth = curves.select(opening).values.sum(axis=1)
    assert np.corrcoef(mouth, truth)[0, 1] > 0.7, "the mouth opens when it should"
    assert command("retarget", out, "--from", listed, "-o", back) == 0
    assert np.corrcoef(usd_export.read(back)["jawOpen"], hello_clip["jawOpen"])[0, 1] > 0.9


def test_the_gaze_of_a_vrm_is_that_of_its_eye_bones(tmp_path: Path) -> None:
    names = ("eyeLookOutLeft", "eyeLookInRight")
    line = usd_export.write(Clip(values=[[0, 0], [1, 1]], channels=names, frame_rate=Fraction(30)), tmp_path / "l.npz")
    out = tmp_path / "line.glb"
    assert command("retarget", line, "--rig", vrm_1(tmp_path), "-o", out) == 0
    ahead, aside = gltf_reader.drawn(out, [0, 1])
    moved = np.linalg.norm(aside - ahead, axis=1) > 1e-3
    assert (aside - ahead)[moved][:, 0].mean() > 0, "both look to the character's left"
    assert ahead[moved][:, 2].min() > 0.04, "eyeballs alone"


@pytest.mark.slow
def test_the_head_turns_on_every_character(tmp_path: Path) -> None:
    clip = Clip(values=[[0.0, 0.0], [30.0, 0.3]], channels=("headYaw", "jawOpen"), frame_rate=Fraction(30))
    line = usd_export.write(clip, tmp_path / "line.npz")
    for made in (arkit, vrm_0, vrm_1, mmd):
        out = tmp_path / "line.glb"
        assert command("retarget", line, "--rig", made(tmp_path), "-o", out, "--new-head") == 0
        before, after = gltf_reader.drawn(out, [0, 1])
        nose = int(before[:, 2].argmax())
        turned = after[nose] - before[nose]
        assert turned[0] > 0.03, made.__name__
