"""A progress bar of a job on a terminal; in a pipe, a line an event."""

import sys
from collections.abc import Mapping
from typing import Any

from tqdm import tqdm

from render_farm.task import Task


class Bar:
    """One bar for all units of a job."""

    def __init__(self) -> None:
        """Begin without any."""
        self._bar = tqdm(disable=True)
        self._failed = 0

    def __call__(self, event: str, task: Task | None, values: Mapping[str, Any]) -> None:
        """Show what happened."""
        if event == "submitted":
            self._bar = tqdm(total=sum(values.values()), unit=" units", disable=not sys.stderr.isatty())
        if task is None:
            return
        if event == "begun":
            self._bar.set_description(f"{task.step}" + f", {self._failed} failed" * bool(self._failed))
            return
        if event == "done":
            self._bar.update(len(task.units))
        elif event == "failed":
            self._failed += 1
        if event in ("retried", "failed") or values.get("failed"):
            why = values.get("why") or next(iter(values["failed"].values()))
            self._bar.write(f"{task.name} {'is tried again' if event == 'retried' else 'failed'}: {why}", sys.stderr)

    def close(self) -> None:
        """Clear it."""
        self._bar.close()
