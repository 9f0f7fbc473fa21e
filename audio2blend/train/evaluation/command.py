"""`python -m audio2blend.train evaluate`."""

import json
from argparse import ArgumentParser, Namespace
from pathlib import Path

from ...network import EncoderNetwork, Network
from ...network.encoder import HEAD
from ..lips import load_lips
from ..teacher import open_encoder
from .baselines import OfNetwork
from .evaluate import FACES, SECTIONS, evaluate
from .table import table


def add_arguments(parser: ArgumentParser) -> None:
    """Add the arguments of `evaluate`."""
    parser.add_argument("--data", type=Path, required=True, help="folder with the corpora")
    who = parser.add_mutually_exclusive_group()
    who.add_argument("--network", type=Path, nargs="+", help=".onnx files (default: the shipped networks)")
    who.add_argument("--quality", choices=("best", "live"), help="one of the shipped networks")
    who.add_argument("--encoder", type=Path, help="folder of a Whisper model: the network on this encoder")
    parser.add_argument("--head", type=Path, default=HEAD, help=".onnx file of the head for --encoder")
    parser.add_argument("--raw", action="store_true", help="also score networks without post-processing")
    parser.add_argument("--teacher", type=Path, help="folder of a Whisper model: adds the baseline on its features")
    parser.add_argument("--left-out", choices=FACES, help="corpus that the networks were trained without")
    parser.add_argument("--only", choices=SECTIONS, nargs="+", default=list(SECTIONS), help="sections to measure")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument("--markdown", action="store_true")


def run(args: Namespace) -> None:
    """Evaluate, and print each section as soon as it is done.

    Raises InputError or MissingDependencyError for networks and encoders that cannot be loaded.
    """
    lips = load_lips(args.data / "ict_facekit" / "lip_vertices.npz")
    loaded: dict[str, Network]
    if args.encoder:
        loaded = {"encoder": EncoderNetwork.open(args.encoder, head=args.head, device="cpu")}
    elif args.network:
        short = len({path.stem for path in args.network}) == len(args.network)
        loaded = {path.stem if short else str(path): Network.load(path, device="cpu") for path in args.network}
    else:
        loaded = {quality: Network.load(quality=quality, device="cpu") for quality in _qualities(args)}
    networks = [OfNetwork(name, network, lips) for name, network in loaded.items()]
    if args.raw:
        networks += [OfNetwork(f"{name}, raw", network, lips, raw=True) for name, network in loaded.items()]
    encoder = open_encoder(args.teacher) if args.teacher else None
    report = {}
    for section in evaluate(args.data, networks, only=args.only, left_out=args.left_out, encoder=encoder):
        report[section.name] = section.scores
        if not args.json:
            print(table(section, networks, left_out=args.left_out, markdown=args.markdown), flush=True)
    if args.json:
        print(json.dumps(report, indent=2))


def _qualities(args: Namespace) -> tuple[str, ...]:
    return (args.quality,) if args.quality else ("best", "live")
