"""Fitting the network to the corpora."""

import time
from pathlib import Path

import torch

from ..errors import MissingDependencyError
from . import corpora
from .batches import Batches
from .checkpoint import load_checkpoint, save_checkpoint
from .lips import load_lips
from .loss import Loss
from .model import Model


def fit(
    data: Path,
    output: Path,
    *,
    device: str = "cpu",
    resume: bool = False,
    steps: int = 12_000,
    size: int = 24,
    seed: int = 0,
    threads: int = 2,
) -> None:
    """Train a model on the corpora in `data` and keep it in `output`, anew every 200 steps.

    `resume` goes on from `output`, with the optimiser and the step it had. Raises MissingDependencyError if
    `device` is "cuda" and there is none.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise MissingDependencyError("there is no CUDA device to train on; use --device cpu, or install a driver")
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    samples = [s for corpus in (corpora.grid, corpora.facegood, corpora.kokoro) for s in corpus.load(data, held=False)]
    hours = sum(len(s.samples) for s in samples) / 16_000 / 3600
    print(f"{len(samples)} recordings, {hours:.2f} h", flush=True)
    model = Model().to(device)
    loss_of = Loss(load_lips(data / "ict_facekit" / "lip_vertices.npz")).to(device)
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=1e-2)
    first = 0
    if resume:
        first = load_checkpoint(output, model, optimiser)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, (step + first + 1) / 300) * max(0.02, 1 - (step + first) / steps)
    )
    batches = Batches(samples, size=size, seed=seed + first)
    totals: dict[str, float] = {}
    began = time.monotonic()
    for step in range(first, steps):
        model.train()
        batch = batches.next(device)
        parts = loss_of(model(batch.samples, batch.style), batch)
        optimiser.zero_grad(set_to_none=True)
        torch.stack(list(parts.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        for name, value in parts.items():
            totals[name] = totals.get(name, 0) + value.item()
        if (step + 1) % 200 == 0 or step + 1 == steps:
            save_checkpoint(output, model, optimiser, step + 1)
            means = "  ".join(f"{name} {value / ((step - first) % 200 + 1):.4f}" for name, value in totals.items())
            print(f"step {step + 1}  {time.monotonic() - began:.0f} s  {means}", flush=True)
            totals = {}
