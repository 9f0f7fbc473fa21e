"""Many recordings, one after another, for the terminal and the extension alike: `animate_all` does `Line`s.

Both skins make their lines with `targets`, from the same templates, and get the same files, the same skipping and the
same `BatchReport`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .engine import Progress, animate_all, network
    from .line import Line, Settings
    from .outputs import expand, targets
    from .report import BatchReport, OutputReport, RecordingReport

__all__ = [
    "BatchReport",
    "Line",
    "OutputReport",
    "Progress",
    "RecordingReport",
    "Settings",
    "animate_all",
    "expand",
    "network",
    "targets",
]

_HOME = {
    "engine": ("Progress", "animate_all", "network"),
    "line": ("Line", "Settings"),
    "outputs": ("expand", "targets"),
    "report": ("BatchReport", "OutputReport", "RecordingReport"),
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first used: the extension wants reports where there is no onnxruntime."""
    for module, names in _HOME.items():
        if name in names:
            return getattr(import_module(f".{module}", __name__), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
