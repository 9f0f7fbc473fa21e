"""Consent in the Blender extension: asked for before anything is made, and shown in one line when all is well."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from audio2blend import blender
from audio2blend.provenance.consent import Register, Terms
from tests.support.small_rig import patch

pytestmark = pytest.mark.blender


@pytest.fixture
def project(tmp_path: Path, hello: Path) -> Path:
    """A folder with a recording, in a project that requires consent of anna."""
    (tmp_path / "audio2blend.toml").write_text('consent = "required"\nspeaker = "anna"\n')
    shutil.copy(hello, tmp_path / "line.wav")
    return tmp_path


def test_nothing_is_made_of_somebody_who_has_not_agreed(inside: blender.Child, project: Path) -> None:
    arguments = {"rig": patch(), "sound": project / "line.wav", "folder": project}
    found = inside.call("tests.addon.worker.consent:asked", arguments)
    assert "there is no consent of anna" in found["animate"]
    assert "have whoever keeps the register record it" in found["animate"]
    assert found["agreed"] == ""
    for what in ("export", "preview"):
        assert "there is no consent of bob" in found[what]
    (line,) = json.loads(found["batch"])["recordings"]
    assert "there is no consent of bob" in line["error"]
    assert not (project / "bob.csv").exists()
    assert {Path(path).name: bool(digest) for path, digest in found["used"].items()} == {
        "shot.blend": False,
        "line.csv": True,
    }


def speech(inside: blender.Child, sound: Path) -> list[dict[str, Any]]:
    found = inside.call("tests.addon.worker.panels:drawn", {"state": "ready", "rig": patch(), "sound": sound})
    panel: list[dict[str, Any]] = found["VIEW_3D"]["Speech"]
    return panel


def test_the_panel_says_whether_they_agreed_in_one_line_if_all_is_well(
    inside: blender.Child, project: Path, hello: Path
) -> None:
    free = speech(inside, hello)
    refused = speech(inside, project / "line.wav")
    terms = Terms(purposes=("any",), since=date(2026, 1, 1), evidence="0" * 64)
    with Register.open(project / "consent.sqlite", create=True) as register:
        register.add("anna", terms)
    agreed = speech(inside, project / "line.wav")
    assert len(agreed) == len(free) + 1
    assert "there is no consent of anna" in " ".join(seen["text"] for seen in refused if seen["alert"])
    assert not any(seen["alert"] for seen in agreed)
