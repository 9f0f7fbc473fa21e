"""What an .fbx file holds, and what ufbx says of it."""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from audio2blend import blender

from ..contents import Contents, Curves
from ..outcome import Finding, Outcome

NAME: Final = "ufbx"
_TIMEOUT_S: Final = 300
_SCRIPT: Final = """
import gc, json, os, sys
gc.disable()  # the binding crashes where one of two variables for the same thing goes away
import ufbx
found = []
try:
    scene = ufbx.load_file(sys.argv[1])
    metadata = scene.metadata
    warnings = list(metadata.warnings)
    for one in warnings:
        found.append(["warning", str(one.type.name), str(one.description), int(one.count)])
except ufbx.UfbxError as error:
    found.append(["error", type(error).__name__, str(error), 1])
sys.stdout.write(json.dumps(found))
sys.stdout.flush()
os._exit(0)
"""


def inspect(path: Path) -> Contents:
    """Return what a file moves, what rests, and what importers care about.

    Raises InputError if it is damaged or a text file, MissingDependencyError without Blender, which has the parser.
    """
    with blender.start() as child:
        found = child.call("usd_export.fbx.worker.inspect:inspect", {"path": path.absolute()})
    facts = {name: tuple(fact) if isinstance(fact, list) else fact for name, fact in found["facts"].items()}
    return Contents(
        curves=tuple(Curves(**{**group, "channels": tuple(group["channels"])}) for group in found["curves"]),
        n_joints_moved=found["n_joints"],
        rest=found["rest"],
        astray=tuple(found["missing"]),
        facts=facts,
    )


def validate(path: Path) -> Outcome:
    """Return what ufbx, which many engines read FBX with, finds in a file; it reads in a process of its own."""
    if find_spec("ufbx") is None:
        return Outcome(name=NAME, not_run="it is not installed; run: pip install ufbx")
    command = [sys.executable, "-c", _SCRIPT, str(path)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=_TIMEOUT_S, check=False)
        found = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Outcome(name=NAME, not_run=f"it did not end within {_TIMEOUT_S} s; validate a smaller file")
    except ValueError:
        return Outcome(name=NAME, findings=(Finding("error", "it crashes on this file"),))
    return Outcome(
        name=NAME, findings=tuple(Finding(severity, message, rule) for severity, rule, message, _ in found)
    )  # fmt: skip
