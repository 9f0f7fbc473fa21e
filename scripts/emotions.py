"""Draw docs/emotions.png: the built-in head in the middle of a word, with each emotion.

Run from the root of the repository: `.venv/bin/python scripts/emotions.py`. Needs Blender and Pillow.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import rigs
from audio2blend import load
from audio2blend.channels import ARKIT
from audio2blend.emotion import EMOTIONS, NEUTRAL
from audio2blend.pipeline import predict
from audio2blend.post import Controls
from render_farm import RenderSettings, stills

ROOT = Path(__file__).resolve().parents[1]
COLUMNS = 4
RENDER, SIZE = 560, 280
"""Pixels of a picture as it is rendered, and as it is shown."""
CROP = (0.18, 0.09, 0.82, 0.73)
CAPTION = 24


def main() -> None:
    """Render the emotions and put the pictures together."""
    spoken = predict(load(ROOT / "examples" / "hello.wav"), performance=False)
    frame = int(spoken.to_clip(Controls())["jawOpen"].argmax()) + 9
    names = (NEUTRAL, *EMOTIONS)
    rows = [spoken.to_clip(Controls(emotion=name)).select(ARKIT).values[frame] for name in names]
    sheet = Image.new("RGB", (COLUMNS * SIZE, -(-len(names) // COLUMNS) * (SIZE + CAPTION)), (24, 32, 36))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=16)
    with TemporaryDirectory() as folder:
        look = RenderSettings(width=RENDER * 5 // 3, height=RENDER * 5 // 3)
        pictures = stills(rigs.builtin(), np.array(rows), Path(folder), look=look)
        for index, (name, picture) in enumerate(zip(names, pictures, strict=True)):
            whole = Image.open(picture).convert("RGB")
            face = whole.crop(tuple(round(edge * whole.width) for edge in CROP))
            left, top = index % COLUMNS * SIZE, index // COLUMNS * (SIZE + CAPTION)
            sheet.paste(face.resize((SIZE, SIZE), Image.Resampling.LANCZOS), (left, top))
            draw.text((left + SIZE / 2, top + SIZE + CAPTION / 2), name, (235, 235, 235), font, anchor="mm")
    sheet.save(ROOT / "docs" / "emotions.png", optimize=True)


if __name__ == "__main__":
    main()
