"""The files that a scene's characters are written to, and what became of each."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import bpy
from bpy.app.translations import pgettext_rpt as said
from bpy.props import BoolProperty, CollectionProperty, EnumProperty, IntProperty, PointerProperty, StringProperty

from audio2blend.errors import InputError
from usd_export import formats

_FIRST: Final = (
    "usdc", "usda", "usdz", "fbx", "glb", "csv", "json", "npz", "mp4", "gltf", "vrma", "a2f.json", "azure.json",
    "unity.anim", "tres", "maya.anim", "metahuman.csv", "vmd", "motion3.json", "spine.json", "bvh",
)  # fmt: skip
"""Their order decides which bit a .blend file remembers a format by, so it never changes; all others follow."""


def _items() -> Iterator[tuple[str, str, str, str, int]]:
    """Yield every format that writes a face or curves anew as an item of an enumeration of flags."""
    known = {form.suffix[1:]: form for form in formats() if form.writer}
    order = [*_FIRST, *(name for name in known if name not in _FIRST)]
    for bit, name in enumerate(order):
        if name in known:
            about = known[name].purpose
            yield name, known[name].title, about[:1].upper() + about[1:], "NONE", 1 << bit


FORMATS: Final = tuple(_items())
"""What can be written, by suffix."""
_FORBIDDEN: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
"""What no file's name may have on Windows; the slash nowhere."""
_DEVICE: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
"""What Windows takes for a device, whatever comes after the dot."""
_LONGEST: Final = 200
"""Bytes of a name, of 255 that file systems have, so that a suffix and a draft's mark fit as well."""


class A2B_PG_file(bpy.types.PropertyGroup):
    """A file that was written, or that could not be"""

    path: StringProperty(name="File", description="Path of the file", subtype="FILE_PATH")
    told: StringProperty(name="Holds", description="Its contents, read back from the file")
    valid: StringProperty(name="Validated", description="What the validators of its format say, in one line")
    wrong: StringProperty(name="Problem", description="What is wrong with the file; empty if nothing is")


class A2B_PG_files(bpy.types.PropertyGroup):
    """Where files go, which there are to be, and what became of them"""

    folder: StringProperty(
        name="Folder",
        description="Where files are written; // is the folder of the .blend file",
        subtype="DIR_PATH",
        default="//",
        options={"PATH_SUPPORTS_BLEND_RELATIVE"},
    )
    formats: EnumProperty(
        name="Formats",
        description="Which files are written",
        items=[item for item in FORMATS if item[0] != "mp4"],  # videos have a panel of their own
        options={"ENUM_FLAG"},
        default={"usdc"},
    )
    written: CollectionProperty(type=A2B_PG_file, name="Files", description="The files written last")
    engine: EnumProperty(
        name="Engine",
        description="Render engine of the preview",
        items=[
            ("workbench", "Workbench", "Fast and plain"),
            ("eevee", "EEVEE", "Real light; slow without a graphics card"),
            ("cycles", "Cycles", "Real light and skin; slow without a graphics card"),
        ],
    )
    width: IntProperty(
        name="Width", description="Width of the preview in pixels", default=640, min=16, max=8192, subtype="PIXEL"
    )
    height: IntProperty(
        name="Height", description="Height of the preview in pixels", default=640, min=16, max=8192, subtype="PIXEL"
    )
    batch_formats: EnumProperty(
        name="Files",
        description="Files that the batch writes for every line; if none, it only creates takes",
        items=FORMATS,
        options={"ENUM_FLAG"},
    )
    batch_name: StringProperty(
        name="Name",
        description="What files are called: {stem} is the name of the recording, {parent} that of its folder, "
        "{character} who says it; {character}/{stem} is a folder for each",
        default="{stem}-{character}",
    )
    batch_takes: BoolProperty(
        name="Takes",
        description="Keep every line as a take of its character, an Action in this file",
        default=True,
    )


def folder(text: str) -> Path:
    """Return the folder that is meant, by nothing that of the .blend file.

    Raises InputError if that file was never saved.
    """
    text = text or "//"
    if text.startswith("//") and not bpy.data.filepath:
        raise InputError("the folder is that of the .blend file, which is not saved yet; save it or name another")
    return Path(bpy.path.abspath(text))


def why_not_folder(text: str) -> str:
    """Return why files cannot be written to a folder; "" when nothing is known against it."""
    try:
        folder(text)
    except InputError as error:
        return str(error)
    return ""


def safe(name: str) -> str:
    """Return a name as a part of a file's name on any system: letters of all languages stay."""
    kept = _FORBIDDEN.sub("_", name).encode()[:_LONGEST].decode(errors="ignore").strip(" .")
    return f"_{kept}" if _DEVICE.fullmatch(kept) else kept or "unnamed"


def report(scene: Any, files: list[dict[str, Any]]) -> int:
    """Keep what the child process reports on files that it wrote, and return how many of them are well."""
    written = scene.audio2blend_files.written
    written.clear()
    for file in files:
        entry = written.add()
        entry.path, entry.told, entry.valid = file["path"], file["told"], _validated(file)
        entry.wrong = (
            file["error"] or "; ".join(file["findings"]) or (entry.valid if file.get("verdict") == "fail" else "")
        )
    return sum(not entry.wrong for entry in written)


def _validated(file: dict[str, Any]) -> str:
    """Return what validators say of a file, in one line; "" where nobody looked, as at a video."""
    verdict, first, by = file.get("verdict", ""), file.get("first", ""), ", ".join(file.get("by", ()))
    if verdict in ("fail", "error"):
        return str(said("Not valid: {}").format(first))
    if verdict == "warn":
        return str(said("Valid, with a warning: {}").format(first))
    return str(said("Valid, by {}").format(by)) if by else ""


CLASSES = (A2B_PG_file, A2B_PG_files)


def register() -> None:
    """Give every scene its files."""
    bpy.types.Scene.audio2blend_files = PointerProperty(type=A2B_PG_files)


def unregister() -> None:
    """Take them away."""
    del bpy.types.Scene.audio2blend_files
