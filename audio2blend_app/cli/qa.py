"""Score lip-sync quality against the audio, optionally with a transcript and a reference.

examples:
  audio2blend qa line.csv --speech line.wav
      lip closures on p, b and m and in silence, timing, jitter
  audio2blend qa line.csv --speech line.wav --text "Bob may pick one."
      also whether the text matches the audio, and closures on the p, b and m of every word
  audio2blend qa line.csv --speech line.wav --reference captured.csv --html report.html
      also compared with a capture of the same line; all curves in one page
  audio2blend qa line.csv --speech line.wav --rig hero.glb
      on a character: lips are measured on its own mesh
  audio2blend qa film.mp4 --reference line.csv
      a finished film: sound against mouth, frames that lack, frames shown twice
  audio2blend qa film.mp4 --mouth 410,520,190,120
      the same of any film, against the mouth that the network predicts from its sound

The curves may come from any program that writes ARKit weights as Live Link Face .csv, .json or .npz. docs/quality.md
defines the measures and gives the reasons for their limits.

Exit codes: 0 all checks pass, 1 a check fails, 2 wrong input.
"""

import argparse
from pathlib import Path

from audio2blend.errors import InputError
from render_farm.encode.geometry import parse_box

from .. import qa, qa_film
from ..page import refuse_other
from . import character, recording, script


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("clip", metavar="CLIP", help="the curves to score: .csv, .json or .npz; or a film")
    parser.add_argument("--speech", metavar="FILE", help="the recording; a film has its own")
    parser.add_argument("--reference", metavar="FILE", help="reference animation of the same line: .csv, .json or .npz")
    parser.add_argument(
        "--text", metavar="TEXT", help="the transcript, or a .txt .docx .odt .srt .vtt or .fountain file"
    )
    recording.configure(parser)
    character.configure(parser)
    film = parser.add_argument_group("of a film")
    film.add_argument("--mouth", metavar="X,Y,W,H", help="what the mouth covers, in pixels")
    film.add_argument("--flashes", action="store_true", help="it is a test film: flashes that come with beeps")
    parser.add_argument("--html", metavar="FILE", help="write a page that plays the line, with curves and measures")


def run(args: argparse.Namespace) -> qa.QaReport | qa_film.FilmReport:
    """Measure what the arguments name."""
    if args.speech is None and Path(args.clip).suffix.lower() in qa_film.SUFFIXES:
        return _film(args)
    if args.mouth or args.flashes:
        raise InputError(f"{args.clip} is no film; leave out {'--mouth' if args.mouth else '--flashes'}")
    if args.speech is None:
        raise InputError(f"{args.clip}: curves are scored against their sound; name it with --speech")
    if args.html:
        refuse_other(Path(args.html), "--html")
    return qa.run(
        qa.QaRequest(
            clip=args.clip,
            speech=args.speech,
            character=character.named(args),
            reference=args.reference,
            text=None if args.text is None else script.words(args.text),
            track=args.track,
            channel=args.channel,
            html=None if args.html is None else Path(args.html),
        )
    )


def _film(args: argparse.Namespace) -> qa_film.FilmReport:
    if given := next((name for name in ("text", "html") if getattr(args, name)), None):
        raise InputError(f"{args.clip} is a film, and --{given} is for curves; leave it out")
    return qa_film.run(
        qa_film.FilmRequest(
            film=Path(args.clip),
            character=character.named(args),
            mouth=None if args.mouth is None else parse_box(args.mouth),
            curves=None if args.reference is None else Path(args.reference),
            has_flashes=args.flashes,
        )
    )
