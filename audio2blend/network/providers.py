"""Choosing what computes the network: the CPU or an NVIDIA GPU."""

from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Final

import onnxruntime

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


def open_session(path: Path, device: str, *, packages: Sequence[str] | None = None) -> Any:
    """Return an onnxruntime session of the graph in `path` on `device`: "auto", "cpu" or "cuda".

    "auto" takes a GPU where there is one that works. `packages` are the onnxruntime distributions that are
    installed, looked up if None. Raises InputError for another device or an unreadable graph, and
    MissingDependencyError if "cuda" cannot be had or two onnxruntimes have overwritten each other.
    """
    if device not in DEVICES:
        raise InputError(f"there is no device '{device}'; choose auto, cpu or cuda")
    if len(installed() if packages is None else packages) > 1:
        raise MissingDependencyError(
            "both onnxruntime and onnxruntime-gpu are installed and have overwritten each other's files; keep one: "
            + _SWAP.format("onnxruntime (or onnxruntime-gpu for an NVIDIA GPU)")
        )
    wanted = [CPU]
    if device != "cpu" and CUDA in onnxruntime.get_available_providers():
        wanted = [CUDA, CPU]
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4  # a provider that cannot start complains at length; what it came to is read back
    try:
        session = onnxruntime.InferenceSession(str(path), options, providers=wanted)
    except Exception as error:
        # The classes of onnxruntime's exceptions have no common root but Exception.
        raise InputError(f"{path} is no network that can be run: {error}") from error
    if device == "cuda" and provider_of(session) != CUDA:
        raise MissingDependencyError(
            "no CUDA device could be used; for an NVIDIA GPU with its driver: "
            + _SWAP.format("onnxruntime-gpu")
            + ", or choose device cpu"
        )
    return session


def provider_of(session: Any) -> str:
    """Return the provider that the session really uses."""
    return str(session.get_providers()[0])
