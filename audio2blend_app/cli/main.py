"""The command line: finds the installed commands, runs one, and turns what comes back into text and an exit code."""

import argparse
import io
import json
import logging
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any, Protocol, cast

from audio2blend import plugins, wording
from audio2blend.errors import Audio2BlendError, ConsentError

from ..warned import Warned
from ..wording import COMMAND_LINE


class Command(Protocol):
    """A plain module that is registered under `audio2blend.commands`; its docstring is its help."""

    __doc__: str | None

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's arguments."""

    def run(self, args: argparse.Namespace) -> Any:
        """Do the work and return a dataclass with an `exit_code`.

        Its text is what a person reads, and its `complaints` are one sentence for each thing that went wrong.
        """


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    0 done, 1 some of it failed, 2 wrong input or usage, 3 refused for lack of consent.
    """
    wording.use(COMMAND_LINE)
    try:
        return _main(sys.argv[1:] if argv is None else argv)
    finally:
        wording.use(wording.PYTHON)


def _main(argv: Sequence[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file's name may not fit the terminal's encoding
    parser = _parser(argv)
    args = parser.parse_args(argv)
    if args.command is None:
        parser.print_help()
        return 2
    for ending in ("SIGTERM", "SIGHUP"):  # as farms and closed terminals end jobs; drafts are to be swept away
        if hasattr(signal, ending):
            signal.signal(getattr(signal, ending), signal.default_int_handler)
    logging.basicConfig(format=f"audio2blend {args.command}: %(levelname)s: %(message)s", level=logging.WARNING)
    warned = Warned()
    logging.getLogger("audio2blend").addHandler(warned)
    try:
        report = args.run(args)
    except Audio2BlendError as error:
        code = 3 if isinstance(error, ConsentError) else 2
        print(f"audio2blend {args.command}: {error}", file=sys.stderr)
        if args.json:
            _print(json.dumps({"error": str(error), "exit_code": code}))
        return code
    except KeyboardInterrupt:
        print(f"audio2blend {args.command}: stopped; what was finished is kept", file=sys.stderr)
        return 130
    finally:
        logging.getLogger("audio2blend").removeHandler(warned)
    _print(json.dumps(asdict(report) | {"warnings": warned.messages}, indent=2) if args.json else str(report))
    for complaint in report.complaints:
        print(f"audio2blend {args.command}: {complaint}", file=sys.stderr)
    return cast(int, report.exit_code)


def _print(text: str) -> None:
    """Print a result; JSON is in ASCII, which every pipe takes."""
    try:
        print(text, flush=True)
    except BrokenPipeError:  # `| head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def _parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser of the command that `argv` begins with, or of all: importing one costs a tenth of a second."""
    names = plugins.names("commands")
    parser = argparse.ArgumentParser(
        prog="audio2blend",
        description="Speech in, a talking face out: ARKit animation for Blender, USD, FBX and glTF.",
        epilog="Exit codes: 0 done, 1 some of it failed, 2 wrong input or usage, 3 refused for lack of consent.",
    )
    parser.add_argument("--version", action="version", version=f"audio2blend {version('audio2blend')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")
    for name in [argv[0]] if argv and argv[0] in names else names:
        try:
            command = cast(Command, plugins.load("commands", name))
        except Audio2BlendError as error:  # somebody's broken command must not take the others away
            print(f"audio2blend: {error}", file=sys.stderr)
            continue
        about, _, details = (command.__doc__ or "").partition("\n")
        sub = commands.add_parser(
            name, help=about, description=about, epilog=details, formatter_class=argparse.RawDescriptionHelpFormatter
        )
        command.configure(sub)
        sub.add_argument("--json", action="store_true", help="print the result as JSON, for other programs")
        sub.set_defaults(run=command.run)
    return parser
