"""`Speech`: sound as the rest of the project wants it, and how files become it."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from .errors import InputError
from .files import local
from .mix import Floats, Mix, steadied
from .wild import Peaks

if TYPE_CHECKING:  # a Speech is also named where there is only numpy, as inside Blender
    from .decoding import Stream
    from .voices import Channels

SAMPLE_RATE: Final = 16_000
"""Rate in Hz of every `Speech`."""

_SILENT_DBFS: Final = -75.0  # a 16-bit file with nothing but its own dither lies near -96
_QUIET_DBFS: Final = -45.0  # speech is commonly recorded at -30 to -15
_SPEECH_DBFS: Final = -23.0
_WANDERS: Final = 0.25
"""Direct current of less than this share of the speech does no harm."""

_LOOK_S: Final = 600.0
"""So much of each sound track is listened to where there are several, and nobody speaks sooner, all."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Speech:
    """A recording: mono samples at 16 kHz."""

    samples: NDArray[np.float32]
    """Shape (n_samples,), in [-1, 1]. Read-only."""
    source: Path | None = None
    """The file that it is the sound of, from start to end."""
    mix: Mix = field(default_factory=Mix)
    """Which of the source's tracks and channels it is."""
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


def load(path: str | Path, *, track: int | None = None, channel: int | None = None) -> Speech:
    """Return the sound of a file: any common container, rate and channel count, the sound track of a video too.

    Of several sound tracks the one that players play is taken, unless somebody speaks in another alone; of a recorder's
    channels those in which somebody speaks. Which these are is logged as a warning, and `track` and `channel` choose
    others; both are counted from 1. Channels are mixed to one and resampled to 16 kHz while decoding, so that an hour
    of sound needs some 250 MB whatever the file. Sound that is merely very quiet is levelled, and sound beyond full
    scale turned down; both are logged as warnings. Raises InputError, in one sentence, for a file that is missing,
    empty, silent, cut short, damaged or no sound at all, or that has no such track or channel.
    """
    from .decoding import open_stream

    path = local(path)
    for what, number in (("track", track), ("channel", channel)):
        if number is not None and number < 1:
            raise InputError(f"{path}: there is no {what} {number}; they are counted from 1")
    stream = open_stream(path, track or 1)
    if track is None and len(stream.tracks) > 1:
        stream.close()
        track = _spoken_track(path, stream)
        stream = open_stream(path, track)
    n_channels, mix = stream.n_channels, Mix(track=track or 1)
    if channel is not None:
        if channel > n_channels:
            stream.close()
            raise InputError(f"{path} has {_counted(n_channels, 'channel')}; there is no channel {channel}")
        mix = replace(mix, weights=tuple(float(number == channel) for number in range(1, n_channels + 1)))
    elif n_channels > 2:
        stream.close()
        mix = replace(mix, weights=_watched(path, mix.track).weights())
        stream = open_stream(path, mix.track)
    pair = _new_channels(stream, listen=False) if channel is None and n_channels == 2 else None
    samples, ceiling = _decoded(path, stream, mix, pair)
    if pair is not None and (weights := _of_pair(path, mix.track, pair)):
        mix = replace(mix, weights=weights)
        samples, ceiling = _decoded(path, open_stream(path, mix.track), mix)
    if ceiling < np.inf:
        mix = replace(mix, ceiling=ceiling)
        samples, _ = _decoded(path, open_stream(path, mix.track), mix)
        _log.warning("%s has a few samples far beyond all others; they were cut to their level", path)
    if channel is None and n_channels > 1:
        _tell_channels(path, mix, n_channels)
    if len(samples) == 0:
        raise InputError(f"{path} holds no sound (0 samples); record or copy it again")
    steady, gain = _level(samples, path)
    return Speech(samples=samples, source=path, mix=replace(mix, steady=steady), gain=gain)


