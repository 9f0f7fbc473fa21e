"""Render speech as video, on this machine or many: plan, submit, watch, stop and try again.

examples:
  audio2blend farm submit job.toml
      animates, renders and encodes all lines of a job on this machine; submitting again completes what is missing
  audio2blend farm submit job.toml --engine local --workers 2
      the same with two Blenders at once
  audio2blend farm status job.toml
      how far it is; logs shows what happened, and what a task printed
  audio2blend farm cancel job.toml
      stops it, from another terminal; what was finished is kept
  audio2blend farm plan job.toml -o plan.json
      the job in Open Job Description, for other render managers: openjd run plan.json --step check --run-dependencies

docs/farm.md lists what a job file says.

Exit codes: 0 all is done, 1 some of it failed or it was stopped, 2 wrong input, 3 refused for lack of consent.
"""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from audio2blend.blender import BlenderError
from audio2blend.errors import Audio2BlendError
from render_farm import engines
from render_farm.steps import ORDER
from usd_export.format import Choice, choices

from .. import farm
from ..farm_report import JobReport
from .progress_of_job import Bar


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True, title="actions")
    plan = actions.add_parser("plan", help="print or write a job in Open Job Description")
    plan.add_argument("-o", "--output", type=Path, metavar="FILE", help="a .json file in the job's folder")
    plan.set_defaults(act=_plan)
    submit = actions.add_parser("submit", help="do what is missing of a job")
    submit.add_argument(
        "--engine", choices=engines.names(), default="local", help="who does it (default local: this machine)"
    )
    for choice in _offered().values():
        submit.add_argument(_flag(choice), metavar=choice.metavar, dest=choice.name, help=choice.help)
    submit.set_defaults(act=_submit)
    status = actions.add_parser("status", help="how far a job is")
    status.set_defaults(act=lambda args: farm.status(args.job))
    cancel = actions.add_parser("cancel", help="stop a job; what was finished is kept")
    cancel.set_defaults(act=lambda args: farm.cancel(args.job))
    retry = actions.add_parser("retry", help="submit a job once more, as it was submitted last")
    retry.set_defaults(act=_retry)
    logs = actions.add_parser("logs", help="what happened to a job, or what a task printed")
    logs.set_defaults(act=lambda args: farm.logs(args.job, args.task))
    for action in (plan, submit, status, cancel, retry, logs):
        action.add_argument("job", type=Path, metavar="JOB", help="the .toml file of the job")
    logs.add_argument("task", nargs="?", default="", metavar="TASK", help="a task, such as render-0-23")
    step = actions.add_parser("step", help="do a task of a job in this process, as engines do")
    step.add_argument("step", choices=ORDER, metavar="STEP", help=", ".join(ORDER))
    step.add_argument("--job", type=Path, required=True, metavar="JOB", help="the .toml file of the job")
    step.add_argument(
        "--units", required=True, metavar="RANGE", help="which lines, shots or frames, from 0 on: 7, 0-23 or 0-23,30"
    )
    step.set_defaults(act=lambda args: _told(lambda: farm.step(args.step, args.job, args.units)))
    for name, act in (("open", farm.open_room), ("close", farm.close_room)):
        room = actions.add_parser(name, help=f"{name} the Blender of a step environment of Open Job Description")
        room.add_argument("--folder", type=Path, required=True, metavar="FOLDER", help="the session's own")
        room.set_defaults(act=lambda args, act=act: _told(lambda: act(args.folder)))
    for action in actions.choices.values():
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print the result as JSON")


def run(args: argparse.Namespace) -> Any:
    """Run the action and return its report."""
    return args.act(args)


def _plan(args: argparse.Namespace) -> farm.PlanReport:
    return farm.plan(farm.PlanRequest(job=args.job, output=args.output))


def _submit(args: argparse.Namespace) -> JobReport:
    options = {name: getattr(args, name) for name in _offered() if getattr(args, name) is not None}
    with closing(Bar()) as bar:
        return farm.submit(farm.SubmitRequest(job=args.job, engine=args.engine, options=options), bar)


def _retry(args: argparse.Namespace) -> JobReport:
    with closing(Bar()) as bar:
        return farm.retry(args.job, bar)


def _told(act: Callable[[], Any]) -> Any:
    """Do what an action of Open Job Description does, and tell who runs it why it fails, in its own words."""
    try:
        return act()
    except Exception as error:
        why = str(error) if isinstance(error, Audio2BlendError) else f"{type(error).__name__}: {error}"
        print(f"openjd_fail: {why}".splitlines()[0], flush=True)  # the terminal reads the rest
        if isinstance(error, BlenderError):  # it crashed: unlike wrong input, another try may help
            print(f"audio2blend farm: {error}", file=sys.stderr)
            sys.exit(1)
        raise


def _offered() -> dict[str, Choice]:
    """Return the options of all engines that are installed, by name; engines whose options share a name share it."""
    out: dict[str, Choice] = {}
    for name in engines.names():
        try:
            engine = engines.load(name)
        except Audio2BlendError:  # somebody's broken engine must not take the others away
            continue
        for choice in choices(engine.options):
            out.setdefault(choice.name, choice)
    return out


def _flag(choice: Choice) -> str:
    return f"--{choice.name.replace('_', '-')}"
