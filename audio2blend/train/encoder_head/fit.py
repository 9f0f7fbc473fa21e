"""Train heads on an encoder's features and export them."""

import time
from pathlib import Path
from typing import Final

import onnx
import torch

from ...channels import ARKIT
from ...clip import FRAME_RATE
from ...files import draft
from ...network.whisper import WIDTH, Whisper
from ...phones import PHONES
from ...qa import Lips
from .. import corpora
from ..batches import STYLES
from ..lips import load_lips
from ..loss import Loss
from .crops import Crops, encode_crops
from .model import Deployed, Head

VERSION: Final = "1"
"""Version of the head, recorded in the metadata of clips."""
OPSET: Final = 17

_BATCH: Final = 24
_RATE: Final = 2e-3


def fit_head(
    data: Path,
    encoder: Path,
    output: Path,
    *,
    leave_out: frozenset[str] = frozenset(),
    crops: int = 4_200,
    heads: int = 1,
    steps: int = 800,
    seed: int = 0,
    threads: int = 1,
) -> None:
    """Train heads on the Whisper model in the folder `encoder`, and write them as one ONNX graph.

    `crops` are encoded once. All heads train on them, with different seeds; the graph averages their outputs. Raises
    InputError or MissingDependencyError if the encoder cannot be loaded.
    """
    torch.set_num_threads(threads)
    whisper = Whisper.open(encoder, device="cpu", threads=threads)
    samples = list(corpora.training(data, leave_out=leave_out))
    began = time.monotonic()
    features = encode_crops(samples, whisper.window, count=crops, seed=seed)
    print(f"{crops} crops of {len(samples)} recordings are encoded after {time.monotonic() - began:.0f} s", flush=True)
    lips = load_lips(data / "ict_facekit" / "lip_vertices.npz")
    style = "facegood" if "grid" in leave_out else "grid"
    write_head([train_head(features, lips, steps=steps, seed=seed + k) for k in range(heads)], output, style=style)


def train_head(crops: Crops, lips: Lips, *, steps: int, seed: int = 0) -> Head:
    """Train a head on the crops."""
    torch.manual_seed(seed)
    head = Head()
    n_crops = len(crops.style)
    head.standardise(crops.pick(torch.randperm(n_crops)[:200])[0])
    loss_of = Loss(lips)
    optimiser = torch.optim.AdamW(head.parameters(), lr=_RATE, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, _RATE, total_steps=steps, pct_start=0.1)
    began = time.monotonic()
    totals: dict[str, float] = {}
    for step in range(steps):
        features, labels = crops.pick(torch.randint(n_crops, (_BATCH,)))
        with torch.autocast("cpu", dtype=torch.bfloat16):
            outputs = head(features, labels.style)
        parts = loss_of(outputs, labels)
        del parts["teacher"]
        optimiser.zero_grad(set_to_none=True)
        torch.stack(list(parts.values())).sum().backward()
        torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        for name, value in parts.items():
            totals[name] = totals.get(name, 0) + value.item()
        if (step + 1) % 100 == 0:
            means = "  ".join(f"{name} {total / 100:.4f}" for name, total in totals.items())
            print(f"step {step + 1}  {time.monotonic() - began:.0f} s  {means}", flush=True)
            totals = {}
    head.eval()
    return head


def write_head(heads: list[Head], output: Path, *, style: str = "grid") -> None:
    """Write heads as ONNX: "features" [1, frame, 512] at 60 Hz in; "weights", "phones" and "voice" out."""
    described = {
        "channels": " ".join(ARKIT),
        "frame_rate": str(FRAME_RATE),
        "head_context_frames": str(Head.CONTEXT_FRAMES),
        "phones": " ".join(PHONES),
        "version": VERSION,
    }
    names = ("features", "weights", "phones", "voice")
    with draft(output) as target:
        torch.onnx.export(
            Deployed(heads, STYLES.index(style)).eval(),
            (torch.zeros(1, 60, WIDTH),),
            str(target),
            input_names=["features"],
            output_names=list(names[1:]),
            dynamic_axes={name: {1: "frame"} for name in names},
            opset_version=OPSET,
            dynamo=False,
        )
        graph = onnx.load(str(target))
        onnx.helper.set_model_props(graph, described)
        onnx.save(graph, str(target))
