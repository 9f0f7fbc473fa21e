"""The character of a page: a .glb file with an animation for each clip, and where to look.

A rig from a glTF or VRM file is that file with its textures, whatever else it holds, as a page can read it (simple.py);
any other is written by our own .glb writer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from audio2blend.clip import Clip
from rigs import Rig
from rigs.rig import Asset

from ..registry import write
from .simple import simplify


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PageCharacter:
    """A face as a page carries it."""

    name: str
    glb: bytes
    animations: tuple[str, ...]
    """The names of those of the clips, in their order."""
    space: NDArray[np.float64]
    """Shape (3, 3): a point p of the file's scene is p @ space in metres, Y up, looking along +Z."""
    notes: tuple[str, ...] = ()
    """What is not shown as the rig's file has it: a sentence each."""


def embedded(clips: Sequence[Clip], rig: Rig) -> PageCharacter:
    """Return a rig with clips of its own channels, one or more, as animations.

    Frames before time 0, which glTF has not, are left out. Raises InputError for a rig without a mesh, one that the
    clips do not move, and for a file of it that cannot be read.
    """
    names = tuple(f"audio2blend view {number}" for number in range(1, len(clips) + 1))
    named = [
        replace(_from_zero(clip), metadata={**clip.metadata, "source": name})
        for clip, name in zip(clips, names, strict=True)
    ]
    with TemporaryDirectory() as scratch:
        target = Path(scratch) / "character.glb"
        asset = _put(named, rig, target)
        notes: tuple[str, ...] = ()
        if asset is not None and (lost := simplify(target)):
            pictures = "a texture is" if lost == 1 else f"{lost} textures are"
            notes = (f"{rig.name}: {pictures} not in the page, since KTX2 is not unpacked there",)
        space = np.eye(3) if asset is None else asset.space
        return PageCharacter(name=rig.name, glb=target.read_bytes(), animations=names, space=space, notes=notes)


def _put(clips: Sequence[Clip], rig: Rig, target: Path) -> Asset | None:
    """Write a rig with clips, and return the file of it that this keeps, if there is one."""
    kept = rig.asset if rig.asset is not None and rig.asset.path.suffix.lower() in (".glb", ".gltf", ".vrm") else None
    if kept is not None:
        write(clips, target, rig=rig)
        return kept
    write(clips[0], target, rig=replace(rig, asset=None))
    for clip in clips[1:]:
        before = target.replace(target.with_name("before.glb"))
        write(clip, target, rig=replace(rig, asset=Asset(path=before, space=np.eye(3))))
    return None


def _from_zero(clip: Clip) -> Clip:
    times = clip.times_s
    early = int((times < 0).sum())
    return clip if early in (0, len(clip)) else replace(clip, values=clip.values[early:], start_s=float(times[early]))
