"""Load files as `Speech`: choose the track and the channels, and mix them to one."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from .. import wording
from ..errors import InputError
from ..files import local
from .level import bring_into_range
from .mix import Floats, Mix
from .outliers import Peaks
from .speech import SAMPLE_RATE, Speech

if TYPE_CHECKING:  # Speech is also imported where only NumPy is installed, as inside Blender
    from .decode import Stream
    from .voices import Channels

_LOOK_S: Final = 600.0
"""Seconds of each of several sound tracks that are analysed first; all of them if nobody speaks there."""

_log = logging.getLogger(__name__)


def load(path: str | Path, *, track: int | None = None, channel: int | None = None) -> Speech:
    """Load the sound of a file of any common container, sampling rate and channel count, videos included.

    Of several sound tracks, the default track is used, unless the voice in another is more than twice as clear; of
    several channels, those with speech. The choice is logged as a warning; `track` and `channel`, both counted from 1,
    override it. Channels are mixed and resampled to 16 kHz while decoding, so an hour of sound takes some 250 MB for
    any file. Very quiet sound is amplified and sound beyond full scale attenuated; both are logged as warnings. Raises
    InputError, in one sentence, for a file that is missing, empty, silent, cut short, damaged or not sound, or that has
    no such track or channel.
    """
    from .decode import open_stream

    path = local(path)
    for what, number in (("track", track), ("channel", channel)):
        if number is not None and number < 1:
            given = wording.current().setting(what, number)
            raise InputError(f"{path}: {given} is out of range; {what}s are counted from 1")
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
        _log.warning("%s has a few samples far beyond all others; they were clipped to the level of the rest", path)
    if channel is None and n_channels > 1:
        _tell_channels(path, mix, n_channels)
    if len(samples) == 0:
        raise InputError(f"{path} holds no sound (0 samples); record or copy it again")
    steady, gain = bring_into_range(samples, path)
    return Speech(samples=samples, source=path, mix=replace(mix, steady=steady), gain=gain)


def original(speech: Speech) -> tuple[int, Iterator[Floats]]:
    """Return the rate in Hz and the samples, in blocks of shape (n,), of a recording's source.

    The source is decoded at its original rate, and mixed and levelled as the recording was, so that both start at the
    same time. If it is gone, the recording itself is returned.
    """
    if speech.source is None or not speech.source.is_file():
        return SAMPLE_RATE, iter([speech.samples])
    from .decode import open_stream

    stream = open_stream(speech.source, speech.mix.track)

    def blocks() -> Iterator[Floats]:
        with stream:
            for block in speech.mix.mono(stream.blocks, stream.rate_hz):
                yield np.clip(block * np.float32(speech.gain), -1, 1)

    return stream.rate_hz, blocks()


def _decoded(path: Path, stream: "Stream", mix: Mix, watching: "Channels | None" = None) -> tuple[Floats, float]:
    """Return the sound of a stream at 16 kHz, and the level beyond which its samples are outliers; see `Peaks`."""
    import soxr

    resampler = soxr.ResampleStream(stream.rate_hz, SAMPLE_RATE, 1, dtype="float32")
    buffer = bytearray()  # grows in place; a list of blocks would have to be concatenated
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
        if stream.is_damaged and mix.ceiling == np.inf:  # otherwise it was logged before
            _log.warning("%s has damaged parts, which were left out or may crackle", path)
    buffer += resampler.resample_chunk(np.zeros(0, np.float32), last=True).tobytes()
    return np.frombuffer(buffer, np.float32), peaks.ceiling()


def _new_channels(stream: "Stream", *, listen: bool) -> "Channels":
    from .voices import Channels

    return Channels(stream.rate_hz, stream.n_channels, listen=listen)


def _watched(path: Path, track: int, *, seconds: float | None = None) -> "Channels":
    """Decode a track and return the analysis of its channels."""
    from .decode import open_stream

    with open_stream(path, track, seconds=seconds) as stream:
        channels = _new_channels(stream, listen=True)
        for block in stream.blocks:
            channels.add(block)
    return channels


def _of_pair(path: Path, track: int, pair: "Channels") -> tuple[float, ...]:
    """Return the weights of two channels; empty if they are mixed equally."""
    if (weights := pair.weights()) or pair.alike():
        return weights
    return _watched(path, track).weights()


def _spoken_track(path: Path, stream: "Stream") -> int:
    """Return the number of the track to use: the default, unless the voice in another is more than twice as clear."""
    from .clarity import SPEAKS

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
    """Log which channels are used, unless it is the obvious choice."""
    if not mix.weights:
        if n_channels > 2:
            _log.warning("%s has %d channels; all are mixed equally", path, n_channels)
        return
    taken = [str(number) for number, weight in enumerate(mix.weights, 1) if weight]
    turned = [str(number) for number, weight in enumerate(mix.weights, 1) if weight < 0]
    which = f"channel {taken[0]} is" if len(taken) == 1 else f"channels {', '.join(taken)} are"
    opposite = f", {', '.join(turned)} inverted because of opposite polarity" if turned else ""
    _log.warning("%s has %d channels; %s taken%s", path, n_channels, which, opposite)


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
