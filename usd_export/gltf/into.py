"""An animation into the client's own glTF file, which stays what it is in every byte that needs no change.

The JSON is edited as text: accessors, buffer views and animations are added to the ends of their arrays, and the first
buffer grows. What buffers hold is copied unread, so that meshopt, Draco, KTX2 and whatever else lies there arrive as
they are. A .gltf file keeps its buffers, and ours is one more of the same kind; its neighbours are copied to where the
new file looks for them, so that it opens wherever it is written. A node that is turned and stands by a matrix gets its
three parts in place of it, as glTF demands.

Ours are marked in `extras.audio2blend` of the animation, with the exact rate and the clip's metadata.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from audio2blend import wording
from audio2blend.audio import Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig
from rigs.readers.gltf_file import GltfFile, Json
from rigs.readers.gltf_nodes import Nodes

from ..take import name_of
from . import Options, VrmOptions
from .animation import OURS, again, animation, refuse_untimed
from .arrays import Arrays
from .container import Container, opened
from .home import Home
from .json_text import JsonText
from .neighbours import bring
from .only import only
from .pack import pack
from .shapes import add_shapes
from .tail import all_of, without
from .tracks import tracks_of
from .vrm import EXTENSION, is_vrm, vrm

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
    options: Options,
) -> None:
    """Write the file that a rig was read from, with an animation for each clip.

    Raises InputError if the file contradicts itself, has an animation of that name, or holds nothing that the clip
    moves; for a packing; and for clips without frames or with frames before 0.
    """
    for clip in clips:
        refuse_untimed(clip)
    if options.packing != "plain":
        raise InputError(f"{source}: a file of your own keeps the numbers that it has; leave the packing out")
    if options.animation_only:
        if target.suffix == ".vrm":
            raise InputError("an animation alone is no .vrm; name a .vrma or a .glb file")
        whole = target.with_name("whole.glb")
        with_all = replace(options, animation_only=False, replace=True)
        into(clips, source, whole, place=source.with_suffix(".glb"), rig=rig, speech=speech, options=with_all)
        only(whole, {*map(name_of, clips)}, target)
        return
    try:
        packed = target.with_name("packed.glb")
        if source.suffix.lower() == ".gltf" and target.suffix != ".gltf":
            pack(source, packed)
        whole = packed if packed.exists() else source
        file = GltfFile(whole)
        if whole is source:
            bring(file.json, source, target, place)
        about = None
        if target.suffix == ".vrm" and not is_vrm(file.json):
            author = options.author if isinstance(options, VrmOptions) else ""
            about = vrm(file, rig, name=place.stem, author=author)
        _put(file, opened(whole), clips, rig, source, target, place, replaces=options.replace, becomes=about)
    except InputError:
        raise
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InputError(f"{source}: the file contradicts itself ({error!r}); export it again") from None


def _put(
    file: GltfFile,
    container: Container,
    clips: Sequence[Clip],
    rig: Rig,
    source: Path,
    target: Path,
    place: Path,
    *,
    replaces: bool,
    becomes: Json | None,
) -> None:
    """Write the file with the clips, as the VRM that it `becomes`.

    Clips of ours that it keeps are written again where others are replaced.
    """
    assert rig.asset is not None
    present = _present(file, source, clips, replaces=replaces)
    kept = without(file.json, present.ours) if present.slots else all_of(file.json)
    home = Home.of(file.json, container, place, kept)
    arrays = Arrays(accessors=kept.accessors, views=kept.views, buffer=home.buffer, size=home.size)
    text = JsonText(container.text)
    if becomes is not None:
        _make_vrm(text, file.json, becomes)
    if rig.asset.bare:
        add_shapes(file, text, arrays, rig, rig.asset)
    new: list[Json] = []
    turned: set[int] = set()
    for index in present.ours if present.slots else ():
        if index not in present.slots.values():
            text.put(("animations", index), again(file, arrays, file.json["animations"][index]))
    for clip in clips:
        tracks = tracks_of(file, clip, rig, rig.asset)
        if not tracks:
            raise InputError(f"{source} has no shape and no bone that the clip moves")
        made = animation(arrays, clip, tracks)
        if name_of(clip) in present.slots:
            text.put(("animations", present.slots[name_of(clip)]), made)
        else:
            new.append(made)
        turned |= {track.node for track in tracks if track.path != "weights"}
    _take_apart(text, file, turned, source)
    text.append(("accessors",), arrays.accessors, keep=kept.accessors)
    text.append(("bufferViews",), arrays.views, keep=kept.views)
    if new:
        text.append(("animations",), new)
    home.write(text, arrays.chunks, target)


def _make_vrm(text: JsonText, content: Json, about: Json) -> None:
    """Add VRM's extension to a file."""
    if "extensions" in content:
        text.put(("extensions", EXTENSION), about)
    else:
        text.put(("extensions",), {EXTENSION: about})
    text.append(("extensionsUsed",), [EXTENSION])


class _Present(NamedTuple):
    """The animations of ours that a file has."""

    ours: list[int]
    slots: dict[str, int]
    """Those that are to be replaced, by name."""


def _present(file: GltfFile, source: Path, clips: Sequence[Clip], *, replaces: bool) -> _Present:
    """Return which animations are ours. Raises InputError for a name that is taken."""
    named: dict[str, int] = {}
    animations = file.json.get("animations", [])
    ours = [index for index, about in enumerate(animations) if OURS in (about.get("extras") or {})]
    taken = {str(about.get("name", "")): index for index, about in enumerate(animations)}
    new: set[str] = set()
    for name in map(name_of, clips):
        if name in new:
            raise InputError(f"two recordings are called '{name}'; rename one, since both go into one file")
        new.add(name)
        if name not in taken:
            continue
        if taken[name] not in ours:
            raise InputError(f"{source} has an animation '{name}' of its own; rename the recording")
        if not replaces:
            raise InputError(f"{source} has an animation '{name}' already; {wording.current().replace_clip}")
        named[name] = taken[name]
    return _Present(ours, named)


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
