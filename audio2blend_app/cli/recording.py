"""What a command takes of a recording: which of its sound tracks and channels."""

import argparse


def configure(parser: argparse._ActionsContainer) -> None:
    """Add the arguments that choose; `audio2blend.load` takes their values."""
    parser.add_argument(
        "--track", type=int, metavar="N",
        help="the sound track to take, counted from 1 (default: the one that players play, or where somebody speaks)",
    )  # fmt: skip
    parser.add_argument(
        "--channel", type=int, metavar="N",
        help="the channel to take, counted from 1 (default: of two both, of more those in which somebody speaks)",
    )  # fmt: skip
