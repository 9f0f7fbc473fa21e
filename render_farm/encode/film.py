"""Frames, sound and captions into a film by a profile: `encode`."""

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, Literal

import numpy as np
import soundfile
from numpy.typing import NDArray

from audio2blend.errors import InputError
from audio2blend.files import draft, local, scratch, spare

from ..process import run, writing
from . import captions, poster
from .checked import Checked, checked
from .frames import Frames
from .geometry import Box, Fit, fit
from .loudness import RATE_HZ, TOLERANCE_LU, level
from .plate import LINEAR, Plate, composite, moved, opened
from .profile import Profile

_TAGS: Final = ("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv")
_LONGER_S: Final = 0.5
"""Sound that outlasts the pictures by more was recorded at another frame rate, or frames are missing."""
_SHORT_S: Final = 3.0
"""Sound that is shorter has a loudness that says little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """What a film is made of, beside its frames."""

    sound: Path | None = None
    """A sound or video file that begins with frame 0; None for a film without sound."""
    captions: Path | None = None
    """An .srt or .vtt file."""
    captions_as: Literal["muxed", "burnt"] = "muxed"
    """As a track that viewers switch on, or in the picture."""
    language: str = ""
    """A BCP 47 tag, of sound and captions."""
    plate: Plate | None = None
    mouth: Box | None = None
    """What the mouth covers all the time, in pixels of the frames."""
    poster: Path | None = None
    """A picture to write: .jpg, .png or .webp."""
    poster_s: float | None = None
    """When; None for the middle of the film."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodeReport:
    """What was made, as it was found by reading it back."""

    film: str
    profile: str
    width: int
    height: int
    frame_rate: str
    n_frames: int
    duration_s: float
    sound_s: float
    """0 without sound."""
    lufs: float | None
    """Integrated loudness of the decoded film; None where it has none."""
    dbtp: float | None
    """Its true peak."""
    mouth: str
    """What the mouth covers in the film, in pixels; "" where nobody knows."""
    poster: str
    mouth_ms: float | None = None
    """By how much the mouth in the decoded film lags the curves; None where they were not compared."""
    mouth_correlation: float | None = None
    notes: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """What is not as the profile asks."""

    @property
    def exit_code(self) -> int:
        """0 the film is as the profile asks, 1 it is not."""
        return 1 if self.complaints else 0

    def __str__(self) -> str:
        lines = [
            f"{self.film}: {self.n_frames} frames, {self.width} × {self.height} at {self.frame_rate} fps, "
            f"{self.duration_s:.2f} s, {self.profile}"
        ]
        if self.lufs is not None:
            lines.append(f"  loudness {self.lufs:.1f} LUFS, true peak {self.dbtp:.1f} dBTP")
        if self.mouth_ms is not None:
            lines.append(f"  the mouth lags its curves by {self.mouth_ms:.1f} ms (r = {self.mouth_correlation:.2f})")
        if self.poster:
            lines.append(f"  written  {self.poster}")
        return "\n".join([*lines, *(f"  {note}" for note in self.notes)])


