"""Write a page that plays a clip on a character, with sound, words, phones and curves.

examples:
  audio2blend view line.csv --speech line.wav -o line.html
      on the built-in head, with the phones that the network predicts
  audio2blend view line.csv --rig hero.glb --speech line.wav --text line.TextGrid -o line.html
      on your own character with its textures; words and phones from an alignment
  audio2blend view ours.csv theirs.csv --speech line.wav --text "Hello, Bob!" --language en-US -o both.html
      two clips side by side, with how far they are apart

The page is one file of HTML that opens in any browser, from a disk or a server, and fetches nothing. docs/view.md shows
it and lists its keys.
"""

import argparse
from pathlib import Path

from .. import view
from ..page import refuse_other
from ..transcript import transcripts
from . import character, recording, transcript


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("clip", type=Path, metavar="CLIP", help="the curves: .csv, .json or .npz")
    parser.add_argument("other", type=Path, nargs="?", metavar="OTHER", help="other curves to compare them with")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="FILE", help="the .html file to write")
    parser.add_argument("--speech", metavar="FILE", help="the recording, a sound or video file")
    transcript.configure(parser, modes=False)
    character.configure(parser)
    parser.add_argument(
        "--from", dest="origin", metavar="RIG",
        help="the rig whose channels the clips have, such as a morphable model (default: channels are matched by name)",
    )  # fmt: skip
    recording.configure(parser)
    parser.add_argument(
        "--device", choices=["auto", "cpu", "cuda"], default="auto", help="device that runs the network (default auto)"
    )


def run(args: argparse.Namespace) -> view.ViewReport:
    """Write the page that the arguments name."""
    refuse_other(args.output, "-o")
    transcript.check(args)
    said = None
    if args.text is not None:
        (said,) = transcripts(
            args.text,
            [Path(args.speech or args.clip)],
            language=args.language or "",
            lexicon=args.lexicon,
            aligner=args.aligner,
        )
    return view.run(
        view.ViewRequest(
            clip=args.clip,
            other=args.other,
            output=args.output,
            character=character.named(args),
            speech=args.speech,
            transcript=said,
            origin=args.origin,
            track=args.track,
            channel=args.channel,
            device=args.device,
        )
    )
