"""Whether a glTF file holds what was written: the curves of its weights are read, and nothing else may move."""

from collections.abc import Iterable
from pathlib import Path

from audio2blend.clip import Clip
from rigs import Rig
from rigs.readers.gltf_file import GltfFile

from ..compare import differences


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a .glb file."""
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
                yield from differences(values, clip.select(shapes).values, shapes)
