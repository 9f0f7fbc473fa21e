"""What a command takes of a recording: which of its sound tracks and channels."""

import argparse


def configure(parser: argparse._ActionsContainer) -> None:
    """Add the arguments that choose; `audio2blend.load` takes their values."""
    parser.add_argument(
        "--track", type=int, metavar="N",
        help="the audio track to use, counted from 1 (default: the default track, or the one with speech)",
    )  # fmt: skip
    parser.add_argument(
        "--channel", type=int, metavar="N",
        help="the audio channel to use, counted from 1 (default: both of a stereo track, those with speech of more)",
    )  # fmt: skip
