"""Pseudo-labels: phones of unlabelled recordings, classified from the teacher's features (Lee 2013).

Only synthetic speech has phone labels. A classifier on the teacher's features makes half as many errors as a network on
the sound, so it can label real voices.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from ..phones import PHONES
from .corpora import Sample
from .teacher_features import WIDTH, Listening

_CROP: Final = 240
_BATCH: Final = 24
_SURE: Final = 0.4
"""Frames whose most probable phone is less likely than this stay unlabelled."""


def spelled(samples: Sequence[Sample], listening: Listening, *, steps: int = 1_500) -> dict[str, NDArray[np.int8]]:
    """Return pseudo-labels [frame] of recordings without phone labels, by `Listening.key`; −1 where uncertain.

    The classifier is trained on the labelled recordings; if there are none, nothing is labelled.
    """
    labelled = [s for s in samples if (s.phones > 0).any()]
    if not labelled:
        return {}
    speller = _taught(labelled, listening, steps)
    out = {}
    for sample in samples:
        if not (sample.phones > 0).any():
            with torch.no_grad():
                odds = speller(_columns(listening.frames(sample))[None])[0].softmax(0).numpy()
            phone = odds.argmax(axis=0)
            sure = (odds.max(axis=0) > _SURE) & (phone > 0) & (sample.phones < 0)
            out[Listening.key(sample)] = np.where(sure, phone, -1).astype(np.int8)
    return out


def _taught(samples: Sequence[Sample], listening: Listening, steps: int) -> nn.Module:
    """Train a small network from features [batch, component, frame] to phone logits [batch, phone, frame]."""
    torch.manual_seed(0)
    random = np.random.default_rng(0)
    network = nn.Sequential(
        nn.Conv1d(WIDTH, 256, 7, padding=3),
        nn.GELU(),
        nn.Dropout(0.2),
        nn.Conv1d(256, 256, 5, padding=2),
        nn.GELU(),
        nn.Dropout(0.2),
        nn.Conv1d(256, len(PHONES), 1),
    )
    optimiser = torch.optim.AdamW(network.parameters(), lr=1e-3, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: max(0.02, 1 - step / steps))
    for _ in range(steps):
        crops = [_crop(samples[index], listening, random) for index in random.integers(0, len(samples), _BATCH)]
        features, phones = (torch.stack(part) for part in zip(*crops, strict=True))
        loss = functional.cross_entropy(network(features), phones, ignore_index=-1, label_smoothing=0.02)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
    return network.eval()


def _crop(sample: Sample, listening: Listening, random: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Return features [component, frame] and phones [frame] of a random 4 s of a recording."""
    start = int(random.integers(0, max(1, len(sample.phones) - _CROP)))
    features = _columns(listening.frames(sample, start, start + _CROP))
    phones = torch.from_numpy(sample.phones[start : start + _CROP])
    spare = _CROP - len(phones)
    return functional.pad(features, (0, spare)), functional.pad(phones, (0, spare), value=-1)


def _columns(features: NDArray[np.float32]) -> Tensor:
    """Transpose [frame, component] to [component, frame]."""
    return torch.from_numpy(features.T.astype(np.float32, order="C"))
