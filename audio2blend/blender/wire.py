"""How values cross to the Blender child and back: JSON, with arrays in an .npz file beside it.

Besides what JSON knows there are tuples, paths, fractions, arrays, and our own dataclasses such as `Clip` and
`Rig`, so that a worker function is called with the very types it is written for. Nothing else is accepted,
and unlike a pickle a message can create nothing else.
"""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

_OURS: Final = ("audio2blend", "rigs", "usd_export", "render_farm", "audio2blend_app")
"""Packages whose dataclasses cross. A message may come out of somebody's .blend file: it has nothing else imported."""


def encode(value: Any, arrays: Arrays) -> Any:
    """Return `value` as JSON can hold it; arrays are put into `arrays` under names that the JSON mentions.

    Raises TypeError for a value of any other type.

    >>> encode((Fraction(30000, 1001), None), {})
    {'$tuple': [{'$fraction': '30000/1001'}, None]}
    """
    match value:
        case None | bool() | int() | float() | str():
            return value
        case np.ndarray():
            name = f"array{len(arrays)}"
            arrays[name] = value
            return {"$array": name}
        case np.generic():
            return value.item()
        case Fraction():
            return {"$fraction": str(value)}
        case Path():
            return {"$path": str(value)}
        case list():
            return [encode(item, arrays) for item in value]
        case tuple():
            return {"$tuple": [encode(item, arrays) for item in value]}
        case Mapping():
            return {str(key): encode(item, arrays) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        content = {field.name: encode(getattr(value, field.name), arrays) for field in fields(value)}
        return {"$class": f"{type(value).__module__}:{type(value).__qualname__}", "fields": content}
    raise TypeError(f"a {type(value).__name__} cannot cross to Blender")


def decode(value: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
    """Return what `encode` was given. Raises TypeError for a class that is no dataclass of ours.

    >>> decode({"$tuple": [{"$fraction": "30000/1001"}, None]}, {})
    (Fraction(30000, 1001), None)
    """
    match value:
        case list():
            return [decode(item, arrays) for item in value]
        case {"$array": str(name)}:
            return arrays[name]
        case {"$fraction": str(text)}:
            return Fraction(text)
        case {"$path": str(text)}:
            return Path(text)
        case {"$tuple": list(items)}:
            return tuple(decode(item, arrays) for item in items)
        case {"$class": str(where), "fields": dict(content)}:
            kind = resolve(where) if where.partition(":")[0].partition(".")[0] in _OURS else None
            if not (isinstance(kind, type) and is_dataclass(kind)):
                raise TypeError(f"{where} is no dataclass of ours")
            return kind(**decode(content, arrays))
        case dict():
            return {key: decode(item, arrays) for key, item in value.items()}
    return value


def resolve(where: str) -> Any:
    """Return what "package.module:name" names, imported now."""
    module, _, name = where.partition(":")
    return getattr(import_module(module), name)


def save(value: Any, path: Path) -> None:
    """Write one message to an .npz file. Raises TypeError for what cannot cross."""
    arrays: Arrays = {}
    text = json.dumps(encode(value, arrays))
    with path.open("wb") as file:
        np.savez(file, message=np.array(text), **arrays)


def load(file: Path | IO[bytes]) -> Any:
    """Return the message in a file that `save` wrote."""
    with np.load(file, allow_pickle=False) as arrays:
        return decode(json.loads(str(arrays["message"])), dict(arrays))
