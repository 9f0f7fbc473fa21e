"""Draw docs/looks.png: the looks of the built-in head, each in the middle of a word and with another face.

Run from the root of the repository: `.venv/bin/python scripts/looks.py`. Needs Blender and Pillow.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import rigs
from audio2blend.channels import ARKIT
from render_farm import RenderSettings, stills
from rigs.builtin import LOOKS

FACES: tuple[dict[str, float], ...] = (
    {"jawOpen": 0.30, "mouthLowerDown": 0.20, "mouthUpperUp": 0.15, "browOuterUp": 0.2},
    {"jawOpen": 0.06, "mouthSmile": 0.55, "mouthUpperUp": 0.25, "mouthLowerDown": 0.2, "cheekSquint": 0.3},
    {"jawOpen": 0.12, "mouthPucker": 0.45, "mouthFunnel": 0.35},
    {"mouthSmile": 0.35, "mouthDimple": 0.2, "eyeSquint": 0.15, "cheekSquint": 0.2},
    {"jawOpen": 0.10, "mouthStretch": 0.35, "mouthLowerDown": 0.35, "mouthUpperUp": 0.2, "browInnerUp": 0.3},
    {"jawOpen": 0.42, "mouthSmile": 0.35, "mouthUpperUp": 0.2, "browInnerUp": 0.3, "cheekSquint": 0.2},
)
COLUMNS = 3
RENDER, SIZE = 880, 440
"""Pixels of a picture as it is rendered, and as it is shown."""
CAPTION = 26


def main() -> None:
    """Render the looks and put the pictures together."""
    rows = -(-len(LOOKS) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * SIZE, rows * (SIZE + CAPTION)), (24, 32, 36))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=17)
    for index, (name, face) in enumerate(zip(LOOKS, FACES, strict=True)):
        weights = np.array([[face.get(channel.removesuffix("Left").removesuffix("Right"), 0) for channel in ARKIT]])
        left, top = index % COLUMNS * SIZE, index // COLUMNS * (SIZE + CAPTION)
        with TemporaryDirectory() as folder:
            (picture,) = stills(
                rigs.builtin(name), weights, Path(folder), look=RenderSettings(width=RENDER, height=RENDER)
            )
            sheet.paste(Image.open(picture).convert("RGB").resize((SIZE, SIZE), Image.Resampling.LANCZOS), (left, top))
        caption = f"{name}: {LOOKS[name].about}"
        draw.text((left + SIZE / 2, top + SIZE + CAPTION / 2), caption, (235, 235, 235), font, anchor="mm")
    target = Path(__file__).resolve().parents[1] / "docs" / "looks.png"
    sheet.save(target, optimize=True)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
