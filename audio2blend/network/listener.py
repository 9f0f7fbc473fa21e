"""Hearing a stream of sound with a live network, piece by piece."""

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..audio import SAMPLE_RATE
from ..clip import FRAME_RATE
from ..errors import InputError

Floats = NDArray[np.float32]

_LONGEST: Final = 30 * SAMPLE_RATE
"""Samples that are computed at once, so that memory does not grow with the length of a piece."""


def _frames_in(n_samples: int) -> int:
    """Return how many sixtieths of a second are complete."""
    return n_samples * FRAME_RATE // SAMPLE_RATE


class Listener:
    """The state of one stream: samples go in in pieces of any size, and frames come out as soon as they can.

    The graph takes samples [1, n] and a state [1, width], zeros at first; it gives the state to go on from and one
    row of weights and phones for every sixtieth of a second that the samples complete. Its metadata say how many
    frames late either come: row j of the stream is the frame j + 1 − delay.
    """

    def __init__(self, session: Any) -> None:
        """Begin a stream; `session` runs a live graph and may be shared by many streams."""
        self._session = session
        about = session.get_modelmeta().custom_metadata_map
        self._n_phones = len(about["phones"].split())
        self._n_weights = len(about["channels"].split())
        self.delay_frames = int(about["delay_frames"])
        """How late weights come: how many frames of the sound after a frame are used for it."""
        self.phone_delay_frames = int(about["phone_delay_frames"])
        """How late phones come."""
        self._start()

    def _start(self) -> None:
        width = next(value.shape[1] for value in self._session.get_inputs() if value.name == "state")
        self._state = np.zeros((1, width), np.float32)
        self._waiting: list[Floats] = []
        self._n_waiting = 0
        self._n_heard = 0

    def push(self, samples: Floats) -> tuple[Floats, Floats]:
        """Return the frames that samples (n,) make ready: weights (n_frames, 52) and phones (m_frames, n_phones).

        The phones may be further than the weights. Raises InputError for samples that are not numbers, and
        ValueError for another shape; the stream can go on after either.
        """
        samples = np.array(samples, np.float32)
        if samples.ndim != 1:
            raise ValueError(f"samples of shape {samples.shape} are not mono")
        if not np.isfinite(samples).all():
            raise InputError("the stream holds samples that are not numbers; check what records it")
        self._waiting.append(samples)
        self._n_waiting += len(samples)
        weights = [np.zeros((0, self._n_weights), np.float32)]
        phones = [np.zeros((0, self._n_phones), np.float32)]
        while _frames_in(self._n_heard + self._n_waiting) > (done := _frames_in(self._n_heard)):
            whole = np.concatenate(self._waiting)
            piece, rest = whole[:_LONGEST], whole[_LONGEST:]
            self._waiting, self._n_waiting = [rest], len(rest)
            self._n_heard += len(piece)
            inputs = {"samples": piece[None], "state": self._state}
            said, posteriors, self._state = self._session.run(["weights", "phones", "next_state"], inputs)
            weights.append(said[0, max(0, self.delay_frames - 1 - done) :])
            phones.append(posteriors[0, max(0, self.phone_delay_frames - 1 - done) :])
        return np.concatenate(weights), np.concatenate(phones)

    def flush(self) -> tuple[Floats, Floats]:
        """Return the frames that are still to come, as if silence followed, and be ready for another stream.

        In all there is a frame for every 1/60 s begun.
        """
        n_samples = self._n_heard + self._n_waiting
        n_frames = -(-n_samples * FRAME_RATE // SAMPLE_RATE)
        came = _frames_in(self._n_heard)
        to_come = [n_frames - max(0, came + 1 - delay) for delay in (self.delay_frames, self.phone_delay_frames)]
        end = -(-(n_frames + self.delay_frames - 1) * SAMPLE_RATE // FRAME_RATE)
        weights, phones = self.push(np.zeros(end - n_samples if n_frames else 0, np.float32))
        self._start()
        return weights[: to_come[0]], phones[: to_come[1]]
