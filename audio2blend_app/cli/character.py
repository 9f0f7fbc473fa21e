"""The arguments that name a character."""

import argparse
from pathlib import Path

from rigs.builtin import LOOKS

from ..character import BUILTIN, Character


def configure(parser: argparse._ActionsContainer) -> None:
    """Add the arguments that name a character."""
    parser.add_argument(
        "--rig", default=BUILTIN, metavar="RIG",
        help="the character: .glb, .vrm, .usd, .npz, a list of names … (default: builtin, the built-in head; "
        f"its looks are {', '.join(f'{BUILTIN}:{look}' for look in LOOKS)})",
    )  # fmt: skip
    parser.add_argument(
        "--map", type=Path, metavar="FILE",
        help="the .toml map onto the rig (see: audio2blend rig map; default: matched by shape name, else by geometry)",
    )  # fmt: skip
    parser.add_argument(
        "--landmarks", type=Path, metavar="FILE",
        help="a .toml file with the landmarks of the face, if it is not found automatically (see docs/rigs.md)",
    )  # fmt: skip
    parser.add_argument(
        "--new-head", action="store_true",
        help="write the face alone, in grey; by default a file of the rig's own family is the rig's file with the "
        "animation in it",
    )  # fmt: skip


def named(args: argparse.Namespace) -> Character:
    """Return the character that the arguments name."""
    return Character(args.rig, args.map, args.landmarks, new_head=args.new_head)
