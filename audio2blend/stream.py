"""Animating sound while it is being spoken: `Animator().push(samples)` is a `Clip` of the frames that are ready."""

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from .channels import ARKIT
from .clip import Clip
from .heard import Heard
from .network import Network
from .network.network import FRAME_RATE
from .post import BILABIALS, closed, reach_frames, shut, strengthened
from .post.strength import check_strength


class Animator:
    """The face of one live voice: mono samples at 16 kHz go in, frames at 60 a second come out.

    However the sound is cut, the frames are those that `animate` with the same quality and without performance gives
    for the whole of it. Frame k, the face at k/60 s, comes with the sample at k/60 s + `latency_ms`; who pushes blocks
    waits for the end of a block besides. Blinks, gaze and head motion are not made here: they follow the whole line.
    """

    def __init__(self, *, quality: str = "live", strength: float = 1.0, network: Network | None = None) -> None:
        """Begin a stream, with a network that is loaded already or else the one of `quality` that ships.

        `strength` is how far jaw and lips move, as for `animate`. Raises InputError for a network that cannot hear
        streams, as "best" cannot, and for a strength out of range. One network serves any number of animators.
        """
        check_strength(strength)
        self._network = network or Network.load(quality=quality, device="cpu", threads=1)
        self._listener = self._network.listener()
        self._strength = strength
        self._reach = reach_frames(float(FRAME_RATE))
        self._start()

    def _start(self) -> None:
        self._next = 0
        """The first frame that was not given yet."""
        self._weights = np.zeros((0, len(ARKIT)), np.float32)
        """Of the frames from there on."""
        self._bilabial = np.zeros(self._reach)
        """From `_reach` frames before: no p, b or m is heard before the start."""

    @property
    def latency_ms(self) -> float:
        """How much of the sound that follows a frame is heard for it, in milliseconds."""
        late = max(self._listener.delay_frames, self._listener.phone_delay_frames + self._reach)
        return 1000 * late / float(FRAME_RATE)

    def push(self, samples: NDArray[np.float32]) -> Clip:
        """Return the frames that samples (n,) in [-1, 1] make ready, none or many; `start_s` is the first one's time.

        Raises InputError for samples that are not numbers, ValueError for another shape; the stream may go on.
        """
        self._take(*self._listener.push(samples))
        return self._give(len(self._bilabial) - 2 * self._reach)

    def flush(self) -> Clip:
        """Return the frames still to come, as if silence followed; then another stream may begin, at 0 s."""
        self._take(*self._listener.flush())
        self._bilabial = np.pad(self._bilabial, (0, self._reach))
        clip = self._give(len(self._weights))
        self._start()
        return clip

    def _take(self, weights: NDArray[np.float32], phones: NDArray[np.float32]) -> None:
        heard = Heard(probabilities=phones, phones=self._network.phones, frame_rate=FRAME_RATE)
        self._weights = np.concatenate([self._weights, weights])
        self._bilabial = np.concatenate([self._bilabial, heard.probability(BILABIALS)])

    def _give(self, n_known: int) -> Clip:
        """Return the frames whose weights are there, at most `n_known`, and go on to the next ones."""
        n_frames = max(0, min(len(self._weights), n_known))
        around = self._bilabial[: n_frames + 2 * self._reach]
        clip = Clip(
            values=self._weights[:n_frames],
            channels=ARKIT,
            frame_rate=FRAME_RATE,
            start_s=float(Fraction(self._next) / FRAME_RATE),
            metadata={"model": self._network.name, "strength": f"{self._strength:g}"},
        )
        lips = shut(around, float(FRAME_RATE))[self._reach : self._reach + n_frames]
        self._next += n_frames
        self._weights, self._bilabial = self._weights[n_frames:], self._bilabial[n_frames:]
        return strengthened(closed(clip, lips), self._strength)
