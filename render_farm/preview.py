"""MP4: a rendered preview, head and shoulders, with the sound in sync.

Blender renders in a child process, ffmpeg encodes each frame as it comes, and no more than a few frames ever
lie on the disk. The video is as long as the speech or, without speech, as the clip; it starts with time 0. The
sound is the recording's own, mixed to one channel and levelled as the `Speech` was.
"""

import math
from fractions import Fraction
from pathlib import Path

from audio2blend import blender
from audio2blend.audio import SAMPLE_RATE, Speech
from audio2blend.clip import Clip
from audio2blend.errors import InputError
from rigs import Rig

from .mp4 import Options
from .settings import RenderSettings
from .video import encoder


def write(clip: Clip, path: Path, *, rig: Rig | None, speech: Speech | None, options: Options) -> None:
    """Render `clip` on `rig` to an .mp4 file.

    Raises InputError if there is nothing to show or the size is odd, MissingDependencyError without Blender.
    """
    width, height = options.size
    if width % 2 or height % 2 or min(width, height) < 16:
        raise InputError(f"{width} × {height} pixels cannot be encoded; H.264 needs even numbers from 16 on")
    if len(clip) == 0:
        raise InputError("a video needs at least one frame, and the clip has none")
    look = RenderSettings(engine=options.engine, width=width, height=height, samples=options.samples)
    count = _frame_count(clip, speech)
    with (
        blender.start() as child,
        encoder(
            path,
            width=width,
            height=height,
            frame_rate=clip.frame_rate,
            speech=speech,
            folder=child.folder,
        ) as encode,
    ):

        def take(done: int, total: int) -> None:
            frame = child.folder / f"{done - 1:06}.bmp"
            encode(frame.read_bytes())
            frame.unlink()
            if options.progress is not None:
                options.progress(done, total)

        arguments = {"rig": rig, "clip": clip, "count": count, "folder": child.folder, "look": look}
        child.call("render_farm.worker.render:animation", arguments, progress=take)


def _frame_count(clip: Clip, speech: Speech | None) -> int:
    """Return how many frames cover the speech, or else the clip; the last one may outlast the sound."""
    if speech is not None:
        return max(1, math.ceil(Fraction(len(speech.samples), SAMPLE_RATE) * clip.frame_rate))
    return max(1, round(clip.start_s * float(clip.frame_rate)) + len(clip))
