"""Animate the recording that comes with the project into every format, and say where the files are."""

import sys
from pathlib import Path

from audio2blend import blender
from audio2blend_app.cli.main import main
from usd_export import formats

RECORDING = "examples/hello.wav"
OUT = Path("out")


def demo() -> int:
    """Run the demo and return its exit code."""
    wanted = [form for form in formats() if form.writer]  # the others put the animation into a file that is there
    if reason := blender.why_not():
        without = [form.suffix for form in wanted if form.needs_blender]
        wanted = [form for form in wanted if not form.needs_blender]
        print(f"Blender cannot be used, so {' and '.join(without)} are left out: {reason}", file=sys.stderr)
    outputs = [argument for form in wanted for argument in ("-o", str(OUT / f"hello{form.suffix}"))]
    return main(["animate", RECORDING, *outputs, "--force"])


if __name__ == "__main__":
    sys.exit(demo())
