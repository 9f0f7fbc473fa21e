"""Measuring everybody on everything, one section after another."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from ..corpora import facegood, grid
from ..lips import load_lips
from ..teacher import Encoder
from .baselines import TAUGHT, Contender, Ridge, baselines
from .compare import Scores
from .in_noise import COST, in_noise
from .in_silence import in_silence
from .on_facegood import on_facegood
from .on_grid import on_grid
from .on_kokoro import on_kokoro
from .on_strangers import on_strangers

SECTIONS: Final[Mapping[str, Callable[[Path, Contender], Scores]]] = {
    "grid": on_grid,
    "strangers": on_strangers,
    "facegood": on_facegood,
    "noise": in_noise,
    "silence": in_silence,
    "kokoro": on_kokoro,
}
"""What can be measured."""

FACES: Final = ("grid", "facegood")
"""The corpora with true faces."""


@dataclass(frozen=True, slots=True)
class Section:
    """The figures of one kind, of all who were measured."""

    name: str
    scores: Mapping[str, Scores]
    """By contender."""


def evaluate(
    data: Path,
    networks: Sequence[Contender],
    *,
    only: Collection[str] = tuple(SECTIONS),
    left_out: str | None = None,
    encoder: Encoder | None = None,
) -> Iterator[Section]:
    """Yield the sections named in `only`, in their order, and last what live networks lose against the best.

    Beside the networks there are the baselines, each fitted to the corpus that it is measured on, noise, silence and
    Kokoro counting as GRID; with `left_out`, the corpus that the networks were not trained on, to the other where
    that one is measured. An encoder adds the ridge on the teacher's features, for GRID and FACEGOOD, where there is
    time to measure everything.
    """

    @cache
    def fitted(corpus: str) -> list[Ridge]:
        load = {"grid": grid.load, "facegood": facegood.load}[corpus]
        examples = list(load(data, held=False))
        lips = load_lips(data / "ict_facekit" / "lip_vertices.npz")
        return [ridge.fit(examples, lips) for ridge in baselines(encoder)]

    measured = []
    for name, measure in SECTIONS.items():
        if name not in only or (name == "strangers" and not (data / name).is_dir()):
            continue
        corpus = name if name in FACES else "grid"
        if corpus == left_out:
            corpus = next(other for other in FACES if other != left_out)
        simple = [ridge for ridge in fitted(corpus) if name in FACES or ridge.name != TAUGHT]
        section = Section(name, {who.name: measure(data, who) for who in (*simple, *networks)})
        measured.append(section)
        yield section
    yield from losses(measured, networks)


def losses(sections: Sequence[Section], networks: Sequence[Contender]) -> Iterator[Section]:
    """Yield how much the first live network falls behind the first best one, if there are both."""
    best, live = ([who.name for who in networks if who.quality == quality] for quality in ("best", "live"))
    losses: dict[str, list[float]] = {}
    for section in sections:
        if not (best and live):
            break
        kind = "r in noise" if section.name == "noise" else "r as recorded"
        for name, value in section.scores[best[0]].items():
            if name == "lip opening r" or (section.name == "noise" and name != COST):
                losses.setdefault(f"greatest loss of {kind}", []).append(value - section.scores[live[0]][name])
    if losses:
        yield Section("live against best", {live[0]: {name: max(values) for name, values in losses.items()}})