def original(speech: Speech) -> tuple[int, Iterator[Floats]]:
    """Return the rate in Hz and the samples, in blocks of shape (n,), of what a recording was made from.

    That is its source at its own rate, mixed and levelled as it was, so that both start at the same moment; where there
    is none any more, the recording itself.
    """
    if speech.source is None or not speech.source.is_file():
        return SAMPLE_RATE, iter([speech.samples])
    from .decoding import open_stream

    stream = open_stream(speech.source, speech.mix.track)

    def blocks() -> Iterator[Floats]:
        with stream:
            for block in speech.mix.mono(stream.blocks, stream.rate_hz):
                yield np.clip(block * np.float32(speech.gain), -1, 1)

    return stream.rate_hz, blocks()


def _decoded(path: Path, stream: "Stream", mix: Mix, watching: "Channels | None" = None) -> tuple[Floats, float]:
    """Return the sound of a stream at 16 kHz, and beyond what its samples are wild; see `Peaks`."""
    import soxr

    resampler = soxr.ResampleStream(stream.rate_hz, SAMPLE_RATE, 1, dtype="float32")
    buffer = bytearray()  # grows in place, where a list of blocks would have to be copied together
    peaks = Peaks(stream.rate_hz)

    def watched() -> Iterator[Floats]:
        for block in stream.blocks:
            if watching is not None:
                watching.add(block)
            yield block

    with stream:
        for block in mix.mono(watched(), stream.rate_hz):
            if not np.isfinite(block).all():
                at_s = len(buffer) / 4 / SAMPLE_RATE + int(np.isfinite(block).argmin()) / stream.rate_hz
                raise InputError(f"{path} holds samples that are not numbers near {at_s:.2f} s; export it again")
            peaks.add(block)
            buffer += resampler.resample_chunk(block).tobytes()
        if stream.is_damaged and mix.ceiling == np.inf:  # else it was said before
            _log.warning("%s has damaged parts, which were left out or may crackle", path)
    buffer += resampler.resample_chunk(np.zeros(0, np.float32), last=True).tobytes()
    return np.frombuffer(buffer, np.float32), peaks.ceiling()


def _new_channels(stream: "Stream", *, listen: bool) -> "Channels":
    from .voices import Channels

    return Channels(stream.rate_hz, stream.n_channels, listen=listen)


def _watched(path: Path, track: int, *, seconds: float | None = None) -> "Channels":
    """Return what is known of the channels of a track once it was heard."""
    from .decoding import open_stream

    with open_stream(path, track, seconds=seconds) as stream:
        channels = _new_channels(stream, listen=True)
        for block in stream.blocks:
            channels.add(block)
    return channels


def _of_pair(path: Path, track: int, pair: "Channels") -> tuple[float, ...]:
    """Return the weights of two channels, nothing if they count alike."""
    if (weights := pair.weights()) or pair.alike():
        return weights
    return _watched(path, track).weights()


def _spoken_track(path: Path, stream: "Stream") -> int:
    """Return which of the stream's tracks to take: the default one, unless somebody speaks more clearly in another."""
    from .speaking import SPEAKS

    tracks = stream.tracks
    flagged = [number for number, track in enumerate(tracks, 1) if track.default]
    first = flagged[0] if flagged else 1
    for seconds in (_LOOK_S, None):
        clear = [_watched(path, number, seconds=seconds).clearest() for number in range(1, len(tracks) + 1)]
        if max(clear) >= SPEAKS:
            break
    best = first if clear[first - 1] >= max(clear) / 2 else int(np.argmax(clear)) + 1
    about = str(tracks[best - 1])
    _log.warning(
        "%s has %s; track %d is taken%s", path, _counted(len(tracks), "sound track"), best, f" ({about})" * bool(about)
    )
    return best


