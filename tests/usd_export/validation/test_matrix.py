"""No validator and no check finds a fault in what this program writes: every format times every family of characters.

Formats are those that are registered, so a new one is held to this the day it comes.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import rigs
import usd_export
from audio2blend import blender
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from tests.support import gltf_characters, usd_characters, vrm_characters
from tests.support.commands import command
from tests.support.other_head import source
from tests.support.rig_names import ICT_FACEKIT
from tests.support.small_rig import patch

pytestmark = [pytest.mark.blender, pytest.mark.slow]
Maker = Callable[[Path, blender.Child], Path | str]


def _builtin(folder: Path, inside: blender.Child) -> str:
    return "builtin"


def _ict_like(folder: Path, inside: blender.Child) -> Path:
    """A head with the names of ICT FaceKit, which knows sides that ARKit does not, and without a skeleton."""
    head = source()
    assert head.mesh is not None
    deltas = np.stack([head.mesh.deltas[ARKIT.index(_arkit(name))] for name in ICT_FACEKIT])
    for row, name in enumerate(ICT_FACEKIT):
        if _arkit(name) == name[:-2]:  # half of a shape that has no sides in ARKit
            side = head.mesh.vertices[:, 0] > 0
            deltas[row, side != name.endswith("_L")] = 0
    rig = replace(head, name="ict", shapes=ICT_FACEKIT, mesh=replace(head.mesh, deltas=deltas), joints=())
    return rigs.save(rig, folder / "ict.npz")


def _arkit(name: str) -> str:
    """Return the shape of ours that is most like one of ICT FaceKit's."""
    base = name[:-2] if name[-2:] in ("_L", "_R") else name
    sided = base + ("Left" if name.endswith("_L") else "Right")
    return sided if sided in ARKIT else base if base in ARKIT else "cheekSquintLeft"


def _glb(folder: Path, inside: blender.Child) -> Path:
    return gltf_characters.character(folder / "avatar.glb", "pictures and unknown extensions")


def _whole_glb(folder: Path, inside: blender.Child) -> Path:
    """An avatar that has all that VRM demands, and is none."""
    return vrm_characters.whole(folder / "whole.glb", version=1)


def _vrm(folder: Path, inside: blender.Child, *, version: int) -> Path:
    return vrm_characters.whole(folder / f"hero{version}.vrm", version=version)


def _usd(folder: Path, inside: blender.Child) -> Path:
    return usd_characters.character(folder / "hero.usda")


def _fbx(folder: Path, inside: blender.Child) -> Path:
    path = folder / "hero.fbx"
    make = "tests.usd_export.worker.fbx_character:make"
    inside.call(make, {"rig": patch(), "path": path, "embedded": True})
    return path


def _blend(folder: Path, inside: blender.Child) -> Path:
    path = folder / "hero.blend"
    make = "tests.usd_export.worker.blend_character:make"
    inside.call(make, {"rig": patch(), "path": path, "feature": "plain"})
    return path


CHARACTERS: dict[str, Maker] = {
    "the built-in head": _builtin,
    "a head like ICT FaceKit": _ict_like,
    "a glb avatar": _glb,
    "a whole glb avatar": _whole_glb,
    "VRM 0": partial(_vrm, version=0),
    "VRM 1": partial(_vrm, version=1),
    "a USD character": _usd,
    "an FBX character": _fbx,
    "a .blend character": _blend,
}


@pytest.mark.parametrize("who", CHARACTERS)
def test_nothing_fails(
    who: str, hello: Path, hello_clip: Clip, inside: blender.Child, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    character = CHARACTERS[who](tmp_path, inside)
    rig = rigs.load(character)
    line = usd_export.write(hello_clip, tmp_path / "hello.json")
    looked_into = [form for form in usd_export.formats() if form.inspector or form.reader]
    refused = {".vrm"} if Path(character).suffix == ".glb" and "whole" not in who else set()  # it lacks bones
    written = [form for form in looked_into if not form.needs(rig) and form.suffix not in refused]
    outputs = [tmp_path / "out" / f"hello{form.suffix}" for form in written]
    assert len(outputs) >= 8
    named = [argument for output in outputs for argument in ("-o", output)]
    assert command("retarget", line, "--rig", character, "--author", "us", *named) == 0
    capsys.readouterr()
    command("validate", *outputs, "--speech", hello, "--json")
    found = json.loads(capsys.readouterr().out)
    told = {
        f"{Path(file['file']).suffix} {outcome['name']}": [one["message"] for one in outcome["findings"]] or outcome
        for file in found["files"]
        for outcome in file["outcomes"]
        if outcome["verdict"] in ("fail", "not run")
    }
    assert told == {}
    assert [file["error"] for file in found["files"]] == [""] * len(outputs)
