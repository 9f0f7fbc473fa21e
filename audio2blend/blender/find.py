"""Finding a Blender: the program that AUDIO2BLEND_BLENDER names or PATH holds, else the `bpy` module."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Final

from ..errors import MissingDependencyError

OLDEST: Final = (4, 5)
"""The oldest Blender that the worker code runs in."""
VARIABLE: Final = "AUDIO2BLEND_BLENDER"
"""Environment variable that names a Blender program."""
CURE: Final = (
    "pip install 'audio2blend[blender]' (Python 3.11 or 3.13), "
    f"or install Blender {OLDEST[0]}.{OLDEST[1]} or newer and set {VARIABLE} to its program"
)

PACKAGES: Final = {
    "libX11": ("libx11-6", "libX11"),
    "libXi": ("libxi6", "libXi"),
    "libXrender": ("libxrender1", "libXrender"),
    "libXfixes": ("libxfixes3", "libXfixes"),
    "libXxf86vm": ("libxxf86vm1", "libXxf86vm"),
    "libxkbcommon": ("libxkbcommon0", "libxkbcommon"),
    "libSM": ("libsm6", "libSM"),
    "libICE": ("libice6", "libICE"),
    "libGL": ("libgl1", "libglvnd-glx"),
    "libEGL": ("libegl1", "libglvnd-egl"),
    "libgomp": ("libgomp1", "libgomp"),
}
"""System libraries that the `bpy` wheel links to, with their packages on Debian and on Fedora."""


@dataclass(frozen=True, slots=True)
class Blender:
    """A way to run a Python script with `bpy` in it."""

    name: str
    """As a person would call it."""
    command: tuple[str, ...]
    """Command line before the script's path."""
    separator: tuple[str, ...]
    """Command line between the script's path and its own arguments."""


@cache
def _program(path: str) -> Blender | str:
    """Return the Blender program at `path`, or a clause that says why it will not do."""
    try:
        found = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{path} does not start ({error})"
    match = re.search(r"^Blender (\d+)\.(\d+)", found.stdout, re.MULTILINE)
    if match is None:
        return f"{path} does not say that it is Blender"
    version = int(match[1]), int(match[2])
    if version < OLDEST:
        return f"{path} is Blender {match[1]}.{match[2]}, older than {OLDEST[0]}.{OLDEST[1]}"
    flags = ("-b", "--factory-startup", "--python-exit-code", "1", "--python")
    return Blender(f"Blender {match[1]}.{match[2]} ({path})", (path, *flags), ("--",))


def find() -> Blender:
    """Return the Blender to use.

    Raises MissingDependencyError if there is none, or the one that AUDIO2BLEND_BLENDER names will not do.
    """
    if named := os.environ.get(VARIABLE):
        program = _program(shutil.which(named) or named)
        if isinstance(program, str):
            raise MissingDependencyError(f"{program}; set {VARIABLE} to another Blender program, or unset it")
        return program
    ignored = ""
    if on_path := shutil.which("blender"):
        program = _program(on_path)
        if isinstance(program, Blender):
            return program
        ignored = f" ({program})"
    if find_spec("bpy") is not None:
        return Blender("the bpy module", (sys.executable, "-P"), ())
    raise MissingDependencyError(f"no Blender was found{ignored}; {CURE}")


def missing_library(log: str) -> str:
    """Return a sentence that names the system library which the loader missed, with its cure, or "".

    >>> missing_library("ImportError: libSM.so.6: cannot open shared object file: No such file or directory")
    'Blender needs the system library libSM.so.6; apt install libsm6 (Debian) or dnf install libSM (Fedora)'
    """
    match = re.search(r"((lib\w+)\S*\.so[.\d]*): cannot open shared object file", log)
    if match is None:
        return ""
    packages = PACKAGES.get(match[2])
    cure = (
        f"apt install {packages[0]} (Debian) or dnf install {packages[1]} (Fedora)"
        if packages
        else "install the package of your system that holds it"
    )
    return f"Blender needs the system library {match[1]}; {cure}"


@cache
def why_not() -> str:
    """Return why Blender cannot be used here, in one sentence with its cure; empty when it can.

    Starts it once to find out, which takes a second or two.
    """
    from .child import BlenderError, start  # the child needs this module first

    try:
        with start():
            return ""
    except (MissingDependencyError, BlenderError) as error:
        return str(error)
