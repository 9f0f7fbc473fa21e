"""Ten acted recordings of five emotions, and 32 read sentences of LJ Speech (Ito and Johnson 2017, public domain)."""

from collections.abc import Iterator
from pathlib import Path

from .listening import listen
from .sample import Sample


def load(data: Path) -> Iterator[Sample]:
    """Yield all recordings, the acted ones first; all are for training."""
    for path in sorted((data / "speech" / "acted").glob("*.wav")):
        language = "cmn" if path.stem.endswith("mandarin") else "en"
        yield listen(path, corpus="speech", language=language, speaker=path.stem.partition("_")[0])
    for path in sorted((data / "speech" / "ljspeech").glob("*.flac")):
        yield listen(path, corpus="speech", language="en-us", speaker="ljspeech")
