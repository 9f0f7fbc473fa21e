"""The buttons for scripts and farms: `blender hero.blend --command audio2blend animate line.wav -o line.usdc`."""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import bpy

from audio2blend.errors import Audio2BlendError, ConsentError
from audio2blend_app.batch import BatchReport

from ..scene import consent
from ..state.files import FORMATS
from ..state.properties import EMOTION_ITEMS, active_speaker, active_take, ensure_speaker

_handle: Any = None
_DIALS: Final = (
    "strength",
    "jaw",
    "lips",
    "smooth-ms",
    "lead-ms",
    "emotion-amount",
    "blinks",
    "gaze",
    "head",
    "brows",
    "tolerance",
)

EXAMPLES = """\
examples:
  blender hero.blend --command audio2blend animate line.wav --character Head --save hero_line.blend
      the object Head says line.wav, in a file of its own
  blender hero.blend --command audio2blend animate line.wav -o line.usdc -o line.mp4
      the character that was chosen in hero.blend says it, in files for others
  blender hero.blend --command audio2blend batch lines.csv --character Head --folder out --format usdc --format mp4
      every line of a table, or every recording of a folder; what is done and unchanged is not done again
  blender --command audio2blend self-test
      what this installation has, and whether it works

exit codes: 0 done, 1 some of it failed, 2 wrong input or usage, 3 somebody has not agreed
"""


def main(arguments: Sequence[str]) -> int:
    """Do what the arguments after `--command audio2blend` say, and return the exit code."""
    try:
        args = _parser().parse_args(arguments)
    except SystemExit as end:  # argparse has printed help or what is wrong
        return int(end.code or 0)
    work: Callable[[argparse.Namespace], int] = args.work
    try:
        return work(args)
    except Audio2BlendError as error:
        print(f"audio2blend {args.verb}: {error}", file=sys.stderr)
        return 3 if isinstance(error, ConsentError) else 2
    except RuntimeError as error:  # what an operator reports
        print(f"audio2blend {args.verb}: {_told(error)}", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="blender [FILE.blend] --command audio2blend",
        description="Speech in, a talking face out, without a window.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", title="verbs")
    animate = verbs.add_parser("animate", help="animate a character of the .blend file from a recording")
    animate.set_defaults(work=_animate)
    animate.add_argument("sound", type=Path, metavar="RECORDING", help="a sound or video file with speech")
    animate.add_argument("-o", "--output", action="append", default=[], type=Path, metavar="FILE", dest="outputs",
                         help="a file to write, in the format of its suffix; may be repeated")  # fmt: skip
    animate.add_argument("--save", type=Path, metavar="FILE", help="the .blend file to write; may be the open one")
    motion = animate.add_argument_group("motion", "what is not given is as it was set in the .blend file")
    motion.add_argument("--character", metavar="NAME", help="the face mesh or armature")
    motion.add_argument("--speaker", metavar="NAME", help="who speaks, by the name in the register of consent")
    motion.add_argument("--map", metavar="NAME", help="text data-block with the map")
    motion.add_argument("--quality", choices=["best", "live"], help="the network to use")
    motion.add_argument("--keys", type=str.upper, choices=["DENSE", "REDUCED", "STEPPED"],
                        help="which keyframes are written")  # fmt: skip
    motion.add_argument("--step", type=int, metavar="N", help="number of frames each stepped pose is held")
    motion.add_argument("--no-performance", action="store_false", default=None, dest="performance",
                        help="no blinks, gaze, raised brows or head motion")  # fmt: skip
    motion.add_argument("--mouth-only", action="store_true", default=None,
                        help="animate only the mouth; eyes, brows, nose and head keep their animation")  # fmt: skip
    motion.add_argument("--seed", type=int, metavar="N", help="random seed of blinks, gaze, brows and head motion")
    motion.add_argument(
        "--from", type=float, metavar="S", dest="from_s", help="start of the part to animate, in seconds"
    )
    motion.add_argument(
        "--until", type=float, metavar="S", dest="until_s", help="end of the part to animate, in seconds"
    )
    motion.add_argument("--start-frame", type=int, metavar="N", help="the frame at which the sound starts")
    motion.add_argument("--emotion", choices=[name for name, *_ in EMOTION_ITEMS], help="what the face shows")
    for dial in _DIALS:
        motion.add_argument(f"--{dial}", type=float, metavar="X")
    batch = verbs.add_parser("batch", help="animate characters of the .blend file from many recordings")
    batch.set_defaults(work=_batch)
    batch.add_argument("table", type=Path, metavar="TABLE", help="a .csv file, or a folder of recordings")
    batch.add_argument("--character", action="append", default=[], metavar="NAME", dest="characters",
                       help="character of the lines that name none; may be repeated")  # fmt: skip
    batch.add_argument("--format", action="append", choices=[suffix for suffix, *_ in FORMATS], dest="formats",
                       help="a format to write; may be repeated")  # fmt: skip
    batch.add_argument("--folder", type=Path, metavar="FOLDER", help="where the files go")
    batch.add_argument("--name", metavar="NAME", help="what the files are called, without a suffix; {stem} stands for "
                       "the recording's name, {parent} for its folder's and {character} for who says it "
                       "(default {stem}-{character})")  # fmt: skip
    batch.add_argument("--save", type=Path, metavar="FILE", help="the .blend file to write, with a take of every line")
    batch.add_argument("--again", action="store_true", help="make again what is done and unchanged")
    batch.add_argument("--json", action="store_true", help="print the report as JSON, for other programs")
    test = verbs.add_parser("self-test", help="report what this installation contains and whether it works")
    test.set_defaults(work=_self_test)
    return parser


