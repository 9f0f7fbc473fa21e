"""A studio's own distribution, for tests of what is found by entry points."""

import os
from pathlib import Path


def installed(folder: Path, name: str, module: str, entry_points: str) -> dict[str, str]:
    """Return an environment in which a distribution of one module is installed.

    `entry_points` are written as in a pyproject.toml.
    """
    (folder / f"{name}.py").write_text(module, "utf-8")
    about = folder / f"{name}-1.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    (about / "entry_points.txt").write_text(entry_points.replace("project.entry-points.", "").replace('"', ""))
    return {**os.environ, "PYTHONPATH": str(folder)}
