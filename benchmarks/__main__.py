"""Run all benchmarks and write docs/benchmarks.md."""

import os
import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from operator import attrgetter
from pathlib import Path
from time import perf_counter

import numpy as np
import soundfile

from audio2blend.audio import SAMPLE_RATE, Speech, load
from audio2blend.network import Network
from audio2blend.stream import Animator

from . import rigs, window
from .cost import Cost, measure

ROOT = Path(__file__).resolve().parents[1]
TEXT = "Hello! Bob and Mary have five big maple muffins, and you may pick one."
REPEATS = 3
BIN = Path(sys.executable).parent


def speech(path: Path, minutes: float) -> Path:
    """Write some minutes of 16 kHz, 16-bit speech to `path`."""
    hello = load(ROOT / "examples" / "hello.wav").samples
    n_samples = round(minutes * 60 * SAMPLE_RATE)
    with soundfile.SoundFile(path, "w", SAMPLE_RATE, 1, "PCM_16") as file:
        for start in range(0, n_samples, len(hello)):
            file.write(hello[: n_samples - start])
    return path


def machine() -> str:
    """Return what the figures were measured on."""
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        cpu = next((line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line), cpu)
    packages = ", ".join(f"{name} {version(name)}" for name in ("audio2blend", "onnxruntime", "numpy", "openfacefx"))
    return f"{cpu}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}, {packages}"


def whole_commands(folder: Path) -> Iterator[tuple[str, Cost]]:
    """Yield what every contender takes for a minute of speech, from the shell to the finished file."""
    minute = str(speech(folder / "minute.wav", 1))
    ours, theirs = [str(BIN / "audio2blend"), "animate", minute, "--force", "-o"], str(BIN / "openfacefx")
    commands = {
        "audio2blend animate → .csv (61 curves)": [*ours, f"{folder}/ours.csv"],
        "audio2blend animate → .usdc (head and 52 shapes)": [*ours, f"{folder}/ours.usdc"],
        "loudness-driven jaw → .csv (1 curve)": [
            sys.executable, str(ROOT / "benchmarks" / "loudness.py"), minute, f"{folder}/jaw.csv"
        ],
        "OpenFaceFX energy → .csv (mouth from loudness)": [
            theirs, "energy", "--wav", minute, "-o", f"{folder}/energy.csv"
        ],
        "OpenFaceFX naive → .csv (from the text, spread evenly)": [
            theirs, "naive", "--wav", minute, "--text", " ".join([TEXT] * 13), "-o", f"{folder}/naive.csv"
        ],
    }  # fmt: skip
    for name, command in commands.items():
        yield name, min((measure(command) for _ in range(REPEATS)), key=attrgetter("seconds"))


def network_speed(quality: str, seconds: int) -> float:
    """Return how many times faster than real time a network is over so many seconds of speech."""
    network = Network.load(quality=quality, device="cpu")
    line = Speech(samples=np.resize(load(ROOT / "examples" / "hello.wav").samples, seconds * SAMPLE_RATE))
    network.run(line)
    times = []
    for _ in range(REPEATS):
        started = perf_counter()
        network.run(line)
        times.append(perf_counter() - started)
    return seconds / min(times)


def live_speed(seconds: int) -> tuple[float, float, float]:
    """Return the milliseconds that a frame of a stream takes, median and 95th percentile, and the latency."""
    animator = Animator()
    line = np.resize(load(ROOT / "examples" / "hello.wav").samples, seconds * SAMPLE_RATE)
    animator.push(line[:SAMPLE_RATE])
    times = []
    for piece in np.array_split(line, seconds * 60):  # a frame's worth of sound at a time
        started = perf_counter()
        animator.push(piece)
        times.append(1000 * (perf_counter() - started))
    return float(np.median(times)), float(np.percentile(times, 95)), animator.latency_ms


def extension() -> str:
    """Return what the Blender extension takes, measured in a process of its own."""
    if find_spec("bpy") is None:
        return "Not measured: the bpy module is not installed."
    command = [sys.executable, "-m", "benchmarks.addon"]
    said = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout
    return said[said.index("| the built-in head") :].strip()


def main() -> None:
    """Measure and write the page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        rows = [f"| {label} | {cost.seconds:.2f} | {cost.peak_mb:.0f} |" for label, cost in whole_commands(folder)]
        hour = str(speech(folder / "hour.flac", 60))
        long = measure([str(BIN / "audio2blend"), "animate", hour, "--force", "-o", f"{folder}/hour.csv"])
    speeds = [
        f"| {quality} | {network_speed(quality, 10):.0f}× | {network_speed(quality, 600):.0f}× |"
        for quality in ("best", "live")
    ]
    median_ms, slow_ms, latency_ms = live_speed(60)
    page = f"""# Benchmarks

Made by `make bench`. Machine: {machine()}.

## A minute of speech, from the shell to the finished file

Wall-clock seconds, the best of {REPEATS} runs, start-up included, and the resident memory of the largest process
at its peak.

| command | seconds | MB |
|---|---|---|
{chr(10).join(rows)}

## An hour of speech

`audio2blend animate hour.flac -o hour.csv`, once, from the shell to the finished file.

| | measured | aim |
|---|---|---|
| seconds | {long.seconds:.1f} | 30 at most |
| times faster than real time | {3600 / long.seconds:.0f} | 120 at least, better 300 |
| largest resident memory, MB | {long.peak_mb:.0f} | 1000 at most |

## The networks alone

On the CPU, times faster than real time, the best of {REPEATS} runs.

| network | over 10 s of speech | over 10 min |
|---|---|---|
{chr(10).join(speeds)}

## Live

`Animator().push` with a sixtieth of a second of sound at a time, on one thread, post-processing included, over a
minute of speech.

| per frame of 16.7 ms | ms | aim |
|---|---|---|
| computing, median | {median_ms:.2f} | |
| computing, 95th percentile | {slow_ms:.2f} | 3 at most |
| look-ahead of the network and its post-processing | {latency_ms:.0f} | 60 at most |
| from a sound to its face: look-ahead, the piece of sound it comes in, computing | \
{latency_ms + 1000 / 60 + slow_ms:.0f} | under 100 |

{rigs.section()}

## The Blender extension

In Blender as a Python module; *computing* is processor time, of all threads where it is a whole run.

{extension()}

{window.section()}

How well the network reads speech is measured by `python -m audio2blend.train evaluate`; see the
[model card](model-card.md).
"""
    (ROOT / "docs" / "benchmarks.md").write_text(page, "utf-8")
    print(page)


if __name__ == "__main__":
    main()
