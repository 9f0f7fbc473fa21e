"""A clip sampled at the common times, on the face that it is measured on."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..clip import FRAME_RATE, Clip
from ..errors import InputError
from ..lips import Lips
from .jitter import jitter

JITTER_RATE: Final = Fraction(25)
"""Frame rate at which jitter is measured; see `jitter`."""


@dataclass(frozen=True, slots=True, eq=False)
class MeasuredFace:
    """The face that clips are measured on; lengths in millimetres."""

    shapes: tuple[str, ...]
    """The ARKit channels that drive it."""
    lips: Lips
    upper: NDArray[np.float32]
    """Deltas of the upper face, shape (n_shapes, n_vertices, 3); see `upper_face`."""
    drive: Callable[[Clip], NDArray[np.float32]] | None = None
    """Converts a clip of `shapes` to weights (n_frames, n_shapes) of the face's own shapes, those of `lips` and
    `upper`; None where these are `shapes`."""


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """The motion of a face at the common times."""

    weights: NDArray[np.float32]
    """Shape (n_frames, n_channels), in the order of the face's `shapes`."""
    driven: NDArray[np.float32]
    """Shape (n_frames, n_shapes): weights of the face's own shapes, those of `lips` and `upper`."""
    opening: NDArray[np.float64]
    """Lip opening, shape (n_frames,)."""
    width: NDArray[np.float64]
    """Lip width, shape (n_frames,)."""
    jaw: NDArray[np.float64]
    """The weight of jawOpen, shape (n_frames,)."""
    coarse: NDArray[np.float64]
    """The lip opening at `JITTER_RATE`."""

    @classmethod
    def of(cls, clip: Clip, times_s: NDArray[np.float64], face: MeasuredFace, *, name: str) -> "Sampled":
        """Sample a clip on `face` at `times_s`, which are frames at `FRAME_RATE`.

        Raises InputError, in which the clip is called `name`, if it has no channel that moves the mouth.
        """
        if not any(shape.startswith(("jaw", "mouth")) for shape in set(clip.channels) & set(face.shapes)):
            found = ", ".join(clip.channels[:3])
            raise InputError(
                f"{name} has no channel that moves the mouth (jawOpen, …), only {found} …; export ARKit curves"
            )
        values = _weights(clip, times_s, face)
        driven = _driven(values, face, FRAME_RATE)
        coarse = times_s[0] + np.arange(int(len(times_s) / FRAME_RATE * JITTER_RATE)) / float(JITTER_RATE)
        jaw = values[:, face.shapes.index("jawOpen")] if "jawOpen" in face.shapes else np.zeros(len(times_s))
        return cls(
            weights=values,
            driven=driven,
            opening=face.lips.opening(driven),
            width=face.lips.width(driven),
            jaw=np.asarray(jaw, np.float64),
            coarse=face.lips.opening(_driven(_weights(clip, coarse, face), face, JITTER_RATE)),
        )

    def jitter(self, where: NDArray[np.bool_]) -> float:
        """Return the `jitter` of the opening in masked frames, shape (n_frames,). Raises ValueError if too few."""
        frames = np.round(np.arange(len(self.coarse)) * float(FRAME_RATE / JITTER_RATE)).astype(np.int64)
        return jitter(self.coarse, where=where[np.minimum(len(where) - 1, frames)])


def _weights(clip: Clip, times_s: NDArray[np.float64], face: MeasuredFace) -> NDArray[np.float32]:
    out = np.zeros((len(times_s), len(face.shapes)), np.float32)
    for column, shape in enumerate(face.shapes):
        if shape in clip.channels:
            out[:, column] = np.interp(times_s, clip.times_s, clip[shape])
    return out


def _driven(weights: NDArray[np.float32], face: MeasuredFace, rate: Fraction) -> NDArray[np.float32]:
    if face.drive is None:
        return weights
    return face.drive(Clip(values=weights, channels=face.shapes, frame_rate=rate))
