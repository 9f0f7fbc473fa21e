"""Draw docs/visemes.png: the built-in head at each phone, and in the middle of every sound of a sentence.

Run from the root of the repository: `.venv/bin/python scripts/visemes.py`. Needs Blender and Pillow.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import rigs
from audio2blend.phones import PHONES
from audio2blend.visemes import articulate
from render_farm.settings import RenderSettings
from render_farm.stills import stills

COLUMNS = 14
RENDER = 420
"""Pixels of a whole picture, of which the lower face is cut out."""
FACE = (150, 205, 270, 325)
"""Left, top, right and bottom of the lower face in it."""
CAPTION = 20
SENTENCE = "sil p i p ə l m u v f a s t sil"
"""People move fast."""
EACH_S = 0.09


def main() -> None:
    """Render the phones, held for a moment each, and below them those of the sentence."""
    rig = rigs.builtin()
    held = [articulate([(name, 0.5, 0.9)], duration_s=1.4).select(rig.shapes).values[42] for name in PHONES]
    names = SENTENCE.split()
    times_s = 0.1 + EACH_S * np.arange(len(names))
    sentence = articulate(
        [(name, start, start + EACH_S) for name, start in zip(names, times_s, strict=True)], duration_s=2
    )
    spoken = sentence.select(rig.shapes).values[np.round((times_s + EACH_S / 2) * 60).astype(int)]
    captions = [*PHONES, *[""] * (-len(PHONES) % COLUMNS), *names]
    poses = np.concatenate([held, np.zeros((-len(PHONES) % COLUMNS, len(rig.shapes))), spoken])
    width, height = FACE[2] - FACE[0], FACE[3] - FACE[1] + CAPTION
    sheet = Image.new("RGB", (COLUMNS * width, -(-len(poses) // COLUMNS) * height + CAPTION), (24, 32, 36))
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype("DejaVuSans.ttf", 15)
    with TemporaryDirectory() as folder:
        pictures = stills(rig, poses, Path(folder), look=RenderSettings(width=RENDER, height=RENDER))
        for index, (caption, picture) in enumerate(zip(captions, pictures, strict=True)):
            left, top = index % COLUMNS * width, index // COLUMNS * height
            if index >= len(captions) - len(names):
                top += CAPTION
            if caption:
                sheet.paste(Image.open(picture).convert("RGB").crop(FACE), (left, top))
            draw.text((left + width / 2, top + height - CAPTION / 2), caption, (235, 235, 235), font, anchor="mm")
    target = Path(__file__).resolve().parents[1] / "docs" / "visemes.png"
    sheet.quantize(256, kmeans=1).save(target, optimize=True)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
