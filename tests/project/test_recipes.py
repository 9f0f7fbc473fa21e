"""The recipes of CONTRIBUTING.md, followed to the letter, and the habits that a file can show."""

import doctest
import json
import re
import subprocess
import sys
import textwrap
import tomllib
import wave
from pathlib import Path

import pytest

from tests.support.installing import installed

ROOT = Path(__file__).resolve().parents[2]
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
HELLO = ROOT / "examples" / "hello.wav"
LANGUAGES = sorted((ROOT / "addon" / "languages").glob("*.toml"))


def block(title: str, language: str) -> str:
    """Return the code block of a language in the recipe of that title."""
    recipe = CONTRIBUTING.split(f"\n### {title}\n")[1].split("\n### ")[0]
    (found,) = re.findall(rf"^ *```{language}\n(.*?)^ *```", recipe, re.DOTALL | re.MULTILINE)
    return textwrap.dedent(found)


def audio2blend(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "audio2blend", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


def test_a_rig_reader(tmp_path: Path) -> None:
    environment = installed(tmp_path, "studio_reader", block("A rig reader", "python"), block("A rig reader", "toml"))
    hero = tmp_path / "hero.puppetface"
    hero.write_text("puppet face 1\njawOpen\nmouthClose\nmouthSmileLeft\nmouthSmileRight\n", "utf-8")
    found = json.loads(audio2blend(environment, "rig", "inspect", str(hero), "--json").stdout)
    assert (len(found["shapes"]), found["unknown"]) == (4, [])
    hero.write_text("a poem\n", "utf-8")
    refused = audio2blend(environment, "rig", "inspect", str(hero))
    assert (refused.returncode, "this is no puppet's face" in refused.stderr) == (2, True)


def test_a_preset(tmp_path: Path) -> None:
    (tmp_path / "puppets.toml").write_text(block("A preset", "toml"), "utf-8")
    code = """
        import sys
        from pathlib import Path
        from rigs.retarget import match, presets
        presets._FOLDER = Path(sys.argv[1])
        found = match(["Snap Wide", "Snap Grin", "Hat"])
        gains = {target.name: target.sources["jawOpen" if "Wide" in target.name else "mouthSmileLeft"]
                 for target in found.retarget.targets}
        print(gains, found.unknown, [preset.title for preset in found.found])
    """
    command = [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == (
        "{'Snap Wide': 1.0, 'Snap Grin': 0.5} ('Hat',) ['Studio puppets']\n"
    )


def test_a_measure() -> None:
    space: dict[str, object] = {"__name__": "recipe"}
    exec(block("A measure", "python"), space)
    examples = doctest.DocTestFinder().find(space["headroom"], "headroom", module=False, globs=space)
    assert [doctest.DocTestRunner().run(example) for example in examples] == [doctest.TestResults(0, 1)]
    with pytest.raises(ValueError, match="the lips never open"):
        space["headroom"]([0.0])  # type: ignore[operator]


@pytest.mark.parametrize("path", LANGUAGES, ids=lambda path: path.stem)
def test_a_language(path: Path) -> None:
    """It is named as Blender names it, complete, and has a place for whatever is filled in."""
    assert re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2})?(@[a-z]+)?", path.stem)
    texts = tomllib.loads(path.read_text("utf-8"))
    assert texts.keys() == tomllib.loads((path.parent / "de_DE.toml").read_text("utf-8")).keys()
    for english, own in texts.items():
        assert sorted(re.findall(r"{.*?}", english)) == sorted(re.findall(r"{.*?}", own))


def test_a_verb(tmp_path: Path) -> None:
    environment = installed(tmp_path, "studio_verb", block("A verb", "python"), block("A verb", "toml"))
    assert "length    Print how long recordings are." in audio2blend(environment, "--help").stdout
    with wave.open(str(HELLO)) as file:
        duration_s = file.getnframes() / file.getframerate()
    assert audio2blend(environment, "length", str(HELLO)).stdout == f"{HELLO}: {duration_s:.2f} s\n"
    stored = json.loads(audio2blend(environment, "length", str(HELLO), "--json").stdout)
    assert (stored["duration_s"], stored["exit_code"]) == (pytest.approx(duration_s, abs=0.01), 0)
    refused = audio2blend(environment, "length", str(tmp_path / "none.wav"))
    assert (refused.returncode, "no such file" in refused.stderr) == (2, True)


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def test_the_version_is_the_same_everywhere() -> None:
    manifest = tomllib.loads((ROOT / "addon" / "blender_manifest.toml").read_text("utf-8"))
    (cited,) = re.findall(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    assert manifest["version"] == cited == PROJECT["project"]["version"]


def test_each_change_is_a_file_that_towncrier_finds() -> None:
    types = {kind["directory"] for kind in PROJECT["tool"]["towncrier"]["type"]}
    assert {f"`{kind}`" for kind in types} <= {*re.findall("`[a-z]+`", CONTRIBUTING)}
    for path in (ROOT / "changelog.d").glob("[!.]*"):
        assert re.fullmatch(rf"\+[a-z0-9-]+\.({'|'.join(sorted(types))})\.md", path.name), path.name
        assert path.read_text("utf-8").strip()
