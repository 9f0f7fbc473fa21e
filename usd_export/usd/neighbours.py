"""The files beside a USD file that it is made of: layers and textures."""

import os
from pathlib import Path

from pxr import Tf, UsdUtils


def neighbours(path: Path) -> list[Path]:
    """Return the files that a USD file names, directly or not, as far as they are there; none if it is damaged."""
    try:
        layers, assets, _missing = UsdUtils.ComputeAllDependencies(os.fspath(path))
    except Tf.ErrorException:
        return []
    files = {layer.realPath for layer in layers} | set(assets)
    return [Path(file) for file in sorted(files) if os.path.isfile(file)]
