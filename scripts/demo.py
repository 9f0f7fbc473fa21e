"""Animate the recording that comes with the project into every format, and say where the files are."""

import sys
from pathlib import Path

from audio2blend import blender
from audio2blend_app.cli.main import main
from usd_export import suffixes

RECORDING = "examples/hello.wav"
OUT = Path("out")


def demo() -> int:
    """Run the demo and return its exit code."""
    wanted = list(suffixes())
    if reason := blender.why_not():
        wanted = [suffix for suffix in wanted if suffix not in (".fbx", ".mp4")]
        print(f"Blender cannot be used, so .fbx and .mp4 are left out: {reason}", file=sys.stderr)
    outputs = [argument for suffix in wanted for argument in ("-o", str(OUT / f"hello{suffix}"))]
    return main(["animate", RECORDING, *outputs, "--force"])


if __name__ == "__main__":
    sys.exit(demo())
