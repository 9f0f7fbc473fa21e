"""Commands about characters: what they find, write and say, and with which exit code."""

import json
from dataclasses import replace
from fractions import Fraction
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import other_head
import pytest
from PIL import Image
from pxr import Usd, UsdSkel
from rig_names import OCULUS
from small_rig import patch

import rigs
import usd_export
from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.cli import main
from audio2blend.clip import Clip
from rigs.retarget import match, onto, read
from usd_export.cli.character import Character


def command(*arguments: object) -> int:
    return main([*map(str, arguments)])


def named(path: Path, *names: str) -> Path:
    """Write a list of names."""
    path.write_text("\n".join(names), encoding="utf-8")
    return path


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


def test_a_map_with_edits_is_not_written_over_unless_told(tmp_path, capsys):
    names, target = named(tmp_path / "hero.txt", *OCULUS), tmp_path / "hero.toml"
    target.write_text("mine")
    assert command("rig", "map", names, "-o", target) == 2
    assert "--force" in capsys.readouterr().err
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
        (("inspect", "hero.txt", "--map", "none.toml"), "there is no map"),
    ],
    ids=str,
)
def test_wrong_input_is_told_in_one_sentence(arguments, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    named(Path("hero.txt"), *OCULUS)
    assert command("rig", *arguments) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert [path.name for path in tmp_path.iterdir()] == ["hero.txt"]


def test_a_mesh_in_another_format_is_inspected_too(tmp_path, capsys):
    still = Clip(values=np.zeros((1, 1)), channels=("jawOpen",), frame_rate=Fraction(30))
    path = usd_export.write(still, tmp_path / "hero.glb", rig=patch(shapes=OCULUS))
    assert command("rig", "inspect", path) == 0
    assert "Oculus visemes: 15 of 15" in capsys.readouterr().out


@pytest.fixture
def line(tmp_path) -> Path:
    """Curves of all ARKit channels and the head, as a file."""
    values = np.random.default_rng(3).uniform(0, 1, (6, len(CHANNELS))).astype(np.float32)
    clip = Clip(values=values, channels=CHANNELS, frame_rate=Fraction(30))
    return usd_export.write(clip, tmp_path / "line.npz")


def test_curves_get_the_names_of_a_list_and_live_link_keeps_arkits(line, tmp_path, capsys):
    names = named(tmp_path / "hero.txt", *OCULUS, "Blink_L", "Blink_R")
    outputs = [tmp_path / f"new.{suffix}" for suffix in ("json", "npz", "csv")]
    assert command("retarget", line, "--rig", names, *(word for path in outputs for word in ("-o", path))) == 0
    assert "Oculus visemes: 15 of 15" in capsys.readouterr().out
    clip = usd_export.read(line)
    wanted = onto(clip, rigs.load(names))
    assert set(OCULUS) <= set(wanted.channels)
    for path in outputs[:2]:
        found = usd_export.read(path)
        assert found.channels == wanted.channels
        np.testing.assert_array_equal(found.values, wanted.values)
    live = usd_export.read(outputs[2])
    assert live.channels == CHANNELS
    np.testing.assert_allclose(live.values, clip.values, atol=1e-5)


def test_a_character_moves_as_the_clip_says_under_its_own_names(line, tmp_path):
    rig = patch(shapes=("Smile_L", "Smile_R", "JawDrop", "Hair"))
    hero = rigs.save(rig, tmp_path / "hero.npz")
    hand_made = tmp_path / "hero.toml"
    hand_made.write_text(
        '[shapes]\nSmile_L = "mouthSmileLeft"\nSmile_R = { mouthSmileRight = 0.5 }\nJawDrop = "jawOpen"\n'
    )
    assert command("retarget", line, "--rig", hero, "--map", hand_made, "-o", tmp_path / "new.usda") == 0
    stage = Usd.Stage.Open(str(tmp_path / "new.usda"))
    animation = next(UsdSkel.Animation(prim) for prim in stage.Traverse() if prim.IsA(UsdSkel.Animation))
    assert list(animation.GetBlendShapesAttr().Get()) == list(rig.shapes)
    clip = usd_export.read(line)
    for frame in range(len(clip)):
        weights = animation.GetBlendShapeWeightsAttr().Get(frame)
        smile_l, smile_r = clip["mouthSmileLeft"][frame], clip["mouthSmileRight"][frame] / 2
        np.testing.assert_allclose(weights, [smile_l, smile_r, clip["jawOpen"][frame], 0], atol=1e-6)


def test_there_and_back_again(line, tmp_path):
    names = named(tmp_path / "hero.txt", *(name.replace("Left", "_L").replace("Right", "_R") for name in ARKIT))
    assert command("retarget", line, "--rig", names, "-o", tmp_path / "hero.json") == 0
    assert "eyeBlink_L" in usd_export.read(tmp_path / "hero.json").channels
    assert command("retarget", tmp_path / "hero.json", "-o", tmp_path / "back.csv") == 0
    clip, back = usd_export.read(line), usd_export.read(tmp_path / "back.csv")
    np.testing.assert_allclose(back.select(ARKIT).values, clip.select(ARKIT).values, atol=1e-6)


def test_a_map_may_mirror_the_built_in_head(line, tmp_path):
    mirror = tmp_path / "mirror.toml"
    mirror.write_text("mirror = true\n[shapes]\n" + "\n".join(f'{name} = "{name}"' for name in ARKIT))
    assert command("retarget", line, "--map", mirror, "-o", tmp_path / "new.npz") == 0
    clip, found = usd_export.read(line), usd_export.read(tmp_path / "new.npz")
    np.testing.assert_array_equal(found["eyeBlinkLeft"], clip["eyeBlinkRight"])
    np.testing.assert_array_equal(found["headYaw"], -clip["headYaw"])


def test_animate_does_again_what_the_rig_or_the_map_changes(hello, tmp_path, capsys):
    names, hand_made = named(tmp_path / "hero.txt", *OCULUS), tmp_path / "hero.toml"

    def animate(*options: object) -> str:
        target = tmp_path / "out" / "line.npz"
        assert command("animate", hello, "-o", target, "--rig", names, "--no-performance", *options) == 0
        text = capsys.readouterr().out
        return "unchanged" if "unchanged" in text else "written" if "written" in text else text

    assert [animate(), animate()] == ["written", "unchanged"]
    first = usd_export.read(tmp_path / "out" / "line.npz")
    assert set(OCULUS) == set(first.channels)
    named(names, *OCULUS, "jawForward")
    assert [animate(), animate()] == ["written", "unchanged"]
    hand_made.write_text("[poses]\nviseme_aa = { jawOpen = 0.45 }\n")
    assert [animate("--map", hand_made) for _ in range(2)] == ["written", "unchanged"]
    hand_made.write_text("[poses]\nviseme_aa = { jawOpen = 0.9 }\n")
    assert [animate("--map", hand_made) for _ in range(2)] == ["written", "unchanged"]
    louder = usd_export.read(tmp_path / "out" / "line.npz")
    assert louder.channels == ("viseme_aa",)
    assert 0 < louder["viseme_aa"].max() < 0.7


@pytest.mark.parametrize("suffix", [".npz", ".glb", ".txt"])
def test_a_rig_is_known_again_without_being_read(suffix, tmp_path):
    def write(*shapes: str) -> Path:
        path = tmp_path / f"hero{suffix}"
        if suffix == ".txt":
            return named(path, *shapes)
        if suffix == ".npz":
            return rigs.save(patch(shapes=shapes), path)
        still = Clip(values=np.zeros((1, 1)), channels=("jawOpen",), frame_rate=Fraction(30))
        return usd_export.write(still, path, rig=patch(shapes=shapes))

    known = Character(str(write(*OCULUS)))
    first = known.digest
    assert "_rig" not in vars(known), "the rig was read"
    assert Character(str(write(*OCULUS))).digest == first
    assert Character(str(write(*OCULUS[:-1]))).digest != first


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--rig", "hero.txt", "-o", "new.glb"), "list of names; name a .json or .npz file"),
        (("--rig", "odd.txt", "-o", "new.json"), "none of the 2 shape names of rig 'odd' is known (Alpha, Beta)"),
        (("--rig", "none.glb", "-o", "new.json"), "none.glb: no such file"),
        (("--rig", "hero.txt", "--map", "none.toml", "-o", "new.json"), "there is no map none.toml"),
        (("--rig", "hero.txt", "--map", "odd.toml", "-o", "new.json"), "has none of the names"),
        (("--rig", "hero.txt", "-o", "new.doc"), "no exporter writes '.doc' files"),
        (("-o", "line.npz"), "would be written over"),
    ],
    ids=str,
)
def test_what_cannot_be_retargeted_is_told_in_one_sentence(arguments, told, line, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    named(Path("hero.txt"), *OCULUS)
    named(Path("odd.txt"), "Alpha", "Beta")
    Path("odd.toml").write_text('[shapes]\nAlpha = "jawOpen"\n')
    before = sorted(tmp_path.iterdir())
    assert command("retarget", "line.npz", *arguments) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_a_clip_of_unknown_names_is_told(tmp_path, capsys):
    clip = Clip(values=np.zeros((1, 1)), channels=("Alpha",), frame_rate=Fraction(30))
    path = usd_export.write(clip, tmp_path / "odd.json")
    assert command("retarget", path, "-o", tmp_path / "new.csv") == 2
    assert f"{path}: none of the clip's channels is known" in capsys.readouterr().err


@pytest.mark.skipif(find_spec("bpy") is None, reason="no bpy for this Python")
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
        (("make", "hero.npz", "--identity", "7", "-o", "head.glb"), "saved as .npz"),
        (("inspect", "hero.npz", "--sheet", "hero.jpg"), "is a .png file"),
        (("inspect", "hero.txt", "--sheet", "hero.png"), "has no mesh to draw"),
    ],
    ids=str,
)
def test_what_cannot_be_made_or_drawn_is_told(arguments, told, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    named(Path("hero.txt"), *OCULUS)
    rigs.save(patch(shapes=OCULUS), "hero.npz")
    before = sorted(tmp_path.iterdir())
    assert command("rig", *arguments) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_bones_move_in_files_with_a_face_too(line, tmp_path, capsys):
    rig = patch(shapes=("eyeBlinkLeft", "eyeBlinkRight"))
    joints = (replace(rig.joints[0], name="jaw"), replace(rig.joints[1], parent="jaw"))
    hero = rigs.save(replace(rig, joints=joints), tmp_path / "hero.npz")
    assert command("retarget", line, "--rig", hero, "-o", tmp_path / "new.json", "-o", tmp_path / "new.usdc") == 0
    degrees = usd_export.read(tmp_path / "new.json")["jaw.rotation.x"]
    assert degrees.max() > 1
    assert (jaw_degrees(tmp_path / "new.usdc") > degrees - 1e-3).all(), "it turns to the sides as well"

    hand_made = tmp_path / "jaw.toml"
    hand_made.write_text('[bones]\n"jaw.rotation.x" = { jawOpen = 20.0 }\n')
    assert command("retarget", line, "--rig", hero, "--map", hand_made, "-o", tmp_path / "jaw.usdc") == 0
    assert jaw_degrees(tmp_path / "jaw.usdc") == pytest.approx(20 * usd_export.read(line)["jawOpen"], abs=0.05)


def jaw_degrees(path: Path) -> np.ndarray:
    """Return how far the first joint of a USD file is turned in every frame."""
    stage = Usd.Stage.Open(str(path))
    (turns,) = [UsdSkel.Animation(prim).GetRotationsAttr() for prim in stage.Traverse() if prim.IsA(UsdSkel.Animation)]
    real = [turns.Get(time)[0].GetReal() for time in turns.GetTimeSamples()]
    return 2 * np.degrees(np.arccos(np.clip(real, 0, 1)))


def test_a_character_of_unknown_names_is_driven_by_its_shapes_and_its_map_does_the_same(line, tmp_path, capsys):
    stranger, which = other_head.bent()
    hero, told = rigs.save(stranger, tmp_path / "hero.npz"), "so it is driven by what its shapes look like"
    assert command("rig", "inspect", hero, "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert told in report["words"][0]
    assert report["score"] > 0.8
    jaw = stranger.shapes[int(np.argsort(which)[ARKIT.index("jawOpen")])]
    assert jaw in report["channels"]["jawOpen"]
    assert command("rig", "map", hero, "-o", tmp_path / "hero.toml") == 0
    assert told in capsys.readouterr().out
    assert read(tmp_path / "hero.toml").solve
    for output, options in (("shape.npz", ()), ("map.npz", ("--map", tmp_path / "hero.toml"))):
        assert command("retarget", line, "--rig", hero, "-o", tmp_path / output, *options) == 0
        assert (told in capsys.readouterr().out) == (not options)
    by_shape, by_map = (usd_export.read(tmp_path / name) for name in ("shape.npz", "map.npz"))
    assert set(by_shape.channels) >= {jaw, "headYaw"}
    np.testing.assert_array_equal(by_shape.values, by_map.values)


def test_a_mesh_without_shapes_speaks_too(line, tmp_path, capsys):
    stranger, _ = other_head.bent()
    assert stranger.mesh is not None
    bare = tmp_path / "bare.obj"
    corners = np.split(stranger.mesh.face_vertices + 1, np.cumsum(stranger.mesh.face_sizes)[:-1])
    bare.write_text(
        "".join("v {:.5f} {:.5f} {:.5f}\n".format(*point) for point in stranger.mesh.vertices)
        + "".join(f"f {' '.join(map(str, face))}\n" for face in corners)
    )
    assert command("retarget", line, "--rig", bare, "-o", tmp_path / "new.npz", "-o", tmp_path / "new.glb") == 0
    assert "it has no shapes, so the 52 of our head were made for its mesh" in capsys.readouterr().out
    np.testing.assert_allclose(
        usd_export.read(tmp_path / "new.npz").select(ARKIT).values,
        usd_export.read(line).select(ARKIT).values,
        atol=1e-6,
    )
    assert command("rig", "make", bare, "-o", tmp_path / "made.npz") == 0
    assert "52 shapes made for its mesh after our head's" in capsys.readouterr().out
    made, shown = rigs.load(tmp_path / "made.npz"), rigs.load(tmp_path / "new.glb")
    assert made.shapes == ARKIT
    assert set(shown.shapes) == set(ARKIT)


def test_landmarks_without_a_mesh_are_told(line, tmp_path, capsys):
    names, places = named(tmp_path / "hero.txt", *OCULUS), tmp_path / "face.toml"
    places.write_text("eyeCorners = [1, 2]\n")
    assert command("rig", "inspect", names, "--landmarks", places) == 2
    assert "is a list of names and has no mesh to lay landmarks on" in capsys.readouterr().err
    assert command("retarget", line, "--rig", names, "--landmarks", tmp_path / "no.toml", "-o", tmp_path / "a.npz") == 2
    assert capsys.readouterr().err.count("\n") == 1
