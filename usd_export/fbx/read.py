"""The animation of an .fbx file as a clip: the weights of its blendshape channels, of the first take.

Blender parses the file, and no scene is made of it. Curves are read as lines between their keys, at the rate of their
times. Motion of joints is not read.
"""

from pathlib import Path

import numpy as np

from audio2blend import blender
from audio2blend.clip import Clip
from audio2blend.errors import InputError

from ..keyed import Keys, sampled
from ..rates import of_times


def read(path: Path) -> Clip:
    """Return the animation of a file.

    Raises InputError if it is damaged, a text file, or nothing moves a weight in it; MissingDependencyError without
    Blender.
    """
    try:
        with blender.start() as child:
            meshes = child.call("rigs.worker.fbx_file:keyed_meshes", {"path": path.absolute()})
        found: dict[str, Keys] = {}
        for mesh in meshes:
            for name, times, curve in zip(mesh["shapes"], mesh["times"], mesh["curves"], strict=True):
                if curve is not None and times is not None:
                    found.setdefault(name, Keys(times, curve))
        if not found:
            raise InputError("no curve in it moves a blendshape; export it again with the animation of one")
        return sampled(found, of_times(np.concatenate([np.asarray(keys.times_s) for keys in found.values()])))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
