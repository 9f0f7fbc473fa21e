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


def export(checkpoint: Path, output: Path, *, style: str = "grid") -> None:
    """Write the model of a checkpoint as ONNX: "samples" in; "weights", "phones" and "voice" out."""
    model = load_model(checkpoint)
    with draft(output) as target:
        torch.onnx.export(
            Deployed(model, style).eval(),
            (torch.zeros(1, 16_000),),
            str(target),
            input_names=["samples"],
            output_names=["weights", "phones", "voice"],
            dynamic_axes={
                name: {1: "n" if name == "samples" else "frame"} for name in ("samples", "weights", "phones", "voice")
            },
            opset_version=OPSET,
            dynamo=False,
        )
        graph = onnx.load(str(target))
        described = {
            "channels": " ".join(ARKIT),
            "context_frames": str(model.context_frames()),
            "frame_rate": "60",
            "phones": " ".join(PHONES),
            "sample_rate": "16000",
            "version": VERSION,
        }
        onnx.helper.set_model_props(graph, described)
        onnx.save(graph, str(target))
