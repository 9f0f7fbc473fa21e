"""Finding a Blender: the program that AUDIO2BLEND_BLENDER names or PATH holds, else the `bpy` module."""

import ctypes
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

LIBRARIES: Final = {
    "libX11.so.6": ("libx11-6", "libX11"),
    "libXext.so.6": ("libxext6", "libXext"),
    "libXi.so.6": ("libxi6", "libXi"),
    "libXrender.so.1": ("libxrender1", "libXrender"),
    "libXfixes.so.3": ("libxfixes3", "libXfixes"),
    "libxkbcommon.so.0": ("libxkbcommon0", "libxkbcommon"),
    "libSM.so.6": ("libsm6", "libSM"),
    "libICE.so.6": ("libice6", "libICE"),
    "libGL.so.1": ("libgl1", "libglvnd-glx"),
    "libEGL.so.1": ("libegl1", "libglvnd-egl"),
    "libEGL_mesa.so.0": ("libegl-mesa0", "mesa-libEGL"),
}
"""System libraries that the `bpy` module loads on Linux, with their packages on Debian and on Fedora."""
DRIVER: Final = (
    "Blender finds no graphics driver to draw with; apt install libegl-mesa0 libgl1-mesa-dri (Debian) "
    "or dnf install mesa-libEGL mesa-dri-drivers (Fedora)"
)


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
        found = subprocess.run(
            [path, "--version"], capture_output=True, encoding="utf-8", errors="replace", timeout=60, check=False
        )
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


def lacking(log: str) -> str:
    """Return a sentence that names what of the system Blender missed, by its log, and the cure; "" if nothing.

    >>> lacking("ImportError: libodd.so.1: cannot open shared object file: No such file or directory")
    'Blender needs the system library libodd.so.1; install the package of your system that holds it'
    """
    if "No module named 'numpy'" in log:
        return "Blender's own Python has no numpy; apt install python3-numpy (Debian), or take Blender from blender.org"
    if "GPU context" in log or "EGL context" in log:
        return DRIVER
    match = re.search(r"(lib[\w+-]+\.so[.\d]*): cannot open shared object file", log)
    if match is None:
        return ""
    if match[1] not in LIBRARIES:
        return f"Blender needs the system library {match[1]}; install the package of your system that holds it"
    missing = [name for name in LIBRARIES if name == match[1] or not _loads(name)]  # the loader names but the first
    debian, fedora = (" ".join(LIBRARIES[name][system] for name in missing) for system in (0, 1))
    noun = "library" if len(missing) == 1 else "libraries"
    return (
        f"Blender needs the system {noun} {', '.join(missing)}; "
        f"apt install {debian} (Debian) or dnf install {fedora} (Fedora)"
    )


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
