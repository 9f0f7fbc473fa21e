"""Export trained models as one ONNX graph that takes raw samples."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from ..channels import ARKIT
from ..clip import FRAME_RATE
from ..errors import InputError
from ..files import draft
from ..phones import PHONES
from .batches import STYLES
from .checkpoint import load_model
from .live import DELAY, PHONE_DELAY, LiveModel, Memory
from .model import Model, Outputs

OPSET: Final = 17
VERSION: Final = "6"
"""Version of the network, recorded in the metadata of clips."""

Parts = tuple[nn.Module, dict[str, Tensor], dict[str, str]]
"""The module to export, its initial state, and metadata on its look-ahead."""


class Deployed(nn.Module):
    """The mean of models at one fixed style, with outputs in final units; `others`, if any, give the phones."""

    def __init__(self, models: Sequence[Model], others: Sequence[Model], style: str) -> None:
        super().__init__()
        self.models = nn.ModuleList(models)
        self.others = nn.ModuleList(others)
        self.register_buffer("style", torch.tensor([STYLES.index(style)]))

    def forward(self, samples: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return weights [1, frame, 52] and probabilities of phones [1, frame, phone] and voice [1, frame]."""
        features = self.models[0].features(samples)  # all models share one front end
        weights, phones, voice = _mean([model.read(features, self.style) for model in self.models])
        if len(self.others):
            phones = _mean([model.read(features, self.style) for model in self.others])[1]
        return weights, phones, voice


class DeployedLive(nn.Module):
    """The mean of live models at one fixed style, with outputs in final units and the state as a tensor."""

    def __init__(self, models: Sequence[LiveModel], style: str) -> None:
        super().__init__()
        self.models = nn.ModuleList(models)
        self.register_buffer("style", torch.tensor([STYLES.index(style)]))

    def forward(self, samples: Tensor, state: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return weights, phones and voice as `Deployed` does, and the state to pass with the next samples."""
        said, kept = [], []
        for model, share in zip(self.models, state.split([m.state_width for m in self.models], dim=1), strict=True):
            memory = Memory(share)
            said.append(model.stream(model.front(samples, memory), self.style, memory))
            kept.append(memory.state())
        return *_mean(said), torch.cat(kept, dim=1)


def _mean(said: Sequence[Outputs]) -> tuple[Tensor, Tensor, Tensor]:
    """Return the mean weights, clamped to [0, 1], phone probabilities and voice probability."""
    weights = torch.stack([outputs.weights.clamp(0, 1) for outputs in said]).mean(0)
    phones = torch.stack([outputs.phones.softmax(-1) for outputs in said]).mean(0)
    return weights, phones, torch.stack([outputs.voice.sigmoid() for outputs in said]).mean(0)


def export(checkpoints: Sequence[Path], output: Path, *, style: str = "grid", phones: Sequence[Path] = ()) -> None:
    """Write the mean of the models in checkpoints as ONNX: "samples" in; "weights", "phones" and "voice" out.

    Where `phones` names checkpoints of `best` models, the phones are the mean of theirs: the network that predicts the
    face best need not classify phones best.

    A live network also takes "state" [1, width], initially zeros, and returns "next_state" for the next call. Learned
    weights are stored in half precision. Raises InputError for missing checkpoints and for mixed qualities.
    """
    models = [load_model(path) for path in checkpoints]
    live = [model for model in models if isinstance(model, LiveModel)]
    best = [model for model in models if isinstance(model, Model)]
    if live and best:
        raise InputError("live and best networks cannot be averaged; name checkpoints of one quality")
    others = [model for model in map(load_model, phones) if isinstance(model, Model)]
    deployed, state, look = _live(live, style) if live else _best(best, others, style)
    with draft(output) as target:
        torch.onnx.export(
            deployed.eval(),
            (torch.zeros(1, 16_000), *state.values()),
            str(target),
            input_names=["samples", *state],
            output_names=["weights", "phones", "voice", *(f"next_{name}" for name in state)],
            dynamic_axes={
                name: {1: "n" if name == "samples" else "frame"} for name in ("samples", "weights", "phones", "voice")
            },
            opset_version=OPSET,
            dynamo=False,
        )
        graph = onnx.load(str(target))
        described = {
            "channels": " ".join(ARKIT),
            "frame_rate": str(FRAME_RATE),
            "phones": " ".join(PHONES),
            "sample_rate": "16000",
            "version": VERSION,
        }
        for value in graph.graph.output:  # the exporter does not see that a state keeps its width
            if value.name == "next_state":
                value.type.tensor_type.shape.dim[1].dim_value = state["state"].shape[1]
        halve(graph)
        onnx.helper.set_model_props(graph, described | look)
        onnx.save(graph, str(target))


def halve(graph: onnx.ModelProto) -> None:
    """Store the learned weights of a graph in half precision; the graph casts them back to single precision."""
    casts = []
    for tensor in graph.graph.initializer:
        values = onnx.numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size > 1024 and "front" not in tensor.name:
            name = tensor.name
            tensor.CopyFrom(onnx.numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
            casts.append(onnx.helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = list(graph.graph.node)
    del graph.graph.node[:]
    graph.graph.node.extend([*casts, *nodes])


def _live(models: Sequence[LiveModel], style: str) -> Parts:
    look = {
        "delay_frames": str(DELAY),
        "phone_delay_frames": str(PHONE_DELAY),
        "latency_ms": f"{float(DELAY / FRAME_RATE * 1000):g}",
    }
    return DeployedLive(models, style), {"state": torch.zeros(1, sum(m.state_width for m in models))}, look


def _best(models: Sequence[Model], others: Sequence[Model], style: str) -> Parts:
    reach = max(model.context_frames for model in (*models, *others))
    return Deployed(models, others, style), {}, {"context_frames": str(reach)}
