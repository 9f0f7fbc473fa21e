"""What a command takes of a text: the words, their language, and how far the mouth goes by them."""

import argparse
from pathlib import Path

from audio2blend.errors import InputError
from audio2blend.hybrid import MODES, Mode


def configure(parser: argparse._ActionsContainer) -> None:
    """Add the arguments that give the transcript."""
    parser.add_argument(
        "--text", metavar="TEXT",
        help="the transcript, or a .txt .docx .odt .srt .vtt .fountain or .ssml file; {stem} stands for the "
        "recording's name without suffix, {parent} for its folder's",
    )  # fmt: skip
    parser.add_argument("--language", metavar="TAG", help="language of the transcript: en-US, de, fr, pt-BR, zh …")
    parser.add_argument(
        "--lexicon", type=Path, metavar="FILE",
        help="your own pronunciations: a word, a tab and its phones in each line",
    )  # fmt: skip
    parser.add_argument(
        "--mode", choices=MODES,
        help="what moves the mouth: audio, the network alone; text, the phones of the transcript alone; hybrid, the "
        "network with the transcript's lip closures (default: hybrid with --text, else audio)",
    )  # fmt: skip


def mode(args: argparse.Namespace) -> Mode:
    """Return the mode that the arguments ask for. Raises InputError for arguments that do not go together."""
    if args.text is None:
        for name in ("language", "lexicon"):
            if getattr(args, name) is not None:
                raise InputError(f"--{name} is of a transcript; give that with --text")
        if args.mode in ("text", "hybrid"):
            raise InputError(f"--mode {args.mode} needs the transcript; give it with --text")
    elif not args.language:
        raise InputError("--text needs its language; give it with --language, such as --language en-US")
    chosen: Mode = args.mode or "hybrid"
    return chosen
