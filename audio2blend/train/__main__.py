"""`python -m audio2blend.train listen | distil | fit | head | evaluate | export | habits | alignment | languages`."""

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from ..errors import Audio2BlendError, InputError, MissingDependencyError
from .evaluation import command as evaluation


def main(argv: Sequence[str] | None = None) -> int:
    """Run one of the verbs; return the exit code."""
    args = _parser().parse_args(argv)
    try:
        if args.verb != "export":
            _check_data(args.data)
        if args.verb in ("listen", "distil", "fit", "head", "export"):
            _check_torch()
        if args.verb == "listen":
            from .listen import listen

            listen(args.data, args.teacher, args.output)
        elif args.verb == "distil":
            from .fit import distil

            distil(args.data, args.listening, args.output, **_training(args))
        elif args.verb == "fit":
            from .fit import fit

            given = {"trunk": args.trunk, "leave_out": frozenset(args.leave_out)}
            fit(args.data, args.listening, args.output, **given, **_training(args))
        elif args.verb == "head":
            from .encoder_head import fit_head

            left_out = frozenset(args.leave_out)
            fit_head(args.data, args.encoder, args.output, leave_out=left_out, **_heads(args))
        elif args.verb == "evaluate":
            evaluation.run(args)
        elif args.verb == "habits":
            from .habits import count_habits

            count_habits(args.data)
        elif args.verb == "alignment":
            from .evaluation.on_alignment import report

            print(report(args.data))
        elif args.verb == "languages":
            from .evaluation.on_languages import report

            print(report(args.data))
        elif args.verb == "export":
            from .export import export

            export(args.checkpoint, args.output, style=args.style, phones=args.phones)
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
            raise MissingDependencyError(f"training needs {name}; pip install 'audio2blend[train]'")


_STYLES: Final = ("grid", "facegood")
_DATA: Final = "folder that holds grid/, facegood/, kokoro/, ict_facekit/ and, if there are, prompts/ and speech/"


def _training(args: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(args, name) for name in ("quality", "device", "resume", "steps", "seed")}


def _heads(args: argparse.Namespace) -> dict[str, int]:
    return {name: getattr(args, name) for name in ("crops", "heads", "steps", "seed")}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m audio2blend.train", description="Train the network.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    listen = verbs.add_parser("listen", help="run a teacher on the corpora and store its features")
    listen.add_argument("--data", type=Path, required=True, help=_DATA)
    listen.add_argument("--teacher", type=Path, required=True, help="folder of a Whisper base model (CTranslate2)")
    listen.add_argument("-o", "--output", type=Path, default=Path("checkpoints/listening.npz"), help="file to write")
    distil = verbs.add_parser("distil", help="train a network to predict the teacher's features, and phones")
    fit = verbs.add_parser("fit", help="train a network to move a face")
    for parser_of, kept in ((distil, "trunk"), (fit, "network")):
        parser_of.add_argument("--data", type=Path, required=True, help=_DATA)
        parser_of.add_argument(
            "--listening", type=Path, default=Path("checkpoints/listening.npz"), help="from `listen`"
        )
        parser_of.add_argument(
            "-o", "--output", type=Path, default=Path(f"checkpoints/{kept}.pt"), help="checkpoint to write"
        )
        parser_of.add_argument("--quality", choices=("best", "live"), default="best", help="which network to train")
        parser_of.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
        parser_of.add_argument("--resume", action="store_true", help="go on from the checkpoint")
        parser_of.add_argument("--steps", type=int, default=6_000)
        parser_of.add_argument("--seed", type=int, default=0)
    fit.add_argument("--trunk", type=Path, help="checkpoint of `distil` to begin with")
    head = verbs.add_parser(
        "head", help="train a head that moves a face from a Whisper model's features, and write it as ONNX"
    )
    head.add_argument("--data", type=Path, required=True, help=_DATA)
    head.add_argument("--encoder", type=Path, required=True, help="folder of a Whisper base model (CTranslate2)")
    head.add_argument("-o", "--output", type=Path, required=True, help=".onnx file to write")
    head.add_argument("--crops", type=int, default=4_200, help="pieces of 4 s that the model is given")
    head.add_argument("--heads", type=int, default=1, help="how many to train and take the mean of")
    head.add_argument("--steps", type=int, default=800)
    head.add_argument("--seed", type=int, default=0)
    for parser_of in (fit, head):
        parser_of.add_argument(
            "--leave-out", action="append", default=[], metavar="CORPUS", choices=("grid", "facegood"),
            help="a corpus not to train on, to test on it",
        )  # fmt: skip
    evaluation.add_arguments(verbs.add_parser("evaluate", help="measure networks on what was held out of the corpora"))
    habits = verbs.add_parser("habits", help="count what the network takes for what, for the aligner")
    habits.add_argument("--data", type=Path, required=True, help=_DATA)
    alignment = verbs.add_parser("alignment", help="measure the aligner on hand labels and on new voices")
    alignment.add_argument("--data", type=Path, required=True, help=_DATA)
    languages = verbs.add_parser("languages", help="measure closures by language, on hand labels and on new voices")
    languages.add_argument("--data", type=Path, required=True, help=_DATA)
    export = verbs.add_parser("export", help="write a checkpoint as ONNX")
    export.add_argument(
        "--checkpoint", type=Path, nargs="+", default=[Path("checkpoints/network.pt")],
        help="of a network; of several `best` networks the mean is written",
    )  # fmt: skip
    export.add_argument(
        "--phones",
        type=Path,
        nargs="*",
        default=[],
        help="checkpoints of `best` networks that give the phones in its place",
    )
    export.add_argument("--style", choices=_STYLES, default="grid", help="whose way of moving the face (default grid)")
    export.add_argument("-o", "--output", type=Path, required=True, help=".onnx file to write")
    return parser


if __name__ == "__main__":
    sys.exit(main())
