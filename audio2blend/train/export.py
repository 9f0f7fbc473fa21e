"""Writing a trained model as an ONNX graph that needs nothing but samples."""

from pathlib import Path
from typing import Final

import onnx
import torch
from torch import Tensor, nn

from ..channels import ARKIT
from ..files import draft
from .batches import STYLES
from .checkpoint import load_model
from .live import DELAY, PHONE_DELAY, LiveModel, Memory
from .model import Model
from .phones import PHONES

OPSET: Final = 17
VERSION: Final = "1"
"""Which network this is; a clip's metadata name it."""


class Deployed(nn.Module):
    """The model with one style, its outputs in their final units."""

    def __init__(self, model: Model, style: str) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("style", torch.tensor([STYLES.index(style)]))

    def forward(self, samples: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return weights [1, frame, 52] and probabilities of phones [1, frame, phone] and voice [1, frame]."""
        outputs = self.model(samples, self.style)
        return outputs.weights.clamp(0, 1), outputs.phones.softmax(-1), outputs.voice.sigmoid()


class DeployedLive(nn.Module):
    """The live model with one style, its outputs in their final units and its memory in the open."""

    def __init__(self, model: LiveModel, style: str) -> None:
        super().__init__()
        self.model = model
        self.register_buffer("style", torch.tensor([STYLES.index(style)]))

    def forward(self, samples: Tensor, state: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return weights, phones and voice as `Deployed` does, and the state for the samples that follow."""
        memory = Memory(state)
        outputs = self.model.stream(self.model.front(samples, memory), self.style, memory)
        return outputs.weights.clamp(0, 1), outputs.phones.softmax(-1), outputs.voice.sigmoid(), memory.state()


def export(checkpoint: Path, output: Path, *, style: str = "grid") -> None:
    """Write the model of a checkpoint as ONNX: "samples" in; "weights", "phones" and "voice" out.

    A live one takes "state" [1, width] too, zeros at first, and gives "next_state" to go on from.
    """
    model = load_model(checkpoint)
    if isinstance(model, LiveModel):
        deployed: nn.Module = DeployedLive(model, style)
        state = {"state": torch.zeros(1, model.state_width)}
        look = {
            "delay_frames": str(DELAY),
            "phone_delay_frames": str(PHONE_DELAY),
            "latency_ms": f"{DELAY / 60 * 1e3:g}",
        }
    else:
        deployed = Deployed(model, style)
        state = {}
        look = {"context_frames": str(model.context_frames)}
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
            "frame_rate": "60",
            "phones": " ".join(PHONES),
            "sample_rate": "16000",
            "version": VERSION,
        }
        for value in graph.graph.output:  # the exporter does not see that a state keeps its width
            if value.name == "next_state":
                value.type.tensor_type.shape.dim[1].dim_value = state["state"].shape[1]
        onnx.helper.set_model_props(graph, described | look)
        onnx.save(graph, str(target))
