"""Choosing what computes the network: the CPU or an NVIDIA GPU."""

from collections.abc import Sequence
from contextlib import redirect_stdout
from importlib.metadata import PackageNotFoundError, distribution
from io import StringIO
from pathlib import Path
from typing import Any, Final

import onnxruntime

from .. import wording
from ..errors import InputError, MissingDependencyError

DEVICES: Final = ("auto", "cpu", "cuda")
CPU: Final = "CPUExecutionProvider"
CUDA: Final = "CUDAExecutionProvider"

_SWAP: Final = "pip uninstall -y onnxruntime onnxruntime-gpu, then pip install {}"


def installed(names: Sequence[str] = ("onnxruntime", "onnxruntime-gpu")) -> tuple[str, ...]:
    """Return which of the distributions are installed."""
    found = []
    for name in names:
        try:
            distribution(name)
        except PackageNotFoundError:
            continue
        found.append(name)
    return tuple(found)


def open_session(path: Path, device: str, *, threads: int = 0, packages: Sequence[str] | None = None) -> Any:
    """Return an onnxruntime session of the graph in `path` on `device`: "auto", "cpu" or "cuda".

    "auto" takes a GPU where there is one that works. `threads` are the CPU's, 0 as many as there are cores.
    `packages` are the onnxruntime distributions that are installed, looked up if None. Raises InputError for another
    device or an unreadable graph, and MissingDependencyError if "cuda" cannot be had or two onnxruntimes have
    overwritten each other.
    """
    if device not in DEVICES:
        raise InputError(f"there is no device '{device}'; choose auto, cpu or cuda")
    if len(installed() if packages is None else packages) > 1:
        raise MissingDependencyError(
            "both onnxruntime and onnxruntime-gpu are installed and have overwritten each other's files; keep one: "
            + _SWAP.format("onnxruntime, or for an NVIDIA GPU pip install 'onnxruntime-gpu[cuda,cudnn]'")
        )
    wanted = [CPU]
    if device != "cpu" and CUDA in onnxruntime.get_available_providers():
        wanted = [CUDA, CPU]
    # A provider that cannot start complains at length on the terminal; what it came to is read back below.
    onnxruntime.set_default_logger_severity(4)
    if CUDA in wanted:
        with redirect_stdout(StringIO()):
            onnxruntime.preload_dlls()  # finds the CUDA libraries that pip has installed
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    options.intra_op_num_threads = threads
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=wanted)
    except Exception as error:
        # The classes of onnxruntime's exceptions have no common root but Exception.
        raise InputError(f"{path} is no network that can be run: {error}") from error
    if device == "cuda" and provider_of(session) != CUDA:
        raise MissingDependencyError(
            "no CUDA device could be used; where there is an NVIDIA GPU with its driver: "
            + _SWAP.format("'onnxruntime-gpu[cuda,cudnn]'")
            + f"; or {wording.current().use_cpu}"
        )
    return session


def provider_of(session: Any) -> str:
    """Return the provider that the session really uses."""
    return str(session.get_providers()[0])
