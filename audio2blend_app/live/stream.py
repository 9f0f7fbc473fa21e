"""One voice that is spoken now: sound goes in as it comes, and out come frames that say which sample they belong to."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

import numpy as np
import soxr
from numpy.typing import NDArray

from audio2blend import Animator
from audio2blend.channels import ARKIT, CHANNELS
from audio2blend.clip import FRAME_RATE, Clip
from audio2blend.errors import InputError
from audio2blend.network import Network
from audio2blend.performance.live import LivePerformance

RATE_HZ: Final = 16_000
"""What the network hears."""
RATES_HZ: Final = (8_000, 192_000)
"""The lowest and the highest rate of sound that is taken."""

SampleFormat = Literal["s16", "f32"]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """The face at one moment."""

    sample: int
    """The sample of the sound that it belongs to, counted at the sound's own rate from the stream's first; of a
    duration between two samples the earlier."""
    time_s: float
    """The same in seconds of sound."""
    values: NDArray[np.float32]
    """Shape (61,), in the order of `CHANNELS`: 52 weights in [0, 1], nine rotations in degrees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dials:
    """What of a face may be chosen: as for `audio2blend animate`, and the same for all of a stream."""

    strength: float = 1.0
    jaw: float = 1.0
    lips: float = 1.0
    smooth_ms: float = 0.0
    emotion: str = "neutral"
    """What the face shows, such as joy=0.5; may be changed while the stream runs."""
    blinks: float = 1.0
    gaze: float = 1.0
    head: float = 1.0
    seed: int = 0
    """Of blinks, gaze and head."""


def samples_in(data: bytes, sample_format: SampleFormat) -> NDArray[np.float32]:
    """Return mono samples (n,) in [-1, 1] from little-endian bytes. Raises InputError where they end within one."""
    size = 2 if sample_format == "s16" else 4
    if len(data) % size:
        raise InputError(f"{len(data)} bytes are no whole number of samples of {size} bytes each")
    if sample_format == "s16":
        return np.frombuffer(data, "<i2").astype(np.float32) / np.float32(32768)
    return np.frombuffer(data, "<f4").astype(np.float32)


class Voice:
    """A stream: mono samples at `rate_hz` go in, frames at 60 a second come out, with blinks, gaze and head.

    However the sound is cut, the frames are the same. Positions go on counting over `flush` and `reset`: they are
    always those of the sound that was pushed, from the first piece on. Silence that is pushed gives an idle face.
    Its memory does not grow.
    """

    def __init__(self, network: Network, *, rate_hz: int = RATE_HZ, dials: Dials | None = None) -> None:
        """Begin a stream; one network serves any number. Raises InputError for a rate or a dial out of range."""
        if not RATES_HZ[0] <= rate_hz <= RATES_HZ[1]:
            raise InputError(f"sound of {rate_hz} Hz is not taken; send {RATES_HZ[0]} to {RATES_HZ[1]} Hz")
        dials = dials or Dials()
        for name in ("blinks", "gaze", "head"):
            if not 0 <= getattr(dials, name) <= 3:
                raise InputError(f"{name} is {getattr(dials, name)}; it lies between 0 and 3")
        self.rate_hz = rate_hz
        self._dials = dials
        self._network = network
        self._performance = LivePerformance(seed=dials.seed, blinks=dials.blinks, gaze=dials.gaze, head=dials.head)
        self._pushed = 0
        """How many samples came since the stream began, at the sound's own rate."""
        self._emotion = dials.emotion
        self._begin()

    def _begin(self) -> None:
        dials = self._dials
        self._animator = Animator(
            network=self._network,
            strength=dials.strength,
            jaw=dials.jaw,
            lips=dials.lips,
            smooth_ms=dials.smooth_ms,
            emotion=self._emotion,
        )
        same = self.rate_hz == RATE_HZ
        self._resampler = None if same else soxr.ResampleStream(self.rate_hz, RATE_HZ, 1, dtype="float32", quality="MQ")
        self._origin = self._pushed
        self._given = 0
        self._heard = np.zeros(0, np.float32)
        """Sound at 16 kHz from the next frame on, for its level."""

    @property
    def latency_ms(self) -> float:
        """How much of the sound that follows a frame is used for it, in milliseconds."""
        return self._animator.latency_ms

    @property
    def emotion(self) -> str:
        """What the face shows; a new one begins with the next frame, softly."""
        return self._emotion

    @emotion.setter
    def emotion(self, text: str) -> None:
        if text == self._emotion:
            return
        self._animator.emotion = text
        self._emotion = text

    def push(self, samples: NDArray[np.float32]) -> list[Frame]:
        """Return the frames that samples (n,) make ready. Raises InputError for samples that are not numbers."""
        if not np.isfinite(samples).all():
            raise InputError("the sound has samples that are not numbers")
        samples = np.clip(samples, -1, 1)
        self._pushed += len(samples)
        heard = samples if self._resampler is None else self._resampler.resample_chunk(samples)
        self._heard = np.concatenate([self._heard, heard])
        return self._frames(self._animator.push(heard))

    def flush(self) -> list[Frame]:
        """Return the frames still to come of what was pushed; sound that is pushed later begins a new line."""
        clips = []
        if self._resampler is not None:
            rest = self._resampler.resample_chunk(np.zeros(0, np.float32), last=True)
            self._heard = np.concatenate([self._heard, rest])
            clips.append(self._animator.push(rest))
        clips.append(self._animator.flush())
        frames = [frame for clip in clips for frame in self._frames(clip)]
        self._begin()
        return frames

    def reset(self) -> None:
        """Forget what was pushed and not given yet, as when somebody is interrupted."""
        self._begin()

    def _frames(self, clip: Clip) -> list[Frame]:
        if not len(clip):
            return []
        values = np.zeros((len(clip), len(CHANNELS)), np.float32)
        values[:, : len(ARKIT)] = clip.values
        alive = self._performance.push(self._levels(len(clip)))
        values += alive
        np.clip(values[:, : len(ARKIT)], 0, 1, out=values[:, : len(ARKIT)])
        frames = []
        for row in values:
            sample = self._origin + self._given * self.rate_hz // int(FRAME_RATE)
            frames.append(Frame(sample, self._origin / self.rate_hz + self._given / float(FRAME_RATE), row))
            self._given += 1
        return frames

    def _levels(self, n_frames: int) -> NDArray[np.float32]:
        """Return the level of the next frames' sound, dB of full scale, and forget that sound."""
        edges = [(self._given + k) * RATE_HZ // int(FRAME_RATE) for k in range(n_frames + 1)]
        start = edges[0]
        parts = (self._heard[first - start : last - start] for first, last in pairwise(edges))
        power = [float(np.mean(np.square(part))) if len(part) else 0.0 for part in parts]
        self._heard = self._heard[edges[-1] - start :]
        return np.asarray(10 * np.log10(np.maximum(power, 1e-10)), np.float32)
