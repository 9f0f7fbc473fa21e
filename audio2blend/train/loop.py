"""The training loop."""

import copy
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import torch
from torch import Tensor

from ..errors import MissingDependencyError
from ..qa import Lips
from .batches import Batches
from .checkpoint import MODELS, load_checkpoint, load_trunk, save_checkpoint
from .corpora import Sample
from .live import LiveModel
from .loss import Loss
from .model import Model

EVERY: Final = 200
"""Steps between checkpoints."""
HEARING: Final = ("teacher", "voice", "phones")
"""Loss terms of a training set without faces: closed lips in silence, its only targets, would dominate the rest."""


def train(
    samples: list[Sample],
    lips: Lips,
    output: Path,
    *,
    quality: str = "best",
    trunk: Path | None = None,
    device: str = "cpu",
    resume: bool = False,
    steps: int,
    dropout: float = 0.1,
    size: int = 16,
    seed: int = 0,
    threads: int = 1,
) -> None:
    """Train a model on samples, and write its checkpoint to `output` every 200 steps.

    The result is a moving average of the weights over about the last thousand steps, which is more accurate than the
    last weights (Polyak and Juditsky 1992). `trunk` is a checkpoint that initialises all but the face head; `resume`
    continues from `output`. Raises MissingDependencyError if `device` is "cuda" and there is none.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise MissingDependencyError("there is no CUDA device to train on; use --device cpu, or install a driver")
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    model = MODELS[quality](dropout=dropout).to(device)
    if trunk is not None:
        load_trunk(trunk, model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)
    mean = copy.deepcopy(model)
    first = load_checkpoint(output, model, mean, optimiser) if resume else 0
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + first + 1) / 300) * max(0.02, 1 - (step + first) / steps)
    )
    batches = Batches(samples, size=size, seed=seed + first)
    faces = any(s.weights is not None for s in samples)
    loss_of = Loss(lips).to(device)
    report = _Report()
    ahead = ThreadPoolExecutor(1)  # prepares the next batch during a step
    coming = ahead.submit(batches.next, device)
    for step in range(first, steps):
        model.train()
        batch = coming.result()
        coming = ahead.submit(batches.next, device)
        features = masked(model.features(batch.samples))
        with torch.autocast(device, dtype=torch.bfloat16):
            outputs = model.read(features, batch.style)
        parts = {name: part for name, part in loss_of(outputs, batch).items() if faces or name in HEARING}
        optimiser.zero_grad(set_to_none=True)
        torch.stack(list(parts.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        follow(mean, model, min(0.999, step / (step + 10)))
        report.add(parts)
        if (step + 1) % EVERY == 0 or step + 1 == steps:
            save_checkpoint(output, model, mean, optimiser, step + 1)
            report.print(step + 1)
    ahead.shutdown(cancel_futures=True)


def masked(features: Tensor) -> Tensor:
    """Return features [batch, mel, frame] with a band and up to 150 ms of each row masked (Park et al. 2019).

    Masked values are set to the mean of the row.
    """
    batch, n_mels, n_frames = features.shape

    def stretch(length: int, longest: int) -> Tensor:
        width = torch.randint(0, longest + 1, (batch, 1))
        start = (torch.rand(batch, 1) * (length - width)).long()
        at = torch.arange(length)
        return ((at >= start) & (at < start + width)).to(features.device)

    hidden = stretch(n_mels, 14)[:, :, None] | stretch(n_frames, 9)[:, None, :]
    return torch.where(hidden, features.mean((1, 2), keepdim=True), features)


def follow(mean: Model | LiveModel, model: Model | LiveModel, decay: float) -> None:
    """Update the moving average of a model's weights."""
    with torch.no_grad():
        for kept, new in zip(mean.state_dict().values(), model.state_dict().values(), strict=True):
            if kept.is_floating_point():
                kept.lerp_(new, 1 - decay)
            else:
                kept.copy_(new)


class _Report:
    """Prints the mean of each loss term."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._totals: dict[str, float] = {}
        self._count = 0

    def add(self, parts: dict[str, Tensor]) -> None:
        for name, value in parts.items():
            self._totals[name] = self._totals.get(name, 0) + value.item()
        self._count += 1

    def print(self, step: int) -> None:
        means = "  ".join(f"{name} {total / self._count:.4f}" for name, total in self._totals.items())
        print(f"step {step}  {time.monotonic() - self._began:.0f} s  {means}", flush=True)
        self._totals, self._count = {}, 0
