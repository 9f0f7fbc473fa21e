"""Packages of USD (.usdz): uncompressed zips whose files begin at multiples of 64 bytes."""

import os
import tempfile
import zipfile
from pathlib import Path
from typing import Final

from pxr import Ar, Sdf, UsdUtils

from audio2blend.errors import InputError
from rigs.readers.usd_quiet import quiet

_ZIP_TIME: Final = (1980, 1, 1, 0, 0, 0)
_ZIP_ALIGNMENT: Final = 64


def pack(scene: Path, package: Path, *, unpacked: Path | None = None) -> None:
    """Put a scene and all that it names into a package, the scene first; names may count from the folder of a package
    that it was `unpacked` from.

    USD's own packer writes the time of writing into it; this one's bytes depend on what lies in it alone.
    """
    with tempfile.TemporaryDirectory(dir=package.parent) as folder:
        whole = Path(folder) / "whole.usdz"
        with quiet(), Ar.ResolverContextBinder(Ar.DefaultResolverContext([os.fspath(unpacked)] if unpacked else [])):
            UsdUtils.CreateNewUsdzPackage(Sdf.AssetPath(os.fspath(scene)), os.fspath(whole))
        with (
            zipfile.ZipFile(whole) as found,
            package.open("wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive,
        ):
            for name in found.namelist():
                entry = zipfile.ZipInfo(name, _ZIP_TIME)
                header = file.tell() + 30 + len(name.encode())  # the local header; its extra field is padded
                padding = -(header + 4) % _ZIP_ALIGNMENT
                entry.extra = (0x1986).to_bytes(2, "little") + padding.to_bytes(2, "little") + bytes(padding)
                archive.writestr(entry, found.read(name))


def unpack(source: Path, folder: Path) -> Path:
    """Return the scene of a package, unpacked into a new folder, since a package within a package is read by few; of
    another file, itself."""
    if source.suffix.lower() != ".usdz":
        return source
    with zipfile.ZipFile(source) as archive:
        names = archive.namelist()
        if not names:
            raise InputError(f"{source}: the package is empty; export it again")
        archive.extractall(folder)
    return folder / names[0]
