"""Telephone prompts by five professional speakers, from Asterisk's core sounds (CC BY-SA 3.0; Russian CC BY 3.0)."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from .listening import listen
from .sample import Sample

NO_SPEECH: Final = frozenset(
    {
        "ascending-2tone", "beep", "beeperr", "confbridge-join", "confbridge-leave", "descending-2tone", "tt-monkeys",
    }
)  # fmt: skip
"""Tones, and screaming monkeys: the same recordings in every language."""

_SHORTEST_S: Final = 0.25


def load(data: Path) -> Iterator[Sample]:
    """Yield all prompts that are speech and last at least 0.25 s; all are for training."""
    for table in sorted((data / "prompts").glob("*.tsv")):
        with table.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream, delimiter="\t"):
                path = table.with_suffix("") / row["file"]
                if path.stem not in NO_SPEECH and float(row["seconds"]) >= _SHORTEST_S:
                    yield listen(path, corpus="prompts", language=table.stem, speaker=table.stem)
