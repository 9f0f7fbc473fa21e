"""Marks in whole files, which ffmpeg decodes and encodes."""

import re
import subprocess
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from ...audio.ffmpeg import program
from ...errors import InputError
from ...files import draft, full_disk, local, spare
from .payload import PUBLIC_KEY, Detection
from .picture import COLUMNS, RATE_HZ, ROWS, PictureMarker, detect_picture
from .sound import detect_sound, embed_sound

_LONGEST_S: Final = 60
"""Of the pictures in which a mark is looked for."""
_SOUNDS: Final = {".wav": ["-c:a", "pcm_s24le"], ".flac": ["-c:a", "flac"], ".mp3": ["-c:a", "libmp3lame", "-q:a", "0"],
                  ".m4a": ["-c:a", "aac", "-b:a", "192k"], ".opus": ["-c:a", "libopus", "-b:a", "96k"]}  # fmt: skip
_H264: Final = ["-c:v", "libx264", "-crf", "16", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "192k"]
_VP9: Final = ["-c:v", "libvpx-vp9", "-crf", "18", "-b:v", "0", "-cpu-used", "4", "-c:a", "libopus"]
_FILMS: Final = {".mp4": _H264, ".mov": _H264, ".mkv": _H264, ".webm": _VP9}
_ALPHA: Final = {
    ".mov": ["-c:v", "prores_ks", "-profile:v", "4444", "-pix_fmt", "yuva444p10le", "-c:a", "pcm_s24le"],
    ".webm": [*_VP9, "-auto-alt-ref", "0", "-pix_fmt", "yuva420p"],
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The marks of a file; None where none is sure."""

    sound: Detection | None
    picture: Detection | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Streams:
    height: int = 0
    """0 where there are no moving pictures."""
    width: int = 0
    frame_rate: Fraction = Fraction(30)
    alpha: bool = False
    sound_hz: int = 0
    """0 where there is no sound."""
    decoder: tuple[str, ...] = ()


def embed(source: Path, output: Path, identity: int, key: bytes = PUBLIC_KEY) -> None:
    """Write a file whose sound and moving pictures carry a mark; its format is that of its suffix.

    Raises InputError for a file that cannot be read or written, and for an id of more than 24 bits.
    """
    spare([source], [output])
    streams = _streams(source)
    table = (_ALPHA if streams.alpha else _FILMS) if streams.height else _SOUNDS
    options = table.get(output.suffix.lower())
    if options is None:
        alpha = " with alpha" if streams.alpha else ""
        raise InputError(
            f"{output}: {'a film' if streams.height else 'a sound'}{alpha} is written as {', '.join(table)}"
        )
    with draft(output) as target:
        folder = target.parent
        if streams.sound_hz:
            samples = _samples(source, streams.sound_hz, folder)
            marked = embed_sound(samples, streams.sound_hz, identity, key)
            soundfile.write(folder / "marked.wav", marked, streams.sound_hz, subtype="FLOAT")
        sound = ["-i", str(folder / "marked.wav")] if streams.sound_hz else []
        if streams.height:
            _film(source, target, streams, sound, options, PictureMarker(streams.height, streams.width, identity, key))
        else:
            _ffmpeg(source, [*sound, *options, str(target)])


def detect(source: Path, key: bytes = PUBLIC_KEY) -> Found:
    """Look for marks in the sound and in the first minute of the pictures. Raises InputError if it cannot be read."""
    streams = _streams(source)
    sound = picture = None
    if streams.sound_hz:
        raw = _ffmpeg(source, ["-i", str(source), "-vn", "-ac", "1", "-ar", "16000", "-f", "f32le", "-"])
        sound = detect_sound(np.frombuffer(raw, "<f4"), 16000, key)
    if streams.height:
        shape = f"fps={RATE_HZ},scale={COLUMNS}:{ROWS}:flags=area"
        small = ["-pix_fmt", "gray", "-f", "rawvideo", "-"]
        raw = _ffmpeg(
            source,
            [*streams.decoder, "-t", str(_LONGEST_S), "-i", str(source), "-an", "-vf", shape, *small],
        )
        picture = detect_picture(np.frombuffer(raw, np.uint8).reshape(-1, ROWS, COLUMNS), key)
    return Found(sound=sound, picture=picture)


def _streams(source: Path) -> _Streams:
    source = local(source)
    if not source.is_file():
        raise InputError(f"{source} is not there, or is no file; name a sound or a film")
    told = subprocess.run([program(), "-hide_banner", "-i", str(source)], capture_output=True, check=False).stderr
    lines = told.decode(errors="replace").splitlines()
    video = next((line for line in lines if "Video:" in line and "attached pic" not in line), "")
    audio = re.search(r"Audio:.*?(\d+) Hz", "\n".join(lines))
    size, rate = re.search(r", (\d+)x(\d+)", video), re.search(r"([\d.]+) fps", video)
    if not audio and not (size and rate):
        raise InputError(f"{source} holds no sound and no moving pictures that can be read; name a sound or a film")
    sound_hz = int(audio[1]) if audio else 0
    if not size or not rate:
        return _Streams(sound_hz=sound_hz)
    stated = Fraction(rate[1])
    exact = next(
        (one for n in (24, 30, 60) if abs((one := Fraction(n * 1000, 1001)) - stated) < Fraction(1, 100)), stated
    )
    coded = any(re.match(r"\s*alpha_mode\s*:\s*1", line) for line in lines)
    decoder = () if not coded else ("-c:v", "libvpx-vp9") if "vp9" in video else ("-c:v", "libvpx")
    return _Streams(
        height=int(size[2]), width=int(size[1]), frame_rate=exact, decoder=decoder,
        alpha=coded or bool(re.search(r"yuva|rgba|argb|bgra|gbrap", video)), sound_hz=sound_hz,
    )  # fmt: skip


def _ffmpeg(source: Path, arguments: list[str]) -> bytes:
    done = subprocess.run([program(), "-v", "error", "-nostdin", "-y", *arguments], capture_output=True, check=False)
    if done.returncode:
        _fail(source, done.stderr)
    return done.stdout


def _fail(source: Path, log: bytes) -> None:
    text = log.decode(errors="replace")
    if full := full_disk(text):
        raise full
    last = (text.strip().splitlines() or ["ffmpeg stopped"])[-1]
    raise InputError(f"{source} cannot be marked or read: {last}; convert it to a common format first")


def _samples(source: Path, rate_hz: int, folder: Path) -> NDArray[Any]:
    _ffmpeg(source, ["-i", str(source), "-vn", "-c:a", "pcm_f32le", "-ar", str(rate_hz), str(folder / "plain.wav")])
    samples: NDArray[Any] = soundfile.read(folder / "plain.wav", dtype="float32")[0]
    return samples


def _film(
    source: Path, target: Path, streams: _Streams, sound: list[str], options: list[str], marker: PictureMarker
) -> None:
    """Decode, mark and encode a film frame by frame."""
    height, width = streams.height, streams.width
    pixels, half = height * width, -(-height // 2) * -(-width // 2)
    layout = "yuva420p" if streams.alpha else "yuv420p"
    size = pixels + 2 * half + (pixels if streams.alpha else 0)
    rate = f"{streams.frame_rate.numerator}/{streams.frame_rate.denominator}"
    raw = ["-f", "rawvideo", "-pix_fmt", layout]
    read = [program(), "-v", "error", "-nostdin", *streams.decoder, "-i", str(source), "-an", "-r", rate, *raw, "-"]
    write = [program(), "-v", "error", "-y", *raw, "-s", f"{width}x{height}", "-r", rate, "-i", "-", *sound]
    log = target.parent / "log"
    with (
        log.open("w+b") as told,
        subprocess.Popen(read, stdout=subprocess.PIPE, stderr=told) as decoder,
        subprocess.Popen([*write, *options, str(target)], stdin=subprocess.PIPE, stderr=told) as encoder,
    ):
        assert decoder.stdout is not None
        assert encoder.stdin is not None
        number = 0
        try:
            while len(frame := decoder.stdout.read(size)) == size:
                every = np.frombuffer(frame, np.uint8).copy()
                luma = every[:pixels].reshape(height, width)
                alpha = every[-pixels:].reshape(height, width) / np.float32(255) if streams.alpha else None
                changed = luma + marker.change(luma, float(number / streams.frame_rate), alpha)
                every[:pixels] = np.clip(np.rint(changed), 0, 255).astype(np.uint8).ravel()
                encoder.stdin.write(every.tobytes())
                number += 1
            encoder.stdin.close()
        except BrokenPipeError:
            decoder.kill()
        if encoder.wait() or not number or decoder.wait():
            told.seek(0)
            _fail(source, told.read())
