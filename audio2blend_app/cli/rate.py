"""The argument that sets the frame rate of the files."""

import argparse
from fractions import Fraction

from audio2blend.clip import parse_frame_rate
from audio2blend.errors import InputError


def configure(parser: argparse._ActionsContainer, help: str) -> None:
    """Add the argument."""
    parser.add_argument("--fps", metavar="RATE", help=help)


def chosen(args: argparse.Namespace) -> Fraction | None:
    """Return the rate that was given, if any. Raises InputError for a text that is none."""
    try:
        return None if args.fps is None else parse_frame_rate(args.fps)
    except InputError as error:
        raise InputError(f"--fps {error}") from None
