"""Where the numbers of an animation come to lie: in a file's own buffer where it has one, else in one more."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from audio2blend.files import beside
from rigs.readers.gltf_file import Json

from .arrays import DATA
from .container import Container, copy, write_glb
from .json_text import JsonText
from .neighbours import names_of, refuse_other
from .tail import Kept


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """A buffer that is to be added to."""

    container: Container
    place: Path
    """Where the file will lie."""
    where: Literal["chunk", "file", "text"]
    """In the second chunk of a .glb file, in a file beside, or in the address of the buffer."""
    buffer: int
    n_kept: int
    """How many buffers the file keeps."""
    file: str = ""
    """The name of the file beside."""

    @classmethod
    def of(cls, content: Json, container: Container, place: Path, kept: Kept) -> "Home":
        """Return where to put numbers behind what is kept of a file.

        The own buffer of a .glb file grows; it lies beside if the file becomes a .gltf. Else there is one buffer more:
        beside, as those of a .gltf file are, or in the text if they all are, or if a .glb file has none of its own.
        """
        buffers = content.get("buffers", [])[: kept.buffers]
        container = container.cut(kept.size) if kept.size is not None else container
        taken = {name for _, name in names_of({**content, "buffers": buffers})}
        is_text = place.suffix.lower() == ".gltf"
        if container.is_glb and (not buffers or not {"uri", "extensions"} & buffers[0].keys()):
            file = _free(place.stem, taken) if is_text else ""
            return cls(
                container=container,
                place=place,
                where="file" if is_text else "chunk",
                buffer=0,
                n_kept=len(buffers),
                file=file,
            )
        among_data = bool(buffers) and all(about.get("uri", DATA).startswith("data:") for about in buffers)
        file = _free(f"{place.stem}.speech", taken) if is_text and not among_data else ""
        return cls(
            container=container,
            place=place,
            where="file" if file else "text",
            buffer=len(buffers),
            n_kept=len(buffers),
            file=file,
        )

    @property
    def size(self) -> int:
        """How many bytes are there already, up to a multiple of four."""
        binary = self.container.binary
        return 0 if self.buffer or binary is None else binary.size + -binary.size % 4

    def write(self, text: JsonText, chunks: Sequence[bytes], target: Path) -> None:
        """Write the file, and the one beside, with these bytes more."""
        about: Json = {"byteLength": self.size + sum(map(len, chunks))}
        if self.where == "file":
            about["uri"] = quote(self.file)
        elif self.where == "text":
            about["uri"] = DATA + base64.b64encode(b"".join(chunks)).decode()
        if self.buffer == self.n_kept:
            text.append(("buffers",), [about], keep=self.n_kept)
        else:
            for key, value in about.items():
                text.put(("buffers", 0, key), value)
        if target.suffix == ".gltf":
            target.write_text(str(text), "utf-8", newline="")
        else:
            write_glb(target, str(text), chunks if self.where == "chunk" else (), self.container)
        if self.where == "file":
            self._write_beside(chunks, target)

    def _write_beside(self, chunks: Sequence[bytes], target: Path) -> None:
        path = beside(target) / self.file
        with path.open("wb") as file:
            if self.size and self.container.binary is not None:
                copy(self.container.path, file, self.container.binary)
                file.write(bytes(self.size - file.tell()))
            file.writelines(chunks)
        refuse_other(path, self.file, self.place)


def _free(stem: str, taken: set[str]) -> str:
    """Return a name that a file does not mention yet."""
    name, number = f"{stem}.bin", 1
    while name in taken:
        number += 1
        name = f"{stem}.{number}.bin"
    return name
