"""The packages that come with the extension: for the child process alone, so that no other extension meets them."""

import sys
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[1] / "packages"
"""Not there where the extension runs from its sources, with packages that Python finds by itself."""


def why_not() -> str:
    """Return why this Blender cannot use them, in one sentence with its cure; "" when it can."""
    record = FOLDER / "python.txt"
    if not record.is_file():
        return ""
    made_for, here = record.read_text("utf-8").strip(), "{}.{}".format(*sys.version_info[:2])
    if made_for == here:
        return ""
    return f"this zip is for a Blender with Python {made_for}, and this one has {here}; install the zip made for it"


def size_mb() -> float:
    """Return what the extension takes on the disk, in millions of bytes."""
    return sum(file.stat().st_size for file in FOLDER.parent.rglob("*") if file.is_file()) / 1e6
