"""The Khronos glTF validator: a program of its own, or the npm package `gltf-validator` with a node to run it.

It is looked for on PATH as `gltf_validator`, then as a package: below the working folder or a folder above it, in the
folder that `NODE_PATH` names, in this Python's environment (`node/node_modules`), and among npm's global packages.
"""

import json
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, Final

from ..outcome import Finding, Outcome, Severity

NAME: Final = "Khronos glTF validator"
_CURE: Final = (
    "put the program gltf_validator on PATH (github.com/KhronosGroup/glTF-Validator/releases), "
    "or install node and run: npm install -g gltf-validator"
)
_TIMEOUT_S: Final = 300
_MOST: Final = 1000
"""Messages that are taken; a broken file can have one for every vertex."""
_SEVERITIES: Final[tuple[Severity, ...]] = ("error", "warning", "info", "info")
_SCRIPT: Final = """
const [folder, file, most] = process.argv.slice(1);
const fs = require("fs"), path = require("path"), validator = require(path.join(folder, "gltf-validator"));
const here = path.resolve(path.dirname(file)) + path.sep;
const load = async (uri) => {
  const place = path.resolve(here, decodeURIComponent(uri));
  if (!place.startsWith(here)) throw new Error("it does not lie beside the file");
  return fs.promises.readFile(place);
};
const options = { uri: path.basename(file), maxIssues: Number(most), externalResourceFunction: load };
validator.validateBytes(new Uint8Array(fs.readFileSync(file)), options)
  .then((report) => process.stdout.write(JSON.stringify(report)))
  .catch((error) => { console.error(String(error)); process.exitCode = 1; });
"""


def validate(path: Path) -> Outcome:
    """Return what the validator says of a glTF file."""
    command = _command()
    if not command:
        return Outcome(name=NAME, not_run=f"it is not installed; {_CURE}")
    last = ["-o", "-m", str(path)] if len(command) == 1 else [str(path.absolute()), str(_MOST)]
    try:
        done = subprocess.run([*command, *last], capture_output=True, timeout=_TIMEOUT_S, check=False)
        report: dict[str, Any] = json.loads(done.stdout)
    except subprocess.TimeoutExpired:
        return Outcome(name=NAME, not_run=f"it did not end within {_TIMEOUT_S} s; validate a smaller file")
    except OSError as error:
        return Outcome(name=NAME, not_run=f"it could not be started ({error.strerror}); {_CURE}")
    except ValueError:  # no JSON
        last_words = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["it said nothing"]
        return Outcome(name=NAME, not_run=f"it stopped ({last_words[0][:120]}); {_CURE}")
    messages = report["issues"]["messages"]
    findings = [
        Finding(_SEVERITIES[min(one["severity"], 3)], one["message"], one["code"], one.get("pointer", ""))
        for one in messages
    ]
    return Outcome(name=f"{NAME} {report.get('validatorVersion', '')}".strip(), findings=tuple(findings))


@cache
def _command() -> tuple[str, ...]:
    """Return what runs the validator, before the file's name; nothing if it is not installed."""
    if program := shutil.which("gltf_validator"):
        return (program,)
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    node = shutil.which("node", path=here)
    if node is None:
        return ()
    folder = next((folder for folder in _folders(here) if (folder / "gltf-validator").is_dir()), None)
    return (node, "-e", _SCRIPT, "--", str(folder)) if folder else ()


def _folders(search_path: str) -> list[Path]:
    """Return where npm's packages may lie."""
    found = [above / "node_modules" for above in (Path.cwd(), *Path.cwd().parents)]
    found += [Path(name) for name in os.environ.get("NODE_PATH", "").split(os.pathsep) if name]
    found.append(Path(sys.prefix, "node", "node_modules"))
    if npm := shutil.which("npm", path=search_path):
        asked = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, timeout=60, check=False)
        found += [Path(line) for line in asked.stdout.splitlines()[-1:] if line]
    return found
