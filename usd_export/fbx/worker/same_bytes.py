"""The same input gives the same bytes, whenever and wherever Blender writes them; runs in Blender."""

from datetime import datetime
from types import SimpleNamespace
from zlib import crc32

from io_scene_fbx import encode_bin, export_fbx_bin, fbx_utils  # type: ignore[import-not-found]  # an add-on in Blender


def constant() -> None:
    """Have the exporter write constants for the time of writing, and numbers that depend on names alone."""
    fbx_utils.hash = lambda key: crc32(str(key).encode())
    export_fbx_bin.datetime = SimpleNamespace(datetime=SimpleNamespace(now=lambda: datetime(2000, 1, 1)))


def call(draft: str, name: str) -> None:
    """Have the exporter name embedded textures after the file as it will be called, not after its draft."""
    add = encode_bin.FBXElem.add_string

    def add_called(element: object, text: bytes) -> None:
        add(element, text.replace(draft.encode(), name.encode()))

    encode_bin.FBXElem.add_string = add_called
    encode_bin.FBXElem.add_string_unicode = lambda element, text: add_called(element, text.encode())
