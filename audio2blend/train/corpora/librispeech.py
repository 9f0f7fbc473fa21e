"""261 readers of LibriSpeech, one or two sentences each (Panayotov et al. 2015, CC BY 4.0)."""

from collections.abc import Iterator
from pathlib import Path

from .listening import listen
from .sample import Sample


def load(data: Path) -> Iterator[Sample]:
    """Yield all recordings, named SPEAKER-CHAPTER-NUMBER; all are for training."""
    for path in sorted((data / "librispeech").glob("*.ogg")):
        yield listen(path, corpus="librispeech", language="en-us", speaker=path.stem.partition("-")[0])
