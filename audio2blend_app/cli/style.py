"""Learn how one person moves the mouth, to animate others' lines, or more of their own, in that style.

examples:
  audio2blend style fit anna.csv --speech anna.wav -o anna.toml
      from an ARKit capture, such as Live Link Face's, and the sound recorded with it; a minute is enough
  audio2blend style fit anna.mp4 --tracker face_landmarker.task -o anna.toml
      from a film of a face (needs mediapipe, and its model of that name)
  audio2blend animate line.wav --style anna.toml -o line.usdc
      a line in that style

docs/style.md describes the file.
"""

import argparse
from pathlib import Path

from .. import style


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    fit = actions.add_parser("fit", help="learn a style from a capture and its sound")
    fit.add_argument("reference", type=Path, metavar="CAPTURE", help="ARKit curves (.csv, .json …) or a film")
    fit.add_argument("--speech", type=Path, metavar="RECORDING", help="what was said (default: a film's own sound)")
    fit.add_argument("--tracker", type=Path, metavar="FILE", help="MediaPipe's face_landmarker.task, for films")
    fit.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the .toml file to write")
    fit.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the result as JSON")


def run(args: argparse.Namespace) -> style.FitReport:
    """Learn the style."""
    return style.fit(
        style.FitRequest(
            reference=args.reference, speech=args.speech, output=args.output, tracker=args.tracker
        )
    )  # fmt: skip
