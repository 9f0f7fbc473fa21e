"""Draw docs/shapes.png: the built-in head in each of its shapes, and at rest.

Run from the root of the repository: `.venv/bin/python scripts/contact_sheet.py`. Needs Blender and Pillow.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import rigs
from render_farm.settings import RenderSettings
from render_farm.stills import stills

COLUMNS = 9
RENDER = 352
"""Pixels of a whole picture, of which the face is cut out."""
FACE = (70, 14, 282, 290)
"""Left, top, right and bottom of the face in it."""
CAPTION = 20
COLORS = 256


def main() -> None:
    """Render every shape at weight 1 and put the pictures together."""
    rig = rigs.builtin()
    names = ["at rest", *rig.shapes]
    weights = np.eye(len(names), dtype=np.float32)[:, 1:]
    weights[names.index("mouthClose"), rig.shapes.index("jawOpen")] = 1  # what it is for
    names[names.index("mouthClose")] = "mouthClose + jawOpen"
    width, height = FACE[2] - FACE[0], FACE[3] - FACE[1] + CAPTION
    rows = -(-len(names) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * width, rows * height), (24, 32, 36))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=14)
    with TemporaryDirectory() as folder:
        pictures = stills(rig, weights, Path(folder), look=RenderSettings(width=RENDER, height=RENDER))
        for index, (name, picture) in enumerate(zip(names, pictures, strict=True)):
            left, top = index % COLUMNS * width, index // COLUMNS * height
            sheet.paste(Image.open(picture).convert("RGB").crop(FACE), (left, top))
            draw.text((left + width / 2, top + height - CAPTION / 2), name, (235, 235, 235), font, anchor="mm")
    target = Path(__file__).resolve().parents[1] / "docs" / "shapes.png"
    sheet.quantize(COLORS, kmeans=1).save(target, optimize=True)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
