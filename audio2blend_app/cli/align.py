"""Find the words and phones of a transcript in its recording: forced alignment.

examples:
  audio2blend align line.wav --text 'Hello, Bob!' --language en-US -o line.TextGrid
      for Praat and every tool that reads what the Montreal Forced Aligner writes
  audio2blend align lines/*.wav --text 'lines/{stem}.txt' --language de -o 'out/{stem}.json' -o 'out/{stem}.srt'
      a batch; .json keeps everything, also how sure each word is
  audio2blend align line.wav -o line.lab
      without a transcript: the phones that the network predicts
  audio2blend align line.wav --text line.TextGrid -o line.eaf
      an alignment that is there already, in another format
  audio2blend align line.wav --text line.txt --language de --aligner mfa -o line.TextGrid
      with an installed Montreal Forced Aligner
  audio2blend align line.wav --transcribe --encoder whisper-base -o line.json
      without a transcript: a Whisper model of your own writes it, with how sure it is of each word

docs/alignment.md says what the aligner can and cannot do, and docs/alignment-files.md which files there are.
"""

import argparse
from contextlib import closing
from pathlib import Path

from .. import align
from . import recording, transcript
from .progress import Bars


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("recordings", nargs="+", metavar="RECORDING", help="a sound or video file with speech")
    parser.add_argument(
        "-o", "--output", action="append", required=True, metavar="FILE", dest="outputs",
        help="a file to write: .TextGrid .json .lab .srt .vtt .ctm .eaf; {stem} stands for the recording's name "
        "without suffix, {parent} for its folder's",
    )  # fmt: skip
    transcript.configure(parser, modes=False)
    parser.add_argument(
        "--encoder", type=Path, metavar="FOLDER",
        help="a Whisper base model of your own (CTranslate2), for --transcribe",
    )  # fmt: skip
    recording.configure(parser)
    parser.add_argument(
        "--device", choices=["auto", "cpu", "cuda"], default="auto", help="device that runs the network (default auto)"
    )


def run(args: argparse.Namespace) -> align.AlignReport:
    """Align the recordings and report on each."""
    transcript.check(args)
    request = align.AlignRequest(
        recordings=tuple(args.recordings),
        outputs=tuple(args.outputs),
        text=args.text,
        language=args.language or "",
        transcriber=args.encoder if args.transcribe else None,
        lexicon=args.lexicon,
        aligner=args.aligner,
        device=args.device,
        track=args.track,
        channel=args.channel,
    )
    with closing(Bars()) as bars:
        return align.run(request, bars)
