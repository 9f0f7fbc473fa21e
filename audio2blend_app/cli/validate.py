"""Check files before they are handed on: valid in their format, moving, in range, at rest, in sync.

examples:
  audio2blend validate hero_talks.glb line.usdc line.fbx
      what the formats' own validators say, and checks of names, weights, times and rest
  audio2blend validate line.glb --speech line.wav
      also whether it is as long as the recording and in sync with it
  audio2blend validate line.usdz --profile quicklook
      also what Apple's AR Quick Look demands; others are unreal, unity and web
  audio2blend validate build/*.glb --json
      everything that was found, for other programs

The files may come from any program. A validator that is not installed is listed as not run, with how to get it.
docs/validate.md lists the validators, the checks and the profiles with their sources.

Exit codes: 0 all files pass, 1 something fails, 2 a file cannot be read.
"""

import argparse
from pathlib import Path

from usd_export.validation import profiles

from .. import validate
from . import recording


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="the files, in any format that is written")
    parser.add_argument("--speech", metavar="FILE", help="the recording that they say")
    parser.add_argument(
        "--profile", choices=profiles(), help="a kind of program whose demands they must meet as well"
    )  # fmt: skip
    recording.configure(parser)


def run(args: argparse.Namespace) -> validate.ValidateReport:
    """Validate what the arguments name."""
    return validate.run(
        validate.ValidateRequest(
            files=tuple(args.files),
            speech=args.speech,
            profile=args.profile,
            track=args.track,
            channel=args.channel,
        )
    )
