"""Score lip-sync quality against the audio, optionally with a transcript and a reference.

examples:
  audio2blend qa line.csv --speech line.wav
      lip closures on p, b and m and in silence, timing, jitter
  audio2blend qa line.csv --speech line.wav --text "Bob may pick one."
      also whether the text matches the audio, and closures on the p, b and m of every word
  audio2blend qa line.csv --speech line.wav --reference captured.csv --html report.html
      also compared with a capture of the same line; all curves in one page
  audio2blend qa line.csv --speech line.wav --rig hero.glb
      on a character: lips are measured on its own mesh

The curves may come from any program that writes ARKit weights as Live Link Face .csv, .json or .npz. docs/quality.md
defines the measures and gives the reasons for their limits.

Exit codes: 0 all checks pass, 1 a check fails, 2 wrong input.
"""

import argparse
from pathlib import Path

from .. import qa
from ..page import refuse_other
from . import character, recording, script


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("clip", metavar="CLIP", help="the curves to score: .csv, .json or .npz")
    parser.add_argument("--speech", required=True, metavar="FILE", help="the recording")
    parser.add_argument("--reference", metavar="FILE", help="reference animation of the same line: .csv, .json or .npz")
    parser.add_argument(
        "--text", metavar="TEXT", help="the transcript, or a .txt .docx .odt .srt .vtt or .fountain file"
    )
    recording.configure(parser)
    character.configure(parser)
    parser.add_argument("--html", metavar="FILE", help="write a page that plays the line, with curves and measures")


def run(args: argparse.Namespace) -> qa.QaReport:
    """Measure what the arguments name."""
    if args.html:
        refuse_other(Path(args.html), "--html")
    return qa.run(
        qa.QaRequest(
            clip=args.clip,
            speech=args.speech,
            character=character.named(args),
            reference=args.reference,
            text=None if args.text is None else script.words(args.text),
            track=args.track,
            channel=args.channel,
            html=None if args.html is None else Path(args.html),
        )
    )
