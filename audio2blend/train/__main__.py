"""`python -m audio2blend.train fit | evaluate | export`."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import Audio2BlendError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the verbs; return the exit code."""
    args = _parser().parse_args(argv)
    try:
        if args.verb == "fit":
            from .fit import fit

            fit(args.data, args.output, device=args.device, resume=args.resume, steps=args.steps, seed=args.seed)
        elif args.verb == "export":
            from .export import export

            export(args.checkpoint, args.output)
    except Audio2BlendError as error:
        print(f"python -m audio2blend.train {args.verb}: {error}", file=sys.stderr)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m audio2blend.train", description="Train the network.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    fit = verbs.add_parser("fit", help="train on the corpora and keep a checkpoint")
    fit.add_argument(
        "--data", type=Path, required=True, help="folder that holds grid/, facegood/, kokoro/, ict_facekit/"
    )
    fit.add_argument("-o", "--output", type=Path, default=Path("checkpoints/network.pt"), help="checkpoint to write")
    fit.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    fit.add_argument("--resume", action="store_true", help="go on from the checkpoint")
    fit.add_argument("--steps", type=int, default=12_000)
    fit.add_argument("--seed", type=int, default=0)
    export = verbs.add_parser("export", help="write a checkpoint as ONNX")
    export.add_argument("--checkpoint", type=Path, default=Path("checkpoints/network.pt"))
    export.add_argument("-o", "--output", type=Path, required=True, help=".onnx file to write")
    return parser


if __name__ == "__main__":
    sys.exit(main())