def encode(
    frames: Frames,
    output: Path,
    profile: Profile,
    inputs: Inputs | None = None,
    *,
    progress: Callable[[int, int], None] | None = None,
) -> EncodeReport:
    """Encode frames to a film, read it back, and return what was found.

    Args:
        frames: the pictures.
        output: the file to write, with the suffix of the profile.
        profile: how.
        inputs: sound, captions, plate, mouth, poster.
        progress: called with the number of frames done and wanted; may raise to stop.

    Raises InputError for whatever is wrong with an input, and writes nothing then. MissingDependencyError without PyAV.
    """
    inputs = inputs or Inputs()
    output = local(output)
    if output.suffix.lower() != profile.suffix:
        raise InputError(f"{output}: the profile {profile.name} makes {profile.suffix} files; give it that suffix")
    read = [inputs.sound, inputs.captions, inputs.plate.path if inputs.plate else None, frames.source]
    written = [output, *([] if inputs.poster is None else [poster.check(inputs.poster)])]
    spare([path for path in read if path is not None], written)
    shown = [] if inputs.captions is None else captions.cues(inputs.captions)
    notes, complaints = list(frames.notes), list[str]()
    ground = None if inputs.plate is None else opened(inputs.plate, frames.frame_rate, frames.n_frames)
    mouth = inputs.mouth
    width, height = frames.width, frames.height
    if inputs.plate is not None and ground is not None:
        notes += ground[1]
        if not frames.has_alpha:
            raise InputError(f"{frames.source}: pictures without alpha hide the plate; render them transparent")
        width, height = ground[0].width, ground[0].height
        mouth = None if mouth is None else moved(mouth, frames, inputs.plate, ground[0])
    seen = fit(width, height, profile, mouth)
    if not seen.mouth_is_free:
        complaints.append(
            f"{output}: the mouth at {seen.mouth} leaves the part that players keep free, {seen.safe}; frame it nearer "
            "the middle, or smaller"
        )
    if frames.has_alpha and not profile.has_alpha and inputs.plate is None:
        notes.append(f"{profile.name} has no alpha; what is transparent became black")
    duration_s = frames.n_frames / frames.frame_rate
    with TemporaryDirectory(prefix="audio2blend-") as name, scratch(Path(name)):
        folder = Path(name)
        sound = _sound(inputs.sound, profile, duration_s, folder, notes, complaints)
        burnt = _burnt(shown, inputs, seen, folder, output, complaints)
        with draft(output) as target:
            arguments = _command(frames, profile, inputs, seen, sound, shown, burnt, folder, target)
            with (
                _pictures(
                    frames, profile, inputs.plate, None if ground is None else ground[0], inputs.mouth
                ) as pictures,
                writing(arguments, f"{output} cannot be encoded") as write,
            ):
                count = _handed(pictures, write, frames, seen, progress)
            found = checked(target, output, profile, count, frames.frame_rate, seen.size, sound is not None)
            if inputs.poster is not None:
                at_s = float(duration_s) / 2 if inputs.poster_s is None else inputs.poster_s
                number = min(count - 1, max(0, math.floor(Fraction(at_s) * frames.frame_rate)))
                poster.write(target, inputs.poster, number, codec=found.probe.codec, folder=folder)
    return _report(output, profile, frames, inputs, seen, found, notes, complaints)


def _report(
    output: Path, profile: Profile, frames: Frames, inputs: Inputs, seen: Fit, found: Checked, notes: list[str],
    complaints: list[str],
) -> EncodeReport:  # fmt: skip
    loud = found.loudness
    if loud is not None and profile.lufs is not None:
        if loud.lufs is None:
            notes.append("the sound is too quiet or too short to have a loudness; its level was left as it is")
        elif abs(loud.lufs - profile.lufs) > TOLERANCE_LU:
            complaints.append(
                f"{output}: its loudness is {loud.lufs:.1f} LUFS, not {profile.lufs:g}: peaks or quiet leave no more; "
                "compress the sound before"
            )
        elif found.probe.sound_s < _SHORT_S:
            notes.append("the sound is short, and its loudness says little")
    return EncodeReport(
        film=str(output),
        profile=profile.name,
        width=seen.size[0],
        height=seen.size[1],
        frame_rate=f"{float(frames.frame_rate):g}",
        n_frames=found.probe.n_frames,
        duration_s=round(found.probe.picture_s, 4),
        sound_s=round(found.probe.sound_s, 4),
        lufs=None if loud is None else loud.lufs,
        dbtp=None if loud is None or not math.isfinite(loud.dbtp) else loud.dbtp,
        mouth="" if seen.mouth is None else str(seen.mouth),
        poster="" if inputs.poster is None else str(inputs.poster),
        notes=notes,
        complaints=[*complaints, *found.complaints],
    )


