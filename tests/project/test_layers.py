"""Who may import whom: imports point one way, in no circles, and the core starts light."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {"audio2blend": 1, "rigs": 2, "usd_export": 3, "render_farm": 4, "audio2blend_app": 5, "addon": 6}
"""Each may import those below it."""
SOURCES = [path for package in FLOORS for path in sorted((ROOT / package).rglob("*.py"))]


def module(path: Path) -> str:
    """Return the dotted name of a source file."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module(path): path for path in SOURCES}


def imported(path: Path, *, at_once: bool = False) -> Iterator[str]:
    """Yield the dotted name of everything that a source imports when it runs, or `at_once`: not in functions."""
    tree = ast.parse(path.read_text("utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test))
        or (at_once and isinstance(node, ast.FunctionDef))
        for inner in ast.walk(node)
    }
    package = module(path).split(".") if path.name == "__init__.py" else module(path).split(".")[:-1]
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def ours(name: str) -> str:
    """Return the module of ours that a dotted name lies in; "" if none does."""
    while name and name not in MODULES:
        name = name.rpartition(".")[0]
    return name


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path: Path) -> None:
    parts = path.relative_to(ROOT).parts
    names = {name.split(".")[0] for name in imported(path)}
    above = {package for package, floor in FLOORS.items() if floor > FLOORS[parts[0]]}
    assert not names & above
    if "worker" not in parts and parts[0] != "addon":
        assert not names & {"bpy", "mathutils", "bmesh"}
    if parts[0] != "usd_export" and "readers" not in parts:
        assert "pxr" not in names
    if parts[:2] != ("audio2blend", "train"):
        assert "torch" not in names


def test_no_modules_import_each_other() -> None:
    """A package's `__init__` is its face and gathers what lies in it; all other modules form no circle."""
    plain = {name: path for name, path in MODULES.items() if path.name != "__init__.py"}
    refuse_circles({name: {ours(line) for line in imported(path)} & {*plain} - {name} for name, path in plain.items()})


def test_any_module_may_be_imported_first() -> None:
    """What is imported at once, packages included, never comes back to who imports it."""
    refuse_circles(
        {
            name: {found for line in imported(path, at_once=True) for found in passed(ours(line), name)}
            for name, path in MODULES.items()
        }
    )


def refuse_circles(graph: dict[str, set[str]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" imports ".join(reversed(error.args[1])))


def passed(target: str, by: str) -> Iterator[str]:
    """Yield a module and the packages around it, but for those that whoever imports it lies in, and for itself."""
    while target:
        if target != by and not by.startswith(f"{target}."):
            yield target
        target = target.rpartition(".")[0]


@pytest.mark.parametrize("heavy", ["bpy", "torch", "pxr", "onnxruntime", "soundfile"])
def test_the_core_starts_light(heavy):
    code = f"import sys, audio2blend, rigs, usd_export; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


TESTS = sorted((ROOT / "tests").rglob("*.py"))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT / "tests")))
def test_no_test_imports_a_test(path: Path) -> None:
    """What several need lies in tests/support/, which imports nothing else of the tests."""
    others = {name for name in imported(path) if name.split(".")[0] == "tests"}
    assert {name for name in others if not f"{name}.".startswith("tests.support.")} == set()
    assert not any(name.rpartition(".")[2].startswith("test_") for name in imported(path))
    if "worker" not in path.parts:
        assert not {name.split(".")[0] for name in imported(path)} & {"bpy", "mathutils"}


def test_shape_keys_are_made_in_one_place():
    """What a new one's value is depends on Blender, and one that is forgotten at 1 shows in every file."""
    making = ".shape_key" + "_add("  # in two, or this file were one of them
    everywhere = [path for folder in (*FLOORS, "tests", "scripts") for path in (ROOT / folder).rglob("*.py")]
    made = [path.relative_to(ROOT).as_posix() for path in everywhere if making in path.read_text("utf-8")]
    assert made == ["rigs/worker/scene.py"]


def test_no_module_grows_too_long():
    assert [path for path in SOURCES if len(path.read_text("utf-8").splitlines()) > 400] == []


def test_the_public_names_are_listed_before_they_are_used():
    code = "import audio2blend; print(*sorted(set(audio2blend.__all__) - set(dir(audio2blend))))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "\n"
