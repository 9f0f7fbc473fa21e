"""A .glb file as the page can read it, which has no decoder of Draco and KTX2.

Draco's meshes are unpacked. Textures that are there as KTX2 alone are taken out of their materials: three.js unpacks
them by a program that makes programs out of text, which the page's policy forbids to all.
"""

from pathlib import Path
from typing import Any, Final

from rigs.readers import draco
from rigs.readers.gltf_file import GltfFile, Json

from ..gltf.arrays import Arrays
from ..gltf.container import opened, write_glb
from ..gltf.json_text import dump

_KTX2: Final = "KHR_texture_basisu"


def simplify(path: Path) -> int:
    """Rewrite a .glb file without Draco and KTX2, if it has them, and return how many textures it loses."""
    file = GltfFile(path)
    used = file.json.get("extensionsUsed", ())
    if draco.EXTENSION not in used and _KTX2 not in used:
        return 0
    scene = file.json
    added = _unpack(file)
    lost = {
        index
        for index, texture in enumerate(scene.get("textures", ()))
        if _KTX2 in texture.get("extensions", {}) and "source" not in texture
    }
    scene["materials"] = [_without(material, lost) for material in scene.get("materials", ())]
    for key in ("extensionsUsed", "extensionsRequired"):
        scene[key] = [name for name in scene.get(key, ()) if name not in (draco.EXTENSION, _KTX2)]
    for key in ("materials", "extensionsUsed", "extensionsRequired"):  # glTF has no empty arrays
        if not scene[key]:
            del scene[key]
    source = path.replace(path.with_name("packed.glb"))
    write_glb(path, dump(scene), added, opened(source))
    return len(lost)


def _unpack(file: GltfFile) -> list[bytes]:
    """Describe what Draco packed as plain accessors, and return the bytes that follow those of the buffer."""
    scene = file.json
    draco.unpack(file, scene.get("meshes", ()), all_of_it=True)
    if not file.given:
        return []
    size = scene["buffers"][0]["byteLength"]
    arrays = Arrays(views=len(scene["bufferViews"]), size=size + -size % 4)
    for index, content in file.given.items():
        scene["accessors"][index]["bufferView"] = arrays.view(content)
        scene["accessors"][index].pop("byteOffset", None)
    scene["bufferViews"] += arrays.views
    scene["buffers"][0]["byteLength"] = arrays.size
    for mesh in scene["meshes"]:
        for primitive in mesh["primitives"]:
            primitive.get("extensions", {}).pop(draco.EXTENSION, None)
    return arrays.chunks


def _without(about: Any, lost: set[int]) -> Any:
    """Return what is said of a material without the textures that are lost."""
    if isinstance(about, list):
        return [_without(part, lost) for part in about]
    if not isinstance(about, dict):
        return about
    kept: Json = {
        key: part
        for key, part in about.items()
        if not (key.endswith("Texture") and isinstance(part, dict) and part.get("index") in lost)
    }
    return {key: _without(part, lost) for key, part in kept.items()}