def _sound(
    path: Path | None, profile: Profile, duration_s: Fraction, folder: Path, notes: list[str], complaints: list[str]
) -> Path | None:
    """Write the sound as it goes into the film, exactly as long as the picture, and return where; None for none."""
    if path is None:
        return None
    from audio2blend.audio.decode import open_stream

    path = local(path)
    master = folder / "sound.wav"
    with open_stream(path) as stream:
        n_channels = min(stream.n_channels, 2) if stream.n_channels != 6 else 6
        with soundfile.SoundFile(master, "w", stream.rate_hz, n_channels, "FLOAT", format="WAV") as file:
            count = 0
            for block in stream.blocks:
                if not np.isfinite(block).all():
                    raise InputError(f"{path} holds samples that are not numbers; export it again")
                count += len(block)
                file.write(block[:, :n_channels])
        sound_s = Fraction(count, stream.rate_hz)
        if stream.n_channels not in (1, 2, 6):
            notes.append(f"{path} has {stream.n_channels} channels; the first two were taken")
    if count == 0:
        raise InputError(f"{path} holds no sound; record or copy it again")
    if sound_s > duration_s + Fraction(_LONGER_S):
        raise InputError(
            f"{path} lasts {float(sound_s):.2f} s and the frames {float(duration_s):.2f} s; render those that lack, "
            "or correct the frame rate"
        )
    if sound_s < duration_s - 1:
        notes.append(f"{path} ends {float(duration_s - sound_s):.2f} s before the picture; silence follows")
    whole = folder / "whole.wav"
    n = math.ceil(duration_s * RATE_HZ)
    chain = f"aresample={RATE_HZ}" + (",aformat=channel_layouts=stereo" if n_channels == 6 else "")
    run(
        ("-i", f"file:{master}", "-af", f"{chain},apad=whole_len={n},atrim=end_sample={n}", "-c:a", "pcm_f32le",
         "-bitexact", f"file:{whole}"),
        f"{path}: its sound cannot be read",
    )  # fmt: skip
    master.unlink()
    if profile.lufs is None:
        return whole
    levelled = folder / "levelled.wav"
    level(whole, levelled, codec=profile.sound, lufs=profile.lufs, dbtp=profile.dbtp, folder=folder)
    whole.unlink()
    return levelled


def _burnt(
    shown: list[captions.Cue], inputs: Inputs, seen: Fit, folder: Path, output: Path, complaints: list[str]
) -> Path | None:
    """Write captions that go into the picture, and return where; None for none."""
    if not shown or inputs.captions_as != "burnt":
        return None
    burnt = captions.place(shown, seen.size, seen.safe, seen.mouth)
    if seen.mouth is not None and burnt.box.meets(seen.mouth):
        complaints.append(f"{output}: captions cover the mouth; break them into shorter lines, or frame it smaller")
    path = folder / "captions.ass"
    path.write_text(captions.ass(shown, burnt, seen.size), encoding="utf-8")
    return path


