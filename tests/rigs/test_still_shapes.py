"""Shapes that move nothing count as absent, and a mouth that cannot open is no success."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

import rigs
import usd_export
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.retarget import by_name, fit, parse_map
from rigs.still import still_shapes
from tests.support.commands import command
from tests.support.rig_names import OCULUS, named
from tests.support.small_rig import patch

VROID = ("jawOpen", "jawForward", "jawLeft", "jawRight", "mouthShrugLower", "mouthShrugUpper", "tongueOut", "cheekPuff")
"""Of ARKit's 52, those that are empty on VRoid's characters, and more."""


def emptied(rig: Rig, *names: str) -> Rig:
    """Return a rig of which these shapes move nothing but what rounding leaves."""
    assert rig.mesh is not None
    deltas = rig.mesh.deltas.copy()
    for name in names:
        deltas[rig.shapes.index(name)] *= np.float32(1e-6)
    return replace(rig, mesh=replace(rig.mesh, deltas=deltas))


@pytest.fixture
def line(tmp_path: Path) -> Path:
    """Curves of all of ARKit, as a file."""
    values = np.random.default_rng(3).uniform(0, 1, (6, len(ARKIT)))
    return usd_export.write(Clip(values=values, channels=ARKIT, frame_rate=Fraction(30)), tmp_path / "line.npz")


def test_empty_shapes_are_known_by_what_they_do():
    assert still_shapes(patch()) == ()
    assert still_shapes(emptied(patch(), *VROID)) == tuple(name for name in ARKIT if name in VROID)
    assert still_shapes(emptied(patch(), *ARKIT)) == ARKIT
    assert still_shapes(Rig(name="names", shapes=ARKIT)) == (), "of names nobody can tell"


def test_empty_shapes_are_absent_in_sets_fallbacks_and_score():
    empty = by_name(emptied(patch(), "mouthPucker", "tongueOut"))
    without = by_name(patch(shapes=tuple(name for name in ARKIT if name not in ("mouthPucker", "tongueOut"))))
    assert empty.still == ("mouthPucker", "tongueOut")
    assert empty.retarget == without.retarget
    assert (empty.found, empty.shown, empty.fallbacks) == (without.found, without.shown, without.fallbacks)
    assert (empty.missing, empty.score) == (without.missing, without.score)
    assert "ARKit: 50 of 52, missing" in str(empty)
    assert "absent, since they move nothing: mouthPucker, tongueOut" in str(empty)


def test_visemes_speak_where_the_jaw_of_arkit_is_empty():
    """A VRoid: 52 of ARKit's names, some empty, the one that opens the mouth among them, and visemes that work."""
    found = by_name(emptied(patch(shapes=(*ARKIT, *OCULUS)), *VROID))
    driven = {target.name for target in found.retarget.targets}
    assert driven >= {*OCULUS, "eyeBlinkLeft", "mouthSmileLeft"}
    assert not driven & {*VROID}
    assert found.opens_mouth
    clip = Clip(values=[[0.4]], channels=("jawOpen",), frame_rate=Fraction(60))
    assert found.retarget(clip).select(OCULUS).values.max() > 0.5
    assert [str(preset).partition(",")[0] for preset in found.found] == ["Oculus visemes: 15 of 15", "ARKit: 32 of 52"]


def test_visemes_rest_where_a_jaw_of_bones_opens_the_mouth():
    rig = emptied(patch(shapes=(*ARKIT, *OCULUS)), *VROID)
    jaw = replace(rig.joints[1], name="jaw", parent="head")
    found = by_name(replace(rig, joints=(*rig.joints, jaw)))
    assert {*OCULUS} <= {*found.resting}
    assert "jaw.rotation.x" in {target.name for target in found.retarget.targets}


def test_a_viseme_of_silence_is_empty_by_right():
    found = by_name(emptied(patch(shapes=OCULUS), "viseme_sil"))
    assert found.still == ()
    assert "Oculus visemes: 15 of 15" in str(found)


