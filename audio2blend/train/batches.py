"""Random crops of the corpora, balanced, as training batches."""

from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ..audio import SAMPLE_RATE
from ..channels import ARKIT
from ..clip import FRAME_RATE
from .augment import disguise
from .augment.breaths import breathe
from .augment.tempo import stretched
from .corpora import Sample
from .teacher_features import WIDTH

FRAMES: Final = 240
"""Length of a crop: 4 s."""
STYLES: Final = ("grid", "facegood")
"""Corpus of each style index. Recordings without a filmed face use the first, which their pseudo-labels imitate."""
_REST: Final = 24
"""Frames until a mouth is at rest, 0.4 s: people keep it open through short pauses and close it slowly."""
SHARES: Final = {
    "grid": 0.22,
    "facegood": 0.06,
    "kokoro": 0.26,
    "prompts": 0.10,
    "speech": 0.02,
    "librispeech": 0.16,
    "speechocean": 0.14,
    "nobody": 0.04,
}


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Crops and their labels; a mask is 1 where the label is known."""

    samples: Tensor
    """[batch, n]"""
    style: Tensor
    """[batch]"""
    weights: Tensor
    """[batch, frame, 52]"""
    face: Tensor
    """[batch, frame] mask of the weights."""
    phones: Tensor
    """[batch, frame], −1 where unknown."""
    voice: Tensor
    """[batch, frame], −1 where unknown."""
    features: Tensor
    """Teacher features, [batch, frame, feature]."""
    heard: Tensor
    """[batch, frame] mask of the teacher features."""


class Batches:
    """An endless, seeded stream of batches."""

    def __init__(self, samples: list[Sample], *, size: int, seed: int) -> None:
        self.by_corpus = {name: [s for s in samples if s.corpus == name] for name in SHARES}
        self.chances = {
            name: np.array([len(s.samples) for s in group], float) / sum(len(s.samples) for s in group)
            for name, group in self.by_corpus.items()
            if group
        }
        self.size = size
        self.random = np.random.default_rng(seed)
        self.torch_random = torch.Generator().manual_seed(seed)

    def next(self, device: str = "cpu") -> Batch:
        """Return the next batch on a device."""
        present = {name: SHARES[name] for name in (*self.chances, "nobody")}
        odds = np.array(list(present.values())) / sum(present.values())
        rows = [self._crop(str(self.random.choice(list(present), p=odds))) for _ in range(self.size)]
        samples, *labels = (torch.from_numpy(np.stack(part)) for part in zip(*rows, strict=True))
        batch = Batch(samples, *labels)
        self._pause(batch, 0.1)  # the voice stops, the room stays audible
        breathe(batch.samples, batch.voice == 0, self.torch_random)
        batch = replace(batch, samples=disguise(batch.samples, self.torch_random))
        self._pause(batch, 0.05)  # the microphone is muted
        self._cut(batch)
        return Batch(**{field.name: getattr(batch, field.name).to(device) for field in fields(batch)})

    def _pause(self, batch: Batch, share: float) -> None:
        """Mute a random 0.3 to 1.5 s of some rows; mask the face within `_REST` frames of either end of the pause."""
        for row in np.flatnonzero(self.random.random(self.size) < share):
            length = int(self.random.integers(18, 91))
            first = int(self.random.integers(0, FRAMES - length + 1))
            depth = torch.minimum(torch.arange(length), torch.arange(length).flip(0))
            for labels in (batch.phones, batch.voice, batch.heard):
                labels[row, first : first + length] = 0
            batch.weights[row, first : first + length][depth >= _REST] = 0
            batch.face[row, first : first + length] = (depth >= _REST).float()
            sound = batch.samples[row, first * SAMPLE_RATE // FRAME_RATE : (first + length) * SAMPLE_RATE // FRAME_RATE]
            depth = torch.minimum(torch.arange(len(sound)), torch.arange(len(sound)).flip(0))
            sound *= (1 - depth * 100 / SAMPLE_RATE).clamp_min(0)

    def _cut(self, batch: Batch) -> None:
        """Zero the start or the end of some rows, background included, as where a file begins late or ends early."""
        spare = self.random.uniform(0, FRAMES // 3, (2, self.size, 1)) * (self.random.random((2, self.size, 1)) < 0.35)
        first, last = torch.from_numpy(spare[0]), FRAMES - torch.from_numpy(spare[1])
        at = torch.arange(batch.samples.shape[1]) * float(FRAME_RATE / SAMPLE_RATE)
        batch.samples[(at < first) | (at >= last)] = 0
        frame = torch.arange(FRAMES)
        outside = (frame < first) | (frame >= last)
        for labels in (batch.weights, batch.phones, batch.voice, batch.heard):
            labels[outside] = 0
        batch.face[outside] = ((first - frame).maximum(frame - last) >= _REST).float()[outside]

    def _crop(self, corpus: str) -> tuple[NDArray[Any] | np.int64, ...]:
        n = FRAMES * SAMPLE_RATE // FRAME_RATE
        if corpus == "nobody":
            zeros = np.zeros(FRAMES, np.float32)
            style = np.int64(self.random.integers(len(STYLES)))
            weights = np.zeros((FRAMES, len(ARKIT)), np.float32)
            phones = np.zeros(FRAMES, np.int64)
            features = np.zeros((FRAMES, WIDTH), np.float32)
            return np.zeros(n, np.float32), style, weights, zeros + 1, phones, zeros, features, zeros
        group = self.by_corpus[corpus]
        sample = group[self.random.choice(len(group), p=self.chances[corpus])]
        # In 70 % of the crops pitch follows speed: faster is higher, as from a shorter vocal tract, slower is lower.
        speed, pitch = np.exp(self.random.uniform(np.log(0.8), np.log(1.25), 2)).tolist()
        if self.random.random() < 0.7:
            pitch = speed
        length_s = FRAMES / float(FRAME_RATE) * speed
        duration_s = len(sample.samples) / SAMPLE_RATE
        start_s = float(self.random.uniform(min(-0.8, duration_s - length_s), max(0.0, duration_s - length_s + 0.8)))
        at = start_s * SAMPLE_RATE + np.arange(round(n * speed / pitch)) * pitch
        low = max(0, int(at[0]))
        high = min(len(sample.samples), int(at[-1]) + 2)
        samples = np.interp(at, np.arange(low, high), sample.samples[low:high], left=0, right=0).astype(np.float32)
        if len(samples) != n:
            samples = stretched(samples, n)
        frame = (start_s + np.arange(FRAMES) * speed / float(FRAME_RATE)) * float(FRAME_RATE)
        inside = (frame >= 0) & (frame <= len(sample.phones) - 1)
        near = np.clip(np.rint(frame).astype(int), 0, len(sample.phones) - 1)
        phones = np.where(inside, sample.phones[near], 0)
        voice = np.where(inside, sample.voice[near], 0).astype(np.float32)
        if sample.weights is None:
            weights = np.zeros((FRAMES, len(ARKIT)), np.float32)
            face = np.zeros(FRAMES, np.float32)
        else:
            weights = sample.weights[near] * inside[:, None]
            face = np.ones(FRAMES, np.float32)
        if sample.features is None:
            features, heard = np.zeros((FRAMES, WIDTH), np.float32), np.zeros(FRAMES, np.float32)
        else:
            features, heard = sample.features[near].astype(np.float32), inside.astype(np.float32)
        style = np.int64(STYLES.index(corpus) if corpus in STYLES else 0)
        return samples, style, weights.astype(np.float32), face, phones, voice, features, heard
