"""Draw docs/motion.png: what the dials make of the lip opening in examples/hello.wav.

Run from the root of the repository: `.venv/bin/python scripts/motion.py`. Needs Pillow.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

import rigs
from audio2blend import Speech, animate, load
from audio2blend.lips import CLOSED
from audio2blend.network import Network
from audio2blend.qa import Lips

ROOT = Path(__file__).resolve().parents[1]
STRIPS: dict[str, list[dict[str, Any]]] = {
    "all of the mouth": [{"strength": 2}, {"strength": 0.5}],
    "jaw and lips": [{"jaw": 1.5}, {"lips": 2}],
    "smoothing, in ms": [{"smooth_ms": 100}, {"smooth_ms": 50}],
    "lead, in ms": [{"lead_ms": 50}],
}
INK, BACK, COLORS = (40, 44, 52), (255, 255, 255), ((214, 69, 65), (46, 117, 182))
WIDTH, HEIGHT, LEFT, FINER = 1000, 130, 12, 2
HIGHEST = 0.26
"""The opening, in eye distances, at the top of a strip."""


def main() -> None:
    """Draw the sound and a strip for each kind of dial."""
    speech = load(ROOT / "examples" / "hello.wav")
    network, rig = Network.load(device="cpu"), rigs.builtin()
    assert rig.mesh is not None
    assert rig.landmarks is not None
    lips = Lips.of(rig.mesh.vertices, rig.mesh.deltas, rig.landmarks)

    def opening(**dials: Any) -> NDArray[np.float64]:
        clip = animate(speech, network=network, performance=False, **dials)
        return lips.opening(clip.select(rig.shapes).values)

    size = (WIDTH * FINER, (len(STRIPS) * HEIGHT + HEIGHT // 2) * FINER)
    picture = Image.new("RGB", size, BACK)
    draw, font = ImageDraw.Draw(picture), ImageFont.load_default(size=13 * FINER)
    _sound(draw, speech)
    for row, (title, variants) in enumerate(STRIPS.items()):
        bottom = (row + 1.42) * HEIGHT
        _curve(draw, np.full(2, CLOSED), bottom, (205, 210, 216), 1)
        for color, dials in zip(COLORS, variants, strict=False):
            _curve(draw, opening(**dials), bottom, color, 2)
        _curve(draw, opening(), bottom, INK, 2)
        words = [(title, INK)]
        for color, dials in zip(COLORS, variants, strict=False):
            ((name, value),) = dials.items()
            words.append((f"{name.removesuffix('_ms')} {value:g}", color))
        at = float(LEFT)
        for word, color in words:
            draw.text((at * FINER, (bottom - HEIGHT + 14) * FINER), word, color, font)
            at += draw.textlength(word, font) / FINER + 16
    target = ROOT / "docs" / "motion.png"
    picture.resize((WIDTH, size[1] // FINER), Image.Resampling.LANCZOS).quantize(64).save(target, optimize=True)
    print(f"{target}: {target.stat().st_size / 1e6:.2f} MB")


def _sound(draw: ImageDraw.ImageDraw, speech: Speech) -> None:
    columns = np.array_split(np.abs(speech.samples), WIDTH - 2 * LEFT)
    for x, column in enumerate(columns):
        reach = 28 * float(column.max()) / float(np.abs(speech.samples).max())
        box = [(LEFT + x) * FINER, (32 - reach) * FINER, (LEFT + x + 1) * FINER - 1, (32 + reach) * FINER]
        draw.rectangle(box, fill=(170, 178, 188))


def _curve(
    draw: ImageDraw.ImageDraw, values: NDArray[np.float64], bottom: float, color: tuple[int, int, int], width: int
) -> None:
    x = np.linspace(LEFT, WIDTH - LEFT, len(values)) * FINER
    y = (bottom - values / HIGHEST * (HEIGHT - 14)) * FINER
    draw.line(list(zip(x.tolist(), y.tolist(), strict=True)), fill=color, width=width * FINER, joint="curve")


if __name__ == "__main__":
    main()