def _tell_channels(path: Path, mix: Mix, n_channels: int) -> None:
    """Log which channels were taken, where it is not a matter of course."""
    if not mix.weights:
        if n_channels > 2:
            _log.warning("%s has %d channels; all are taken alike", path, n_channels)
        return
    taken = [str(number) for number, weight in enumerate(mix.weights, 1) if weight]
    turned = [str(number) for number, weight in enumerate(mix.weights, 1) if weight < 0]
    which = f"channel {taken[0]} is" if len(taken) == 1 else f"channels {', '.join(taken)} are"
    opposite = f", {', '.join(turned)} turned over, being opposite" if turned else ""
    _log.warning("%s has %d channels; %s taken%s", path, n_channels, which, opposite)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def loudness_dbfs(samples: NDArray[np.float32], *, ceiling: float = np.inf) -> float:
    """Return how loud the speech in a recording is, in dB of full scale (RMS), whatever the pauses between.

    The gating is that of ITU-R BS.1770, without its frequency weighting: the mean power over windows of 30 ms,
    less direct current, first of all windows above -75 dBFS, then of those no more than 10 dB below that mean.
    Silence is -inf, and so is a click: sound shorter than 0.1 s in a longer recording. Samples beyond `ceiling` count
    as if they were there.

    >>> tone = np.sin(2 * np.pi * 440 * np.arange(14400) / 16000).astype(np.float32)
    >>> round(loudness_dbfs(np.concatenate([tone, np.zeros(160000, np.float32)])), 1)
    -3.0
    """
    if len(samples) == 0:
        return -np.inf
    window = min(len(samples), SAMPLE_RATE * 30 // 1000)
    windows = samples[: len(samples) // window * window].reshape(-1, window)
    parts = (windows[at : at + 4096] for at in range(0, len(windows), 4096))
    power = np.concatenate(
        [(part if ceiling == np.inf else np.clip(part, -ceiling, ceiling)).var(axis=1) for part in parts]
    )
    heard = power[power > 10 ** (_SILENT_DBFS / 10)]
    if len(heard) < min(4, len(windows)):
        return -np.inf
    return float(10 * np.log10(heard[heard >= heard.mean() / 10].mean()))


def _level(samples: Floats, path: Path) -> tuple[bool, float]:
    """Bring `samples` into range in place; raises InputError if they are silent.

    Returns whether direct current was taken out of them, and by what they were multiplied then.
    """
    loudness = loudness_dbfs(samples)
    if steady := bool(_direct_current(samples) > _WANDERS * 10 ** (loudness / 20)):
        at = 0
        for block in steadied(np.array_split(samples, -(-len(samples) // SAMPLE_RATE)), SAMPLE_RATE):
            samples[at : at + len(block)] = block
            at += len(block)
    peaks = Peaks(SAMPLE_RATE)
    peaks.add(samples)
    if (ceiling := peaks.ceiling(full_scale=0)) < np.inf:
        without_clicks = loudness_dbfs(samples, ceiling=ceiling)
        if without_clicks < _QUIET_DBFS:  # and is not to stay so on account of a click
            np.clip(samples, -ceiling, ceiling, out=samples)
            loudness = without_clicks
    if loudness == -np.inf:
        raise InputError(f"{path} is silent; check the microphone, or which track was exported")
    peak = max(float(samples.max()), -float(samples.min()))
    gain = 1.0
    if loudness < _QUIET_DBFS:
        gain = min(10 ** ((_SPEECH_DBFS - loudness) / 20), 1 / peak)
        _log.warning("%s is very quiet (%.0f dBFS); raised by %.0f dB", path, loudness, 20 * np.log10(gain))
    elif peak > 1:
        if peak > 1.1:  # below that it is the resampler's overshoot
            _log.warning("%s exceeds full scale (peak %.1f); turned down to fit", path, peak)
        gain = 1 / peak
    if gain != 1:
        samples *= np.float32(gain)
    return steady, float(gain)


def _direct_current(samples: Floats) -> float:
    """Return the direct current of samples, however it drifts: the root mean square of their mean over 0.25 s."""
    window = min(len(samples), SAMPLE_RATE // 4)
    means = samples[: len(samples) // window * window].reshape(-1, window).mean(axis=1, dtype=np.float64)
    return float(np.sqrt((means**2).mean()))
