"""Lips tracked in a film, by the user's own MediaPipe and its face landmarker model."""

import subprocess
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import imageio_ffmpeg
import numpy as np
from numpy.typing import NDArray

from audio2blend.errors import InputError, MissingDependencyError
from audio2blend.post import LipMotion

SUFFIXES: Final = (".mp4", ".mov", ".mkv", ".webm", ".avi", ".m4v")
RATE: Final = 30
"""Pictures a second that are looked at."""
_HEIGHT: Final = 480
_UPPER, _LOWER, _CORNERS, _EYES = 13, 14, (61, 291), (33, 263)
"""MediaPipe's landmarks: the middles of the inner lips, the corners of the mouth, the outer corners of the eyes."""
_LEAST_SEEN: Final = 0.8


def lips_in(film: Path, model: Path) -> LipMotion:
    """Return the lips of the face in a film, 30 times a second; gaps where it is not seen are bridged.

    `model` is MediaPipe's face_landmarker.task. Raises InputError if either cannot be read or the face is seen in
    less than four fifths of the film, MissingDependencyError without mediapipe.
    """
    if not model.is_file():
        raise InputError(f"there is no tracker model {model}; get face_landmarker.task from MediaPipe's page of models")
    try:
        mediapipe: Any = import_module("mediapipe")
        tasks: Any = import_module("mediapipe.tasks.python")
    except ImportError as error:
        raise MissingDependencyError(f"tracking a film needs mediapipe ({error}); pip install mediapipe") from None
    options = tasks.vision.FaceLandmarkerOptions(
        base_options=tasks.BaseOptions(model_asset_path=str(model)), running_mode=tasks.vision.RunningMode.VIDEO
    )
    rows = []
    with tasks.vision.FaceLandmarker.create_from_options(options) as tracker:
        for number, picture in enumerate(_pictures(film)):
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=picture)
            faces = tracker.detect_for_video(image, round(1000 * number / RATE)).face_landmarks
            size = np.array([picture.shape[1], picture.shape[0]], float)
            rows.append(_measured(np.array([(p.x, p.y) for p in faces[0]]) * size) if faces else (np.nan, np.nan))
    opening, width = np.array(rows, float).reshape(-1, 2).T
    seen = np.isfinite(opening)
    if not len(rows) or seen.mean() < _LEAST_SEEN:
        share = f"{seen.mean():.0%}" if len(rows) else "none"
        raise InputError(f"{film}: a face is seen in {share} of the pictures; film it from the front, near and lit")
    times = np.arange(len(rows)) / RATE
    opening, width = (np.interp(times, times[seen], curve[seen]) for curve in (opening, width))
    return LipMotion(times_s=times, opening=opening, width=width)


def _measured(points: NDArray[np.float64]) -> tuple[float, float]:
    """Return opening and width of landmarks [478, 2] in pixels, in distances of the outer eye corners."""
    first, second = points[list(_EYES)]
    across = (second - first) / np.linalg.norm(second - first)
    down = np.array([-across[1], across[0]])  # a tilted head opens its mouth along its own axis
    unit = float(np.linalg.norm(second - first))
    gap = float((points[_LOWER] - points[_UPPER]) @ down) / unit
    return max(0.0, gap), float(np.linalg.norm(points[_CORNERS[1]] - points[_CORNERS[0]])) / unit


def _pictures(film: Path) -> Iterator[NDArray[np.uint8]]:
    """Yield the pictures of a film, [height, width, 3], 30 a second from its start on."""
    command = [
        imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-nostdin", "-i", str(film), "-map", "0:v:0",
        "-vf", f"fps={RATE}:start_time=0,scale=-2:{_HEIGHT}", "-c:v", "ppm", "-f", "image2pipe", "-",
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        try:
            while process.stdout.readline() == b"P6\n":
                width, height = map(int, process.stdout.readline().split())
                process.stdout.readline()
                pixels = np.frombuffer(process.stdout.read(width * height * 3), np.uint8)
                if len(pixels) < width * height * 3:
                    break
                yield pixels.reshape(height, width, 3)
            if process.wait():
                reason = process.stderr.read().decode(errors="replace").strip().splitlines()
                raise InputError(f"{film} cannot be read as a film ({reason[-1] if reason else 'no picture'})")
        finally:
            process.kill()
