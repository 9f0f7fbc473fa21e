"""Whether a file of curves holds what was written: it becomes a clip again."""

from collections.abc import Iterable
from pathlib import Path

from audio2blend.clip import Clip
from rigs import Rig

from ..compare import differences
from ..registry import read


def check(path: Path, clip: Clip, rig: Rig | None) -> Iterable[str]:
    """Yield what is wrong with a .csv, .json or .npz file."""
    back = read(path)
    yield from differences(back.values, clip.select(back.channels).values, back.channels)
