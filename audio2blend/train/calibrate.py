"""Fit the articulation model to filmed faces: `python -m audio2blend.train.calibrate --data DIR -o FILE`."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import Audio2BlendError
from ..network import Network
from ..phones import PHONES
from ..qa import correlation
from ..visemes import Visemes
from ..visemes.articulate import LOUD, awake, effort, score_of, seal, share
from ..visemes.table import GROUPS, VARIABLES, combined, read_table
from .lips import load_lips
from .takes import CORPORA, Filmed, report, takes

_ABOUT: Final = "Written by `python -m audio2blend.train.calibrate` from {}; takes the place of numbers in table.toml."

Floats = NDArray[np.float64]
Corpora = Sequence[Sequence[Filmed]]

_FIRMNESS: Final = 0.03
"""Ridge penalty towards the hand-made targets. With a weaker one, a table fits its own speaker better and any other
worse."""
_EVERY: Final = 6
"""Timing and strengths are searched on one take in six; the final targets are fitted to all."""
_SEEN: Final = {"lips": "opening", "jaw": "jaw", "round": "rounding"}
"""The curve of `Filmed.seen` that each of the `GROUPS` is fitted to."""
_SEARCHED: Final = {
    "jaw_lead_s": (-0.01, 0.06, 0.01), "lips_lead_s": (-0.01, 0.06, 0.01), "round_lead_s": (0.0, 0.1, 0.01),
    "jaw_reach_s": (0.02, 0.08, 0.01), "lips_reach_s": (0.02, 0.08, 0.01), "round_reach_s": (0.02, 0.12, 0.01),
    "seal_late_s": (-0.01, 0.02, 0.01), "seal_ramp_s": (0.04, 0.09, 0.01), "loudness_per_db": (0.0, 0.03, 0.005),
}  # fmt: skip
"""Minimum, maximum and first step of each timing parameter. Rounding may not lag: it is known to start early, and a
corpus has too few rounded phones to show otherwise."""
_STRENGTH: Final = (0.6, 2.0, 0.2)
"""Minimum, maximum and first step of a strength, relative to the hand-made one."""


def calibrate(corpora: Corpora) -> dict[str, dict[str, Any]]:
    """Fit the hand-made table to the takes of each corpus; return its sections timing, kinds and phones.

    Timing and strengths change one at a time while the correlation with the filmed mouth rises; each trial refits the
    phones' targets by least squares. A corpus is one speaker, and some move their mouth more than others: the table
    gets the geometric mean of their amplitudes.
    """
    numbers: dict[tuple[str, ...], float] = {}
    some = [corpus[::_EVERY] or corpus for corpus in corpora]
    for group in GROUPS:
        best = _fitted(_with(numbers), some, group)[1]
        for fine in (1.0, 0.5):
            for path in _searched(group):
                numbers, best = _climbed(numbers, best, some, group, path, fine)
    visemes = _with(numbers)
    targets = {_SEEN[group]: _fitted(visemes, corpora, group)[0] for group in GROUPS}
    return {**_sections(numbers), "phones": _phones(visemes, targets)}


def _searched(group: str) -> list[tuple[str, ...]]:
    """Return the paths in the table of the parameters that are searched for one of the `GROUPS`."""
    others = ("seal", "loudness") if group == "lips" else ()
    kinds = [name for name in read_table()["kinds"] if name != "silence"]
    timing = [("timing", name) for name in _SEARCHED if name.startswith((group, *others))]
    return [*timing, *(("kinds", name, group) for name in kinds)]


def _climbed(
    numbers: dict[tuple[str, ...], float],
    best: float,
    corpora: Corpora,
    group: str,
    path: tuple[str, ...],
    fine: float,
) -> tuple[dict[tuple[str, ...], float], float]:
    """Move the parameter at `path` while the fit improves; return all parameters and the quality of the fit."""
    by_hand: Any = read_table()
    for name in path:
        by_hand = by_hand[name]
    low, high, step = _SEARCHED[path[1]] if path[0] == "timing" else (share * by_hand for share in _STRENGTH)
    now = numbers.get(path, by_hand)
    for way in (1, -1):
        while True:
            then = round(float(np.clip(now + way * fine * step, low, high)), 4)
            trial = {**numbers, path: then}
            quality = _fitted(_with(trial), corpora, group)[1]
            if quality < best + 2e-4:
                break
            numbers, best, now = trial, quality, then
    return numbers, best


def _with(numbers: Mapping[tuple[str, ...], float]) -> Visemes:
    return combined(read_table(), _sections(numbers))


def _sections(numbers: Mapping[tuple[str, ...], float]) -> dict[str, dict[str, Any]]:
    """Return the nested sections of a calibration.

    >>> _sections({("timing", "core"): 0.5, ("kinds", "vowel", "jaw"): 1.0})
    {'timing': {'core': 0.5}, 'kinds': {'vowel': {'jaw': 1.0}}}
    """
    sections: dict[str, dict[str, Any]] = {"timing": {}, "kinds": {}}
    for (section, *names), number in numbers.items():
        place = sections[section]
        for name in names[:-1]:
            place = place.setdefault(name, {})
        place[names[-1]] = number
    return sections


def _fitted(visemes: Visemes, corpora: Corpora, group: str) -> tuple[Floats, float]:
    """Return the fitted target of a group for every phone, [phone], and its mean correlation with the corpora."""
    what = _SEEN[group]
    hand = _shown(visemes)[what]
    inputs = [np.concatenate([_shares(visemes, take, group) for take in corpus]) for corpus in corpora]
    truths = [np.concatenate([take.seen[what][take.speech] for take in corpus]) for corpus in corpora]
    squares = [rows.T @ rows / len(rows) for rows in inputs]
    products = [rows.T @ truth / len(rows) for rows, truth in zip(inputs, truths, strict=True)]
    # Hand-made zeros stay: unrounded phones are no evidence of rounding, nor sealed lips of the opening.
    free = np.diag((hand > 0).astype(float))

    def gains(targets: Floats) -> Floats:
        return np.array([p @ targets / (targets @ s @ targets) for s, p in zip(squares, products, strict=True)])

    def amplitude(targets: Floats) -> float:
        # Trackers underestimate rounding, so the hand-made amplitude stands.
        return 1.0 if what == "rounding" else float(np.exp(np.log(gains(targets)).mean()))

    targets = prior = hand * amplitude(hand)
    for _ in range(6):
        gain = gains(targets) / amplitude(targets)
        square = sum(g**2 * each for g, each in zip(gain, squares, strict=True))
        product = sum(g * each for g, each in zip(gain, products, strict=True))
        ridge = free @ square @ free + _FIRMNESS * np.eye(len(hand))
        targets = np.maximum(0, prior + np.linalg.solve(ridge, free @ (product - square @ prior)))
    return targets, float(np.mean([correlation(r @ targets, t) for r, t in zip(inputs, truths, strict=True)]))


def _shares(visemes: Visemes, take: Filmed, group: str) -> Floats:
    """Return the share of each phone's target that shows in the frames of speech, [frame, phone]."""
    score = score_of(take.phones)
    classes = [PHONES.index(phone.letter) for phone in score.phones]
    shares = share(score, np.eye(len(PHONES))[classes], take.times_s, visemes, group)
    moving = awake(score, take.times_s, visemes)
    if _SEEN[group] in LOUD:
        moving = moving * effort(take.loudness_db, visemes)
    if group == "lips":
        moving = moving * (1 - seal(score, take.times_s, visemes))
    return np.asarray((shares * moving[:, None])[take.speech])


