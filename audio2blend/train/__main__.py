"""`python -m audio2blend.train listen | distil | fit | head | evaluate | export | habits | emotion | alignment | …`."""

import argparse
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from ..errors import Audio2BlendError, InputError, MissingDependencyError
from .evaluation import command as evaluation


def main(argv: Sequence[str] | None = None) -> int:
    """Run the verb named in `argv`; return the exit code."""
    args = _parser().parse_args(argv)
    try:
        if args.verb != "export":
            _check_data(args.data)
        if args.verb in ("listen", "distil", "fit", "head", "emotion", "export"):
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
        elif args.verb == "emotion":
            from .emotion import fit_emotions

            print(fit_emotions(args.data))
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
        raise InputError(f"{data} lacks {', '.join(missing)}; docs/model-card.md lists the corpora")


def _check_torch() -> None:
    for name in ("torch", "onnx"):
        if find_spec(name) is None:
            raise MissingDependencyError(f"training needs {name}; pip install 'audio2blend[train]'")


_STYLES: Final = ("grid", "facegood")
_DATA: Final = (
    "folder with grid/, facegood/, kokoro/, ict_facekit/ and, optionally, "
    "prompts/, speech/, librispeech/ and speechocean/"
)


def _training(args: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(args, name) for name in ("quality", "device", "resume", "steps", "seed")}


def _heads(args: argparse.Namespace) -> dict[str, int]:
    return {name: getattr(args, name) for name in ("crops", "heads", "steps", "seed")}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m audio2blend.train", description="Train the network.")
    verbs = parser.add_subparsers(dest="verb", required=True)
    listen = verbs.add_parser("listen", help="run the teacher on the corpora and store its features and pseudo-labels")
    listen.add_argument("--data", type=Path, required=True, help=_DATA)
    listen.add_argument("--teacher", type=Path, required=True, help="folder of a Whisper base model (CTranslate2)")
    listen.add_argument("-o", "--output", type=Path, default=Path("checkpoints/listening.npz"), help="file to write")
    distil = verbs.add_parser("distil", help="train a trunk to predict the teacher's features and phones")
    fit = verbs.add_parser("fit", help="train a network to predict face weights")
    for parser_of, kept in ((distil, "trunk"), (fit, "network")):
        parser_of.add_argument("--data", type=Path, required=True, help=_DATA)
        parser_of.add_argument(
            "--listening", type=Path, default=Path("checkpoints/listening.npz"), help="file written by `listen`"
        )
        parser_of.add_argument(
            "-o", "--output", type=Path, default=Path(f"checkpoints/{kept}.pt"), help="checkpoint to write"
        )
        parser_of.add_argument("--quality", choices=("best", "live"), default="best", help="which network to train")
        parser_of.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
        parser_of.add_argument("--resume", action="store_true", help="continue from the checkpoint in --output")
        parser_of.add_argument("--steps", type=int, default=6_000)
        parser_of.add_argument("--seed", type=int, default=0)
    fit.add_argument("--trunk", type=Path, help="checkpoint of `distil` to start from")
    head = verbs.add_parser(
        "head", help="train a head that predicts face weights from a Whisper model's features, and write it as ONNX"
    )
    head.add_argument("--data", type=Path, required=True, help=_DATA)
    head.add_argument("--encoder", type=Path, required=True, help="folder of a Whisper base model (CTranslate2)")
    head.add_argument("-o", "--output", type=Path, required=True, help=".onnx file to write")
    head.add_argument("--crops", type=int, default=4_200, help="number of 4 s crops to encode")
    head.add_argument("--heads", type=int, default=1, help="number of heads to train; the graph averages their outputs")
    head.add_argument("--steps", type=int, default=800)
    head.add_argument("--seed", type=int, default=0)
    for parser_of in (fit, head):
        parser_of.add_argument(
            "--leave-out", action="append", default=[], metavar="CORPUS", choices=("grid", "facegood"),
            help="corpus to exclude from training, so that it can serve as a test",
        )  # fmt: skip
    evaluation.add_arguments(verbs.add_parser("evaluate", help="evaluate networks on held-out recordings"))
    habits = verbs.add_parser("habits", help="measure the network's phone confusions, for the aligner")
    habits.add_argument("--data", type=Path, required=True, help=_DATA)
    emotion = verbs.add_parser("emotion", help="fit the classifier of emotion, and evaluate it on actors left out")
    emotion.add_argument("--data", type=Path, required=True, help=_DATA)
    alignment = verbs.add_parser("alignment", help="evaluate the aligner on hand labels and on unseen voices")
    alignment.add_argument("--data", type=Path, required=True, help=_DATA)
    languages = verbs.add_parser("languages", help="measure closures by language, on hand labels and on new voices")
    languages.add_argument("--data", type=Path, required=True, help=_DATA)
    export = verbs.add_parser("export", help="write a checkpoint as ONNX")
    export.add_argument(
        "--checkpoint", type=Path, nargs="+", default=[Path("checkpoints/network.pt")],
        help="checkpoints of one quality; the graph averages the outputs of several",
    )  # fmt: skip
    export.add_argument(
        "--phones",
        type=Path,
        nargs="*",
        default=[],
        help="checkpoints of `best` networks whose phones replace those of --checkpoint",
    )
    export.add_argument(
        "--style", choices=_STYLES, default="grid", help="corpus whose speaker's style is exported (default: grid)"
    )
    export.add_argument("-o", "--output", type=Path, required=True, help=".onnx file to write")
    return parser


if __name__ == "__main__":
    sys.exit(main())
