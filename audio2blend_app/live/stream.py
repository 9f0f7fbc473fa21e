"""`Voice`: one voice that is speaking now. Sound of any rate goes in, and frames of a face come out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import soxr
from numpy.typing import NDArray

from audio2blend.audio import SAMPLE_RATE
from audio2blend.channels import ARKIT, ROTATIONS
from audio2blend.clip import FRAME_RATE, Clip
from audio2blend.errors import InputError
from audio2blend.network import Network
from audio2blend.performance import performed, scaled
from audio2blend.performance.live import LivePerformance
from audio2blend.stream import Animator

LOWEST_HZ: Final = 8_000
HIGHEST_HZ: Final = 192_000
_PIECE_S: Final = 0.5
"""Sound that comes faster than it is spoken is taken in pieces of this length, so that frames come soon."""
_WINDOW_S: Final = 0.025
"""The sound around a frame by which its loudness is judged."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Frame:
    """A face at one moment of the sound."""

    sample: int
    """The position of this moment in the sender's sound, in samples since the stream began, at the sender's rate."""
    time_s: float
    """The same in seconds."""
    weights: Floats
    """Shape (52,): ARKit's weights in the order of `audio2blend.channels.ARKIT`."""
    rotations: Floats
    """Shape (9,): degrees, in the order of `audio2blend.channels.ROTATIONS`."""


class Voice:
    """The face of one live voice, with blinks, gaze and head motion; not to be shared by threads.

    However the sound is cut, the frames are the same, 60 a second. Positions go on over flushes and resets: they count
    all samples that ever came.
    """

    def __init__(
        self,
        network: Network,
        *,
        sample_rate: int = SAMPLE_RATE,
        strength: float = 1.0,
        jaw: float = 1.0,
        lips: float = 1.0,
        smooth_ms: float = 0.0,
        emotion: str = "neutral",
        blinks: float = 1.0,
        gaze: float = 1.0,
        head: float = 1.0,
        seed: int = 0,
    ) -> None:
        """Begin a stream with a live network, which any number of voices may share.

        Raises InputError for a rate outside 8 to 192 kHz, and for controls as `Animator` and `animate` do.
        """
        if not LOWEST_HZ <= sample_rate <= HIGHEST_HZ:
            raise InputError(f"a sample rate of {sample_rate} Hz is out of range; send {LOWEST_HZ} to {HIGHEST_HZ} Hz")
        self.sample_rate = sample_rate
        self._animator = Animator(
            network=network, strength=strength, jaw=jaw, lips=lips, smooth_ms=smooth_ms, emotion=emotion
        )
        self._parts = {"blinks": blinks, "gaze": gaze, "head": head}
        self._performance = LivePerformance(seed=seed)
        self._heard = 0
        """How many of the sender's samples came in all."""
        self._start()

    def _start(self) -> None:
        self._from = self._heard
        """Where the sound of this part began."""
        self._given = 0
        """Frames given of this part."""
        self._resampler = (
            soxr.ResampleStream(self.sample_rate, SAMPLE_RATE, 1, dtype="float32")
            if self.sample_rate != SAMPLE_RATE
            else None
        )
        self._sound = np.zeros(0, np.float32)
        """The last of the sound at 16 kHz, from `_sound_from` on, by which loudness is judged."""
        self._sound_from = 0

    @property
    def latency_s(self) -> float:
        """How much of the sound after a frame is used for it: sound that is delayed by it is in step with the face."""
        return self._animator.latency_ms / 1000

    @property
    def emotion(self) -> str:
        """What the face shows; a new emotion begins with the next frame, softly."""
        return self._animator.emotion

    @emotion.setter
    def emotion(self, text: str) -> None:
        self._animator.emotion = text

    def dial(self, **dials: float) -> None:
        """Change strength, jaw or lips from the next frame on. Raises InputError for a value out of range."""
        self._animator.dial(**dials)

    def push(self, samples: Floats) -> Iterator[Frame]:
        """Yield the frames that mono samples (n,) in [-1, 1] make ready, none or many; all must be taken.

        Raises InputError for samples that are not numbers; the stream may go on.
        """
        if not np.isfinite(samples).all():
            raise InputError("the sound holds samples that are not numbers; check what records it")
        step = max(1, round(_PIECE_S * self.sample_rate))
        for first in range(0, len(samples), step):
            piece = samples[first : first + step]
            self._heard += len(piece)
            yield from self._framed(self._hear(piece, last=False))

    def flush(self) -> Iterator[Frame]:
        """Yield the frames still to come, as if silence followed; more sound begins a new part."""
        yield from self._framed(self._hear(np.zeros(0, np.float32), last=True))
        yield from self._framed(self._animator.flush())
        self._start()

    def reset(self) -> None:
        """Forget what was said and is still to come, at once: somebody has interrupted."""
        self._animator.flush()
        self._start()

    def idle(self, n_frames: int) -> list[Frame]:
        """Return frames of a face that waits: it blinks and looks about, its mouth at rest, and no sound passes."""
        rest = Clip(values=np.zeros((n_frames, len(ARKIT)), np.float32), channels=ARKIT, frame_rate=FRAME_RATE)
        position = self._heard
        face = self._lively(rest, np.full(n_frames, -np.inf))
        return [self._frame(row, position) for row in face.values]

    def _hear(self, samples: Floats, *, last: bool) -> Clip:
        heard = samples
        if self._resampler is not None:
            heard = self._resampler.resample_chunk(np.ascontiguousarray(samples, np.float32), last=last)
        self._sound = np.concatenate([self._sound, heard])
        return self._animator.push(np.asarray(heard, np.float32))

    def _framed(self, clip: Clip) -> Iterator[Frame]:
        if len(clip) == 0:
            return
        face = self._lively(clip, self._levels(len(clip)))
        for row in face.values:
            at = round(self._given * self.sample_rate / FRAME_RATE)
            self._given += 1
            yield self._frame(row, self._from + at)

    def _frame(self, row: Floats, position: int) -> Frame:
        return Frame(
            sample=position,
            time_s=position / self.sample_rate,
            weights=row[: len(ARKIT)],
            rotations=row[len(ARKIT) :],
        )

    def _lively(self, clip: Clip, level_db: NDArray[np.floating[Any]]) -> Clip:
        life = scaled(self._performance.frames(level_db), **self._parts)
        return performed(clip, life).select((*ARKIT, *ROTATIONS))

    def _levels(self, n_frames: int) -> NDArray[np.float64]:
        """Return the loudness around the next frames in dBFS, and let go of the sound before them."""
        half = round(_WINDOW_S * SAMPLE_RATE / 2)
        ends = np.cumsum(np.concatenate([[0.0], np.square(self._sound, dtype=np.float64)]))
        centres = np.round((self._given + np.arange(n_frames)) * SAMPLE_RATE / float(FRAME_RATE)).astype(int)
        first, last = (np.clip(centres + side - self._sound_from, 0, len(self._sound)) for side in (-half, half))
        power = (ends[last] - ends[first]) / (2 * half)
        used = max(0, int(centres[-1]) - half - self._sound_from)
        self._sound, self._sound_from = self._sound[used:], self._sound_from + used
        return np.asarray(10 * np.log10(power + 1e-12))