def _shown(visemes: Visemes) -> dict[str, Floats]:
    """Return the observable targets of every phone: opening, jaw and rounding, [phone] each."""
    opening, jaw, pucker, funnel = (
        visemes.targets[:, VARIABLES.index(name)] for name in ("opening", "jaw", "pucker", "funnel")
    )
    return {"opening": opening, "jaw": jaw, "rounding": pucker + funnel}


def _phones(visemes: Visemes, targets: Mapping[str, Floats]) -> dict[str, dict[str, float]]:
    """Return the calibrated targets of each phone; rounding keeps its ratio of pucker to funnel."""
    rounding = _shown(visemes)["rounding"]
    phones = {}
    for row, name in enumerate(PHONES[1:], start=1):
        numbers = {what: targets[what][row] for what in ("opening", "jaw")}
        for what in ("pucker", "funnel"):
            by_hand = visemes.targets[row, VARIABLES.index(what)]
            if by_hand:
                numbers[what] = by_hand * targets["rounding"][row] / rounding[row]
        phones[name] = {what: round(float(number), 3) for what, number in numbers.items() if number}
    return phones


def to_toml(sections: Mapping[str, Mapping[str, Any]], about: str) -> str:
    """Return a calibration as TOML, with `about` as a comment at its head.

    >>> print(to_toml({"phones": {"a": {"jaw": 0.4}}}, "One vowel."), end="")
    # One vowel.
    <BLANKLINE>
    [phones]
    "a" = { jaw = 0.4 }
    """
    lines = [f"# {about}"]
    for section, entries in sections.items():
        lines += ["", f"[{section}]"]
        for name, value in entries.items():
            if isinstance(value, Mapping):
                value = "{ " + ", ".join(f"{key} = {float(number)}" for key, number in value.items()) + " }"
            lines.append(f'"{name}" = {value}')
    return "\n".join(lines) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """Fit to the given corpora, write the TOML and print its scores on held-out takes; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m audio2blend.train.calibrate", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder with grid/, facegood/ and ict_facekit/")
    parser.add_argument(
        "--corpus", choices=CORPORA, action="append", help="corpus to fit to; repeatable (default: all)"
    )
    parser.add_argument("-o", "--output", type=Path, help="TOML to write; without it the shipped table is scored")
    args = parser.parse_args(argv)
    try:
        lips = load_lips(args.data / "ict_facekit" / "lip_vertices.npz")
        network = Network.load(device="cpu")
        if args.output:
            names = args.corpus or CORPORA
            sections = calibrate([list(takes(args.data, name, network, lips, held=False)) for name in names])
            args.output.write_text(to_toml(sections, _ABOUT.format(" and ".join(names))), encoding="utf-8")
        tables = {"by hand": combined(read_table(), {}), "calibrated": Visemes.load(args.output)}
        for name in CORPORA:
            held = list(takes(args.data, name, network, lips, held=True))
            for label, visemes in tables.items():
                for loudness in (False, True):
                    scores = report(visemes, held, lips, loudness=loudness)
                    print(f"{name}, {label}{', with loudness' if loudness else ''}: {scores}")
    except Audio2BlendError as error:
        print(f"python -m audio2blend.train.calibrate: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
