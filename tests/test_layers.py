"""Who may import whom: imports point one way, and the core starts light."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("audio2blend", "rigs", "usd_export", "render_farm")  # each may import those before it
SOURCES = [path for layer in LAYERS for path in sorted((ROOT / layer).rglob("*.py"))]


def imported(path: Path) -> set[str]:
    """Return the top-level packages that a module imports by absolute name."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_point_down(path):
    parts = path.relative_to(ROOT).parts
    above = set(LAYERS[LAYERS.index(parts[0]) + 1 :])
    names = imported(path)
    assert not names & above
    if "worker" not in parts:
        assert not names & {"bpy", "mathutils", "bmesh"}
    if parts[0] != "usd_export" and "readers" not in parts:
        assert "pxr" not in names
    if parts[:2] != ("audio2blend", "train"):
        assert "torch" not in names


@pytest.mark.parametrize("heavy", ["bpy", "torch", "pxr", "onnxruntime", "soundfile"])
def test_the_core_starts_light(heavy):
    code = f"import sys, audio2blend, rigs, usd_export; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


def test_shape_keys_are_made_in_one_place():
    """What a new one's value is depends on Blender, and one that is forgotten at 1 shows in every file."""
    making = ".shape_key" + "_add("  # in two, or this file were one of them
    everywhere = [path for folder in (*LAYERS, "addon", "tests", "scripts") for path in (ROOT / folder).rglob("*.py")]
    made = [path.relative_to(ROOT).as_posix() for path in everywhere if making in path.read_text("utf-8")]
    assert made == ["rigs/worker/scene.py"]


def test_no_module_grows_too_long():
    assert [path for path in SOURCES if len(path.read_text("utf-8").splitlines()) > 400] == []
