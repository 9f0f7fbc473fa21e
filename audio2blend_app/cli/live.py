"""Animate faces while somebody speaks: a server, a microphone, or a recording in real time.

examples:
  audio2blend live serve --ws localhost:8765
      a server for programs and pages; open http://localhost:8765 to watch it and to try it
  audio2blend live serve --ws :8765 --livelink unreal.local
      the same, and the face of whoever speaks goes to Unreal
  audio2blend live mic --vmc localhost
      your face in VSeeFace, Warudo or another program that receives VMC
  audio2blend live play line.wav --livelink localhost:11111
      a recording in real time

docs/live-server.md describes the protocols.
"""

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from audio2blend.errors import InputError

from ..live.play import LiveReport, microphone, play
from ..live.senders import PORTS, Answerer, sender
from ..live.serve import ServeReport, ServeRequest, serve
from ..live.stage import Receiver
from ..live.transports import Security
from ..live.wire.vmc import NAMES

_ABOUT = {
    "livelink": "Unreal's ARKit source and others that take Live Link Face's packets",
    "vmc": "VSeeFace, Warudo and others that take VMC",
    "vrchat": "VRChat, as OSC with Unified Expressions",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    server = actions.add_parser("serve", help="serve streams over the network")
    for flag, about in (("ws", "WebSocket"), ("grpc", "gRPC, as clients of NVIDIA Audio2Face-3D speak it")):
        server.add_argument(f"--{flag}", metavar="[HOST]:PORT", help=f"serve {about} there (no host: this machine)")
    server.add_argument("--max-streams", type=int, default=8, metavar="N", help="streams at a time (default 8)")
    server.add_argument("--token-file", type=Path, metavar="FILE", help="clients have to show the token in this file")
    server.add_argument("--origin", action="append", default=[], metavar="URL", help="let pages of this origin connect")
    server.add_argument("--certificate", type=Path, metavar="FILE", help="encrypt with these certificates (PEM)")
    server.add_argument("--key", type=Path, metavar="FILE", help="the key of the certificate")
    server.set_defaults(act=_serve)
    mic = actions.add_parser("mic", help="animate who speaks into the microphone")
    mic.add_argument("--device", metavar="NAME", help="the microphone (default: the system's)")
    mic.add_argument("--seconds", type=float, metavar="S", help="end after so long (default: when interrupted)")
    mic.set_defaults(act=_mic)
    player = actions.add_parser("play", help="animate a recording in real time")
    player.add_argument("recording", type=Path, metavar="RECORDING", help="a sound or video file with speech")
    player.add_argument("--silent", action="store_true", help="do not play the sound here")
    player.set_defaults(act=_play)
    for action in (server, mic, player):
        for kind, about in _ABOUT.items():
            action.add_argument(
                f"--{kind}", action="append", default=[], metavar="HOST[:PORT]",
                help=f"send the face to {about} (port {PORTS[kind]})",
            )  # fmt: skip
        action.add_argument(
            "--ifacialmocap", action="store_true", help="answer receivers of iFacialMocap that ask this machine"
        )
        action.add_argument("--subject", default="audio2blend", metavar="NAME", help="the face's name in Live Link")
        action.add_argument(
            "--vmc-names", choices=NAMES, default="pascal", help="spelling of shapes in VMC (default pascal)"
        )
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the result as JSON")


def run(args: argparse.Namespace) -> Any:
    """Do it until it ends."""
    return args.act(args)


def _receivers(args: argparse.Namespace) -> list[Callable[[], Receiver]]:
    made: list[Callable[[], Receiver]] = []
    for kind in _ABOUT:
        for place in getattr(args, kind):
            made.append(partial(sender, kind, place, subject=args.subject, names=args.vmc_names))
    return [*made, Answerer] if args.ifacialmocap else made


def _serve(args: argparse.Namespace) -> ServeReport:
    token = ""
    if args.token_file is not None:
        try:
            token = args.token_file.read_text().strip()
        except OSError as error:
            raise InputError(f"{args.token_file} cannot be read ({error.strerror})") from None
        if not token:
            raise InputError(f"{args.token_file} is empty; write a token into it")
    places = {name: place for name, place in (("websocket", args.ws), ("grpc", args.grpc)) if place is not None}
    security = Security(token=token, origins=tuple(args.origin), certificate=args.certificate, key=args.key)
    return serve(
        ServeRequest(
            places=places,
            receivers=_receivers(args),
            max_streams=args.max_streams,
            security=security,
            started=_told,
        )
    )


def _told(ports: dict[str, int]) -> None:
    for name, port in ports.items():
        print(f"{name} on port {port}", file=sys.stderr, flush=True)


def _mic(args: argparse.Namespace) -> LiveReport:
    return microphone(_receivers(args), device=args.device, seconds=args.seconds)


def _play(args: argparse.Namespace) -> LiveReport:
    return play(args.recording, _receivers(args), heard=not args.silent)
