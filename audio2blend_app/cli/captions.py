"""Write captions of a line whose words have times: SRT, WebVTT or TTML, by the rules of a house.

examples:
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
from pathlib import Path

from audio2blend.captions import names
from audio2blend.errors import InputError
from audio2blend.files import local

from .. import captions
from . import rate, script


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("alignment", type=Path, metavar="FILE", help="the words and their times, such as a .TextGrid")
    parser.add_argument(
        "-o", "--output", action="append", required=True, type=Path, metavar="FILE", dest="outputs",
        help="a .srt, .vtt or .ttml file to write; may be given many times",
    )  # fmt: skip
    parser.add_argument(
        "--rules", default="netflix-en", metavar="NAME",
        help=f"{', '.join(names())}, or a .toml file (default netflix-en)",
    )  # fmt: skip
    parser.add_argument(
        "--text", metavar="TEXT", help="what is said, with its punctuation: the words, or a .txt, .docx or .odt file"
    )
    parser.add_argument(
        "--language", metavar="TAG", help="such as en or de-AT (default: what the file says, or the rules)"
    )
    parser.add_argument("--speaker", metavar="NAME", help="whose words to take, where a file has several speakers")
    parser.add_argument("--shots", metavar="FILE", help="when new shots begin: a text file, a time in seconds a line")
    parser.add_argument("--words", action="store_true", help="let .vtt files tell when each word begins")
    rate.configure(parser, "frames per second of the picture, on which captions begin and end (default: milliseconds)")


def run(args: argparse.Namespace) -> captions.CaptionsReport:
    """Write the captions that the arguments ask for."""
    return captions.run(
        args.alignment,
        captions.CaptionsRequest(
            outputs=tuple(args.outputs),
            rules=args.rules,
            text=None if args.text is None else script.words(args.text),
            language=args.language,
            frame_rate=rate.chosen(args),
            shots_s=() if args.shots is None else _shots(args.shots),
            each_word=args.words,
        ),
        speaker=args.speaker,
    )


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
