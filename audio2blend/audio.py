"""`Speech`: sound as the rest of the project wants it, and how files become it."""

import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .errors import InputError

SAMPLE_RATE: Final = 16_000
"""Rate in Hz of every `Speech`."""

_SILENT_DBFS: Final = -75.0  # a 16-bit file with nothing but its own dither lies near -96
_QUIET_DBFS: Final = -45.0  # speech is commonly recorded at -30 to -15
_SPEECH_DBFS: Final = -23.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Speech:
    """A recording: mono samples at 16 kHz."""

    samples: NDArray[np.float32]
    """Shape (n_samples,), in [-1, 1]. Read-only."""
    source: Path | None = None
    """The file that it is the sound of, from start to end."""
    gain: float = 1.0
    """What the source's samples were multiplied by to bring them into range."""

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples, dtype=np.float32)
        if samples.ndim != 1:
            raise ValueError(f"samples of shape {samples.shape} are not mono")
        samples = samples.view()  # ours to freeze; the caller's array stays as it is
        samples.flags.writeable = False
        object.__setattr__(self, "samples", samples)

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return len(self.samples) / SAMPLE_RATE


def load(path: str | Path) -> Speech:
    """Return the sound of a file: any common container, rate and channel count, the sound track of a video too.

    Channels are mixed to one and resampled to 16 kHz while decoding, so that an hour of sound needs some 250 MB
    whatever the file. Sound that is merely very quiet is levelled, and sound beyond full scale turned down; both
    are logged as warnings. Raises InputError, in one sentence, for a file that is missing, empty, silent, cut
    short, damaged or no sound at all.
    """
    import soxr  # here, because a Speech is also named where there is only numpy, as inside Blender

    from .decoding import open_stream

    path = Path(path)
    stream = open_stream(path)
    resampler = soxr.ResampleStream(stream.rate_hz, SAMPLE_RATE, 1, dtype="float32")
    buffer = bytearray()  # grows in place, where a list of blocks would have to be copied together
    for block in stream.blocks:
        if not np.isfinite(block).all():
            at_s = len(buffer) / 4 / SAMPLE_RATE + int(np.isfinite(block).argmin()) / stream.rate_hz
            raise InputError(f"{path} holds samples that are not numbers near {at_s:.2f} s; export it again")
        buffer += resampler.resample_chunk(block).tobytes()
    buffer += resampler.resample_chunk(np.zeros(0, np.float32), last=True).tobytes()
    samples = np.frombuffer(buffer, np.float32)
    if len(samples) == 0:
        raise InputError(f"{path} holds no sound (0 samples); record or copy it again")
    return Speech(samples=samples, source=path, gain=_level(samples, path))


def loudness_dbfs(samples: NDArray[np.float32]) -> float:
    """Return how loud the speech in a recording is, in dB of full scale (RMS), whatever the pauses between.

    The gating is that of ITU-R BS.1770, without its frequency weighting: the mean power over windows of 30 ms,
    less direct current, first of all windows above -75 dBFS, then of those no more than 10 dB below that mean.
    Silence is -inf, and so is a click: sound shorter than 0.1 s in a longer recording.

    >>> tone = np.sin(2 * np.pi * 440 * np.arange(14400) / 16000).astype(np.float32)
    >>> round(loudness_dbfs(np.concatenate([tone, np.zeros(160000, np.float32)])), 1)
    -3.0
    """
    if len(samples) == 0:
        return -np.inf
    window = min(len(samples), SAMPLE_RATE * 30 // 1000)
    windows = samples[: len(samples) // window * window].reshape(-1, window)
    power = np.concatenate([windows[at : at + 4096].var(axis=1) for at in range(0, len(windows), 4096)])
    heard = power[power > 10 ** (_SILENT_DBFS / 10)]
    if len(heard) < min(4, len(windows)):
        return -np.inf
    return float(10 * np.log10(heard[heard >= heard.mean() / 10].mean()))


def _level(samples: NDArray[np.float32], path: Path) -> float:
    """Bring `samples` into range in place and return by what gain; raises InputError if they are silent."""
    loudness = loudness_dbfs(samples)
    if loudness == -np.inf:
        raise InputError(f"{path} is silent; check the microphone, or which track was exported")
    gain = 1.0
    if loudness < _QUIET_DBFS:
        gain = 10 ** ((_SPEECH_DBFS - loudness) / 20)
        _log.warning("%s is very quiet (%.0f dBFS); raised by %.0f dB", path, loudness, _SPEECH_DBFS - loudness)
    peak = max(float(samples.max()), -float(samples.min())) * gain
    if peak > 1:
        if gain == 1 and peak > 1.1:  # below that it is the resampler's overshoot
            _log.warning("%s exceeds full scale (peak %.1f); turned down to fit", path, peak)
        gain /= peak
    if gain != 1:
        samples *= np.float32(gain)
    return float(gain)
