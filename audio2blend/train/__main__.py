"""`python -m audio2blend.train fit | evaluate | export`."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from ..errors import Audio2BlendError, InputError, MissingDependencyError


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the verbs; return the exit code."""
    args = _parser().parse_args(argv)
    try:
        if args.verb != "export":
            _check_data(args.data)
        if args.verb != "evaluate":
            _check_torch()
        if args.verb == "fit":
            from .fit import fit

            fit(
                args.data,
                args.output,
                quality=args.quality,
                teacher=args.teacher,
                device=args.device,
                resume=args.resume,
                steps=args.steps,
                seed=args.seed,
            )
        elif args.verb == "evaluate":
            from ..network import Network
            from .evaluate import evaluate

            report = evaluate(args.data, Network.load(args.network, quality=args.quality))
            print(json.dumps(report, indent=2) if args.json else "\n".join(_lines(report)))
        elif args.verb == "export":
            from .export import export

            export(args.checkpoint, args.output)
    except Audio2BlendError as error:
        print(f"python -m audio2blend.train {args.verb}: {error}", file=sys.stderr)
        return 2
    return 0


def _check_data(data: Path) -> None:
    missing = [name for name in ("grid", "facegood", "kokoro", "ict_facekit") if not (data / name).is_dir()]
    if missing:
        raise InputError(f"{data} lacks {', '.join(missing)}; docs/model-card.md says which corpora are meant")


def _check_torch() -> None:
    for name in ("torch", "onnx"):
        if find_spec(name) is None:
            raise MissingDependencyError(f"training needs {name}; pip install audio2blend[train]")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m audio2blend.train", description="Train the network.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    fit = verbs.add_parser("fit", help="train on the corpora and keep a checkpoint")
    fit.add_argument(
        "--data", type=Path, required=True, help="folder that holds grid/, facegood/, kokoro/, ict_facekit/"
    )
    fit.add_argument("-o", "--output", type=Path, default=Path("checkpoints/network.pt"), help="checkpoint to write")
    fit.add_argument("--quality", choices=("best", "live"), default="best", help="which network to train")
    fit.add_argument("--teacher", type=Path, help="folder of a Whisper model (CTranslate2) to learn from")
    fit.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    fit.add_argument("--resume", action="store_true", help="go on from the checkpoint; a teacher listens anew")
    fit.add_argument("--steps", type=int, default=7_400)
    fit.add_argument("--seed", type=int, default=0)
    evaluate = verbs.add_parser("evaluate", help="measure a network on what was held out of the corpora")
    evaluate.add_argument("--data", type=Path, required=True)
    evaluate.add_argument("--network", type=Path, help=".onnx file; by default the one that ships")
    evaluate.add_argument("--quality", choices=("best", "live"), default="best", help="which of those that ship")
    evaluate.add_argument("--json", action="store_true")
    export = verbs.add_parser("export", help="write a checkpoint as ONNX")
    export.add_argument("--checkpoint", type=Path, default=Path("checkpoints/network.pt"))
    export.add_argument("-o", "--output", type=Path, required=True, help=".onnx file to write")
    return parser


def _lines(report: dict[str, dict[str, float]]) -> Iterator[str]:
    for name, scores in report.items():
        yield f"{name:38}" + "  ".join(f"{key} {value}" for key, value in scores.items())


if __name__ == "__main__":
    sys.exit(main())
