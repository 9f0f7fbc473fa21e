"""What an animation into a client's own file costs: `python -m benchmarks.into`."""

import shutil
import tracemalloc
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import numpy as np

import rigs
import usd_export
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from rigs.readers.gltf_file import GltfFile
from usd_export.gltf.container import opened, write_glb
from usd_export.gltf.json_text import JsonText

MINUTES, MEGABYTES = (1, 10, 60), 100
FBX_MINUTES = (1, 10)


def large(path: Path) -> Path:
    """Write our head with pictures of noise in its buffer."""
    still = Clip(values=np.zeros((1, 1)), channels=("jawOpen",), frame_rate=Fraction(60))
    usd_export.write(still, plain := path.with_name("plain.glb"), rig=rigs.builtin())
    (buffer,), n_views = GltfFile(plain).json["buffers"], len(GltfFile(plain).json["bufferViews"])
    start, noise = buffer["byteLength"], np.random.default_rng(0).bytes(MEGABYTES * 1_000_000)
    text = JsonText(opened(plain).text)
    text.append(("bufferViews",), [{"buffer": 0, "byteOffset": start, "byteLength": len(noise)}])
    text.put(("images",), [{"bufferView": n_views, "mimeType": "image/png"}])
    text.put(("buffers", 0, "byteLength"), start + len(noise))
    write_glb(path, str(text), [noise], opened(plain))
    return path


def took(what: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    started = perf_counter()
    what()
    return perf_counter() - started


def line(minutes: int) -> Clip:
    """Return so many minutes of noise on ARKit's channels at 60 frames a second."""
    values = np.random.default_rng(0).random((minutes * 3600, len(ARKIT)), np.float32)
    return Clip(values=values, channels=ARKIT, frame_rate=Fraction(60), metadata={"source": "line.wav"})


def into(source: Path, suffix: str, minutes: tuple[int, ...]) -> None:
    """Print what lines of some lengths cost, beside reading the rig."""
    rig, target = rigs.load(source), source.with_name(f"out{suffix}")
    for length in minutes:
        clip = line(length)
        seconds = took(lambda clip=clip: usd_export.write(clip, target, rig=rig))  # type: ignore[misc]
        size = target.stat().st_size / 1e6
        print(f"{source.suffix} -> {suffix:<6} {length:>3} minutes  {seconds:6.2f} s  {size:6.1f} MB", flush=True)


def main() -> None:
    """Print what it costs, beside reading the rig and copying the file."""
    with TemporaryDirectory() as folder:
        source, target = large(Path(folder, "large.glb")), Path(folder, "out.glb")
        print(f"{source.stat().st_size / 1e6:.0f} MB, {len(ARKIT)} shapes at 60 fps")
        print(f"copied   {took(lambda: shutil.copyfile(source, target)):.2f} s")
        print(f"rig read {took(lambda: rigs.load(source)):.2f} s")
        into(source, ".glb", MINUTES)
        rig, clip = rigs.load(source), line(MINUTES[1])
        tracemalloc.start()
        usd_export.write(clip, target, rig=rig)
        print(f"memory beside the rig and the clip: {tracemalloc.get_traced_memory()[1] / 1e6:.0f} MB")
        tracemalloc.stop()
        still = Clip(values=np.zeros((1, 1)), channels=("jawOpen",), frame_rate=Fraction(60))
        for suffix, minutes in ((".usdc", MINUTES), (".fbx", FBX_MINUTES)):
            own = usd_export.write(still, Path(folder, f"hero{suffix}"), rig=rigs.builtin())
            into(own, suffix, minutes)


if __name__ == "__main__":
    main()
