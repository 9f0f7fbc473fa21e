"""Keep what was done to an animation by hand, so that it survives making the animation again.

examples:
  audio2blend edits line-by-hand.csv --made line.csv -o line.edits.json
      what differs between the two, as offsets with their times: a plain file, to be read and changed
  audio2blend animate line.wav --text better.TextGrid --edits line.edits.json -o line.usdc
      the animation made again, with the work on top

Curves are .csv, .json or .npz files. docs/edits.md describes the file.
"""

import argparse
from pathlib import Path

from .. import edits


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("edited", type=Path, metavar="FILE", help="the curves after your work: .csv, .json or .npz")
    parser.add_argument("--made", type=Path, required=True, metavar="FILE", help="the curves as they were made")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the .json file to write")


def run(args: argparse.Namespace) -> edits.EditsReport:
    """Write what the two files differ by."""
    return edits.run(edits.EditsRequest(made=args.made, edited=args.edited, output=args.output))