@pytest.mark.slow
@pytest.mark.parametrize("shapes", [ARKIT, OCULUS, tuple(f"shape_{number}" for number in range(30))], ids=len)
def test_a_rig_whose_shapes_are_all_empty_is_refused(shapes, line, tmp_path, refuses, capsys):
    hero = rigs.save(emptied(patch(shapes=shapes), *shapes), tmp_path / "hero.npz")
    told = f"each of the {len(shapes)} shapes of rig 'patch' moves nothing; export it again with its shapes"
    refuses(told, "retarget", line, "--rig", hero, "-o", tmp_path / "new.glb")
    refuses(told, "animate", "examples/hello.wav", "--rig", hero, "-o", tmp_path / "new.glb")
    assert not (tmp_path / "new.glb").exists()
    assert command("rig", "inspect", hero) == 1
    captured = capsys.readouterr()
    assert told in captured.out
    assert f"{hero}: no channel reaches it: " in captured.err
    assert told in captured.err
    assert "score: 0%" in captured.out


def test_a_mouth_that_cannot_open_is_told_and_no_success(line, tmp_path, refuses, capsys):
    speaks = ("jawOpen", "mouthFunnel", "mouthLowerDownLeft", "mouthLowerDownRight")
    rig = emptied(patch(), *speaks)
    told = "nothing opens the mouth of rig 'patch': jawOpen moves nothing; export it with the shape that does"
    assert fit(rig).mute.startswith(told)
    hero = rigs.save(rig, tmp_path / "hero.npz")
    refuses(told, "retarget", line, "--rig", hero, "-o", tmp_path / "new.glb")
    refuses(told, "animate", "examples/hello.wav", "--rig", hero, "-o", tmp_path / "new.json", "-o", tmp_path / "a.csv")
    assert not list(tmp_path.glob("new.*"))
    assert command("rig", "inspect", hero) == 1
    assert told in capsys.readouterr().err
    assert command("rig", "inspect", hero, "--json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["mute"].startswith(told)
    assert report["score"] < 1


def test_a_mouth_that_has_no_name_is_no_success_either(line, tmp_path, refuses):
    names = named(tmp_path / "eyes.txt", "eyeBlinkLeft", "eyeBlinkRight", "browInnerUp")
    told = "nothing opens the mouth of rig 'eyes': no name of a shape or bone that would is known"
    refuses(told, "retarget", line, "--rig", names, "-o", tmp_path / "new.json")


def test_a_face_that_is_driven_by_its_eye_bones_alone_is_no_success(line, tmp_path, refuses):
    """Its shapes have no known names, and its face is not found."""
    rig = patch(shapes=tuple(f"shape_{number}" for number in range(30)))
    eyes = [replace(rig.joints[1], name=name, parent="head") for name in ("LeftEye", "RightEye")]
    hero = rigs.save(replace(rig, joints=(*rig.joints, *eyes)), tmp_path / "hero.npz")
    told = "its names show 15% of ARKit, but found no face on rig 'patch': it has no pair of eyeballs"
    refuses(told, "retarget", line, "--rig", hero, "-o", tmp_path / "new.glb")


def test_a_map_may_leave_the_mouth_alone_but_not_open_it_by_what_is_empty():
    rig = emptied(patch(), "jawOpen")
    assert fit(rig, parse_map('[shapes]\neyeBlinkLeft = "eyeBlinkLeft"', "eyes")).mute == ""
    dead = parse_map('[shapes]\njawOpen = "jawOpen"\neyeBlinkLeft = "eyeBlinkLeft"', "dead")
    assert "what the map names for it" in fit(rig, dead).mute
    with pytest.raises(InputError, match="the map 'jaw' moves nothing: the one shape, jawOpen, of rig 'patch' that it"):
        fit(rig, parse_map('[shapes]\njawOpen = "jawOpen"', "jaw"))


def test_what_is_empty_is_written_into_a_map_to_edit(tmp_path):
    hero = rigs.save(emptied(patch(), "tongueOut"), tmp_path / "hero.npz")
    assert command("rig", "map", hero, "-o", tmp_path / "hero.toml") == 0
    assert "tongueOut = {} # moves nothing" in " ".join((tmp_path / "hero.toml").read_text().split())


def test_what_is_empty_is_told_when_a_character_is_animated(line, tmp_path, capsys):
    hero = rigs.save(emptied(patch(), "tongueOut", "cheekPuff"), tmp_path / "hero.npz")
    assert command("retarget", line, "--rig", hero, "-o", tmp_path / "new.json") == 0
    assert "absent, since they move nothing: cheekPuff, tongueOut" in capsys.readouterr().out
