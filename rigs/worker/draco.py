"""What Draco compressed in a glTF file, unpacked by the library that comes with Blender's glTF importer."""

from collections.abc import Callable, Sequence
from ctypes import CDLL, c_bool, c_char_p, c_size_t, c_uint32, c_void_p, cdll
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError

Bytes = NDArray[np.uint8]


def decode(*, parts: Sequence[dict[str, Any]], progress: Callable[[int, int], None]) -> list[tuple[int, Bytes]]:
    """Return the index and the bytes of every accessor of the primitives.

    Args:
        parts: for each primitive "packed", its bytes; "indices", the index and component type of the accessor of its
            corners; "attributes", of each its Draco id and the index, component type and type of its accessor.
        progress: called with the number of primitives done and wanted.

    Raises InputError if this Blender has no Draco, or the data are damaged.
    """
    library = _library()
    found: list[tuple[int, Bytes]] = []
    for done, part in enumerate(parts):
        decoder = library.decoderCreate()
        try:
            found += _decoded(library, decoder, part).items()
        finally:
            library.decoderRelease(decoder)
        progress(done + 1, len(parts))
    return found


def _decoded(library: CDLL, decoder: int, part: dict[str, Any]) -> dict[int, Bytes]:
    packed = part["packed"].tobytes()
    corners, kind = part["indices"]
    if not (library.decoderDecode(decoder, packed, len(packed)) and library.decoderReadIndices(decoder, kind)):
        raise InputError("what Draco compressed is damaged; export it again")
    found = {corners: np.zeros(library.decoderGetIndicesByteLength(decoder), np.uint8)}
    library.decoderCopyIndices(decoder, found[corners].ctypes.data)
    for own, accessor, component, shape in part["attributes"]:
        if not library.decoderReadAttribute(decoder, own, component, shape.encode()):
            raise InputError("what Draco compressed is damaged; export it again")
        found[accessor] = np.zeros(library.decoderGetAttributeByteLength(decoder, own), np.uint8)
        library.decoderCopyAttribute(decoder, own, found[accessor].ctypes.data)
    return found


def _library() -> CDLL:
    import_module("addon_utils").enable("io_scene_gltf2")
    try:
        library = cdll.LoadLibrary(str(import_module("io_scene_gltf2.io.com.draco").dll_path().resolve()))
    except OSError:
        raise InputError("this Blender has no Draco to unpack its meshes; export it without compression") from None
    for name, result, arguments in (
        ("decoderCreate", c_void_p, []),
        ("decoderRelease", None, [c_void_p]),
        ("decoderDecode", c_bool, [c_void_p, c_char_p, c_size_t]),
        ("decoderReadIndices", c_bool, [c_void_p, c_size_t]),
        ("decoderGetIndicesByteLength", c_size_t, [c_void_p]),
        ("decoderCopyIndices", None, [c_void_p, c_void_p]),
        ("decoderReadAttribute", c_bool, [c_void_p, c_uint32, c_size_t, c_char_p]),
        ("decoderGetAttributeByteLength", c_size_t, [c_void_p, c_uint32]),
        ("decoderCopyAttribute", None, [c_void_p, c_uint32, c_void_p]),
    ):
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return library
