"""250 Mandarin speakers of English, half of them children (speechocean762, Zhang et al. 2021, free to use)."""

import json
from collections.abc import Iterator
from pathlib import Path

from .listening import listen
from .sample import Sample


def load(data: Path) -> Iterator[Sample]:
    """Yield all recordings; all are for training. Their phones have no times and are left unknown."""
    table = data / "speechocean" / "labels.jsonl"
    for line in table.read_text(encoding="utf-8").splitlines():
        label = json.loads(line)
        path = table.parent / f"{label['id']}.ogg"
        yield listen(path, corpus="speechocean", language="en", speaker=label["speaker"])
