"""A face tracker reads the built-in head's shapes as what they are, where it can read them from a scanned head."""

import subprocess
from pathlib import Path

import pytest

import rigs
from audio2blend.channels import ARKIT
from benchmarks import tracker
from benchmarks.tracker import Reading

ENOUGH = 0.9


@pytest.fixture(scope="module")
def model(corpora: Path) -> Path:
    """The tracker's model; the test is skipped where something it needs is absent."""
    pytest.importorskip("bpy", reason="no bpy for this Python")
    if not tracker.PYTHON.exists():
        pytest.skip(f"no tracker: {tracker.PYTHON} is made by `make test`")
    if subprocess.run([tracker.PYTHON, "-c", "import mediapipe"], capture_output=True).returncode:
        pytest.skip("no tracker: mediapipe does not import in .venv-mediapipe")
    path = corpora / "mediapipe" / "face_landmarker.task"
    if not path.exists():
        pytest.skip("no tracker: its model is not on this machine")
    return path


def test_shapes_that_it_reads_from_a_scanned_head_it_reads_from_ours(model, corpora):
    theirs = tracker.readings(rigs.load(corpora / "ict_facekit" / "FaceXModel.tar.xz"), model)
    ours = tracker.readings(rigs.builtin(), model)
    assert len(ours) >= 51  # it sees a face in every shape, and knows all but tongueOut
    seen = [shape for shape in ARKIT if shape in theirs and theirs[shape].own]
    assert len(seen) >= 15  # or the yardstick would measure nothing
    lost = {shape: ours[shape] for shape in seen if not ours[shape].own}
    assert len(lost) <= (1 - ENOUGH) * len(seen), lost


def test_the_page_tells_what_is_read_and_what_is_not():
    ours = {"jawOpen": Reading(0.5, 1, "jawOpen"), "cheekPuff": Reading(0.0, 20, "mouthSmileLeft")}
    theirs = {"jawOpen": Reading(0.4, 2, "mouthFunnel"), "mouthLeft": Reading(0.3, 1, "mouthLeft")}
    text = tracker.page(ours, theirs, "scan.glb")
    assert "Of 2 shapes that are read as themselves from scan.glb, 1 are from the built-in head (50 %)." in text
    assert "| jawOpen | +0.50 | itself | +0.40 | itself |" in text
    assert "| cheekPuff | +0.00 | place 20, mouthSmileLeft first | | no score |" in text
