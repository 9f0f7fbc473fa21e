"""`audio2blend rig`: what it finds in a character, writes and says, and with which exit code."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import rigs
import usd_export
from audio2blend.channels import ARKIT
from rigs.retarget import match, read
from tests.support.commands import command
from tests.support.rig_names import OCULUS, named
from tests.support.small_rig import STILL, patch


@pytest.fixture
def hero(tmp_path) -> Path:
    """The built-in head with Faceit-like names and an extra shape, as a file."""
    rig = rigs.builtin()
    assert rig.mesh is not None
    deltas = np.concatenate([rig.mesh.deltas, rig.mesh.deltas[:1]])
    names = tuple(name.replace("Left", "_L").replace("Right", "_R") for name in rig.shapes)
    return rigs.save(
        replace(rig, name="hero", shapes=(*names, "hairLong"), mesh=replace(rig.mesh, deltas=deltas)),
        tmp_path / "hero.npz",
    )


def test_inspect_tells_what_a_rig_has_and_that_all_is_well(hero, capsys):
    assert command("rig", "inspect", hero) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    for words in ("53 shapes, 2 bones", "ARKit: 52 of 52", "not known: hairLong", "score: 100%", "suspicious: nothing"):
        assert words in captured.out


def test_inspect_tells_every_suspicious_shape(hero, tmp_path, capsys):
    rig = rigs.load(hero)
    assert rig.mesh is not None
    deltas = rig.mesh.deltas.copy()
    deltas[ARKIT.index("jawOpen")] = rig.mesh.deltas[ARKIT.index("browInnerUp")]
    deltas[ARKIT.index("tongueOut")] = 0
    bad = rigs.save(replace(rig, mesh=replace(rig.mesh, deltas=deltas)), tmp_path / "bad.npz")
    assert command("rig", "inspect", bad) == 1
    captured = capsys.readouterr()
    assert "suspicious: 2" in captured.out
    assert captured.err.splitlines() == [
        f"audio2blend rig: {bad}: tongueOut moves nothing, but should show tongueOut",
        f"audio2blend rig: {bad}: jawOpen moves the brow, but should show jawOpen",
    ]


def test_inspect_as_json(hero, capsys):
    for arguments in (("rig", "inspect", hero, "--json"), ("rig", "--json", "inspect", hero)):
        assert command(*arguments) == 0
        report = json.loads(capsys.readouterr().out)
        assert report["exit_code"] == 0
        assert report["score"] == 1
        assert report["unknown"] == ["hairLong"]
        assert report["channels"]["eyeBlinkLeft"] == ["eyeBlink_L"]
        assert len(report["shapes"]) == 53
        assert report["bones"] == ["root", "head"]
        mesh = rigs.builtin().mesh
        assert mesh is not None
        assert report["mesh"]["vertices"] == len(mesh.vertices)
        np.testing.assert_allclose(report["mesh"]["size_m"], np.ptp(mesh.vertices, axis=0), atol=1e-4)


def test_inspect_holds_a_rig_against_a_map(tmp_path, capsys):
    names = named(tmp_path / "odd.txt", "Alpha", "Beta")
    hand_made = tmp_path / "odd.toml"
    hand_made.write_text('[shapes]\nAlpha = "jawOpen"\nGamma = "mouthPucker"\n')
    assert command("rig", "inspect", names, "--map", hand_made, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert report["channels"] == {"jawOpen": ["Alpha"]}
    assert report["unknown"] == ["Beta"]
    assert any("Gamma" in words for words in report["words"])


def test_a_rig_of_unknown_names_is_said_to_be_one(tmp_path, capsys):
    names = named(tmp_path / "odd.txt", "Alpha", "Beta")
    assert command("rig", "inspect", names) == 1
    assert "no channel reaches it" in capsys.readouterr().err


def test_a_map_holds_the_match_and_the_shapes_that_are_left(tmp_path, capsys):
    names = named(tmp_path / "hero.txt", *OCULUS, "HairLong")
    target = tmp_path / "hero.toml"
    assert command("rig", "map", names, "-o", target) == 0
    assert "Oculus visemes: 15 of 15" in capsys.readouterr().out
    assert "HairLong" in target.read_text()
    written, found = read(target), match([*OCULUS, "HairLong"]).retarget
    assert {each.name: each.sources for each in written.targets} == {
        "HairLong": {},
        **{each.name: each.sources for each in found.targets},
    }


def test_a_map_with_edits_is_not_written_over_unless_told(tmp_path, refuses):
    names, target = named(tmp_path / "hero.txt", *OCULUS), tmp_path / "hero.toml"
    target.write_text("mine")
    refuses("--force", "rig", "map", names, "-o", target)
    assert target.read_text() == "mine"
    assert command("rig", "map", names, "-o", target, "--force") == 0
    assert len(read(target).targets) == 15


def test_a_map_onto_unknown_names_is_there_to_be_filled_in(tmp_path, capsys):
    names, target = named(tmp_path / "odd.txt", "Alpha", "Beta"), tmp_path / "odd.toml"
    assert command("rig", "map", names, "-o", target) == 1
    assert str(target) in capsys.readouterr().err
    assert [(each.name, each.at_rest) for each in read(target).targets] == [("Alpha", True), ("Beta", True)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("inspect", "nothing.glb"), "no such file"),
        (("inspect", "hero.doc"), "no such file"),
        (("map", "hero.txt", "-o", "hero.yaml"), ".toml"),
        (("map", "hero.txt", "-o", "x" * 300 + ".toml"), "cannot write"),
        (("inspect", "hero.txt", "--map", "none.toml"), "there is no map"),
    ],
    ids=str,
)
def test_wrong_input_is_told_in_one_sentence(arguments, told, tmp_path, monkeypatch, refuses):
    monkeypatch.chdir(tmp_path)
    named(Path("hero.txt"), *OCULUS)
    refuses(told, "rig", *arguments)


def test_a_mesh_in_another_format_is_inspected_too(tmp_path, capsys):
    path = usd_export.write(STILL, tmp_path / "hero.glb", rig=patch(shapes=OCULUS))
    assert command("rig", "inspect", path) == 0
    assert "Oculus visemes: 15 of 15" in capsys.readouterr().out


@pytest.mark.blender
def test_a_sheet_shows_what_every_shape_does(tmp_path, capsys):
    rig = rigs.builtin()
    assert rig.mesh is not None
    rows = [rig.shapes.index(name) for name in ("jawOpen", "mouthClose", "eyeBlinkLeft")]
    few = replace(
        rig, shapes=("Jaw_Open", "Mouth_Close", "Blink_L"), mesh=replace(rig.mesh, deltas=rig.mesh.deltas[rows])
    )
    hero, sheet = rigs.save(few, tmp_path / "hero.npz"), tmp_path / "hero.png"
    assert command("rig", "inspect", hero, "--sheet", sheet) == 0
    assert str(sheet) in capsys.readouterr().out
    with Image.open(sheet) as image:
        assert image.size == (4 * 240, 240)
        rest, jaw, close, blink = np.split(np.asarray(image.convert("L"), float)[:210], 4, axis=1)

    def changed(picture: np.ndarray) -> np.ndarray:
        return np.argwhere(np.abs(picture - rest) > 25)

    assert changed(blink)[:, 0].max() < changed(jaw)[:, 0].mean()  # the eye lies above the jaw
    assert changed(blink)[:, 1].min() > 120  # the character's left is on the right
    dark = [int((picture[120:, 70:170] < 60).sum()) for picture in (rest, jaw, close)]  # inside of the mouth
    assert dark[0] < 5  # the line between the lips
    assert dark[1] > 50
    assert dark[2] < 5  # shown on the open jaw, whose mouth it shuts
    assert len(changed(close)) > 500


def test_a_model_gives_other_heads(tmp_path, capsys):
    rig = patch(shapes=OCULUS)
    assert rig.mesh is not None
    modes = np.random.default_rng(5).normal(0, 0.003, (4, *rig.mesh.vertices.shape)).astype(np.float32)
    model = rigs.save(replace(rig, mesh=replace(rig.mesh, identity=modes)), tmp_path / "model.npz")
    heads = [tmp_path / f"{name}.npz" for name in ("first", "again", "other")]
    for path, number in zip(heads, (7, 7, 8), strict=True):
        assert command("rig", "make", model, "--identity", number, "-o", path, "--json") == 0
    coefficients = json.loads("[" + capsys.readouterr().out.replace("}\n{", "},{") + "]")[0]["coefficients"]
    first, again, other = (rigs.load(path).mesh for path in heads)
    assert first is not None
    assert again is not None
    assert other is not None
    np.testing.assert_allclose(first.vertices, rig.mesh.vertices + np.tensordot(coefficients, modes, axes=1), atol=1e-5)
    np.testing.assert_array_equal(first.vertices, again.vertices)
    assert np.abs(first.vertices - other.vertices).max() > 1e-3
    np.testing.assert_array_equal(first.deltas, rig.mesh.deltas)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("make", "hero.npz", "--identity", "7", "-o", "head.npz"), "has no identity modes"),
        (("make", "hero.npz", "--identity", "-1", "-o", "head.npz"), "from 0 on"),
        (("make", "hero.npz", "--identity", "7", "-o", "head.glb"), "must be an .npz file"),
        (("make", "hero.npz", "-o", "hero.npz"), "would be overwritten"),
        (("inspect", "hero.npz", "--sheet", "hero.jpg"), "must be a .png file"),
        (("inspect", "hero.txt", "--sheet", "hero.png"), "has no mesh to draw"),
    ],
    ids=str,
)
def test_what_cannot_be_made_or_drawn_is_told(arguments, told, tmp_path, monkeypatch, refuses):
    monkeypatch.chdir(tmp_path)
    named(Path("hero.txt"), *OCULUS)
    rigs.save(patch(shapes=OCULUS), "hero.npz")
    refuses(told, "rig", *arguments)
