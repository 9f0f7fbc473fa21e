"""Characters of clients that are animated in their own file, and what their drawn vertices are compared by."""

from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import rigs
import usd_export
from audio2blend.channels import ARKIT
from audio2blend.clip import Clip
from rigs import Rig
from rigs.retarget import fit
from usd_export.gltf import Options

FRAMES = [0, 7, 19]


def line(name: str = "line.wav", n_frames: int = 20) -> Clip:
    """Return a clip that moves all shapes and the head, each in its own way."""
    phase = np.arange(n_frames)[:, None] / 30 * np.linspace(2, 9, len(ARKIT) + 3)
    values = 0.5 - 0.5 * np.cos(phase)
    values[:, -3:] *= [20, 10, 5]
    channels = (*ARKIT, "headYaw", "headPitch", "headRoll")
    return Clip(values=values, channels=channels, frame_rate=Fraction(30000, 1001), metadata={"source": name})


def spoken(source: Path, target: Path, clip: Clip | None = None, *, replace: bool = False) -> tuple[Rig, Clip]:
    """Animate a character into a file; return its rig and the clip in its channels."""
    onto = fit(rigs.load(source))
    own = onto(line() if clip is None else clip)
    usd_export.write(own, target, rig=onto.rig, options=Options(replace=replace))
    assert not list(usd_export.check(target, own, onto.rig))
    return onto.rig, own


def apart(some: NDArray[np.floating], others: NDArray[np.floating]) -> float:
    """Return how far the loneliest of some points is from the nearest of others, in metres."""
    return float(np.linalg.norm(some[:, None] - others, axis=2).min(axis=1).max())
