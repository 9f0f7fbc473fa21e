"""Evaluation of all contenders, section by section."""

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
"""The evaluation of each section."""

FACES: Final = ("grid", "facegood")
"""The corpora with filmed faces."""


@dataclass(frozen=True, slots=True)
class Section:
    """The scores of all contenders on one test."""

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
    """Yield the sections named in `only`, in the order of `SECTIONS`, and last how far live falls behind best.

    Each section scores the networks and the baselines. Baselines are fitted to FACEGOOD for the section of that name,
    to GRID for all others, and to the other of the two where that is `left_out`, the corpus that the networks were
    trained without. `encoder` adds the ridge on the teacher's features, for GRID and FACEGOOD alone, since it is slow.
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
    """Yield how far the first live network falls behind the first best one, if there are both."""
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
