"""Open Sound Control 1.0: the messages and bundles that VMC and VRChat speak (opensoundcontrol.stanford.edu)."""

import struct
from collections.abc import Iterable, Iterator
from typing import Final

LARGEST: Final = 1_400
"""Bytes in a packet: what crosses an Ethernet without being cut."""
_HEAD: Final = b"#bundle\0" + struct.pack(">Q", 1)  # 1: at once


def message(address: str, *values: str | float | int) -> bytes:
    """Return one message; the kinds of its values follow from their types."""
    kinds = "," + "".join("s" if isinstance(v, str) else "f" if isinstance(v, float) else "i" for v in values)
    body = [_text(address), _text(kinds)]
    for value in values:
        if isinstance(value, str):
            body.append(_text(value))
        else:
            body.append(struct.pack(">f" if isinstance(value, float) else ">i", value))
    return b"".join(body)


def bundles(messages: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the messages in order in as few bundles as hold them, none larger than a packet."""
    bundle = _HEAD
    for content in messages:
        part = struct.pack(">i", len(content)) + content
        if len(bundle) + len(part) > LARGEST and bundle != _HEAD:
            yield bundle
            bundle = _HEAD
        bundle += part
    if bundle != _HEAD:
        yield bundle


def _text(text: str) -> bytes:
    """Return a text with at least one zero behind it, in whole words of four bytes."""
    encoded = text.encode()
    return encoded + b"\0" * (4 - len(encoded) % 4)
