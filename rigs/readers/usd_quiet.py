"""USD's own warnings, which name its source code, retold for people."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pxr import UsdUtils

from audio2blend.wording import listed

_GONE: Final = re.compile(r"(?:Could not open asset|Could not load sublayer) @([^@]+)@")
_CYCLE: Final = re.compile(r"has cycles|cycle", re.IGNORECASE)


@contextmanager
def quiet(notes: list[str] | None = None) -> Iterator[None]:
    """Keep USD's warnings from the terminal; what a person should know of them is added to `notes`, a sentence each."""
    delegate = UsdUtils.CoalescingDiagnosticDelegate()
    try:
        yield
    finally:
        texts = [str(found.commentary) for found in delegate.TakeUncoalescedDiagnostics()]
        del delegate
        if notes is not None:
            notes += _retold(texts)


def _retold(texts: list[str]) -> Iterator[str]:
    if gone := list(dict.fromkeys(name for text in texts for name in _GONE.findall(text))):
        yield f"files that it names are not there, and what they hold is missing: {listed(gone)}"
    if any(map(_CYCLE.search, texts)):
        yield "its files refer to each other in a circle, of which USD leaves out the last step"
