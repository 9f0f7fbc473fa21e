"""Whether a file that was written holds what it should: found out by reading it back.

USD files go through Pixar's validators and are played back by UsdSkel; of glTF files the weights' curves are read; a
.csv, .json or .npz file becomes a clip again; of .fbx files names, weights at rest and curves are read.
"""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from audio2blend import blender
from audio2blend.channels import ROTATIONS
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.readers.gltf_file import GltfFile

from .registry import read

_FAR: Final = 1e-3
"""How far a weight may come back from what was written, or an angle in tens of degrees."""


def findings(path: Path, clip: Clip, rig: Rig | None = None) -> tuple[str, ...]:
    """Return what is wrong with a file that holds `clip` on `rig`, a sentence each; nothing if all is well.

    `clip` is as it was given to `usd_export.write`, at the file's frame rate. A format that cannot be looked into,
    such as a video, counts as well if it is there. Raises MissingDependencyError where an .fbx file needs Blender.
    """
    if not path.is_file() or not path.stat().st_size:
        return (f"{path.name} is missing or empty",)
    look = _LOOKS.get(path.suffix.lower())
    try:
        return () if look is None else tuple(look(path, clip, rig))
    except InputError as error:
        return (str(error),)
    except (KeyError, IndexError, TypeError, ValueError) as error:
        return (f"{path.name} contradicts itself ({error})",)


def _curves(path: Path, clip: Clip, _rig: Rig | None) -> Iterable[str]:
    back = read(path)
    yield from _compared(back.values, clip.select(back.channels).values, back.channels)


def _usd(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    from .usd_playback import complaints, weights  # pxr is not for those who only look at a .csv file

    yield from complaints(path)
    shapes, values = weights(path)
    if rig is not None and shapes != rig.shapes:
        yield f"{len(shapes)} of {len(rig.shapes)} shapes are bound to the mesh"
    elif shapes:
        yield from _compared(values, clip.select(shapes).values, shapes)


def _glb(path: Path, clip: Clip, _rig: Rig | None) -> Iterable[str]:
    file = GltfFile(path)
    shapes: tuple[str, ...] = ()
    for mesh in [*file.json.get("meshes", []), *file.json.get("nodes", [])]:
        if any(mesh.get("weights", ())):
            yield f"'{mesh.get('name', '')}' does not rest: a weight is {max(mesh['weights'], key=abs):.3f}"
    for mesh in file.json.get("meshes", []):
        shapes = tuple(mesh.get("extras", {}).get("targetNames", ()))
        for count in {len(part.get("targets", ())) for part in mesh["primitives"]} - {len(shapes)}:
            yield f"a part of the mesh has {count} of {len(shapes)} morph targets"
    for animation in file.json.get("animations", []):
        for channel in animation["channels"]:
            if channel["target"]["path"] == "weights":
                values = file.accessor(animation["samplers"][channel["sampler"]]["output"]).reshape(-1, len(shapes))
                yield from _compared(values, clip.select(shapes).values, shapes)


def _fbx(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    if rig is None or rig.mesh is None:
        return
    with blender.start() as child:
        meshes = child.call("rigs.worker.fbx_file:keyed_meshes", {"path": path.absolute()})
    nothing: dict[str, Any] = {"n_vertices": 0, "shapes": []}
    back = max(meshes, key=lambda mesh: int(mesh["n_vertices"]), default=nothing)
    if back["n_vertices"] != len(rig.mesh.vertices):
        yield f"the mesh has {back['n_vertices']:,} of {len(rig.mesh.vertices):,} vertices"
    if missing := [name for name in rig.shapes if name not in back["shapes"]]:
        yield f"{len(missing)} of {len(rig.shapes)} shapes are missing, such as {missing[0]}"
        return
    for name, rest in zip(back["shapes"], back["rest"], strict=True):
        if abs(rest) > _FAR:
            yield f"{name} rests at {rest:.3f} and not at 0"
    if bare := [name for name, curve in zip(back["shapes"], back["curves"], strict=True) if curve is None]:
        yield f"{len(bare)} of {len(rig.shapes)} shapes have no curve, such as {bare[0]}"
    elif rig.shapes:
        yield from _compared(np.stack(back["curves"], axis=1), clip.select(back["shapes"]).values, back["shapes"])


def _compared(found: NDArray[np.float32], wanted: NDArray[np.float32], channels: Sequence[str]) -> Iterable[str]:
    """Yield how frames that were read differ from those that were written."""
    if found.shape != wanted.shape:
        yield f"{len(found)} of {len(wanted)} frames are there"
        return
    limits = np.array([10 * _FAR if name in ROTATIONS else _FAR for name in channels])
    over = np.abs(found - wanted) > limits
    if over.any():
        frame, column = np.argwhere(over)[0]
        yield f"{channels[column]} is {found[frame, column]:.3f} and not {wanted[frame, column]:.3f} in frame {frame}"


_LOOKS: Final[dict[str, Callable[[Path, Clip, Rig | None], Iterable[str]]]] = {
    **dict.fromkeys((".csv", ".json", ".npz"), _curves),
    **dict.fromkeys((".usda", ".usdc", ".usdz"), _usd),
    ".glb": _glb,
    ".fbx": _fbx,
}
