"""Draw docs/languages.png and print the figures of docs/languages.md: a sentence of each language, spoken and animated.

espeak-ng speaks the sentence, `animate` has the text (hybrid), and the built-in head is shown in the middle of ten of
its phones. Run from the root of the repository: `.venv/bin/python scripts/languages.py`. Needs espeak-ng, Blender and
Pillow.
"""

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import rigs
from audio2blend import load
from audio2blend.align.alignment import Alignment
from audio2blend.align.builtin import align
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from audio2blend.hybrid import with_alignment
from audio2blend.ipa import phones
from audio2blend.lips import CLOSED
from audio2blend.network import Network
from audio2blend.pipeline import predict
from audio2blend.post import Controls
from audio2blend.qa import Lips
from audio2blend.text import words
from render_farm.settings import RenderSettings
from render_farm.stills import stills

SENTENCES = {
    "de": "Fünf bunte Vögel sprechen über schöne Mützen.",
    "nl": "De beroemde vrouw fluit vrolijk op de brug.",
    "sv": "Sju sköna vänner badar i sjön på morgonen.",
    "fr": "Un bon vin blanc pour mon beau-père, bien sûr.",
    "es": "Mi abuela vive en un pueblo muy bonito.",
    "it": "La mamma compra pane fresco e un po' di formaggio.",
    "pt-BR": "Minha mãe comprou pão e um bom vinho.",
    "pl": "Pięć małych psów biegnie przez wielki ogród.",
    "ru": "Мама мыла раму, а папа пил вкусный чай.",
    "el": "Η μητέρα μου αγόρασε ψωμί και φρέσκο γάλα.",
    "tr": "Büyük köpeğim bahçede mutlu mutlu oynuyor.",
    "fi": "Pieni poika pyöräilee hyvin hitaasti mäkeä ylös.",
    "hu": "A fiúk vidáman fütyülnek a zöld hegyen.",
    "ar": "بابا يشرب قهوة مع صديقه في البيت.",
    "hi": "मेरी माँ बाज़ार से ताज़ा फल लाती है।",
    "ja": "ぼくのははは、まいあさパンをたべます。",
    "zh": "妈妈买了苹果和八本漂亮的书。",
    "ko": "엄마는 매일 아침 빵을 먹습니다.",
    "vi": "Mẹ tôi mua bánh mì và cá ở chợ.",
    "sw": "Mama yangu anapenda kupika samaki na mboga.",
    "id": "Ibu membeli pisang dan buku baru di pasar.",
}
VOICES = {"zh": "cmn", "pt-BR": "pt-br", "fr": "fr-fr"}
"""What espeak-ng calls languages that have another name there."""
SHOWN = 10
RENDER = 420
"""Pixels of a whole picture, of which the lower face is cut out."""
FACE = (160, 222, 260, 302)
"""Left, top, right and bottom of the lower face in it."""
CAPTION = 20
NAME = 64


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence as the face says it."""

    alignment: Alignment
    clip: Clip


def main() -> None:
    """Speak, animate and draw the sentences, and print a row of Markdown for each."""
    head = rigs.builtin()
    assert head.mesh is not None
    assert head.landmarks is not None
    lips = Lips.of(head.mesh.vertices, head.mesh.deltas, head.landmarks)
    network = Network.load()
    rows, poses = [], []
    print("| | espeak-ng says | confidence, median | p b m closed | other closures |\n|---|---|---|---|---|")
    with TemporaryDirectory() as folder:
        for language, sentence in SENTENCES.items():
            spoken = said(language, sentence, Path(folder), network)
            chosen = middles(spoken)
            rows.append((language, [label for label, _ in chosen]))
            frames = [min(round(time * 60), len(spoken.clip) - 1) for _, time in chosen]
            poses.append(spoken.clip.select(head.shapes).values[frames])
            print(figures(language, spoken, lips), flush=True)
        pictures = stills(head, np.concatenate(poses), Path(folder), look=RenderSettings(width=RENDER, height=RENDER))
        draw(rows, [Image.open(picture).convert("RGB").crop(FACE) for picture in pictures])


def said(language: str, sentence: str, folder: Path, network: Network) -> Spoken:
    """Return a sentence, spoken by espeak-ng and animated with its text."""
    sound = folder / f"{language}.wav"
    subprocess.run(["espeak-ng", "-v", VOICES.get(language, language), "-s", "140", "-w", sound, sentence], check=True)
    speech = load(sound)
    prediction = predict(speech, network=network, performance=False)
    alignment = align(words(sentence, language).words, prediction.posteriors, speech)
    return Spoken(alignment, with_alignment(prediction, alignment, speech).to_clip(Controls()))


def middles(spoken: Spoken) -> list[tuple[str, float]]:
    """Return ten phones, evenly over the sentence, with the time in the middle of each."""
    every = [phone for word in spoken.alignment.words for phone in word.phones]
    numbers = np.unique(np.linspace(0, len(every) - 1, SHOWN).round().astype(int))
    return [(every[n].label, (every[n].start_s + every[n].end_s) / 2) for n in numbers]


def figures(language: str, spoken: Spoken, lips: Lips) -> str:
    """Return a row of the table."""
    opening = lips.opening(spoken.clip.select(ARKIT).values)
    closed = list(closures(spoken, opening))
    ipa = " ".join("".join(phone.label for phone in word.phones) for word in spoken.alignment.words)
    sure = np.median([word.confidence for word in spoken.alignment.words])
    return f"| {language} | {ipa} | {sure:.2f} | {sum(closed)} of {len(closed)} | {others(spoken, opening)} |"


def closures(spoken: Spoken, opening: np.ndarray) -> Iterator[bool]:
    """Yield for each phone that is made with shut lips whether they are, within it and two frames around."""
    for word in spoken.alignment.words:
        for phone in word.phones:
            if any(part.seals for part in phones(phone.label)):
                first, last = round(phone.start_s * 60) - 2, round(phone.end_s * 60) + 2
                yield bool(opening[max(0, first) : last].min() < CLOSED)


def others(spoken: Spoken, opening: np.ndarray) -> int:
    """Return in how many phones the lips are shut in the middle though neither they nor their neighbours want it."""
    every = [phone for word in spoken.alignment.words for phone in word.phones]
    near = [any(part.seals or part.bites or part.rounding > 0.5 for part in phones(phone.label)) for phone in every]
    count = 0
    for number, phone in enumerate(every):
        middle = min(round((phone.start_s + phone.end_s) * 30), len(opening) - 1)
        count += opening[middle] < CLOSED and not any(near[max(0, number - 1) : number + 2])
    return count


def draw(rows: list[tuple[str, list[str]]], pictures: list[Image.Image]) -> None:
    """Draw the sheet: a row for each language, two rows side by side."""
    width, height = FACE[2] - FACE[0], FACE[3] - FACE[1] + CAPTION
    half = NAME + SHOWN * width
    sheet = Image.new("RGB", (2 * half, -(-len(rows) // 2) * height), (24, 32, 36))
    pen = ImageDraw.Draw(sheet)
    small, large = (ImageFont.truetype("DejaVuSans.ttf", size) for size in (14, 18))
    picture = iter(pictures)
    for number, (language, labels) in enumerate(rows):
        left, top = number % 2 * half, number // 2 * height
        pen.text((left + NAME / 2, top + height / 2), language, (235, 235, 235), large, anchor="mm")
        for column, label in enumerate(labels):
            place = left + NAME + column * width
            sheet.paste(next(picture), (place, top))
            pen.text((place + width / 2, top + height - CAPTION / 2), label, (235, 235, 235), small, anchor="mm")
    target = Path(__file__).resolve().parents[1] / "docs" / "languages.png"
    sheet.quantize(256, kmeans=1).save(target, optimize=True)


if __name__ == "__main__":
    main()
