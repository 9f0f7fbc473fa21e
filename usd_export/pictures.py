"""How large the pictures in a file are, by their first bytes: PNG, JPEG and KTX2."""

from collections.abc import Iterable
from typing import NamedTuple


class Picture(NamedTuple):
    """What is known about a texture."""

    kind: str
    """Such as "png"; "" where its bytes are of no kind that is known here."""
    width: int
    height: int
    """In pixels; 0 where they are not known."""


def picture(content: bytes | memoryview) -> Picture:
    """Return what a picture says of itself.

    After PNG (3rd edition, 5.2 and 11.2.1), JPEG (ITU-T T.81, B.1 and B.2), and KTX 2.0 (section 3).
    """
    head = bytes(content[:32])
    if head.startswith(b"\x89PNG\r\n\x1a\n") and len(head) >= 24:
        return Picture("png", int.from_bytes(head[16:20]), int.from_bytes(head[20:24]))
    if head.startswith(b"\xabKTX 20\xbb") and len(head) >= 28:
        return Picture("ktx2", int.from_bytes(head[20:24], "little"), int.from_bytes(head[24:28], "little"))
    if head.startswith(b"\xff\xd8"):
        return Picture("jpeg", *_jpeg(content))
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Picture("webp", 0, 0)
    return Picture("", 0, 0)


def largest(pictures: Iterable[Picture]) -> int:
    """Return the longest side of some pictures in pixels; 0 if there are none."""
    return max((max(one.width, one.height) for one in pictures), default=0)


def _jpeg(content: bytes | memoryview) -> tuple[int, int]:
    """Return width and height out of the frame header, the first segment SOF0 to SOF15 but DHT, JPG and DAC."""
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(content[at + 7 : at + 9]), int.from_bytes(content[at + 5 : at + 7])
        at += 2 + length
    return 0, 0
