"""Progress bars on a terminal."""

import sys

from tqdm import tqdm

from ..batch import RecordingReport


class Bars:
    """One bar for the recordings, where there are several, and one for the step at hand; none in a pipe."""

    def __init__(self) -> None:
        """Begin without any."""
        self._hidden = not sys.stderr.isatty()
        self._all = tqdm(disable=True)
        self._step = tqdm(disable=True)

    def begin(self, n_recordings: int) -> None:
        """Show how much there is to do."""
        several = n_recordings > 1
        hidden = self._hidden
        self._all = tqdm(total=n_recordings, unit=" recordings", disable=hidden or not several, position=0)
        self._step = tqdm(unit=" frames", disable=hidden, leave=False, position=int(several))

    def recording_done(self, report: RecordingReport) -> None:
        """Count one recording."""
        self._all.update()

    def step(self, name: str) -> None:
        """Begin another step."""
        self._step.reset(total=1)
        self._step.set_description(name)

    def advance(self, done: int, total: int) -> None:
        """Show how far the step is."""
        self._step.total = total
        self._step.n = done
        self._step.refresh()

    def close(self) -> None:
        """Clear the bars."""
        self._step.close()
        self._all.close()
