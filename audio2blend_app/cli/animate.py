"""Animate a face from recordings of speech, and write it to files of any format.

examples:
  audio2blend animate line.wav -o line.usdc
      a talking face as a USD file; -o may be repeated
  audio2blend animate line.wav -o line.mp4 -o line.csv --fps 25
      a rendered preview with sound, and curves for Unreal's Live Link Face, both at 25 fps
  audio2blend animate line.wav -o line.csv --text 'Hello, Bob!' --language en-US
      with the words given, lips close on each of their p, b and m
  audio2blend animate line.wav -o line.rhubarb.tsv -o line.mp4 --fps 24 --on twos
      mouth shapes for 2D programs, and a preview as a cartoon has it: 12 poses a second, no closure missed
  audio2blend animate lines/*.wav -o 'out/{stem}.glb'
      a batch; files that are up to date are skipped, and a bad recording does not stop the rest
  audio2blend animate line.wav -o out.glb --rig hero.glb
      hero.glb with one animation more, whatever its shapes are called (see: audio2blend rig inspect hero.glb)
  audio2blend animate lines/*.wav -o hero_talks.glb --rig hero.glb
      hero.glb with an animation for each line
"""

import argparse
from contextlib import closing
from pathlib import Path
from typing import Final

from audio2blend.emotion import EMOTIONS, NEUTRAL, EmotionTrack
from audio2blend.errors import InputError
from audio2blend.post import Controls, Style
from audio2blend.wording import listed

from ..animate import AnimateRequest
from ..animate import run as animate
from ..batch import BatchReport, Settings
from . import character, options, rate, recording, speaker, transcript
from .progress import Bars

STEPS: Final = {"ones": 1, "twos": 2, "threes": 3}


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
    for name, what in (("strength", "mouth"), ("jaw", "jaw"), ("lips", "lip")):
        motion.add_argument(
            f"--{name}", type=float, default=1.0, metavar="X", help=f"amount of {what} motion, from 0 to 10 (default 1)"
        )
    motion.add_argument(
        "--smooth", type=float, default=0.0, metavar="MS",
        help="zero-phase smoothing over this many milliseconds, up to 200; lip closures are preserved (default 0)",
    )  # fmt: skip
    motion.add_argument(
        "--lead", type=float, default=0.0, metavar="MS",
        help="how many milliseconds the mouth leads the sound, up to 200 (default 0)",
    )  # fmt: skip
    motion.add_argument(
        "--emotion", default=NEUTRAL, metavar="EMOTION",
        help="what the face shows: neutral (default), emotions such as joy=0.7,surprise=0.2, entries with times such "
        "as '0:joy 2.5:neutral', a .csv or .json file of them, or auto, what the voice says; there are "
        f"{listed(EMOTIONS)}",
    )  # fmt: skip
    motion.add_argument(
        "--style", type=Path, metavar="FILE",
        help="one person's way of moving the mouth, a .toml file of audio2blend style fit",
    )  # fmt: skip
    for name, what in (("blinks", "how far lids fall"), ("gaze", "amount of eye motion"),
                       ("head", "amount of head motion"), ("brows", "how far the voice raises the brows")):  # fmt: skip
        motion.add_argument(f"--{name}", type=float, default=1.0, metavar="X", help=f"{what}, from 0 to 10 (default 1)")
    motion.add_argument(
        "--seed",
        type=int,
        default=0,
        metavar="N",
        help="random seed of blinks, gaze, brows and head motion (default 0)",
    )
    motion.add_argument(
        "--edits", metavar="FILE",
        help="what you did to the curves by hand, done again on top: a file of audio2blend edits, with {stem} and "
        "{parent}; recordings without one are not edited",
    )  # fmt: skip
    motion.add_argument("--no-performance", action="store_true", help="no blinks, gaze, raised brows or head motion")
    transcript.configure(parser.add_argument_group("text"))
    files = parser.add_argument_group("files")
    rate.configure(files, "frames per second of every file: 24, 29.97, 60, 30000/1001 … (default: 60, .mp4 30)")
    files.add_argument(
        "--on", choices=STEPS, default="ones",
        help="hold each pose of the face for two or three frames, as cartoons do; the poses in which lips close are "
        "chosen first (default ones: every frame is its own)",
    )  # fmt: skip
    character.configure(files)
    options.configure(files)
    recording.configure(parser.add_argument_group("sound"))
    speaker.configure(parser.add_argument_group("consent"))
    work = parser.add_argument_group("work")
    work.add_argument(
        "--quality", choices=["best", "live"], default="best",
        help="the network: best (default), or live, which is made for streams and looks only 50 ms ahead",
    )  # fmt: skip
    work.add_argument(
        "--encoder", type=Path, metavar="FOLDER",
        help="use the Whisper base model in this folder instead of the built-in networks (see docs/encoder.md)",
    )  # fmt: skip
    work.add_argument(
        "--device", choices=["auto", "cpu", "cuda"], default="auto", help="device that runs the network (default auto)"
    )
    work.add_argument(
        "--check", action="store_true", help="read every file back; one that does not hold what it should is an error"
    )
    work.add_argument("--force", action="store_true", help="also write files that are up to date")


def run(args: argparse.Namespace) -> BatchReport:
    """Animate the recordings and report on each."""
    if args.encoder is not None and args.quality != "best":
        raise InputError("--encoder uses its own model, which needs 30 s at once; leave out --quality live")
    settings = Settings(
        motion=Controls(
            strength=args.strength,
            jaw=args.jaw,
            lips=args.lips,
            smooth_ms=args.smooth,
            lead_ms=args.lead,
            emotion=_emotion(args.emotion),
            blinks=args.blinks,
            gaze=args.gaze,
            head=args.head,
            brows=args.brows,
            style=Style() if args.style is None else Style.read(args.style),
        ),
        seed=args.seed,
        performance=not args.no_performance,
        frame_rate=rate.chosen(args),
        step=STEPS[args.on],
        quality=args.quality,
        encoder=args.encoder,
        device=args.device,
        track=args.track,
        channel=args.channel,
        export=options.chosen(args),
        check=args.check,
        mode=transcript.mode(args),
    )
    request = AnimateRequest(
        recordings=tuple(args.recordings),
        outputs=tuple(args.outputs),
        settings=settings,
        character=character.named(args),
        text=args.text,
        language=args.language or "",
        transcriber=args.encoder if args.transcribe else None,
        lexicon=args.lexicon,
        aligner=args.aligner,
        edits=args.edits,
        force=args.force,
        consent=speaker.asked(args),
    )
    with closing(Bars()) as bars:
        return animate(request, bars)


def _emotion(given: str) -> str:
    """Return an emotion in words, that of a file too."""
    if Path(given).suffix.lower() in (".csv", ".json"):
        return EmotionTrack.read(Path(given)).text
    return given
