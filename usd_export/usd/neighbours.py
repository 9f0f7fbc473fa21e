"""The files beside a USD file that it is made of: layers and textures."""

import os
from pathlib import Path

from pxr import Tf, UsdUtils

from rigs.readers.usd_quiet import quiet


def neighbours(path: Path) -> list[Path]:
    """Return the files that a USD file names, directly or not, as far as they are there; none if it is damaged."""
    return [Path(file) for file in _named(path)[0]]


def missing(path: Path) -> list[str]:
    """Return the files that a USD file names, directly or not, and that are not there."""
    return _named(path)[1]


def _named(path: Path) -> tuple[list[str], list[str]]:
    """Return the files that are there and those that are not."""
    try:
        with quiet():
            layers, assets, lost = UsdUtils.ComputeAllDependencies(os.fspath(path))
    except Tf.ErrorException:
        return [], []
    files = {layer.realPath for layer in layers} | set(assets)
    return [file for file in sorted(files) if os.path.isfile(file)], sorted(map(str, lost))
