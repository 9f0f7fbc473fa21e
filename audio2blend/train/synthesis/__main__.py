"""`python -m audio2blend.train.synthesis`: write a folder of synthetic speech with phone alignments."""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import numpy as np
import soundfile

from ...audio import SAMPLE_RATE
from ...errors import Audio2BlendError, InputError
from ...files import draft
from ..corpora.kokoro import NEW_VOICES
from .phonemes import phonemes
from .texts import invented, sentence, word_list
from .voices import Kokoro

LANGUAGES: Final = {"en-us": "a", "en-gb": "b", "es": "e", "fr-fr": "f", "hi": "h", "it": "i"}
"""The languages of `texts`, with the first letter of their voices' names."""
FOREIGN: Final = 1 / 8
"""Share of the utterances whose voice is drawn from all languages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An utterance to make."""

    id: str
    lang: str
    voice: str
    speed: float
    text: str
    """The text, or IPA symbols where the words are invented."""


def order(
    number: int, *, seed: int, languages: Sequence[str], voices: Sequence[str], texts: Sequence[tuple[str, str]] = ()
) -> tuple[Order, bool]:
    """Return utterance `number`, and whether its text is IPA symbols; a pure function of the arguments.

    `texts` are pairs of language and text to choose from in place of the built-in ones.
    """
    random = np.random.default_rng([seed, number])
    kind = sentence
    if texts:
        language, text = texts[int(random.integers(len(texts)))]
    else:
        language = str(random.choice(languages))
        kind = (sentence, word_list, invented)[int(random.integers(3))]
        text = kind(language, random)
    own = [voice for voice in voices if voice.startswith(LANGUAGES[language])]
    voice = str(random.choice(own if own and random.random() >= FOREIGN else list(voices)))
    speed = round(float(random.uniform(0.8, 1.25)), 2)
    return Order(id=f"s{seed}_{number:05d}", lang=language, voice=voice, speed=speed, text=text), kind is invented


def main(argv: Sequence[str] | None = None) -> int:
    """Synthesise what `argv` asks for; return the exit code."""
    args = _parser().parse_args(argv)
    try:
        _make(args)
    except Audio2BlendError as error:
        print(f"python -m audio2blend.train.synthesis: {error}", file=sys.stderr)
        return 2
    return 0


def _make(args: argparse.Namespace) -> None:
    texts = _read_texts(args.texts) if args.texts else ()
    model = Kokoro.load(args.packages, threads=args.threads)
    voices = args.voices or [name for name in model.voices if name not in NEW_VOICES and not name.startswith("p")]
    done = _done(args.output)
    seconds = 0.0
    for number in range(args.count):
        asked, is_symbols = order(number, seed=args.seed, languages=args.languages, voices=voices, texts=texts)
        if number < len(done):
            if done[number] != asked:
                raise InputError(f"{args.output} was made with other settings; name another folder, or the same ones")
            continue
        symbols = asked.text if is_symbols else phonemes(asked.text, asked.lang)
        samples, phones = model.say(symbols, voice=asked.voice, speed=asked.speed)
        with draft(args.output / f"{asked.id}.flac") as path:
            soundfile.write(path, samples, SAMPLE_RATE)
        length = round(len(samples) / SAMPLE_RATE, 3)
        with (args.output / "labels.jsonl").open("a", encoding="utf-8") as table:
            table.write(json.dumps({**asdict(asked), "seconds": length, "phones": phones}, ensure_ascii=False) + "\n")
        seconds += length
        print(f"{number + 1} of {args.count}: {asked.id}, {asked.lang}, {asked.voice}, {length} s", flush=True)
    print(f"{args.output}: {args.count} utterances, {seconds / 60:.1f} min of them made now")


def _done(output: Path) -> list[Order]:
    """Return the utterances of an earlier run; drop a last line that was interrupted."""
    table = output / "labels.jsonl"
    if not table.exists():
        return []
    lines = table.read_text(encoding="utf-8").splitlines(keepends=True)
    whole = [line for line in lines if line.endswith("\n")]
    if whole != lines:
        with draft(table) as path:
            path.write_text("".join(whole), encoding="utf-8")
    names = Order.__dataclass_fields__
    return [Order(**{name: label[name] for name in names}) for label in map(json.loads, whole)]


def _read_texts(path: Path) -> tuple[tuple[str, str], ...]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read {path} as UTF-8 text: {error}; name another file") from None
    pairs = []
    for number, line in enumerate(lines, 1):
        language, _, text = line.partition("\t")
        if language not in LANGUAGES or not text.strip():
            raise InputError(f"{path}, line {number}: expected one of {', '.join(LANGUAGES)}, a tab and a text")
        pairs.append((language, text.strip()))
    if not pairs:
        raise InputError(f"{path} has no lines; write a language, a tab and a text in each")
    return tuple(pairs)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m audio2blend.train.synthesis",
        description="Write synthetic speech with phone alignments; utterances that exist already are kept.",
    )
    parser.add_argument("--packages", type=Path, required=True, help="folder with the unpacked voice packages")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to fill, such as DATA/kokoro-more")
    parser.add_argument("--count", type=int, default=100, help="number of utterances, of some 4 s each (default: 100)")
    parser.add_argument("--languages", nargs="+", choices=tuple(LANGUAGES), default=list(LANGUAGES))
    parser.add_argument("--voices", nargs="+", metavar="NAME", help="default: all that are not held out for evaluation")
    parser.add_argument(
        "--texts", type=Path, metavar="FILE", help="texts to use instead, one a line: language, tab, text"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1)
    return parser


if __name__ == "__main__":
    sys.exit(main())
