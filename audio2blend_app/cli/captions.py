"""Write captions: SRT, WebVTT or TTML, by the rules of a house.

examples:
  audio2blend captions line.wav --text line.txt --language en-US -o line.srt
      of a recording and what is said in it
  audio2blend captions interview.mp4 --transcribe --encoder whisper-base -o interview.vtt
      without a text: a Whisper model of your own writes it
  audio2blend captions line.TextGrid -o line.srt
      captions by Netflix's rules for English: 42 columns, two lines, 20 columns a second
  audio2blend captions line.json --text line.txt -o line.vtt -o line.ttml --rules bbc --fps 25
      with the punctuation of the text, by the BBC's rules, on frames of the picture
  audio2blend captions line.json -o line.vtt --words
      WebVTT that tells when each word begins, for karaoke and highlights
  audio2blend captions line.srt -o broken-anew.srt --rules vertical --shots cuts.txt
      captions that are there, broken anew for upright video, along the cut

The file with the times may come from any aligner, service or editor: docs/alignment-files.md. Rules of your own are a
.toml file: docs/captions.md. What the speech does not allow to be kept, such as text that is said too fast to be read,
is told with its time.
"""

import argparse
import math
from contextlib import closing
from pathlib import Path

from audio2blend.captions import names
from audio2blend.errors import InputError
from audio2blend.files import local
from audio2blend.text.readers import READERS

from .. import captions
from ..align import AlignRequest
from ..transcript import is_alignment
from . import rate, recording, script, transcript
from .progress import Bars


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument(
        "source", type=Path, metavar="FILE",
        help="a recording, with --text or --transcribe; or the words and their times, such as a .TextGrid",
    )  # fmt: skip
    parser.add_argument(
        "-o", "--output", action="append", required=True, type=Path, metavar="FILE", dest="outputs",
        help="a .srt, .vtt or .ttml file to write; may be given many times",
    )  # fmt: skip
    parser.add_argument(
        "--rules", default="netflix-en", metavar="NAME",
        help=f"{', '.join(names())}, or a .toml file (default netflix-en)",
    )  # fmt: skip
    transcript.configure(parser, modes=False)
    parser.add_argument(
        "--encoder", type=Path, metavar="FOLDER", help="a Whisper base model of your own, for --transcribe"
    )
    recording.configure(parser)
    parser.add_argument("--speaker", metavar="NAME", help="whose words to take, where a file has several speakers")
    parser.add_argument("--shots", metavar="FILE", help="when new shots begin: a text file, a time in seconds a line")
    parser.add_argument("--words", action="store_true", help="let .vtt files tell when each word begins")
    rate.configure(parser, "frames per second of the picture, on which captions begin and end (default: milliseconds)")


def run(args: argparse.Namespace) -> captions.CaptionsReport:
    """Write the captions that the arguments ask for."""
    timed = is_alignment(args.source) or args.source.suffix.lower() in READERS
    wanted = captions.CaptionsRequest(
        outputs=tuple(args.outputs),
        rules=args.rules,
        text=None if args.text is None or not timed else script.words(args.text),
        language=args.language,
        frame_rate=rate.chosen(args),
        shots_s=() if args.shots is None else _shots(args.shots),
        each_word=args.words,
    )
    if timed:
        return captions.run(args.source, wanted, speaker=args.speaker)
    if args.text is not None or args.transcribe:
        transcript.check(args)
    request = AlignRequest(
        recordings=(str(args.source),),
        outputs=(),
        text=args.text,
        transcriber=args.encoder if args.transcribe else None,
        language=args.language or "",
        lexicon=args.lexicon,
        aligner=args.aligner,
        track=args.track,
        channel=args.channel,
    )
    with closing(Bars()) as bars:
        return captions.of_recording(request, wanted, bars)


def _shots(name: str) -> tuple[float, ...]:
    """Return the times of a file; raises InputError for a line that is none."""
    try:
        lines = local(name).read_text("utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise InputError(f"--shots {name}: {error.strerror}; check the name") from None
    times = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                times.append(float(line))
            except ValueError:
                times.append(math.nan)
            if not 0 <= times[-1] < 1e6:
                raise InputError(f"--shots {name}, line {number}: '{line.strip()}' is no time; give one in seconds")
    return tuple(times)
