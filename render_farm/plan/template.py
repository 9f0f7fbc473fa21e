"""The template of a job: Open Job Description 2023-09 with TASK_CHUNKING.

Source: https://github.com/OpenJobDescription/openjd-specifications/wiki/2023-09-Template-Schemas

Nothing that the job file says is written into a command line or a format string, but the numbers of units: a command
names the job file, and reads it again. So a hostile name in a job stays a name.
"""

from typing import Any, Final

from ..job import Job
from ..steps import ORDER, count, load
from ..steps.step import Unit
from .chunks import TARGET_S, chunk_of

PARAMETERS: Final[dict[Unit, str]] = {"line": "Line", "shot": "Shot", "frame": "Frame"}
_GRACE_S: Final = 10
"""A cancelled task has so long to end its frame."""


def template(job: Job, file: str = "") -> dict[str, Any]:
    """Return a job as a template, a tree of what JSON knows. Raises InputError if a recording cannot be read.

    `file` is the job file as the template names it, relative to the template's own folder; by default they lie in one.
    """
    return {
        "specificationVersion": "jobtemplate-2023-09",
        "extensions": ["TASK_CHUNKING"],
        "name": job.name,
        "parameterDefinitions": [
            {
                "name": "Job",
                "type": "PATH",
                "objectType": "FILE",
                "dataFlow": "IN",
                "default": file or job.path.name,
                "description": "The job file; what it names lies in its folder.",
            }
        ],
        "steps": [step(name, job) for name in ORDER],
    }


def step(name: str, job: Job) -> dict[str, Any]:
    """Return one step of the template."""
    unit = load(name).unit
    parameter, n_units, chunk = PARAMETERS[unit], count(job, unit), chunk_of(name, job)
    chunks: dict[str, Any] = {"defaultTaskCount": chunk, "rangeConstraint": "CONTIGUOUS"}
    if name == "render" and not job.limits.chunk:
        chunks["targetRuntimeSeconds"] = round(TARGET_S)  # who can measure does better than an estimate
    values: dict[str, Any] = {"name": parameter, "type": "CHUNK[INT]", "range": f"0-{n_units - 1}", "chunks": chunks}
    arguments = ["farm", "step", name, "--job", "{{Param.Job}}", "--units", f"{{{{Task.Param.{parameter}}}}}"]
    found: dict[str, Any] = {
        "name": name,
        "parameterSpace": {"taskParameterDefinitions": [values]},
        "script": {"actions": {"onRun": _action(arguments)}},
    }
    if name != ORDER[0]:
        found["dependencies"] = [{"dependsOn": ORDER[ORDER.index(name) - 1]}]
    if name == "render":
        found["stepEnvironments"] = [environment()]
    if requirements := _requirements(name, job):
        found["hostRequirements"] = requirements
    return found


def environment() -> dict[str, Any]:
    """Return what keeps one Blender open between the tasks of a worker."""
    arguments = ["--folder", "{{Session.WorkingDirectory}}"]
    return {
        "name": "Blender",
        "script": {
            "actions": {
                "onEnter": _action(["farm", "open", *arguments]),
                "onExit": _action(["farm", "close", *arguments]),
            }
        },
    }


def _action(arguments: list[str]) -> dict[str, Any]:
    return {
        "command": "audio2blend",
        "args": arguments,
        "cancelation": {"mode": "NOTIFY_THEN_TERMINATE", "notifyPeriodInSeconds": _GRACE_S},
    }


def _requirements(name: str, job: Job) -> dict[str, Any]:
    """Return what a worker must have for a step."""
    limits = job.limits
    amounts = [("amount.worker.vcpu", limits.cores), ("amount.worker.memory", limits.memory_mb)]
    if name == "render":
        amounts += [
            ("amount.worker.gpu", int(job.look.device != "cpu")),
            ("amount.worker.gpu.memory", limits.gpu_memory_mb),
        ]
    wanted = [{"name": what, "min": least} for what, least in amounts if least]
    return {"amounts": wanted} if wanted else {}
