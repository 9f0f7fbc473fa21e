"""Animate a face from recordings of speech, and write it to files of any format.

examples:
  audio2blend animate line.wav -o line.usdc
      a face that says line.wav, as a USD file; -o may be given many times
  audio2blend animate line.wav -o line.mp4 -o line.csv --fps 25
      a rendered preview with sound, and curves for Unreal's Live Link Face, both at 25 frames a second
  audio2blend animate lines/*.wav -o 'out/{stem}.glb'
      many at once; what is done and unchanged is skipped, a bad file does not stop the rest
  audio2blend animate line.wav -o out.glb --rig hero.glb
      hero.glb with one animation more, whatever its shapes are called (see: audio2blend rig inspect hero.glb)
  audio2blend animate lines/*.wav -o hero_talks.glb --rig hero.glb
      hero.glb with an animation for each line
"""

import argparse
from contextlib import closing
from pathlib import Path

from audio2blend.errors import InputError
from audio2blend.post import Controls

from ..animate import AnimateRequest
from ..animate import run as animate
from ..batch import BatchReport, Settings
from . import character, options, rate, recording
from .progress import Bars


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = f"{parser.epilog}\n{options.table()}"
    parser.add_argument("recordings", nargs="+", metavar="RECORDING", help="a sound or video file with speech")
    parser.add_argument(
        "-o", "--output", action="append", required=True, metavar="FILE", dest="outputs",
        help="a file to write, its format named by the suffix; {stem} stands for the recording's name without "
        "suffix, {parent} for its folder's and {character} for the rig's",
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
    rate.configure(files, "frames per second of every file: 24, 29.97, 60, 30000/1001 … (default: 60, .mp4 30)")
    character.configure(files)
    options.configure(files)
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
    work.add_argument(
        "--check", action="store_true", help="read every file back; one that does not hold what it should is an error"
    )
    work.add_argument("--force", action="store_true", help="write files anew that are done and unchanged")


def run(args: argparse.Namespace) -> BatchReport:
    """Animate what the arguments name and report on every recording."""
    if args.encoder is not None and args.quality != "best":
        raise InputError("--encoder hears with a model of its own, which needs 30 s at once; leave out --quality live")
    settings = Settings(
        motion=Controls(strength=args.strength, jaw=args.jaw, lips=args.lips, smooth_ms=args.smooth, lead_ms=args.lead),
        seed=args.seed,
        performance=not args.no_performance,
        frame_rate=rate.chosen(args),
        quality=args.quality,
        encoder=args.encoder,
        device=args.device,
        track=args.track,
        channel=args.channel,
        export=options.chosen(args),
        check=args.check,
    )
    request = AnimateRequest(
        recordings=tuple(args.recordings),
        outputs=tuple(args.outputs),
        settings=settings,
        character=character.named(args),
        force=args.force,
    )
    with closing(Bars()) as bars:
        return animate(request, bars)
