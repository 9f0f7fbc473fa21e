"""Animating sound while it is being spoken: `Animator().push(samples)` is a `Clip` of the frames that are ready."""

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
        streams, as "best" cannot, and for a strength out of range. One network serves any number of animators; its
        phones have to be as far ahead of its weights as lips begin to shut before a sound.
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
        self._bilabial = np.zeros(self._reach)
        """From `_reach` frames before it: no p, b or m is heard before the start."""

    @property
    def latency_ms(self) -> float:
        """How much of the sound that follows a frame is heard for it, in milliseconds."""
        return 1000 * self._listener.delay_frames / float(FRAME_RATE)

    def push(self, samples: NDArray[np.float32]) -> Clip:
        """Return the frames that samples (n,) in [-1, 1] make ready, none or many; `start_s` is the first one's time.

        Raises InputError for samples that are not numbers, ValueError for another shape; the stream may go on.
        """
        return self._finished(*self._listener.push(samples))

    def flush(self) -> Clip:
        """Return the frames still to come, as if silence followed; then another stream may begin, at 0 s."""
        weights, phones = self._listener.flush()
        after = np.zeros((self._reach, phones.shape[1]), np.float32)  # no p, b or m is heard after the end either
        clip = self._finished(weights, np.concatenate([phones, after]))
        self._start()
        return clip

    def _finished(self, weights: NDArray[np.float32], phones: NDArray[np.float32]) -> Clip:
        """Return the next frames; the phones that go on from the last ones reach `_reach` frames further."""
        heard = Heard(probabilities=phones, phones=self._network.phones, frame_rate=FRAME_RATE)
        self._bilabial = np.concatenate([self._bilabial, heard.probability(BILABIALS)])
        clip = Clip(
            values=weights,
            channels=ARKIT,
            frame_rate=FRAME_RATE,
            start_s=float(self._next / FRAME_RATE),
            metadata={"model": self._network.name, "strength": f"{self._strength:g}"},
        )
        lips = shut(self._bilabial[: len(clip) + 2 * self._reach], float(FRAME_RATE))
        self._next += len(clip)
        self._bilabial = self._bilabial[len(clip) :]
        return strengthened(closed(clip, lips[self._reach :][: len(clip)]), self._strength)
