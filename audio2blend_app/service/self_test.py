"""What this installation has and whether it works: the extension's self-test."""

import platform
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import numpy as np

from audio2blend.audio import SAMPLE_RATE, Speech
from audio2blend.errors import Audio2BlendError
from audio2blend.network import Network
from audio2blend.network.network import WEIGHTS

_PACKAGES: Final = ("audio2blend", "numpy", "onnxruntime", "soundfile", "soxr", "usd-core")
_TRIAL_S: Final = 10


def run(
    *, device: str = "auto", weights: str = "", threads: int = 0, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """Return versions, networks and devices, each network tried on noise.

    Returns:
        "versions" by package, with "python" and without what is not installed. "networks": for each its "quality",
        "path" and "name", the "provider" that computes it and the "speed" in seconds of speech a second, or an
        "error". "devices": a sentence for each that says why it cannot be used, empty where it can.
    """
    versions = {"python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    paths = {"own": Path(weights)} if weights else WEIGHTS
    networks = []
    for done, (quality, path) in enumerate(paths.items()):
        progress(done, len(paths) + 1)
        networks.append({"quality": quality, "path": str(path), **_tried(path, device, threads)})
    devices = {name: _why_not(name) for name in ("cpu", "cuda")}
    return {"versions": versions, "networks": networks, "devices": devices}


def _tried(path: Path, device: str, threads: int) -> dict[str, Any]:
    try:
        network = Network.load(path, device=device, threads=threads)
    except Audio2BlendError as error:
        return {"error": str(error)}
    noise = np.random.default_rng(0).normal(0, 0.1, _TRIAL_S * SAMPLE_RATE).astype(np.float32)
    started = perf_counter()
    network.run(Speech(samples=noise))
    return {
        "quality": network.quality,
        "name": network.name,
        "provider": network.provider,
        "speed": round(_TRIAL_S / (perf_counter() - started), 1),
    }


def _why_not(device: str) -> str:
    try:
        Network.load(quality="live", device=device, threads=1)
    except Audio2BlendError as error:
        return str(error)
    return ""
