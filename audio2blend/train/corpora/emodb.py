"""Berlin Database of Emotional Speech: German actors, seven emotions (Burkhardt et al. 2005, CC BY 4.0)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from ...audio import Speech
from ...audio import load as load_speech

_LETTERS: Final = {
    "N": "neutral", "F": "joy", "T": "sadness", "W": "anger", "A": "fear", "E": "disgust", "L": "boredom",
}  # fmt: skip
"""The sixth letter of a recording's name is the German emotion's first."""


def load(data: Path) -> Iterator[tuple[str, str, Speech]]:
    """Yield the actor, the emotion and the speech of all recordings; none is for training networks."""
    for path in sorted((data / "emodb").glob("*.ogg")):
        yield path.stem[:2], _LETTERS[path.stem[5]], load_speech(path)
