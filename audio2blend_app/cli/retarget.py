"""Put a clip that is there already onto a character, and write it to files of any format.

examples:
  audio2blend retarget line.csv --rig hero.glb -o line.glb
      the curves of line.csv, by this program or any other, on a character of your own
  audio2blend retarget line.csv --rig hero.txt -o hero.json
      in the names of a list, one a line, for an engine that has the character
  audio2blend retarget hero.json -o line.csv
      back to ARKit's channels
  audio2blend retarget line.csv --rig flame.npz -o parameters.npz
      the parameters of a morphable model that is yours: expression, jaw_pose, eye_pose
  audio2blend retarget parameters.npz --from flame.npz -o line.csv
      back from them, by what the model's face looks like

The clip may be a Live Link Face .csv, a .json or a .npz file. If its channels are not ARKit's, they are first turned
into them: as far as their names are known, or by the shapes of the rig that --from names. What is read as a rig, and
what a map looks like: docs/rigs.md.
"""

import argparse
from pathlib import Path

from .. import retarget
from . import character, options, rate, recording


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("clip", type=Path, metavar="CLIP", help="the curves: .csv, .json or .npz")
    parser.add_argument(
        "-o", "--output", action="append", required=True, type=Path, metavar="FILE", dest="outputs",
        help="a file to write, its format named by the suffix; may be given many times",
    )  # fmt: skip
    character.configure(parser)
    parser.add_argument(
        "--from", dest="origin", metavar="RIG",
        help="the rig whose channels the clip has, such as a morphable model (default: the names of channels tell)",
    )  # fmt: skip
    parser.add_argument("--speech", metavar="FILE", help="the recording, for files with sound, such as .mp4")
    recording.configure(parser)
    rate.configure(parser, "frames per second of every file (default: the clip's, .mp4 30)")
    options.configure(parser)


def run(args: argparse.Namespace) -> retarget.RetargetReport:
    """Retarget what the arguments name."""
    return retarget.run(
        retarget.RetargetRequest(
            clip=args.clip,
            character=character.named(args),
            outputs=tuple(args.outputs),
            origin=args.origin,
            speech=args.speech,
            track=args.track,
            channel=args.channel,
            frame_rate=rate.chosen(args),
            export=options.chosen(args),
        )
    )
