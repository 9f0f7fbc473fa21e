"""Animating sound while it is being spoken: `Animator().push(samples)` is a `Clip` of the frames that are ready."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from .channels import ARKIT
from .clip import FRAME_RATE, Clip
from .emotion import NEUTRAL, EmotionTrack
from .errors import InputError
from .network import Network
from .post import AUTO, Controls, adjust_reach, adjusted, expressive, lead_frames
from .posteriors import PhonePosteriors


class Animator:
    """The face of one live voice: mono samples at 16 kHz go in, frames at 60 a second come out.

    However the sound is cut, the frames are those that `animate` with the same quality and without performance gives
    for the whole of it. Frame k, the face at k/60 s, comes with the sample at k/60 s + `latency_ms`; who pushes blocks
    waits for the end of a block besides. Blinks, gaze, brows and head motion are not made here: they follow the whole
    line. Emotions are: `emotion` has the times of the stream, and may be set anew while it runs.
    """

    def __init__(
        self,
        *,
        quality: str = "live",
        strength: float = 1.0,
        jaw: float = 1.0,
        lips: float = 1.0,
        smooth_ms: float = 0.0,
        lead_ms: float = 0.0,
        emotion: str = NEUTRAL,
        network: Network | None = None,
    ) -> None:
        """Begin a stream, with a network that is loaded already or else the one of `quality` that ships.

        The controls are those of `animate`; smoothing and lead add their time to the latency. Raises InputError for a
        network that cannot process streams, as "best" cannot, and for a control out of range. One network serves any
        number of animators; its phones have to be as far ahead of its weights as lips begin to move before a sound.
        """
        self._motion = Controls(
            strength=strength, jaw=jaw, lips=lips, smooth_ms=smooth_ms, lead_ms=lead_ms, emotion=emotion
        )
        if emotion == AUTO:
            raise InputError("a stream cannot wait for what its voice feels; name an emotion such as joy=0.5")
        self._network = network or Network.load(quality=quality, device="cpu", threads=1)
        self._listener = self._network.listener()
        self._reach, phone_reach = adjust_reach(self._motion, float(FRAME_RATE))
        self._kept = max(self._reach, phone_reach)
        """How many frames that were adjusted already the next ones depend on."""
        self._lead = lead_frames(self._motion, float(FRAME_RATE))
        self._track = EmotionTrack.parse(emotion)
        self._start()

    def _start(self) -> None:
        self._given = 0
        """How many frames were given."""
        self._early = self._lead
        """How many frames are still to be left out, for the face to be early."""
        self._weights = np.zeros((0, len(ARKIT)), np.float32)
        self._phones = np.zeros((0, len(self._network.phones)), np.float32)
        """The network's output, from the first frame on that is still of use."""
        self._old = 0
        """How many of these weights were adjusted already."""
        self._last = self._weights
        """The frame that was adjusted last, if any."""

    @property
    def latency_ms(self) -> float:
        """How much of the sound that follows a frame is used for it, in milliseconds."""
        return 1000 * (self._listener.delay_frames + self._reach + self._lead) / float(FRAME_RATE)

    @property
    def emotion(self) -> str:
        """What the face shows, as `EmotionTrack.parse` reads it; a new one begins with the next frame, softly."""
        return self._track.text

    @emotion.setter
    def emotion(self, text: str) -> None:
        self._track = self._track.followed_by(EmotionTrack.parse(text), float(self._given / FRAME_RATE))

    def dial(self, *, strength: float | None = None, jaw: float | None = None, lips: float | None = None) -> None:
        """Change how far the mouth moves, from the next frame on; None leaves it. Raises InputError out of range."""
        old = self._motion
        self._motion = replace(
            old,
            strength=old.strength if strength is None else strength,
            jaw=old.jaw if jaw is None else jaw,
            lips=old.lips if lips is None else lips,
        )

    def push(self, samples: NDArray[np.float32]) -> Clip:
        """Return the frames that samples (n,) in [-1, 1] make ready, none or many; `start_s` is the first one's time.

        Raises InputError for samples that are not numbers, ValueError for another shape; the stream may go on.
        """
        return self._clip(self._adjusted(*self._listener.push(samples), end=self._reach))

    def flush(self) -> Clip:
        """Return the frames still to come, as if silence followed; then another stream may begin, at 0 s."""
        values = self._adjusted(*self._listener.flush(), end=0)
        clip = self._clip(np.concatenate([values, np.repeat(self._last, self._lead, axis=0)]))
        self._start()
        return clip

    def _adjusted(self, weights: NDArray[np.float32], phones: NDArray[np.float32], *, end: int) -> NDArray[np.float32]:
        """Return the next frames adjusted, all but `end` of those that the network gave."""
        self._weights = np.concatenate([self._weights, weights])
        self._phones = np.concatenate([self._phones, phones])
        ready = max(self._old, len(self._weights) - end)
        if ready == self._old:
            return self._weights[:0]
        face = Clip(values=self._weights, channels=ARKIT, frame_rate=FRAME_RATE)
        posteriors = PhonePosteriors(probabilities=self._phones, phones=self._network.phones, frame_rate=FRAME_RATE)
        values = adjusted(face, posteriors, self._motion).values[self._old : ready]
        used = max(0, ready - self._kept)
        self._weights, self._phones, self._old = self._weights[used:], self._phones[used:], ready - used
        self._last = values[-1:]
        return values

    def _clip(self, values: NDArray[np.float32]) -> Clip:
        late = values[self._early :]
        self._early -= len(values) - len(late)
        clip = Clip(
            values=late,
            channels=ARKIT,
            frame_rate=FRAME_RATE,
            start_s=float(self._given / FRAME_RATE),
            metadata={"model": self._network.name, **self._motion.metadata},
        )
        clip = expressive(clip, self._track.at(clip.times_s))
        self._given += len(clip)
        return clip
