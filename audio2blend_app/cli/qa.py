"""Judge an animation against its sound and, if there are such, its text and a reference.

examples:
  audio2blend qa line.csv --speech line.wav
      measures the curves of line.csv: do the lips close on p, b and m and in silence, are they in time, do they tremble
  audio2blend qa line.csv --speech line.wav --text "Bob may pick one."
      also whether that is what is said, and whether lips close on the p, b and m of every word
  audio2blend qa line.csv --speech line.wav --reference captured.csv --html report.html
      also against a capture of the same line, with all curves drawn in one page

  audio2blend qa line.csv --speech line.wav --rig hero.glb
      what becomes of them on a character: lips are measured on its own mesh, as it is driven

The curves may come from any program that writes ARKit weights as Live Link Face .csv, .json or .npz. What each measure
means and why its limits lie where they do: docs/quality.md.

Exit codes: 0 all checks pass, 1 a check fails, 2 wrong input.
"""

import argparse
from pathlib import Path

from audio2blend.errors import InputError

from .. import qa
from . import character, recording, script


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("clip", metavar="CLIP", help="the curves to judge: .csv, .json or .npz")
    parser.add_argument("--speech", required=True, metavar="FILE", help="the recording that they say")
    parser.add_argument("--reference", metavar="FILE", help="the same line as it should be: .csv, .json or .npz")
    parser.add_argument("--text", metavar="TEXT", help="the words, or a .txt .docx .odt .srt .vtt or .fountain file")
    recording.configure(parser)
    character.configure(parser)
    parser.add_argument("--html", metavar="FILE", help="write a page with curves and measures")


def run(args: argparse.Namespace) -> qa.QaReport:
    """Measure what the arguments name."""
    if args.html and Path(args.html).suffix.lower() not in (".html", ".htm"):
        raise InputError(f"--html {args.html}: the page is an .html file; name it so")
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
