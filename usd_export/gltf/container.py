"""glTF files as they lie on the disk: the text of their JSON and, in a .glb, the chunks behind it.

After the glTF 2.0 specification, section 4.4 (GLB).
"""

import os
import struct
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple

MAGIC: Final = 0x46546C67
JSON: Final = 0x4E4F534A
BINARY: Final = 0x004E4942
_PIECE: Final = 1 << 20
_BOM: Final = "\ufeff"


class Chunk(NamedTuple):
    """A part of a .glb file: where its content lies."""

    kind: int
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Container:
    """An open file that `GltfFile` has found to be whole."""

    path: Path
    text: str
    """Its JSON."""
    is_glb: bool
    chunks: tuple[Chunk, ...] = ()
    """What follows the JSON of a .glb file, in the order of the file; of a .gltf file nothing."""

    @property
    def binary(self) -> Chunk | None:
        """The chunk of buffer 0, if there is one."""
        return next((chunk for chunk in self.chunks if chunk.kind == BINARY), None)

    def cut(self, size: int) -> "Container":
        """Return the file with no more than so many bytes of buffer 0."""
        chunks = [one._replace(size=min(one.size, size)) if one is self.binary else one for one in self.chunks]
        return replace(self, chunks=tuple(chunks))


def opened(path: Path) -> Container:
    """Return the parts of a .glb, .vrm or .gltf file, none of which but the JSON is read."""
    with path.open("rb") as file:
        if file.read(4) != b"glTF":
            return Container(path, path.read_bytes().decode("utf-8").removeprefix(_BOM), is_glb=False)
        _, length = struct.unpack("<II", file.read(8))
        chunks = []
        while file.tell() + 8 <= length:
            size, kind = struct.unpack("<II", file.read(8))
            chunks.append(Chunk(kind, file.tell(), size))
            file.seek(size, os.SEEK_CUR)
        about = next(chunk for chunk in chunks if chunk.kind == JSON)
        file.seek(about.start)
        text = file.read(about.size).decode("utf-8").removeprefix(_BOM).rstrip(" \0")
    return Container(path, text, is_glb=True, chunks=tuple(chunk for chunk in chunks if chunk is not about))


def write_glb(path: Path, text: str, added: Iterable[bytes], source: Container | None = None) -> None:
    """Write a .glb file: `added`, in pieces of multiples of four bytes, follows what buffer 0 of `source` holds.

    What `source` holds is copied piece by piece, never held as a whole.
    """
    content, added = text.encode(), list(added)
    content += b" " * (-len(content) % 4)
    chunks = source.chunks if source is not None else ()
    binary = source.binary if source is not None else None
    others = [chunk for chunk in chunks if chunk is not binary]
    held = 0 if binary is None else binary.size + -binary.size % 4
    size = held + sum(map(len, added))
    length = 12 + 8 + len(content) + (8 + size if size else 0) + sum(8 + chunk.size for chunk in others)
    with path.open("wb") as file:
        file.write(struct.pack("<III", MAGIC, 2, length))
        file.write(struct.pack("<II", len(content), JSON))
        file.write(content)
        if size:
            file.write(struct.pack("<II", size, BINARY))
        if source is None:
            file.writelines(added)
            return
        if binary is not None:
            copy(source.path, file, binary)
            file.write(bytes(held - binary.size))
        file.writelines(added)
        for chunk in others:
            file.write(struct.pack("<II", chunk.size, chunk.kind))
            copy(source.path, file, chunk)


def copy(source: Path, target: BinaryIO, chunk: Chunk) -> None:
    """Copy the content of a chunk, piece by piece."""
    with source.open("rb") as file:
        file.seek(chunk.start)
        left = chunk.size
        while left and (piece := file.read(min(left, _PIECE))):
            left -= target.write(piece)
