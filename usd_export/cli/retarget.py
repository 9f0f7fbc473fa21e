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
from dataclasses import dataclass, field
from pathlib import Path

import rigs
from audio2blend.audio import load
from audio2blend.channels import CHANNELS
from audio2blend.clip import Clip, parse_frame_rate
from audio2blend.errors import InputError
from audio2blend.files import spare
from rigs.retarget import back, to_arkit

from ..registry import exporter_for, needs_rig, read, write
from . import character, recording
from .character import Character


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
    parser.add_argument("--fps", metavar="RATE", help="frames per second of every file (default: the clip's, .mp4 30)")


@dataclass(frozen=True, slots=True, kw_only=True)
class RetargetReport:
    """What was written; its text is what a person reads."""

    clip: str
    rig: str
    n_frames: int
    outputs: list[str]
    notes: list[str]
    """What a person should know about the rig and the map onto it."""
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        return "\n".join(
            [f"{self.clip}: {self.n_frames} frames", *(f"  written  {o}" for o in self.outputs), *self.notes]
        )


def run(args: argparse.Namespace) -> RetargetReport:
    """Retarget what the arguments name; raises InputError at the first file that cannot be written."""
    outputs = list(dict.fromkeys(args.outputs))
    for output in outputs:
        exporter_for(output)
    spare(filter(None, (args.clip, args.speech, args.origin)), outputs)
    clip = _arkit(args.clip, args.origin)
    onto = Character(args.rig, args.map, args.landmarks)
    onto.check(outputs)
    speech = None if args.speech is None else load(args.speech, track=args.track, channel=args.channel)
    frame_rate = None if args.fps is None else parse_frame_rate(args.fps)
    for output in outputs:
        rig = onto.rig if needs_rig(output) else None
        write(onto.clip_for(output, clip), output, rig=rig, speech=speech, frame_rate=frame_rate)
    return RetargetReport(
        clip=str(args.clip),
        rig=args.rig,
        n_frames=len(clip),
        outputs=[str(output) for output in outputs],
        notes=list(onto.notes),
    )


def _arkit(path: Path, origin: str | None) -> Clip:
    """Return the clip in ARKit's channels; `origin` is the rig that it was made for."""
    clip = read(path)
    if set(clip.channels) <= set(CHANNELS):
        return clip
    try:
        return to_arkit(clip) if origin is None else back(clip, rigs.load(origin))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
