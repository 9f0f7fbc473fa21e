"""Mark a sound or film with an id that nobody hears or sees, or read the mark of a file.

examples:
  audio2blend mark line.mp4 -o marked.mp4 --id 4711 --key-file studio.key
      the pictures and the sound carry the id through re-encodes
  audio2blend mark downloaded.mp4 --key-file studio.key
      the id, and how probable it is by chance; nothing where none is sure

Without a key of your own anybody can make and remove the mark, and it proves nothing.
docs/marks.md tells what a mark can do.

Exit codes: 0 written or found, 1 no mark is sure, 2 the file cannot be read or written.
"""

import argparse
from pathlib import Path

from .. import mark


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("file", type=Path, metavar="FILE", help="a sound or film")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="the marked file to write (default: read)")
    parser.add_argument("--id", type=int, metavar="N", help="below 16777216 (default: by chance)")
    parser.add_argument("--key-file", type=Path, metavar="FILE", help="at least 16 random bytes (default: public key)")


def run(args: argparse.Namespace) -> mark.MarkReport:
    """Mark or read what the arguments name."""
    return mark.run(mark.MarkRequest(file=args.file, output=args.output, id=args.id, key_file=args.key_file))
