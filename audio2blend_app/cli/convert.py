"""Convert animations from one format to another.

examples:
  audio2blend convert line.csv -o line.unity.anim
      Live Link's curves as an animation for Unity
  audio2blend convert line.json -o line.csv -o line.npz --fps 30
      the content of a .json says whose it is: ours, Audio2Face's, Azure's …; both files at 30 fps
  audio2blend convert takes/*.csv --to .a2f.json --to .maya.anim -o out/
      a batch into a folder; files that are up to date are skipped, and a bad one does not stop the rest
  audio2blend convert takes/*.csv -o 'out/{parent}-{stem}.tres'
      the same with names of your own
  audio2blend convert line.csv -o line.glb -o line.unity.anim --rig hero.glb
      on a character, and curves under its names

Files of curves keep the names of their channels, or get those of the character that --rig names. Formats that hold
ARKit's alone, such as .csv, and characters are given ARKit's, by name.
"""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from audio2blend.errors import InputError

from .. import convert
from . import character, options, rate


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.epilog = f"{parser.epilog}\n{options.table(both_ways=True)}"
    parser.add_argument("inputs", nargs="+", metavar="FILE", help="an animation, in a format that can be read")
    parser.add_argument(
        "-o", "--output", action="append", required=True, metavar="FILE", dest="outputs",
        help="a file to write, its format named by the suffix; may be repeated; {stem} stands for the input's name "
        "without suffix, {parent} for its folder's. With --to, a folder",
    )  # fmt: skip
    parser.add_argument(
        "--to", action="append", default=[], metavar="SUFFIX",
        help="write every input as such a file into the folder that -o names; may be repeated",
    )  # fmt: skip
    rate.configure(parser, "frames per second of every file (default: the input's, or what the format demands)")
    character.configure(parser)
    options.configure(parser)
    parser.add_argument("--force", action="store_true", help="also write files that are up to date")


def run(args: argparse.Namespace) -> convert.ConvertReport:
    """Convert what the arguments name."""
    return convert.run(
        convert.ConvertRequest(
            inputs=tuple(args.inputs),
            outputs=_outputs(args.outputs, args.to),
            character=character.named(args),
            frame_rate=rate.chosen(args),
            export=options.chosen(args),
            force=args.force,
        )
    )


def _outputs(outputs: Sequence[str], suffixes: Sequence[str]) -> tuple[str, ...]:
    """Return the outputs' names; with suffixes {stem} and each of them in the one folder that is named.

    Raises InputError where folder and suffixes do not go together.
    """
    if not suffixes:
        if there := next((output for output in outputs if os.path.isdir(output)), None):
            raise InputError(f"{there} is a folder; say what the files in it are to be with --to, such as --to .csv")
        return tuple(outputs)
    if len(outputs) != 1:
        raise InputError("--to writes into one folder; name it once with -o")
    folder = Path(outputs[0])
    if os.path.exists(folder) and not os.path.isdir(folder):
        raise InputError(f"{folder} is a file, and --to writes into a folder; name a folder with -o")
    return tuple(str(folder / f"{{stem}}.{suffix.lower().lstrip('.')}") for suffix in suffixes)
