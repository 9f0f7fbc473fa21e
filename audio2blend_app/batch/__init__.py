"""Many recordings, one after another, for the terminal and the extension alike: `animate_all` does `Line`s.

Both skins make their lines with `targets`, from the same templates, and get the same files, the same skipping and the
same `BatchReport`.
"""

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
