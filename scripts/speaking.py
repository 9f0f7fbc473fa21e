"""Draw docs/speaking.png: the built-in head at four moments of examples/hello.wav.

Run from the root of the repository: `.venv/bin/python scripts/speaking.py`. Needs Blender and Pillow, and some minutes.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image

import audio2blend
import rigs
from render_farm import RenderSettings, stills

ROOT = Path(__file__).resolve().parents[1]
MOMENTS_S = (0.50, 0.63, 1.80, 3.36)
"""Hello, Bob, five, and."""
SIZE = 420
SIDES = 60
"""Pixels cut off to the left and right."""


def main() -> None:
    """Render the moments and put them side by side."""
    clip = audio2blend.animate(audio2blend.load(ROOT / "examples" / "hello.wav"))
    rig = rigs.builtin()
    frames = np.round(np.array(MOMENTS_S) * float(clip.frame_rate)).astype(int)
    look = RenderSettings(engine="cycles", width=SIZE, height=SIZE, samples=20)
    strip = Image.new("RGB", (len(frames) * (SIZE - 2 * SIDES), SIZE))
    with TemporaryDirectory() as folder:
        for index, picture in enumerate(stills(rig, clip.select(rig.shapes).values[frames], Path(folder), look=look)):
            face = Image.open(picture).convert("RGB").crop((SIDES, 0, SIZE - SIDES, SIZE))
            strip.paste(face, (index * face.width, 0))
    target = ROOT / "docs" / "speaking.png"
    strip.quantize(256, kmeans=1).save(target, optimize=True)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
