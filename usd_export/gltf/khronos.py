"""The Khronos glTF validator: a program of its own, or the npm package `gltf-validator` with a node to run it.

It is looked for on PATH as `gltf_validator`, then as a package.
"""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final

from ..outcome import Finding, Outcome, Severity
from .node_packages import node_with

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
const fs = require("fs"), path = require("path"), validator = require(folder);
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


def _command() -> tuple[str, ...]:
    """Return what runs the validator, before the file's name; nothing if it is not installed."""
    if program := shutil.which("gltf_validator"):
        return (program,)
    if (found := node_with("gltf-validator")) is None:
        return ()
    node, folder = found
    return (node, "-e", _SCRIPT, "--", str(folder))
