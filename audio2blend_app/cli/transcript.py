"""What a command takes of a text: the words, their language, and how far the mouth goes by them."""

import argparse
from pathlib import Path

from audio2blend import plugins
from audio2blend.errors import InputError
from audio2blend.hybrid import MODES, Mode

from ..transcript import is_alignment


def configure(parser: argparse._ActionsContainer, *, modes: bool = True) -> None:
    """Add the arguments that give the transcript, and with `modes` the one that says how far the mouth goes by it."""
    parser.add_argument(
        "--text", metavar="TEXT",
        help="the transcript, a .txt .docx .odt .srt .vtt .fountain or .ssml file of it, or its alignment (.TextGrid "
        ".json .eaf …); {stem} stands for the recording's name without suffix, {parent} for its folder's",
    )  # fmt: skip
    parser.add_argument(
        "--transcribe", action="store_true",
        help="without a transcript: have the Whisper model of --encoder transcribe the recording",
    )  # fmt: skip
    parser.add_argument("--language", metavar="TAG", help="language of the transcript: en-US, de, fr, pt-BR, zh …")
    parser.add_argument(
        "--lexicon", type=Path, metavar="FILE",
        help="your own pronunciations: a word, a tab and its phones in each line",
    )  # fmt: skip
    parser.add_argument(
        "--aligner", metavar="NAME", default="builtin",
        help=f"what finds the words in the sound: {', '.join(plugins.names('aligners'))} (default builtin)",
    )  # fmt: skip
    if not modes:
        return
    parser.add_argument(
        "--mode", choices=MODES,
        help="what moves the mouth: audio, the network alone; text, the phones of the transcript alone; hybrid, the "
        "network with the transcript's lip closures (default: hybrid with --text, else audio)",
    )  # fmt: skip


def check(args: argparse.Namespace) -> None:
    """Raise InputError for arguments that do not go together."""
    if args.transcribe:
        if args.text is not None:
            raise InputError("--text and --transcribe are two ways to the words; give one of them")
        if args.encoder is None:
            raise InputError("--transcribe needs a Whisper model; name its folder with --encoder")
        if args.lexicon is not None:
            raise InputError("--lexicon is of a transcript; give that with --text")
    elif args.text is None:
        for name in ("language", "lexicon"):
            if getattr(args, name) is not None:
                raise InputError(f"--{name} is of a transcript; give that with --text")
    elif not args.language and not is_alignment(args.text):
        raise InputError("--text needs its language; give it with --language, such as --language en-US")


def mode(args: argparse.Namespace) -> Mode:
    """Return the mode that the arguments ask for. Raises InputError for arguments that do not go together."""
    check(args)
    if args.text is None and not args.transcribe and args.mode in ("text", "hybrid"):
        raise InputError(f"--mode {args.mode} needs the transcript; give it with --text")
    chosen: Mode = args.mode or "hybrid"
    return chosen
