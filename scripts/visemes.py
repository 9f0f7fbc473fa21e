"""Draw docs/visemes.png: the built-in head at each phone, in the sounds of a sentence, and in named sets of shapes.

Run from the root of the repository: `.venv/bin/python scripts/visemes.py`. Needs Blender and Pillow.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import rigs
from audio2blend.phones import PHONES
from audio2blend.visemes import articulate
from audio2blend.visemes.sets import viseme_set
from render_farm.settings import RenderSettings
from render_farm.stills import stills

COLUMNS = 14
RENDER = 420
"""Pixels of a whole picture, of which the lower face is cut out."""
FACE = (155, 212, 265, 318)
"""Left, top, right and bottom of the lower face in it."""
CAPTION = 20
SENTENCE = "sil p i p ə l m u v f a s t sil"
"""People move fast."""
EACH_S = 0.09
OTHERS = "ø œ ɵ ɯ ɯᵝ ɤ ʌ ɐ β ɸ ɱ k͡p tʷ ʂ"
"""Phones that the network has no class for."""
SETS = {"rhubarb": "A B C D E F G H X", "vrm": "aa ih ou ee oh"}


def held(phone: str) -> np.ndarray:
    """Return the weights in the middle of a phone of 0.4 s."""
    return articulate([(phone, 0.5, 0.9)], duration_s=1.4).values[42]


def spoken() -> list[np.ndarray]:
    """Return the weights in the middle of the sounds of the sentence."""
    names = SENTENCE.split()
    times_s = 0.1 + EACH_S * np.arange(len(names))
    phones = [(name, start, start + EACH_S) for name, start in zip(names, times_s, strict=True)]
    return list(articulate(phones, duration_s=2).values[np.round((times_s + EACH_S / 2) * 60).astype(int)])


def main() -> None:
    """Render the blocks, one below the other, with a gap between them."""
    rig = rigs.builtin()
    named = [
        (shape, held(viseme_set(name).phone_of(shape))) for name, shapes in SETS.items() for shape in shapes.split()
    ]
    blocks = [
        [(name, held(name)) for name in PHONES],
        list(zip(SENTENCE.split(), spoken(), strict=True)),
        [(name, held(name)) for name in OTHERS.split()],
        named,
    ]
    channels = articulate([], duration_s=1).channels
    columns = [channels.index(name) if name in channels else -1 for name in rig.shapes]
    poses = np.stack([pose for block in blocks for _, pose in block])
    poses = np.where(np.array(columns) < 0, 0, poses[:, columns])
    width, height = FACE[2] - FACE[0], FACE[3] - FACE[1] + CAPTION
    rows = sum(-(-len(block) // COLUMNS) for block in blocks)
    sheet = Image.new("RGB", (COLUMNS * width, rows * height + (len(blocks) - 1) * CAPTION), (24, 32, 36))
    draw, font = ImageDraw.Draw(sheet), ImageFont.truetype("DejaVuSans.ttf", 15)
    with TemporaryDirectory() as folder:
        pictures = iter(stills(rig, poses, Path(folder), look=RenderSettings(width=RENDER, height=RENDER)))
        top = 0
        for block in blocks:
            for index, (caption, _) in enumerate(block):
                left, below = index % COLUMNS * width, top + index // COLUMNS * height
                sheet.paste(Image.open(next(pictures)).convert("RGB").crop(FACE), (left, below))
                place = (left + width / 2, below + height - CAPTION / 2)
                draw.text(place, caption, (235, 235, 235), font, anchor="mm")
            top += -(-len(block) // COLUMNS) * height + CAPTION
    target = Path(__file__).resolve().parents[1] / "docs" / "visemes.png"
    sheet.quantize(256, kmeans=1).save(target, optimize=True)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
