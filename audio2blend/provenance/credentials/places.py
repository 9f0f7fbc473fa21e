"""Where the credentials of a file lie: in it where its format takes them, else beside it."""

from pathlib import Path
from typing import Final

EMBEDDED: Final = {
    ".mp4": "video/mp4", ".mov": "video/quicktime", ".m4a": "audio/mp4", ".wav": "audio/wav", ".mp3": "audio/mpeg",
    ".flac": "audio/flac", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg",
}  # fmt: skip
"""The media types of the files that hold their credentials themselves."""
ANY: Final = "application/octet-stream"
"""The media type by which all others are signed."""


def sidecar(path: Path) -> Path:
    """Return where the credentials of a file lie that cannot hold them: `hero.glb.c2pa` beside `hero.glb`."""
    return path.with_name(path.name + ".c2pa")
