"""Whether an FBX file holds what was written: Blender reads every shape with its curve and what it is at rest."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from audio2blend import blender
from audio2blend.clip import Clip
from rigs import Rig

from ..compare import FAR, differences
from . import SOURCES


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with an .fbx file."""
    if rig is None or rig.mesh is None:
        return
    with blender.start() as child:
        meshes = child.call("rigs.worker.fbx_file:keyed_meshes", {"path": path.absolute()})
    nothing: dict[str, Any] = {"n_vertices": 0, "shapes": []}
    if rig.asset is not None and rig.asset.path.suffix.lower() in SOURCES:
        yield from _check_own(meshes, clip, rig)
        return
    back = max(meshes, key=lambda mesh: int(mesh["n_vertices"]), default=nothing)
    if back["n_vertices"] != len(rig.mesh.vertices):
        yield f"the mesh has {back['n_vertices']:,} of {len(rig.mesh.vertices):,} vertices"
    if missing := [name for name in rig.shapes if name not in back["shapes"]]:
        yield f"{len(missing)} of {len(rig.shapes)} shapes are missing, such as {missing[0]}"
        return
    for name, rest in zip(back["shapes"], back["rest"], strict=True):
        if abs(rest) > FAR:
            yield f"{name} rests at {rest:.3f} and not at 0"
    if bare := [name for name, curve in zip(back["shapes"], back["curves"], strict=True) if curve is None]:
        yield f"{len(bare)} of {len(rig.shapes)} shapes have no curve, such as {bare[0]}"
    elif rig.shapes:
        yield from differences(np.stack(back["curves"], axis=1), clip.select(back["shapes"]).values, back["shapes"])


def _check_own(meshes: Sequence[Mapping[str, Any]], clip: Clip, rig: Rig) -> Iterable[str]:
    """Yield what is wrong with the take in the client's own scene."""
    moved: set[str] = set()
    for mesh in meshes:
        curves = dict(zip(mesh["shapes"], mesh["curves"], strict=True))
        names = [name for name, curve in curves.items() if name in clip and curve is not None]
        moved |= {*names}
        if names:
            yield from differences(np.stack([curves[name] for name in names], axis=1), clip.select(names).values, names)
    if missing := [name for name in rig.shapes if name in clip and name not in moved]:
        yield f"nothing moves {missing[0]}"
