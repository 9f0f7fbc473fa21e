"""Fitting the network to the corpora."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch

from ..errors import MissingDependencyError
from ..network import Network
from ..qa import Lips
from . import corpora
from .batches import Batches
from .checkpoint import MODELS, load_checkpoint, save_checkpoint
from .corpora import Sample
from .lips import load_lips
from .loss import Loss
from .teach import guided, teach
from .teacher import encode_all, open_encoder


def fit(
    data: Path,
    output: Path,
    *,
    quality: str = "best",
    teacher: Path | None = None,
    device: str = "cpu",
    resume: bool = False,
    steps: int = 7_400,
    size: int = 24,
    seed: int = 0,
    threads: int = 1,
) -> None:
    """Train a model on the corpora in `data` and keep it in `output`, anew every 200 steps.

    `quality` is "best" or "live"; the latter learns from the `best` network that ships too. `resume` goes on from
    `output`, with the optimiser and the step it had. Raises MissingDependencyError if `device` is "cuda" and there is
    none.
    """
    if device == "cuda" and not torch.cuda.is_available():
        raise MissingDependencyError("there is no CUDA device to train on; use --device cpu, or install a driver")
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    samples = load_all(data, teacher)
    if quality == "live":
        samples = guided(samples, Network.load())
    lips = load_lips(data / "ict_facekit" / "lip_vertices.npz")
    train(samples, lips, output, quality=quality, device=device, resume=resume, steps=steps, size=size, seed=seed)


def load_all(data: Path, teacher: Path | None) -> list[Sample]:
    """Return all recordings to train on, taught by the Whisper model in the folder `teacher` if there is one."""
    samples = [s for corpus in (corpora.grid, corpora.facegood, corpora.kokoro) for s in corpus.load(data, held=False)]
    hours = sum(len(s.samples) for s in samples) / 16_000 / 3600
    print(f"{len(samples)} recordings, {hours:.2f} h", flush=True)
    if teacher is None:
        return samples
    began = time.monotonic()
    features = encode_all(open_encoder(teacher), [s.samples for s in samples])
    print(f"the teacher has listened for {time.monotonic() - began:.0f} s", flush=True)
    return teach(samples, features)


def train(
    samples: list[Sample],
    lips: Lips,
    output: Path,
    *,
    quality: str = "best",
    device: str,
    resume: bool,
    steps: int,
    size: int,
    seed: int,
) -> None:
    """Train a model on samples and keep it in `output`, anew every 200 steps."""
    model = MODELS[quality]().to(device)
    loss_of = Loss(lips).to(device)
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
    ahead = ThreadPoolExecutor(1)  # makes the next batch meanwhile
    coming = ahead.submit(batches.next, device)
    for step in range(first, steps):
        model.train()
        batch = coming.result()
        coming = ahead.submit(batches.next, device)
        features = model.features(batch.samples)
        with torch.autocast(device, dtype=torch.bfloat16):
            outputs = model.read(features, batch.style)
        parts = loss_of(outputs, batch)
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
