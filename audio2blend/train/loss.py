"""The training loss."""

from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..channels import ARKIT
from ..qa import Lips
from .batches import Batch
from .model import Outputs

_LEFT: Final = [
    i for i, name in enumerate(ARKIT) if name.startswith("mouth") and name.endswith("Left") and name != "mouthLeft"
]
_RIGHT: Final = [ARKIT.index(ARKIT[i].replace("Left", "Right")) for i in _LEFT]
"""Paired channels of the mouth; mouthLeft and mouthRight, which move all of it, are no pair."""


class Loss(nn.Module):
    """Errors of weights, lip opening and its speed, asymmetry, teacher features, and cross-entropy of phones and voice.

    Lip opening is measured on the mesh that the weights drive, and is negative where lips are pressed together; frames
    whose target is closed or nearly so count up to fourfold. Sound does not determine on which side a mouth is drawn
    up: asymmetry of a filmed mouth is the speaker's own, so it is penalised in the prediction.
    """

    neutral: Tensor
    deltas: Tensor

    def __init__(self, lips: Lips) -> None:
        super().__init__()
        self.lips = lips
        height = lips.deltas[:, :, 1] / lips.eye_distance
        self.register_buffer("neutral", torch.tensor(lips.neutral[:, 1] / lips.eye_distance))
        self.register_buffer("deltas", torch.tensor(height))

    def opening(self, weights: Tensor) -> Tensor:
        """Return the signed lip opening [batch, frame] of weights [batch, frame, 52]."""
        height = self.neutral + weights @ self.deltas
        return height[..., self.lips.upper].amin(-1) - height[..., self.lips.lower].amax(-1)

    def forward(self, outputs: Outputs, batch: Batch) -> dict[str, Tensor]:
        """Return the terms of the loss by name; the loss is their sum."""
        # A leaky clamp: weights outside [0, 1] still have a gradient.
        limited = outputs.weights.clamp(0, 1)
        weights = limited + 0.3 * (outputs.weights - limited)
        mask = batch.face
        count = mask.sum().clamp_min(1)
        said, true = self.opening(weights), self.opening(batch.weights)
        closed = 1 + 3 * torch.exp(-true.clamp_min(0) / 0.015)
        pair = mask[:, 1:] * mask[:, :-1]
        face = ((weights - batch.weights).square().sum(-1) * mask).sum() / count
        opening = (functional.smooth_l1_loss(said, true, reduction="none", beta=0.02) * closed * mask).sum() / count
        speed = ((said.diff(dim=1) - true.diff(dim=1)).abs() * pair).sum() / pair.sum().clamp_min(1)
        sides = ((weights[..., _LEFT] - weights[..., _RIGHT]).abs().sum(-1) * mask).sum() / count
        known = (batch.voice >= 0).float()
        voice = functional.binary_cross_entropy_with_logits(outputs.voice, batch.voice.clamp_min(0), known)
        phones = functional.cross_entropy(outputs.phones.flatten(0, 1), batch.phones.flatten(), ignore_index=-1)
        miss = (outputs.features - batch.features).square().mean(-1)
        teacher = (miss * batch.heard).sum() / batch.heard.sum().clamp_min(1)
        return {
            "face": 4 * face,
            "opening": 10 * opening,
            "speed": 3 * speed,
            "symmetry": 0.05 * sides,
            "teacher": 0.3 * teacher,
            "voice": 0.1 * voice,
            "phones": phones,
        }
