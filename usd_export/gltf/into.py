"""An animation into the client's own glTF file, which stays what it is in every byte that needs no change.

The JSON is edited as text: accessors, buffer views and animations are added to the ends of their arrays, and the first
buffer grows. What buffers hold is copied unread, so that meshopt, Draco, KTX2 and whatever else lies there arrive as
they are. A .gltf file keeps its buffers, and ours is one more of the same kind; its neighbours are copied to where the
new file looks for them, so that it opens wherever it is written. A node that is turned and stands by a matrix gets its
three parts in place of it, as glTF demands.

Ours are marked in `extras.audio2blend` of the animation, with the exact rate and the clip's metadata.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.readers.gltf_file import GltfFile, Json
from rigs.readers.gltf_nodes import Nodes

from .animation import animation, name_of, refuse_untimed
from .arrays import Arrays
from .container import Container, opened
from .home import Home
from .json_text import JsonText
from .neighbours import bring
from .pack import pack
from .tracks import tracks_of

OURS: Final = "audio2blend"
"""The member of an animation's extras that marks ours."""
_SHEAR: Final = 1e-4
"""A matrix whose parts make up another by more than this share of it cannot be taken apart."""


def into(
    clips: Sequence[Clip],
    source: Path,
    target: Path,
    *,
    place: Path,
    rig: Rig,
    speech: Speech | None,
    options: Any,
) -> None:
    """Write the file that a rig was read from, with an animation for each clip.

    Raises InputError if the file contradicts itself, has an animation of that name, or holds nothing that the clip
    moves; and for clips without frames or with frames before 0.
    """
    for clip in clips:
        refuse_untimed(clip)
    try:
        packed = target.with_name("packed.glb")
        if source.suffix.lower() == ".gltf" and target.suffix != ".gltf":
            pack(source, packed)
        whole = packed if packed.exists() else source
        file = GltfFile(whole)
        if whole is source:
            bring(file.json, source, target, place)
        _put(file, opened(whole), clips, rig, source, target, place)
    except InputError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InputError(f"{source}: the file contradicts itself ({error!r}); export it again") from None


def _put(
    file: GltfFile, container: Container, clips: Sequence[Clip], rig: Rig, source: Path, target: Path, place: Path
) -> None:
    assert rig.asset is not None
    text = JsonText(container.text)
    taken = [str(about.get("name", "")) for about in file.json.get("animations", ())]
    for name in map(name_of, clips):
        if name in taken:
            raise InputError(f"{source} has an animation '{name}' already; rename the recording")
        taken.append(name)
    home = Home.of(file.json, container, place)
    arrays = Arrays(
        accessors=len(file.json.get("accessors", ())),
        views=len(file.json.get("bufferViews", ())),
        buffer=home.buffer,
        size=home.size,
    )
    animations = []
    turned: set[int] = set()
    for clip in clips:
        tracks = tracks_of(file, clip, rig, rig.asset)
        if not tracks:
            raise InputError(f"{source} has no shape and no bone that the clip moves")
        about = {"frame_rate": str(clip.frame_rate), "metadata": dict(clip.metadata)}
        animations.append(animation(arrays, clip, tracks) | {"extras": {OURS: about}})
        turned |= {track.node for track in tracks if track.path != "weights"}
    _take_apart(text, file, turned, source)
    text.append(("accessors",), arrays.accessors)
    text.append(("bufferViews",), arrays.views)
    text.append(("animations",), animations)
    home.write(text, arrays.chunks, target)


def _take_apart(text: JsonText, file: GltfFile, turned: set[int], source: Path) -> None:
    """Give nodes that are turned their three parts in place of a matrix."""
    nodes = Nodes(file)
    for node in sorted(turned):
        about: Json = nodes.all[node]
        if "matrix" not in about:
            continue
        rest = nodes.rest(node)
        matrix = np.array(about["matrix"], float).reshape(4, 4).T
        if np.abs(rest.matrix - matrix).max() > _SHEAR * np.abs(matrix[:3, :3]).max():
            raise InputError(f"{source}: its bone '{nodes.names[node]}' is sheared, which glTF cannot turn")
        parts = {"translation": rest.translation, "rotation": np.roll(rest.rotation, -1), "scale": rest.scale}
        kept = {key: value for key, value in about.items() if key != "matrix"}
        text.put(("nodes", node), kept | {key: value.tolist() for key, value in parts.items()})
