"""Who sees what: names that give nothing away, and an order and sides for each rater."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

_BITS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A panel before its videos are copied."""

    panel: str
    """Its name, 16 hexadecimal digits, by which ratings are known to be of this panel."""
    clips: dict[str, tuple[int, str]]
    """The folder's number and the stem of each video, by its anonymous name; sorted by that."""
    trials: tuple[tuple[tuple[str, str], ...], ...]
    """The pairs that each rater sees, left and right, in their order."""


def plan(stems: Sequence[str], n_folders: int, *, n_raters: int, n_checks: int, seed: int) -> Plan:
    """Return a plan in which each rater sees each stem once from each two folders.

    Of each two folders each stands on the left as often as on the right, give or take one, for every rater. Two
    raters with the numbers 2k + 1 and 2k + 2 see the same pairs on opposite sides, each in an order of their own.
    `n_checks` pairs show the same video twice, under two names. The same seed gives the same plan.
    """
    rng = random.Random(seed)

    def name() -> str:
        return f"{rng.getrandbits(_BITS):016x}"

    panel = name()
    named = {(folder, stem): name() for folder in range(n_folders) for stem in stems}
    clips = {one: what for what, one in named.items()}
    checks = []
    for what in rng.sample(sorted(named), min(n_checks, len(named))):
        twin = name()
        clips[twin] = what
        checks.append((named[what], twin))
    trials: list[tuple[tuple[str, str], ...]] = []
    sided: list[tuple[str, str]] = []
    for rater in range(n_raters):
        if rater % 2:
            sided = [(right, left) for left, right in sided]
        else:
            sided = list(checks)
            for first, second in combinations(range(n_folders), 2):
                swaps = [index % 2 == 1 for index in range(len(stems))]
                if rng.random() < 0.5:
                    swaps = [not one for one in swaps]
                rng.shuffle(swaps)
                for stem, swap in zip(stems, swaps, strict=True):
                    left, right = (second, first) if swap else (first, second)
                    sided.append((named[left, stem], named[right, stem]))
        trials.append(tuple(rng.sample(sided, len(sided))))
    return Plan(panel=panel, clips=dict(sorted(clips.items())), trials=tuple(trials))