def _command(
    frames: Frames, profile: Profile, inputs: Inputs, seen: Fit, sound: Path | None, shown: list[captions.Cue],
    burnt: Path | None, folder: Path, target: Path,
) -> list[str]:  # fmt: skip
    """Return arguments for ffmpeg: cut pictures come on stdin."""
    window, (width, height) = seen.window, seen.size
    kind = "rgba64le" if profile.is_deep else "rgba"
    rate = frames.frame_rate
    out = [
        *("-f", "rawvideo", "-pix_fmt", kind, "-s", f"{window.width}x{window.height}"),
        *("-framerate", str(rate), "-i", "pipe:0"),
    ]
    maps = ["-map", "0:v:0"]
    if sound is not None:
        out += ["-i", f"file:{sound}"]
        maps += ["-map", "1:a:0"]
    if shown and burnt is None:
        table = folder / "captions.srt"
        table.write_text(_srt(shown), encoding="utf-8")
        out += ["-i", f"file:{table}"]
        maps += ["-map", f"{1 + (sound is not None)}:s:0"]
    chain = [f"scale={width}:{height}:flags=lanczos+accurate_rnd"] if (width, height) != window[2:] else []
    if burnt is not None:
        chain.append(f"ass=filename={_escaped(burnt)}" + (":alpha=1" if profile.has_alpha else ""))
    chain += [
        f"scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,format={profile.pixels}",
        "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709",
    ]
    every = max(1, round(profile.keyframe_s * rate))
    keys = ["-g", str(every), "-keyint_min", str(every)] if profile.keyframe_s else []
    if "libx264" in profile.video:
        keys += ["-sc_threshold", "0", "-flags", "+cgop"]
    language = captions.iso_639_2(inputs.language, bibliographic=profile.suffix == ".mov")
    out += [*maps, "-vf", ",".join(chain), "-fps_mode", "cfr", "-r", str(rate), *profile.video, *keys, *_TAGS]
    # The thread count is fixed because encoders divide their work by it: the same input gives the same bytes.
    out += ["-threads", "4"]
    if sound is not None:
        out += [*profile.sound, "-ar", str(RATE_HZ), "-metadata:s:a:0", f"language={language}"]
    if shown and burnt is None:
        out += ["-c:s", profile.captions, "-metadata:s:s:0", f"language={language}"]
    if profile.suffix in (".mp4", ".mov"):
        out += ["-movflags", "+faststart+write_colr", "-video_track_timescale", str(_timescale(rate))]
    return [*out, "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact", f"file:{target}"]


def _timescale(rate: Fraction) -> int:
    """Return units a second in which every frame of a rate lasts a whole number."""
    times = max(1, 10_000 // rate.numerator)
    return rate.numerator * times


def _escaped(path: Path) -> str:
    """Return a path as a filter's argument: quoted for the graph, after its own escapes."""
    text = path.as_posix().replace("\\", "\\\\").replace(":", "\\:").replace("'", "\\'")
    return "'" + text.replace("'", "'\\''") + "'"


def _srt(shown: list[captions.Cue]) -> str:
    from audio2blend import subtitles

    return subtitles.srt((one.start_s, one.end_s, "\n".join(one.lines)) for one in shown)


@contextmanager
def _pictures(
    frames: Frames, profile: Profile, plate: Plate | None, ground: Frames | None, mouth: Box | None
) -> Iterator[Iterator[NDArray[Any]]]:
    """Yield the pictures as they go into the film, before they are cut."""
    if plate is not None and ground is not None:
        with composite(frames, plate, ground, mouth) as pictures:
            yield (_deep(one) for one in pictures) if profile.is_deep else pictures
        return
    opaque = frames.has_alpha and not profile.has_alpha
    with frames.pixels(deep=profile.is_deep and not opaque) as pictures:
        shown = map(_on_black, pictures) if opaque else pictures
        yield map(_deep, shown) if opaque and profile.is_deep else shown


def _deep(picture: NDArray[Any]) -> NDArray[Any]:
    return picture.astype("<u2") * 257


def _on_black(picture: NDArray[Any]) -> NDArray[Any]:
    """Return an 8-bit picture as it is over black, blended in linear light."""
    alpha = picture[..., 3:].astype(np.float32) / 255
    out = picture.copy()
    light = LINEAR[picture[..., :3]] * alpha
    out[..., :3] = 255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055) + 0.5
    out[..., 3] = 255
    return out


def _handed(
    pictures: Iterator[NDArray[Any]], write: Callable[[bytes], None], frames: Frames, seen: Fit,
    progress: Callable[[int, int], None] | None,
) -> int:  # fmt: skip
    """Hand pictures to the encoder, cut to what is seen, and return how many."""
    x, y, wide, high = map(int, seen.window)
    count = 0
    for picture in pictures:
        write(np.ascontiguousarray(picture[y : y + high, x : x + wide]).tobytes())
        count += 1
        if progress is not None:
            progress(count, frames.n_frames)
        if count == frames.n_frames:
            break
    if count < frames.n_frames:
        raise InputError(
            f"{frames.source}: {frames.n_frames} pictures were to be there, and {count} could be read; render the rest"
        )
    return count
