"""What a command is told of who speaks and what for, where a project requires consent."""

import argparse
from pathlib import Path

from ..permission import Asked


def configure(parser: argparse._ActionsContainer) -> None:
    """Add the arguments; what is left out is what the project's audio2blend.toml says."""
    parser.add_argument(
        "--speaker", default="", metavar="NAME",
        help="who speaks, by the name in the register of consent; may hold {stem} and {parent}",
    )  # fmt: skip
    parser.add_argument("--purpose", default="", metavar="PURPOSE", help="what it is for, such as advertising or games")
    parser.add_argument(
        "--territory", action="append", default=[], metavar="CODE", dest="territories",
        help="where it is shown: DE, EU, worldwide …; may be repeated",
    )  # fmt: skip
    parser.add_argument(
        "--no-consent-needed", default="", metavar="REASON",
        help="go on without consent, for a reason that is logged in the register",
    )  # fmt: skip
    parser.add_argument("--sign", type=Path, metavar="KEY", help="your signing key, where a register has members")
    parser.add_argument(
        "--project", type=Path, metavar="FILE",
        help="the audio2blend.toml that says whether consent is required (default: in this folder or above it, or by "
        "the recording)",
    )  # fmt: skip


def asked(args: argparse.Namespace) -> Asked:
    """Return what was given."""
    return Asked(
        project=args.project,
        speaker=args.speaker,
        purpose=args.purpose,
        territories=tuple(args.territories),
        not_needed=args.no_consent_needed,
        key=args.sign,
    )
