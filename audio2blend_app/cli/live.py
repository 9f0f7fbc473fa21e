"""Serve live faces: sound comes in as it is spoken, frames go out.

examples:
  audio2blend live serve --grpc :52000
      for the clients of NVIDIA's Audio2Face-3D, with no graphics card
  audio2blend live serve --ws :8765 --max-streams 8
      for browsers and agents; http://127.0.0.1:8765/ draws the faces

It needs more: pip install 'audio2blend[live]'. docs/live-server.md has the messages.
"""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from audio2blend import plugins
from audio2blend.errors import InputError, MissingDependencyError


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    serve = actions.add_parser("serve", help="serve streams until stopped")
    for name in plugins.names("transports"):
        serve.add_argument(
            f"--{name}",
            metavar="HOST:PORT",
            dest=f"transport_{name}",
            help=f"serve {name}; :PORT is this machine alone",
        )
    serve.add_argument("--max-streams", type=int, default=8, metavar="N", help="more are refused at once (default 8)")
    serve.add_argument(
        "--token-variable",
        metavar="NAME",
        help="the environment variable that holds the bearer token clients must show",
    )
    serve.add_argument(
        "--origin", action="append", default=[], metavar="URL", help="a page that browsers may come from"
    )
    serve.add_argument("--certificate", type=Path, metavar="PEM", help="serve with TLS")
    serve.add_argument("--key", type=Path, metavar="PEM", help="the certificate's private key")


def run(args: argparse.Namespace) -> object:
    """Serve what the arguments name, until stopped."""
    try:
        from ..live.serve import ServeRequest
        from ..live.serve import run as serve
        from ..live.transport import Access
    except ImportError as error:
        raise MissingDependencyError("live servers need more: pip install 'audio2blend[live]'") from error
    token = None
    if args.token_variable and not (token := os.environ.get(args.token_variable)):
        raise InputError(f"the environment variable {args.token_variable} is empty; put the token there")
    given = {name: getattr(args, f"transport_{name}") for name in plugins.names("transports")}
    request = ServeRequest(
        addresses={name: address for name, address in given.items() if address},
        max_streams=args.max_streams,
        access=Access(token=token, origins=args.origin, certificate=args.certificate, key=args.key),
    )

    def told(bound: dict[str, str]) -> None:
        for name, address in bound.items():
            print(f"{name} at {address}", file=sys.stderr, flush=True)

    return asyncio.run(serve(request, told))
