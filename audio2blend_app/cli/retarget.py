"""Retarget an existing clip to a character, and write it to files of any format.

examples:
  audio2blend retarget line.csv --rig hero.glb -o line.glb
      the curves of line.csv, from this program or any other, on your own character
  audio2blend retarget line.csv --rig hero.txt -o hero.json
      with the names in a list, one per line, for an engine that has the character
  audio2blend retarget hero.json -o line.csv
      back to ARKit's channels
  audio2blend retarget line.csv --rig flame.npz -o parameters.npz
      the parameters of your morphable model: expression, jaw_pose, eye_pose
  audio2blend retarget parameters.npz --from flame.npz -o line.csv
      back to ARKit's channels, by the geometry of the model

The clip is a Live Link Face .csv, a .json, or any other file that audio2blend convert reads. Channels other than
ARKit's are first converted: by name, or by the geometry of the rig given with --from. docs/rigs.md lists the rig files
and describes the map.
"""

import argparse
from pathlib import Path

from .. import retarget
from . import character, options, rate, recording


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("clip", type=Path, metavar="CLIP", help="the curves: .csv, .json, .npz …")
    parser.add_argument(
        "-o", "--output", action="append", required=True, type=Path, metavar="FILE", dest="outputs",
        help="a file to write, in the format of its suffix; may be repeated",
    )  # fmt: skip
    character.configure(parser)
    parser.add_argument(
        "--from", dest="origin", metavar="RIG",
        help="the rig whose channels the clip has, such as a morphable model (default: channels are matched by name)",
    )  # fmt: skip
    parser.add_argument("--speech", metavar="FILE", help="the recording, for formats with sound, such as .mp4")
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
