"""An encoder's features of augmented crops of the corpora, with their labels."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ...audio import SAMPLE_RATE
from ...clip import FRAME_RATE
from ...network.whisper import RATE, WIDTH, WINDOW
from ..batches import FRAMES, Batch, Batches
from ..corpora import Sample

Encoder = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""From up to 30 s of samples to features [n, 512] at 50 Hz."""

ENCODED: Final = FRAMES * RATE // FRAME_RATE
"""Features in a crop."""

_GAP: Final = 15
"""Features between crops that share a window: 0.3 s."""
_EACH: Final = (WINDOW + _GAP) // (ENCODED + _GAP)
"""Crops in a window."""


@dataclass(frozen=True, slots=True, eq=False)
class Crops:
    """Crops of 4 s; a mask is 1 where the label is known."""

    features: Tensor
    """[crop, feature, 512] at 50 Hz, half precision."""
    style: Tensor
    """[crop]"""
    weights: Tensor
    """[crop, frame, 52], half precision."""
    face: Tensor
    """[crop, frame] mask of the weights."""
    phones: Tensor
    """[crop, frame], −1 where unknown."""
    voice: Tensor
    """[crop, frame], −1 where unknown."""

    def pick(self, rows: Tensor) -> tuple[Tensor, Batch]:
        """Return the features [batch, 512, frame] of the crops `rows`, at 60 Hz, and their labels."""
        nothing = torch.zeros(1, 1)
        labels = Batch(
            samples=nothing,
            style=self.style[rows],
            weights=self.weights[rows].float(),
            face=self.face[rows],
            phones=self.phones[rows],
            voice=self.voice[rows],
            features=nothing[..., None],
            heard=nothing,
        )
        at = (torch.arange(FRAMES) / float(FRAME_RATE) * RATE - 0.5).clamp(0, ENCODED - 1)
        left = at.long().clamp_max(ENCODED - 2)
        features = self.features[rows].float()
        both = torch.lerp(features[:, left], features[:, left + 1], (at - left)[:, None])
        return both.transpose(1, 2), labels


def encode_crops(samples: list[Sample], encoder: Encoder, *, count: int, seed: int) -> Crops:
    """Return `count` crops, drawn and augmented as for the other networks.

    A crop's face is masked unless it is known in every frame.
    """
    batches = Batches(samples, size=_EACH, seed=seed)
    features = torch.zeros(count, ENCODED, WIDTH, dtype=torch.float16)
    labels: list[Batch] = []
    for first in range(0, count, _EACH):
        batch = batches.next()
        sound = np.zeros((_EACH, (ENCODED + _GAP) * SAMPLE_RATE // RATE), np.float32)
        sound[:, : batch.samples.shape[1]] = batch.samples.numpy()
        encoded = encoder(sound.reshape(-1)[: WINDOW * SAMPLE_RATE // RATE])
        for row in range(min(_EACH, count - first)):
            start = row * (ENCODED + _GAP)
            features[first + row] = torch.from_numpy(encoded[start : start + ENCODED])
        labels.append(batch)
        if (first // _EACH + 1) % 50 == 0:
            print(f"{first + _EACH} of {count} crops are encoded", flush=True)

    # Faces known in silence alone would teach the head that such voices keep the mouth shut.
    known = [batch.face * batch.face.amin(1, keepdim=True) for batch in labels]

    def all_of(name: str) -> Tensor:
        return torch.cat([getattr(batch, name) for batch in labels])[:count]

    return Crops(
        features=features,
        style=all_of("style"),
        weights=all_of("weights").half(),
        face=torch.cat(known)[:count],
        phones=all_of("phones"),
        voice=all_of("voice"),
    )
