"""Reading rigs: `load(path)` gives a `Rig` from any format that has a reader, found by the suffix.

A reader is a module registered under the entry points `audio2blend.rigs` by suffix, with a function
`read(path: Path) -> Rig`. A folder is read by the reader of "obj".
"""

import os
from pathlib import Path
from typing import Final, Protocol, cast

import numpy as np

from audio2blend import plugins
from audio2blend.errors import InputError
from audio2blend.files import local

from ..builtin import named
from ..rig import Rig
from .limits import MOST_BYTES
from .saved import save

__all__ = ["Reader", "load", "save", "suffixes"]

_CURES: Final = {
    ".pkl": "a pickle can run any program when it is opened; convert it once, where you trust it: "
    "numpy.savez('model.npz', v_template=…, shapedirs=…, f=…)",
    ".pickle": "a pickle can run any program when it is opened; convert it once, where you trust it, to .npz",
    ".mat": "convert it once to .npz: numpy.savez('model.npz', **scipy.io.loadmat('model.mat'))",
    ".h5": "convert it once to .npz: neutral, expressions, identity, faces as docs/rig-files.md lists them",
    ".pmx": "open it in Blender with MMD Tools and save a .blend file",
    ".pmd": "open it in Blender with MMD Tools and save a .blend file",
    ".ma": "export it from Maya as .fbx or .usd",
    ".mb": "export it from Maya as .fbx or .usd",
    ".max": "export it from 3ds Max as .fbx or .usd",
    ".duf": "export it from Daz Studio as .fbx, morphs included",
    ".uasset": "export it from Unreal as .fbx or .usd",
    ".dae": "open it in Blender and save a .blend file",
    ".abc": "Alembic holds moving points without shapes; export .fbx or .usd",
}


class Reader(Protocol):
    """A module that reads one format."""

    def read(self, path: Path) -> Rig:
        """Return the rig that a file holds; raise InputError if it is damaged, too large or no rig."""


def suffixes() -> tuple[str, ...]:
    """Return the suffixes that can be read, such as ".glb"."""
    return tuple("." + name for name in plugins.names("rigs"))


def load(path: str | Path, *, bare: bool = False) -> Rig:
    """Return the rig that a file or folder holds, in metres, Y up, looking along +Z, or the head called "builtin" or,
    with one of its looks, "builtin:ada".

    What was assumed or corrected is listed in `Rig.notes`. `bare` lets through a mesh without shapes and
    bones, for those who mean to make them.

    Raises InputError if nothing lies there, no reader knows the suffix, the file is damaged, encrypted or too large,
    or holds nothing that can be driven; MissingDependencyError if the format needs Blender and there is none.
    """
    if (head := named(str(path))) is not None:
        return head
    path = local(path)
    suffix = path.suffix.lower()
    if os.path.isdir(path):
        suffix = ".obj"
    elif not os.path.exists(path):
        raise InputError(f"{path}: no such file; check the name")
    elif not os.path.isfile(path):
        raise InputError(f"{path} is no file; name a file or a folder of .obj files")
    if suffix not in suffixes():
        cure = _CURES.get(suffix, f"files and folders that are read: {', '.join(suffixes())}")
        raise InputError(f"{path}: '{suffix}' files are not read as rigs; {cure}")
    reader = cast(Reader, plugins.load("rigs", suffix[1:]))
    try:
        if os.path.isfile(path):
            size = path.stat().st_size
            if size == 0:
                raise InputError(f"{path} is empty (0 bytes); copy or export it again")
            if size > MOST_BYTES:
                raise InputError(
                    f"{path} has {size >> 20:,} MiB, more than the 2,048 that are read; save the face alone"
                )
        with np.errstate(all="ignore"):  # what is no number is found where everything is put together, and reported
            rig = reader.read(path)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}; check the file and its rights") from None
    except MemoryError:
        raise InputError(f"{path}: needs more memory than there is; save the face alone") from None
    if not rig.shapes and not rig.joints and not bare:
        what = "its mesh has no shapes (blendshapes, morph targets, shape keys)" if rig.mesh else "it holds no mesh"
        raise InputError(f"{path}: {what} and no bones; export it with its shapes, or transfer shapes onto it")
    return rig
