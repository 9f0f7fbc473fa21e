"""What a message names to cure it: an option, a label of the panel or an argument, wherever its user stands."""

import ast
import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

import usd_export
from audio2blend import load, wording
from audio2blend.errors import Audio2BlendError
from audio2blend.network import network
from audio2blend.network.providers import open_session
from audio2blend.pipeline import predict
from audio2blend.post import Controls
from audio2blend.wording import PYTHON, Wording
from audio2blend_app import rig as rig_verbs
from audio2blend_app.wording import BLENDER, COMMAND_LINE
from rigs import Rig, builtin
from rigs.measure import face
from rigs.retarget import fit, read, transfer
from rigs.retarget.inverse import back_by_shape
from tests.support.commands import command
from tests.support.small_rig import STILL, patch

ROOT = Path(__file__).resolve().parents[2]
NAMES = Rig(name="hero", shapes=("Alpha", "Beta"))


@dataclass(frozen=True)
class Case:
    """A mistake, and what each user reads about it."""

    make: Callable[[Path], object]
    terminal: str
    panel: str
    script: str


def sound(folder: Path) -> Path:
    soundfile.write(folder / "line.wav", np.sin(np.arange(16_000) / 20), 16_000)
    return folder / "line.wav"


def map_again(folder: Path) -> object:
    (folder / "hero.toml").touch()
    return rig_verbs.draw_map(rig_verbs.MapRequest(rig="builtin", output=folder / "hero.toml"))


CASES = {
    "strength": Case(lambda _: Controls(strength=11), "--strength 11 is", "Strength 11 is", "strength=11 is"),
    "jaw": Case(lambda _: Controls(jaw=99), "--jaw 99 is out of range", "Jaw 99 is out", "jaw=99 is out of range"),
    "lips": Case(lambda _: Controls(lips=-0.5), "--lips -0.5 is out", "Lips -0.5 is out", "lips=-0.5 is out"),
    "smooth": Case(
        lambda _: Controls(smooth_ms=300), "--smooth 300 is out", "Smooth (ms) 300 is out", "smooth_ms=300 is out"
    ),
    "lead": Case(lambda _: Controls(lead_ms=-5), "--lead -5 is out", "Lead (ms) -5 is out", "lead_ms=-5 is out"),
    "seed": Case(
        lambda folder: predict(load(sound(folder)), seed=-1), "--seed -1 is negative", "Seed -1 is", "seed=-1 is"
    ),
    "track": Case(lambda folder: load(sound(folder), track=0), "--track 0 is out", "Track 0 is out", "track=0 is out"),
    "identity": Case(
        lambda folder: rig_verbs.make(rig_verbs.MakeRequest(rig="builtin", output=folder / "a.npz", identity=-3)),
        "--identity -3 is", "Identity -3 is", "identity=-3 is",
    ),
    "no GPU": Case(
        lambda _: open_session(network.WEIGHTS["live"], "cuda"),
        "or choose --device cpu", "or set Device to Processor in the extension's preferences", 'or pass device="cpu"',
    ),
    "unknown names": Case(
        lambda _: fit(NAMES),
        "in a map: write one with audio2blend rig map, edit it and name it with --map",
        "in a map: press Edit Map",
        "in a map: write one with rigs.retarget.write, edit it and pass it to rigs.retarget.fit",
    ),
    "no map": Case(
        lambda folder: read(folder / "hero.toml"),
        "make one with audio2blend rig map RIG -o", "press Edit Map", "make one with rigs.retarget.write",
    ),
    "shapes that move nothing": Case(
        lambda _: fit(still()),
        "or make new ones with audio2blend rig make", "or press Make Shapes", "or make new ones with rigs.retarget.tr",
    ),
    "no face": Case(
        lambda _: transfer(builtin(), patch(shapes=())),
        "name eyeCorners, mouthCorners, upperLip, lowerLip in a file with --landmarks",
        "choose the mesh of the face, with its eyeballs, as the Character",
        "set eyeCorners, mouthCorners, upperLip, lowerLip in Rig.landmarks",
    ),
    "no mesh to measure on": Case(
        lambda _: face(NAMES), "leave out --rig", "choose a mesh as the Character", "measure on rigs.builtin()"
    ),
    "no mesh to write": Case(
        lambda folder: usd_export.write(STILL, folder / "line.glb"),
        "name a rig with a mesh by --rig", "choose a mesh as the Character", "such as rig=rigs.builtin()",
    ),
    "another rig's clip": Case(
        lambda _: back_by_shape(STILL, builtin(), NAMES),
        "name the rig that the clip was made for with --from", "choose the character that it was made for",
        "pass the rig that the clip was made for",
    ),
    "a map that is there": Case(map_again, "or overwrite it with --force", "or remove it first", "or pass force=True"),
}  # fmt: skip


def still() -> Rig:
    """Return a face whose shapes are named well and move nothing."""
    rig = patch()
    assert rig.mesh is not None
    return replace(rig, mesh=replace(rig.mesh, deltas=np.zeros_like(rig.mesh.deltas)))


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    wording.use(PYTHON)


@pytest.mark.parametrize("skin", ["terminal", "panel", "script"])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_message_speaks_of_what_its_user_sees(case: Case, skin: str, tmp_path: Path) -> None:
    skins: dict[str, Wording] = {"terminal": COMMAND_LINE, "panel": BLENDER, "script": PYTHON}
    wording.use(skins[skin])
    with pytest.raises(Audio2BlendError) as caught:
        case.make(tmp_path)
    assert getattr(case, skin) in str(caught.value)


def test_the_command_line_speaks_of_options_while_it_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert command("animate", sound(tmp_path), "-o", tmp_path / "line.csv", "--jaw", "99") == 2
    assert "animate: --jaw 99 is out of range; give a number" in capsys.readouterr().err
    assert command("animate", sound(tmp_path), "-o", tmp_path / "line.csv", "--fps", "fast") == 2
    assert "animate: --fps 'fast' is no frame rate; write a number" in capsys.readouterr().err
    with pytest.raises(Audio2BlendError, match="jaw=99"):
        Controls(jaw=99)


def test_labels_are_those_of_the_panels() -> None:
    known = tomllib.loads((ROOT / "addon/languages/de_DE.toml").read_text("utf-8"))
    settings = ("strength", "jaw", "lips", "smooth_ms", "lead_ms", "seed")
    labels = [BLENDER.setting(name, 1).removesuffix(" 1") for name in settings]
    assert {*labels, "Edit Map", "Make Shapes", "Character", "Device", "Processor"} <= known.keys()


LIBRARY = [
    path
    for package in ("audio2blend", "rigs", "usd_export", "render_farm", "audio2blend_app")
    for path in sorted((ROOT / package).rglob("*.py"))
    if not {"train", "cli"} & {*path.parts} and path != ROOT / "audio2blend_app/wording.py"
]


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_error_of_the_library_names_an_option_or_a_command(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Error"):
            texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
            said = " ".join(text for text in texts if isinstance(text, str))
            assert not re.search(r"(?<!install)(?<!converter) --[a-z]", said)
            assert "audio2blend rig" not in said
