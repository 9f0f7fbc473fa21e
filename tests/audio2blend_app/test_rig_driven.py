"""`audio2blend animate` and `retarget` with a character of the user's own: what they write and say."""

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pxr import Usd

import rigs
import usd_export
from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.clip import Clip
from audio2blend_app.character import Character
from rigs.retarget import onto, read
from tests.support import other_head
from tests.support.commands import command
from tests.support.rig_names import OCULUS, named
from tests.support.small_rig import STILL, patch
from tests.support.usd_reader import animation_of, weights_of


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
    assert list(animation_of(stage).GetBlendShapesAttr().Get()) == list(rig.shapes)
    clip = usd_export.read(line)
    expected = [clip["mouthSmileLeft"], clip["mouthSmileRight"] / 2, clip["jawOpen"], 0 * clip["jawOpen"]]
    np.testing.assert_allclose(weights_of(stage), np.stack(expected, axis=1), atol=1e-6)


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


@pytest.mark.slow
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
        return usd_export.write(STILL, path, rig=patch(shapes=shapes))

    known = Character(str(write(*OCULUS)))
    first = known.digest
    assert "_rig" not in vars(known), "the rig was read"
    assert Character(str(write(*OCULUS))).digest == first
    assert Character(str(write(*OCULUS[:-1]))).digest != first


def test_the_built_in_head_is_one_rig_by_either_name():
    assert Character("builtin").digest == Character("builtin:robin").digest != Character("builtin:mei").digest
    assert Character("builtin").name == "robin"


def test_a_rig_that_may_name_other_files_is_known_by_all_that_is_read(tmp_path):
    def digest(scale: float) -> str:
        rig = patch()
        moved = replace(rig, mesh=replace(rig.mesh, deltas=rig.mesh.deltas * np.float32(scale)))
        return Character(str(usd_export.write(STILL, tmp_path / "hero.usda", rig=moved))).digest

    assert digest(1.0) == digest(1.0) != digest(1.5)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--rig", "hero.txt", "-o", "new.glb"), "list of names; name a .json or .npz file"),
        (("--rig", "odd.txt", "-o", "new.json"), "none of the 2 shape names of rig 'odd' is known (Alpha, Beta)"),
        (("--rig", "none.glb", "-o", "new.json"), "none.glb: no such file"),
        (("--rig", "hero.txt", "--map", "none.toml", "-o", "new.json"), "there is no map none.toml"),
        (("--rig", "hero.txt", "--map", "odd.toml", "-o", "new.json"), "has none of the names"),
        (("--rig", "hero.txt", "-o", "new.doc"), "no format writes '.doc' files"),
        (("-o", "line.npz"), "would be overwritten"),
        (("--rig", "./face.glb", "-o", "face.glb", "--new-head"), "face.glb is also an input and would be overwritten"),
        (("--from", "face.glb", "-o", "face.glb"), "would be overwritten"),
        (("--speech", "take.mp4", "-o", "take.mp4"), "would be overwritten"),
    ],
    ids=str,
)
def test_what_cannot_be_retargeted_is_told_in_one_sentence(arguments, told, line, tmp_path, monkeypatch, refuses):
    monkeypatch.chdir(tmp_path)
    named(Path("hero.txt"), *OCULUS)
    named(Path("odd.txt"), "Alpha", "Beta")
    Path("odd.toml").write_text('[shapes]\nAlpha = "jawOpen"\n')
    usd_export.write(STILL, "face.glb", rig=patch())
    Path("take.mp4").touch()
    refuses(told, "retarget", "line.npz", *arguments)


def test_a_clip_of_unknown_names_is_told(tmp_path, refuses):
    clip = Clip(values=np.zeros((1, 1)), channels=("Alpha",), frame_rate=Fraction(30))
    path = usd_export.write(clip, tmp_path / "odd.json")
    refuses(f"{path}: none of the clip's channels is known", "retarget", path, "-o", tmp_path / "new.csv")


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
    turns = animation_of(stage).GetRotationsAttr()
    real = [turns.Get(time)[0].GetReal() for time in turns.GetTimeSamples()]
    return 2 * np.degrees(np.arccos(np.clip(real, 0, 1)))


@pytest.mark.slow
def test_a_character_of_unknown_names_is_driven_by_its_shapes_and_its_map_does_the_same(line, tmp_path, capsys):
    stranger, which = other_head.bent()
    hero, told = rigs.save(stranger, tmp_path / "hero.npz"), "so it is matched by geometry"
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


@pytest.mark.slow
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


def test_landmarks_without_a_mesh_are_told(line, tmp_path, refuses):
    names, places = named(tmp_path / "hero.txt", *OCULUS), tmp_path / "face.toml"
    places.write_text("eyeCorners = [1, 2]\n")
    told = "is a list of names and has no mesh to lay landmarks on"
    refuses(told, "rig", "inspect", names, "--landmarks", places)
    refuses("", "retarget", line, "--rig", names, "--landmarks", tmp_path / "no.toml", "-o", tmp_path / "a.npz")
