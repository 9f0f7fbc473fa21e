"""Haircuts: tables of locks for `hair.build`."""

import numpy as np

from .hair import LOCKS, Style
from .part import Points


def short() -> Style:
    """Return short hair, swept to the left over the forehead from a parting on the right."""
    fringe = _fan((-34, 56), (-26, 48), yaws=(-62, 74), pitches=(16, 36), count=14, bow=0.22)
    top = _fan((-40, 78), (-24, 66), yaws=(-88, 88), pitches=(22, 48), count=10, bow=0.10)
    sides = [(s * (y - 10), p, s * (y + 14), p - 46, 0.014, 0.0032, 0.0030, -0.1 * s, 0) for s in (1, -1)
             for y, p in ((70, 46), (88, 44), (108, 44), (126, 42), (144, 38))]  # fmt: skip
    back = [(y, 66, y + 8, 2, 0.017, 0.004, 0.0045, 0.05, 0) for y in (130, 155, 180, 205, 230)]
    nape = [(y, 14, y, -30, 0.015, 0.003, 0.002, 0.0, 0) for y in (135, 158, 180, 202, 225)]
    return Style(locks=_table(fringe + top + sides + back + nape), thickness=0.0075)


def _fan(
    first: tuple[float, float], last: tuple[float, float], *, yaws: tuple[float, float], pitches: tuple[float, float],
    count: int, bow: float,
) -> list[tuple[float, ...]]:  # fmt: skip
    """Return locks from a parting, `first` to `last`, to a line in front; both in yaw and pitch."""
    out = []
    for f in np.linspace(0, 1, count):
        yaw = yaws[0] + (yaws[1] - yaws[0]) * f
        middle = 1 - (2 * f - 1) ** 2
        pitch = pitches[0] + (pitches[1] - pitches[0]) * middle
        root = (first[0] + (last[0] - first[0]) * f, first[1] + (last[1] - first[1]) * f)
        out.append((*root, yaw, pitch, 0.0125, 0.0050, 0.0075, bow * (1 if yaw > first[0] else -0.6), 0.0))
    return out


def _table(locks: list[tuple[float, ...]]) -> Points:
    if len(locks) != LOCKS:
        raise ValueError(f"{len(locks)} locks are not {LOCKS}")
    return np.array(locks, float)
