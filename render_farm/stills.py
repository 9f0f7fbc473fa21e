"""Pictures of a rig in given poses."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from audio2blend import blender
from rigs import Rig

from .settings import RenderSettings


def stills(
    rig: Rig,
    weights: ArrayLike,
    folder: Path,
    *,
    look: RenderSettings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Path]:
    """Render a rig from the front, once for each row of `weights`, and return the paths of the PNG files.

    Args:
        weights: shape (n_pictures, n_shapes), in the order of `rig.shapes`.
        folder: made if missing; gets 0000.png, 0001.png, …
        look: size and engine; by default Workbench, 640 × 640.
        progress: called with the number of pictures done and wanted.

    Raises ValueError if the weights do not fit the rig, MissingDependencyError without Blender.
    """
    weights = np.asarray(weights, np.float32)
    if weights.ndim != 2 or weights.shape[1] != len(rig.shapes):
        raise ValueError(f"weights {weights.shape} do not fit the {len(rig.shapes)} shapes of rig '{rig.name}'")
    folder = Path(folder).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    arguments = {"rig": rig, "weights": weights, "folder": folder, "look": look or RenderSettings()}
    with blender.start() as child:
        child.call("render_farm.worker.render:stills", arguments, progress=progress)
    return [folder / f"{index:04}.png" for index in range(len(weights))]
