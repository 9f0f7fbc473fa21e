"""What a film holds, by the time stamps of its packets; read by PyAV."""

import re
from dataclasses import dataclass
from fractions import Fraction
from importlib import import_module
from pathlib import Path
from typing import Any

from audio2blend.errors import InputError, MissingDependencyError


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Picture and sound of a film."""

    width: int
    height: int
    frame_rate: Fraction
    """As the container states it."""
    times_s: tuple[float, ...]
    """When each picture is shown, in order."""
    picture_s: float
    """From 0 to the end of the last picture."""
    codec: str
    has_alpha: bool
    is_deep: bool
    """Whether it has more than 8 bits a channel."""
    is_tagged: bool
    """Whether it says which matrix made its colours."""
    sound_codec: str = ""
    sound_rate_hz: int = 0
    sound_start_s: float = 0.0
    sound_s: float = 0.0
    """From 0 to its end; 0 without sound."""

    @property
    def n_frames(self) -> int:
        """Pictures that are shown."""
        return len(self.times_s)

    @property
    def is_constant(self) -> bool:
        """Whether all pictures are shown equally long, to half of one."""
        step = float(1 / self.frame_rate)
        first = self.times_s[0]
        return all(abs(at - first - number * step) < 0.5 * step for number, at in enumerate(self.times_s))


def pyav() -> Any:
    """Return the module `av`. Raises MissingDependencyError if it is not installed."""
    try:
        return import_module("av")
    except ImportError:
        raise MissingDependencyError(
            "films are read with PyAV, which is not installed; pip install 'audio2blend[farm]'"
        ) from None


def probe(path: Path) -> Probe:
    """Return what a film holds. Raises InputError if it cannot be read or has no picture."""
    av = pyav()
    try:
        with av.open(str(path)) as film:
            if not film.streams.video:
                raise InputError(f"{path} has no picture; name a video")
            video = film.streams.video[0]
            sound = film.streams.audio[0] if film.streams.audio else None
            times: list[tuple[Fraction, Fraction]] = []
            sounds: list[tuple[Fraction, Fraction]] = []
            for packet in film.demux([one for one in (video, sound) if one is not None]):
                if packet.pts is None or packet.is_discard:
                    continue
                at = (packet.pts * packet.time_base, (packet.duration or 0) * packet.time_base)
                (times if packet.stream.type == "video" else sounds).append(at)
            times.sort()
            if not times or not video.width:
                raise InputError(f"{path} has no pictures; name a whole video")
            rate = video.average_rate or video.guessed_rate
            if not rate:
                raise InputError(f"{path} does not say how many pictures a second it has; encode it again")
            pixels = video.codec_context.pix_fmt or ""
            step = times[-1][1] or 1 / Fraction(rate)
            return Probe(
                width=video.width,
                height=video.height,
                frame_rate=Fraction(rate),
                times_s=tuple(float(at) for at, _ in times),
                picture_s=float(times[-1][0] + step),
                codec=video.codec_context.name,
                has_alpha="yuva" in pixels or "rgba" in pixels or video.metadata.get("alpha_mode") == "1",
                is_deep=re.search(r"(9|10|12|14|16)(le|be)?$", pixels) is not None,
                is_tagged=int(video.codec_context.colorspace) not in (2, 3),
                sound_codec="" if sound is None else sound.codec_context.name,
                sound_rate_hz=0 if sound is None else sound.codec_context.sample_rate,
                sound_start_s=float(sounds[0][0]) if sounds else 0.0,
                sound_s=float(max(at + long for at, long in sounds)) if sounds else 0.0,
            )
    except (av.FFmpegError, OSError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise InputError(f"{path} cannot be read as a video: {reason}; check the file") from None
