"""A face tracker finds the built-in head, and reads its shapes as what they are where it can read a scanned head's."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

import rigs
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from benchmarks import tracker
from benchmarks.tracker import Reading, Scores
from rigs.builtin import LOOKS
from tests.support.head_parts import pose

pytestmark = pytest.mark.blender

ENOUGH = 0.9


@pytest.fixture(scope="module")
def model(corpora: Path) -> Path:
    """The tracker's model; its tests are skipped where something they need is absent."""
    if not tracker.PYTHON.exists():
        pytest.skip(f"no tracker: {tracker.PYTHON} is made by `make test`")
    if subprocess.run([tracker.PYTHON, "-c", "import mediapipe"], capture_output=True).returncode:
        pytest.skip("no tracker: mediapipe does not import in .venv-mediapipe")
    path = corpora / "mediapipe" / "face_landmarker.task"
    if not path.exists():
        pytest.skip("no tracker: its model is not on this machine")
    return path


@pytest.fixture(scope="module")
def scores(model: Path) -> list[Scores]:
    """What it sees of the built-in head in each shape alone and, last, at rest."""
    return tracker.in_each_shape(rigs.builtin(), model)


def test_it_finds_the_face_in_every_shape_and_at_rest(scores):
    assert [name for name, found in zip((*ARKIT, "at rest"), scores, strict=True) if found is None] == []


def test_it_names_the_clear_shapes(model):
    clear = ("jawOpen", "mouthPucker", "mouthFunnel", "mouthSmileLeft", "mouthSmileRight", "mouthUpperUpLeft",
             "mouthUpperUpRight", "mouthStretchLeft", "mouthStretchRight", "eyeLookOutLeft",
             "eyeLookOutRight")  # fmt: skip
    poses = np.stack([pose(), *(pose(**{name: 1}) for name in clear)])
    rest, *alone = tracker.seen(rigs.builtin(), poses, model, size=512)
    assert rest is not None
    rise = {name: found[name] - rest[name] for name, found in zip(clear, alone, strict=True) if found is not None}
    assert {name: rise.get(name) for name in clear if rise.get(name, 0) < 0.2} == {}


def test_shapes_that_it_reads_from_a_scanned_head_it_reads_from_ours(scores, model, ict_rig):
    ours, theirs = tracker.readings(scores), tracker.readings(tracker.in_each_shape(ict_rig, model))
    assert len(ours) >= 51  # it sees a face in every shape, and knows all but tongueOut
    seen = [shape for shape in ARKIT if shape in theirs and theirs[shape].own]
    assert len(seen) >= 15  # or the yardstick would measure nothing
    lost = {shape: ours[shape] for shape in seen if not ours[shape].own}
    assert len(lost) <= (1 - ENOUGH) * len(seen), lost


@pytest.mark.parametrize("look", LOOKS)
def test_it_finds_every_look_and_sees_it_open_its_mouth(look, model):
    rest, opened = tracker.seen(rigs.builtin(look), np.stack([pose(), pose(jawOpen=1)]), model)
    assert rest is not None
    assert opened is not None
    assert opened["jawOpen"] > rest["jawOpen"] + 0.2


def test_it_finds_the_face_while_it_talks(model, hello_clip: Clip):
    talking = hello_clip.select(ARKIT).values[:: max(1, len(hello_clip) // 60)]
    found = tracker.seen(rigs.builtin(), talking, model)
    assert sum(scores is not None for scores in found) >= 0.99 * len(found)


def test_the_page_tells_what_is_read_and_what_is_not():
    ours = {"jawOpen": Reading(0.5, 1, "jawOpen"), "cheekPuff": Reading(0.0, 20, "mouthSmileLeft")}
    theirs = {"jawOpen": Reading(0.4, 2, "mouthFunnel"), "mouthLeft": Reading(0.3, 1, "mouthLeft")}
    text = tracker.page(ours, theirs, "scan.glb")
    assert "Of 2 shapes that are read as themselves from scan.glb, 1 are from the built-in head (50 %)." in text
    assert "| jawOpen | +0.50 | itself | +0.40 | itself |" in text
    assert "| cheekPuff | +0.00 | place 20, mouthSmileLeft first | | no score |" in text
