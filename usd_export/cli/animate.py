"""Animate a face from recordings of speech, and write it to files of any format.

examples:
  audio2blend animate line.wav -o line.usdc
      a face that says line.wav, as a USD file; -o may be given many times
  audio2blend animate line.wav -o line.mp4 -o line.csv --fps 25
      a rendered preview with sound, and curves for Unreal's Live Link Face, both at 25 frames a second
  audio2blend animate lines/*.wav -o 'out/{stem}.glb'
      many at once; what is done and unchanged is skipped, a bad file does not stop the rest
  audio2blend animate line.wav -o line.glb --rig hero.glb
      on a character of your own, whatever its shapes are called (see: audio2blend rig inspect hero.glb)

formats, by suffix:
  .usda .usdc .usdz   USD with UsdSkel blendshapes        .fbx   Unreal, Unity, Maya (needs Blender)
  .glb                glTF with morph targets             .mp4   rendered preview (needs Blender)
  .csv                Live Link Face                      .json  names, frame rate and frames
  .npz                the curves without loss, for numpy
With --rig, .json and .npz hold the rig's own channels; .csv holds ARKit's.
"""

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from audio2blend.clip import parse_frame_rate
from audio2blend.errors import InputError
from audio2blend.post import Motion

from . import character, recording
from .batch import BatchReport, Settings, animate_all, expand, targets


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("recordings", nargs="+", metavar="RECORDING", help="a sound or video file with speech")
    parser.add_argument(
        "-o", "--output", action="append", required=True, metavar="FILE", dest="outputs",
        help="a file to write, its format named by the suffix; {stem} stands for the recording's name without "
        "suffix and {parent} for its folder's",
    )  # fmt: skip
    motion = parser.add_argument_group("motion")
    for dial, what in (("strength", "the mouth moves"), ("jaw", "the jaw moves"), ("lips", "the lips move")):
        motion.add_argument(
            f"--{dial}", type=float, default=1.0, metavar="X", help=f"how far {what}, from 0 to 10 (default 1)"
        )
    motion.add_argument(
        "--smooth", type=float, default=0.0, metavar="MS",
        help="average curves over so many milliseconds, up to 200; closures stay (default 0)",
    )  # fmt: skip
    motion.add_argument(
        "--lead", type=float, default=0.0, metavar="MS",
        help="milliseconds by which the mouth is ahead of the sound, up to 200 (default 0)",
    )  # fmt: skip
    motion.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another number, another performance (default 0)"
    )
    motion.add_argument("--no-performance", action="store_true", help="only the mouth: no blinks, gaze and head motion")
    files = parser.add_argument_group("files")
    files.add_argument(
        "--fps", metavar="RATE",
        help="frames per second of every file: 24, 25, 29.97, 30, 60, 120, 30000/1001 … (default: 60, .mp4 30)",
    )  # fmt: skip
    character.configure(files)
    files.add_argument(
        "--engine", choices=["workbench", "eevee", "cycles"], help="what renders an .mp4 (default workbench)"
    )
    files.add_argument("--size", metavar="WxH", help="pixels of an .mp4 (default 640x640)")
    recording.configure(parser.add_argument_group("sound"))
    work = parser.add_argument_group("work")
    work.add_argument(
        "--quality", choices=["best", "live"], default="best",
        help="the network: best (default), or live, the one for streams, which looks but 50 ms ahead",
    )  # fmt: skip
    work.add_argument(
        "--encoder", type=Path, metavar="FOLDER",
        help="hear with the Whisper base model in this folder, in place of a network of ours (see docs/encoder.md)",
    )  # fmt: skip
    work.add_argument(
        "--device", choices=["auto", "cpu", "cuda"], default="auto", help="what runs the network (default auto)"
    )
    work.add_argument("--force", action="store_true", help="write files anew that are done and unchanged")


def run(args: argparse.Namespace) -> BatchReport:
    """Animate what the arguments name and report on every recording."""
    if args.encoder is not None and args.quality != "best":
        raise InputError("--encoder hears with a model of its own, which needs 30 s at once; leave out --quality live")
    settings = Settings(
        motion=Motion(strength=args.strength, jaw=args.jaw, lips=args.lips, smooth_ms=args.smooth, lead_ms=args.lead),
        seed=args.seed,
        performance=not args.no_performance,
        frame_rate=None if args.fps is None else parse_frame_rate(args.fps),
        rig=args.rig,
        map=args.map,
        landmarks=args.landmarks,
        quality=args.quality,
        encoder=args.encoder,
        device=args.device,
        track=args.track,
        channel=args.channel,
        export={name: value for name, value in (("engine", args.engine), *_size(args.size)) if value is not None},
    )
    jobs = targets(expand(args.recordings), args.outputs)
    with _progress(len(jobs)) as progress:
        return animate_all(jobs, settings, force=args.force, progress=progress)


def _size(text: str | None) -> Iterator[tuple[str, int]]:
    if text is None:
        return
    width, _, height = text.lower().partition("x")
    if not (width.isdecimal() and height.isdecimal()) or not all(16 <= int(n) <= 8192 for n in (width, height)):
        raise InputError(f"--size '{text}' is no picture size; write it as 640x640, with sides from 16 to 8192")
    yield from (("width", int(width)), ("height", int(height)))


class Progress:
    """Bars on a terminal: one for the recordings, where there are several, and one for the step at hand."""

    def __init__(self, n_recordings: int) -> None:
        hidden = not sys.stderr.isatty()
        self._all = tqdm(total=n_recordings, unit=" recordings", disable=hidden or n_recordings < 2, position=0)
        self._step = tqdm(unit=" frames", disable=hidden, leave=False, position=int(n_recordings > 1))

    def recording_done(self) -> None:
        """Count one recording."""
        self._all.update()

    def step(self, name: str) -> None:
        """Begin another step."""
        self._step.reset(total=1)
        self._step.set_description(name)

    def advance(self, done: int, total: int) -> None:
        """Show how far the step is."""
        self._step.total = total
        self._step.n = done
        self._step.refresh()

    def close(self) -> None:
        """Clear the bars."""
        self._step.close()
        self._all.close()


@contextmanager
def _progress(n_recordings: int) -> Iterator[Progress]:
    progress = Progress(n_recordings)
    try:
        yield progress
    finally:
        progress.close()
