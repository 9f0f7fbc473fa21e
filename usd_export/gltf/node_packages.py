"""npm packages that do something for us, and the node that runs them.

Packages are looked for below the working folder or a folder above it, in the folder that `NODE_PATH` names, in this
Python's environment (`node/node_modules`), and among npm's global packages.
"""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path


@cache
def node_with(package: str) -> tuple[str, Path] | None:
    """Return a node, and the folder that an npm package lies in; None where one of them is missing."""
    here = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    node = shutil.which("node", path=here)
    if node is None:
        return None
    folder = next((folder for folder in _folders(here) if (folder / package).is_dir()), None)
    return (node, folder / package) if folder else None


def _folders(search_path: str) -> list[Path]:
    """Return where npm's packages may lie."""
    found = [above / "node_modules" for above in (Path.cwd(), *Path.cwd().parents)]
    found += [Path(name) for name in os.environ.get("NODE_PATH", "").split(os.pathsep) if name]
    found.append(Path(sys.prefix, "node", "node_modules"))
    if npm := shutil.which("npm", path=search_path):
        asked = subprocess.run([npm, "root", "-g"], capture_output=True, text=True, timeout=60, check=False)
        found += [Path(line) for line in asked.stdout.splitlines()[-1:] if line]
    return found
