"""Whether a glTF file holds what was written: the curves of its weights are read, and nothing else may move."""

from collections.abc import Iterable
from pathlib import Path

from audio2blend.clip import Clip
from rigs import Rig
from rigs.readers.gltf_file import GltfFile
from rigs.rig import Asset

from ..compare import differences
from ..take import name_of
from . import SOURCES, VrmaOptions
from .tracks import tracks_of
from .vrma import expressions


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a .glb, .gltf or .vrm file."""
    file = GltfFile(path)
    if rig is not None and rig.asset is not None and rig.asset.path.suffix.lower() in SOURCES:
        yield from _check_into(file, clip, rig, rig.asset)
        return
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


def _check_into(file: GltfFile, clip: Clip, rig: Rig, asset: Asset) -> Iterable[str]:
    """Yield what is wrong with the animation of a clip in the client's own file."""
    found = [about for about in file.json.get("animations", ()) if about.get("name") == name_of(clip)]
    if len(found) != 1:
        yield f"there are {len(found)} animations called '{name_of(clip)}'"
        return
    samplers = found[0]["samplers"]
    outputs = {
        (channel["target"]["node"], channel["target"]["path"]): samplers[channel["sampler"]]["output"]
        for channel in found[0]["channels"]
    }
    for track in tracks_of(file, clip, rig, asset):
        name = file.json["nodes"][track.node].get("name", track.node)
        if (track.node, track.path) not in outputs:
            yield f"nothing moves the {track.path} of '{name}'"
            continue
        values = file.accessor(outputs[track.node, track.path]).reshape(-1, track.values.shape[1])
        labels = [f"{track.path} {column} of '{name}'" for column in range(values.shape[1])]
        yield from differences(values, track.values, labels)


def check_vrma(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a .vrma file."""
    file = GltfFile(path)
    kinds = file.json["extensions"]["VRMC_vrm_animation"]["expressions"]
    (animation,) = file.json["animations"]
    outputs = {channel["target"]["node"]: channel["sampler"] for channel in animation["channels"]}
    wanted = expressions(clip, VrmaOptions(expressions="arkit" if "custom" in kinds else "presets"))
    (nodes,) = kinds.values()
    for name in wanted.channels:
        if name not in nodes:
            yield f"the expression {name} is missing"
            continue
        values = file.accessor(animation["samplers"][outputs[nodes[name]["node"]]]["output"])
        yield from differences(values[:, :1], wanted.select([name]).values.clip(0, 1), [name])
