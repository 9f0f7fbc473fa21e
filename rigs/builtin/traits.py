"""Traits: how heads differ from one another, as smooth bends of the space around them.

A bend moves the points of the head at rest and, by its derivative, what the shapes add to them. Points that coincide,
as those of closed lips do, still do so afterwards, at rest and in every mix of shapes. Around each eye the bend is a
shift, a turn and one scale, so the eyeball stays round and the lids still slide upon it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from audio2blend.channels import ARKIT

from .eyes import kept_out
from .form import EYE, EYE_RADIUS
from .part import Points, smoothstep

Place = tuple[float, float, float]
FAR = 1e3


@dataclass(frozen=True, slots=True)
class Pull:
    """A bell in space within which points move by `push` metres and spread from its middle by the shares `stretch`;
    off the middle of the head there is one on both sides."""

    at: Place
    spread: Place
    push: Place = (0.0, 0.0, 0.0)
    stretch: Place = (0.0, 0.0, 0.0)


TRAITS: Mapping[str, tuple[Pull, ...]] = {
    "size": (Pull((0, -0.10, -0.02), (FAR, FAR, FAR), stretch=(0.1, 0.1, 0.1)),),
    "width": (Pull((0, 0, -0.01), (FAR, 0.075, FAR), stretch=(0.08, 0, 0)),),
    "skull": (Pull((0, 0.07, -0.02), (0.09, 0.05, 0.09), stretch=(0.07, 0.10, 0.07)),),
    "lower face": (
        Pull((0, -0.085, 0.05), (FAR, 0.038, FAR), (0, -0.0080, 0)),
        Pull((0, -0.150, 0.00), (FAR, 0.030, FAR), (0, 0.0015, 0)),
    ),
    "jaw": (Pull((0.052, -0.078, 0.015), (0.018, 0.024, 0.040), (0.0070, -0.0035, 0.0015)),),
    "chin": (
        Pull((0, -0.107, 0.072), (0.024, 0.016, 0.030), (0, -0.0050, 0.0030)),
        Pull((0.013, -0.100, 0.072), (0.013, 0.013, 0.030), (0.0015, 0, 0.0012)),
    ),
    "cheeks": (Pull((0.045, -0.050, 0.045), (0.020, 0.020, 0.035), (0.0055, 0, 0.0045)),),
    "cheekbones": (Pull((0.052, -0.019, 0.055), (0.016, 0.011, 0.030), (0.0030, 0.0010, 0.0026)),),
    "brow ridge": (Pull((0.022, 0.021, 0.085), (0.026, 0.010, 0.030), (0, -0.0010, 0.0045)),),
    "forehead": (Pull((0, 0.058, 0.080), (0.045, 0.024, 0.050), (0, 0, 0.0060)),),
    "nose": (Pull((0, -0.028, 0.080), (0.014, 0.017, 0.040), stretch=(0.28, 0.16, 0.18)),),
    "nose width": (Pull((0, -0.034, 0.095), (0.015, 0.009, 0.030), stretch=(0.40, 0, 0)),),
    "bridge": (Pull((0, -0.006, 0.095), (0.0085, 0.013, 0.030), (0, 0, 0.0042)),),
    "tip": (Pull((0, -0.035, 0.108), (0.010, 0.010, 0.020), (0, 0.0042, 0.0004)),),
    "mouth": (Pull((0, -0.0635, 0.085), (0.030, 0.016, 0.050), stretch=(0.20, 0, 0)),),
    "lips": (
        Pull((0, -0.0635, 0.090), (0.022, 0.0110, 0.030), (0, 0, 0.0016), (0, 0.36, 0)),
    ),
    "eye distance": (Pull((0.0325, 0, 0.064), (0.018, 0.020, 0.040), (0.0030, 0, 0)),),
    "ears": (Pull((0.072, -0.014, -0.012), (0.016, 0.032, 0.026), (0.001, 0, 0), (0.25, 0.25, 0.25)),),
    "neck": (Pull((0, -0.140, -0.025), (FAR, 0.026, FAR), stretch=(0.20, 0, 0.12)),),
    "neck length": (Pull((0, -0.290, -0.025), (FAR, 0.075, FAR), (0, -0.030, 0)),),
    "shoulders": (Pull((0, -0.255, -0.025), (FAR, 0.070, FAR), stretch=(0.16, 0, 0.04)),),
    "age": (
        Pull((0.0215, -0.0480, 0.085), (0.0034, 0.0090, 0.030), (0, 0, -0.0022)),
        Pull((0.0310, -0.0450, 0.080), (0.0080, 0.0100, 0.030), (0.0005, -0.0022, 0.0024)),
        Pull((0.0285, -0.0780, 0.080), (0.0032, 0.0090, 0.030), (0, 0, -0.0016)),
        Pull((0.0400, -0.0860, 0.060), (0.0110, 0.0110, 0.030), (0.0030, -0.0038, 0.0030)),
        Pull((0.0310, -0.0135, 0.080), (0.0105, 0.0026, 0.030), (0, -0.0004, 0.0014)),
        Pull((0.0300, -0.0180, 0.080), (0.0110, 0.0022, 0.030), (0, 0, -0.0013)),
        Pull((0.0640, 0.0220, 0.045), (0.0140, 0.0180, 0.030), (-0.0022, 0, -0.0022)),
        Pull((0.0450, 0.0160, 0.080), (0.0150, 0.0100, 0.030), (0, -0.0026, 0)),
        Pull((0.0000, 0.0120, 0.095), (0.0090, 0.0030, 0.030), (0, 0, -0.0012)),
        Pull((0.0000, -0.1200, 0.045), (0.0220, 0.0120, 0.030), (0, -0.0040, 0.0060)),
        Pull((0, -0.0635, 0.090), (0.022, 0.0110, 0.030), (0, 0, -0.0006), (0, -0.22, 0)),
    ),
}  # fmt: skip
"""What each trait does at 1; at -1 it does the opposite."""

SMALL = ("lips", "mouth", "age")
"""Traits that are too small to change how the jaw swings, through them and far beyond."""
SWINGS = ("jawOpen", "mouthClose")


@dataclass(frozen=True, slots=True, kw_only=True)
class Eyes:
    """How the eyes differ, which are not bent like the rest."""

    scale: float = 1.0
    tilt_degrees: float = 0.0
    """How much higher the outer corner lies than the inner one."""
    droop: float = 0.0
    """Share of a blink by which the lids are closed at rest; below 0 they are opened wider."""


def bend(points: Points, amounts: Mapping[str, float]) -> tuple[Points, Points]:
    """Return how far points (n, 3) move and the derivative of that by the points, shape (n, 3, 3)."""
    moved, slope = np.zeros_like(points), np.zeros((*points.shape, 3))
    for name, amount in amounts.items():
        for pull in TRAITS[name]:
            for side in (1, -1) if pull.at[0] else (1,):
                mirror = np.array([side, 1, 1])
                arm = points - np.array(pull.at) * mirror
                bell = amount * np.exp(-0.5 * ((arm / pull.spread) ** 2).sum(axis=1))
                pulled = np.array(pull.push) * mirror + arm * pull.stretch
                moved += bell[:, None] * pulled
                slope += bell[:, None, None] * np.diag(pull.stretch)
                slope -= (bell[:, None] * pulled)[:, :, None] * (arm / np.square(pull.spread))[:, None, :]
    return moved, slope


def shaped(
    points: Points,
    deltas: Points,
    amounts: Mapping[str, float],
    eyes: Eyes,
    *,
    lid: Points,
    eye: Points,
    ball: NDArray[np.bool_],
) -> tuple[Points, Points]:
    """Return points (n, 3) and deltas (52, n, 3) of a head with traits.

    `lid`, shape (n,), is 1 at the edges of the lids and falls to 0 where they end, `eye` the side, `ball` says the
    eyeballs.
    """
    moved, slope = bend(points, amounts)
    _, broad = bend(points, {name: amount for name, amount in amounts.items() if name not in SMALL})
    turned = deltas.copy()
    for index, name in enumerate(ARKIT):
        turned[index] += np.einsum("nij,nj->ni", broad if name in SWINGS else slope, deltas[index])
    held = np.where(ball, 1.0, smoothstep(0.0, 0.9, lid))
    size = eyes.scale * (1 + bend(EYE[None], {"size": amounts.get("size", 0.0)})[1][0, 0, 0])
    for side in (1.0, -1.0):
        centre = EYE * [side, 1.0, 1.0]
        shift = bend(centre[None], amounts)[0][0] - [0, 0, (eyes.scale - 1) * EYE_RADIUS]
        cos, sin = np.cos(np.radians(eyes.tilt_degrees)), side * np.sin(np.radians(eyes.tilt_degrees))
        turn = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
        mine = ((eye == side) * held)[:, None]
        moved += mine * (shift + (points - centre) @ (size * turn - np.eye(3)).T - moved)
        around = np.where(ball[:, None], size * deltas, size * deltas @ turn.T)
        turned += mine * (around - turned)
        turned = kept_out(points + moved, turned, centre + shift, size, ball)
    return points + moved, turned