def _animate(args: argparse.Namespace) -> int:
    if not args.outputs and args.save is None:
        raise RuntimeError("nothing would be saved; name a file to write with -o or --save")
    dials = ("character", "map", "quality", "keys", "start_frame")
    more = ("step", "emotion", "performance", "mouth_only", "seed", "from_s", "until_s")
    names = (*dials, *(dial.replace("-", "_") for dial in _DIALS), *more)
    speaker = ensure_speaker(bpy.context.scene)
    if args.speaker is not None:
        speaker.voice = args.speaker
    consent.require(speaker, args.sound.absolute())
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    bpy.ops.audio2blend.animate(sound=str(args.sound.absolute()), **given)
    take = active_take(active_speaker(bpy.context))
    if take.blocked:
        print(f"audio2blend animate: {take.blocked}", file=sys.stderr)
    if args.save is not None:
        bpy.ops.wm.save_as_mainfile(filepath=str(args.save.absolute()))
        _say(f"written  {args.save}")
    failed = 0
    for path in args.outputs:
        write = bpy.ops.audio2blend.preview if path.suffix.lower() == ".mp4" else bpy.ops.audio2blend.export
        try:
            write(filepath=str(path.absolute()))
            _say(f"written  {path}")
        except RuntimeError as error:
            print(f"audio2blend animate: {path}: {_told(error)}", file=sys.stderr)
            failed += 1
    return 1 if failed else 0


def _batch(args: argparse.Namespace) -> int:
    settings = bpy.context.scene.audio2blend_files
    if args.formats:
        settings.batch_formats = set(args.formats)
    if args.folder is not None:
        settings.folder = str(args.folder.absolute())
    if args.name:
        settings.batch_name = args.name
    if not settings.batch_formats and args.save is None:
        raise RuntimeError("nothing would be saved; name the files' --format, or a .blend file with --save")
    settings.batch_takes = args.save is not None
    bpy.ops.audio2blend.batch(
        filepath=str(args.table.absolute()), characters=";".join(args.characters), again=args.again
    )
    if args.save is not None:
        bpy.ops.wm.save_as_mainfile(filepath=str(args.save.absolute()))
    found = json.loads(bpy.context.window_manager.audio2blend.report)
    report = BatchReport.of(found)
    _say(json.dumps(found, indent=2) if args.json else str(report))
    for complaint in report.complaints:
        print(f"audio2blend batch: {complaint}", file=sys.stderr)
    return report.exit_code


def _self_test(_args: argparse.Namespace) -> int:
    bpy.ops.audio2blend.self_test()
    found = bpy.context.window_manager.audio2blend_findings.splitlines()
    for line in found:
        _say(line[1:])
    return 1 if any(line.startswith("-") for line in found) else 0


def _say(text: str) -> None:
    """Print a line: Blender keeps the reports of operators to itself here."""
    print(text, flush=True)  # Blender ends without emptying Python's buffers


def _told(error: RuntimeError) -> str:
    return str(error).strip().removeprefix("Error: ")


def register() -> None:
    """Let `--command audio2blend` find this."""
    global _handle
    _handle = bpy.utils.register_cli_command("audio2blend", main)


def unregister() -> None:
    """Let it go."""
    bpy.utils.unregister_cli_command(_handle)
