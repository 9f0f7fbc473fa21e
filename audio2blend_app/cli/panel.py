"""Ask people which videos talk better, blind, and report what they say.

examples:
  audio2blend panel ours/ peer/ captured/ -o panel/
      a web page of anonymous pairs, of the videos that have the same name in each folder, and panel-key.json
  audio2blend panel report ratings-*.json --key panel-key.json
      mean opinion scores and preferences, from the files that raters send back

Videos are .mp4 or .webm. Hand out the folder and a number for each rater; the key stays with you.
A folder named report is written ./report.
docs/panel.md says how to run a panel that means something.

Exit codes: 0 done, 2 wrong input.
"""

import argparse
from pathlib import Path

from audio2blend.errors import InputError

from .. import panel

_REPORT = "report"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "files", nargs="+", metavar="FOLDER", help="folders to compare; or report, and then files of ratings"
    )
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="the folder to make and to hand out")
    parser.add_argument(
        "--key", type=Path, metavar="FILE", help="the key; to write, default: beside the folder, with -key.json"
    )  # fmt: skip
    parser.add_argument("--raters", type=int, default=30, metavar="N", help="how many raters at most (default: 30)")
    parser.add_argument(
        "--checks", type=int, default=2, metavar="N", help="attention checks, pairs of one video twice (default: 2)"
    )  # fmt: skip
    parser.add_argument("--seed", type=int, metavar="N", help="for the same names, order and sides again")


def run(args: argparse.Namespace) -> panel.MakeReport | panel.PanelReport:
    """Make a panel, or report on one."""
    first, *more = args.files
    if first == _REPORT:
        if not more or args.key is None:
            raise InputError("name the files that raters sent back, and the panel's key with --key")
        if args.output is not None:
            raise InputError("a report is printed; leave -o out, or use --json")
        return panel.report(panel.ReportRequest(ratings=tuple(map(Path, more)), key=args.key))
    if args.output is None:
        raise InputError("name the folder to make with -o")
    return panel.make(
        panel.MakeRequest(
            folders=tuple(map(Path, args.files)),
            output=args.output,
            key=args.key,
            raters=args.raters,
            checks=args.checks,
            seed=args.seed,
        )
    )
