"""Haircuts: tables of locks for `hair.build`."""

from itertools import product

import numpy as np

from .hair import LOCKS, Style
from .part import Points

Locks = list[tuple[float, ...]]
"""Rows of `Style.locks`."""


def short() -> Style:
    """Return short hair, swept to the left over the forehead from a parting on the right."""
    fringe = _fan((-34, 56), (-26, 48), yaws=(-62, 74), pitches=(16, 36), count=14, bow=0.22)
    top = _fan((-40, 78), (-24, 66), yaws=(-88, 88), pitches=(22, 48), count=10, bow=0.10)
    sides: Locks = []
    for s, (yaw, pitch) in product((1, -1), ((70, 46), (88, 44), (108, 44), (126, 42), (144, 38))):
        sides.append((s * (yaw - 10), pitch, s * (yaw + 14), pitch - 46, 0.014, 0.0032, 0.003, -0.1 * s, 0))
    back: Locks = [(yaw, 66, yaw + 8, 2, 0.017, 0.004, 0.0045, 0.05, 0) for yaw in (130, 155, 180, 205, 230)]
    nape: Locks = [(yaw, 14, yaw, -30, 0.015, 0.003, 0.002, 0, 0) for yaw in (135, 158, 180, 202, 225)]
    return Style(locks=_table(fringe + top + sides + back + nape), thickness=0.0075)


def cropped() -> Style:
    """Return tight curls, cut close."""
    return Style(locks=_table(_hidden(LOCKS)), thickness=0.0085, curls=0.0021)


def receding() -> Style:
    """Return short hair at the sides and the back of a bald head."""
    sides: Locks = []
    for s, k in product((1, -1), range(15)):
        yaw, pitch = 77 + 6.5 * k, 15 + 7 * (k % 3)
        sides.append((s * yaw, pitch, s * (yaw + 17), pitch - 34, 0.0085, 0.0014, 0.0004, -0.12 * s, 0))
    nape: Locks = [(yaw, 2 - 8 * (k % 2), yaw, -38, 0.0095, 0.0014, 0.0004, 0, 0)
                   for k, yaw in enumerate(np.linspace(128, 232, 14))]  # fmt: skip
    return Style(locks=_table(sides + nape), thickness=0.0020, bald_above=0.066)


def long() -> Style:
    """Return hair to the shoulders, parted on the right."""
    front: Locks = []
    for side, k in product((1, -1), range(7)):
        root, tip = (-17 + 3 * side - 3 * k, 37 + 7 * k), (side * (58 + 7 * k), 6)
        front.append((*root, *tip, 0.0185, 0.0060, 0.0050, side * (0.30 - 0.03 * k), 0.150 + 0.007 * (k % 3)))
    around: Locks = []
    for k in range(22):
        yaw = 84.0 + 192 * k / 21
        around.append((0.8 * yaw + 36, 66, yaw, 4, 0.019, 0.0080, 0.005, 0.05 * (-1) ** k, 0.172 + 0.011 * (k % 3)))
    top: Locks = [(-24, 82, yaw, 30, 0.021, 0.0060, 0.004, 0, 0) for yaw in np.linspace(84, 276, 8)]
    return Style(locks=_table(front + around + top), thickness=0.010, draw_in=0.10, taper=0.97)


def bob() -> Style:
    """Return straight hair to the jaw with a fringe."""
    fringe: Locks = [
        (0.5 * yaw, 66, yaw, 13 - 7 * (yaw / 54) ** 2, 0.0115, 0.0040, 0.006, 0, 0) for yaw in np.linspace(-54, 54, 13)
    ]
    sides: Locks = []
    for s, k in product((1, -1), range(6)):
        sides.append((s * (40 + 9 * k), 66, s * (64 + 10 * k), 6, 0.0155, 0.0065, 0.007, 0.03 * s, 0.112 + 0.002 * k))
    back: Locks = [(yaw, 60, yaw, 4, 0.019, 0.0075, 0.005, 0, 0.122) for yaw in np.linspace(122, 238, 9)]
    top: Locks = [(180, 86, yaw, 36, 0.022, 0.0050, 0.004, 0, 0) for yaw in np.linspace(-150, 150, 10)]
    return Style(locks=_table(fringe + sides + back + top), thickness=0.009, draw_in=0.14, taper=0.92)


def pigtails() -> Style:
    """Return hair combed back into two tails high at the sides."""
    locks: Locks = []
    roots = (
        (6, 42),
        (24, 38),
        (40, 32),
        (56, 20),
        (14, 60),
        (50, 58),
        (110, 62),
        (160, 52),
        (165, 22),
        (160, -6),
        (148, -24),
    )
    for s in (1, -1):
        locks += [(s * yaw, pitch, s * 112, 18, 0.0155, 0.0042, 0.004, 0, 0) for yaw, pitch in roots]
        for k in range(11):
            lift, hang = 0.024 + 0.005 * (k % 3), 0.085 + 0.008 * (k % 4)
            tip = (s * (102 + 2.5 * k), -4 - 4 * (k % 3))
            locks.append((s * (104 + 2 * k), 20, *tip, 0.013, 0.0090, lift, 0.2 * (k % 3 - 1), hang))
    return Style(locks=_table(locks), thickness=0.0070, draw_in=-0.05)


def _hidden(count: int) -> Locks:
    """Return locks that lie inside the head."""
    return [(360.0 * k / count, 50, 360 * k / count, 30, 0.008, 0.002, -0.030, 0, 0) for k in range(count)]


def _fan(
    first: tuple[float, float], last: tuple[float, float], *, yaws: tuple[float, float], pitches: tuple[float, float],
    count: int, bow: float,
) -> Locks:  # fmt: skip
    """Return locks from a parting, `first` to `last`, to a line in front; both in yaw and pitch."""
    out: Locks = []
    for f in np.linspace(0, 1, count):
        yaw = yaws[0] + (yaws[1] - yaws[0]) * f
        middle = 1 - (2 * f - 1) ** 2
        pitch = pitches[0] + (pitches[1] - pitches[0]) * middle
        root = (first[0] + (last[0] - first[0]) * f, first[1] + (last[1] - first[1]) * f)
        out.append((*root, yaw, pitch, 0.0125, 0.0050, 0.0075, bow * (1 if yaw > first[0] else -0.6), 0.0))
    return out


def _table(locks: Locks) -> Points:
    if len(locks) != LOCKS:
        raise ValueError(f"{len(locks)} locks are not {LOCKS}")
    return np.array(locks, float)
