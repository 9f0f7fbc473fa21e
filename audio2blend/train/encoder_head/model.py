"""The head: encoder features in, face weights, phones and voice activity out, at 60 frames a second."""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from ...channels import ARKIT
from ...network.whisper import WIDTH
from ...phones import PHONES
from ..model import Block, Outputs


class Head(nn.Module):
    """A stack of dilated convolutions over an encoder's features, and one linear layer for each task.

    In training, noise and dropout on the features keep it from relying on any single one.
    """

    DILATIONS: Final = (1, 2, 4, 8)
    CONTEXT_FRAMES: Final = sum(DILATIONS) + 1
    """Receptive field: the number of frames on either side that a frame depends on."""

    mean: Tensor
    scale: Tensor

    def __init__(self, *, width: int = 192, styles: int = 3, dropout: float = 0.25) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(WIDTH, 1))
        self.register_buffer("scale", torch.ones(WIDTH, 1))
        self.entry = nn.Conv1d(WIDTH, width, 1)
        self.blocks = nn.Sequential(*[Block(width, 3, dilation, dropout) for dilation in self.DILATIONS])
        self.face = nn.Conv1d(width, len(ARKIT), 3, padding=1)
        self.phone = nn.Conv1d(width, len(PHONES), 1)
        self.voice = nn.Conv1d(width, 1, 1)
        self.gain = nn.Parameter(torch.ones(styles, 1, len(ARKIT)))
        self.offset = nn.Parameter(torch.zeros(styles, 1, len(ARKIT)))

    def standardise(self, features: Tensor) -> None:
        """Set the input normalisation to the mean and standard deviation of features [batch, 512, frame]."""
        self.mean.copy_(features.mean((0, 2))[:, None])
        self.scale.copy_(features.std((0, 2))[:, None] + 1e-4)

    def forward(self, features: Tensor, style: Tensor) -> Outputs:
        """Return the outputs for features [batch, 512, frame], each row in its style [batch]."""
        hidden = (features - self.mean) / self.scale
        if self.training:
            hidden = _disturbed(hidden)
        hidden = self.blocks(functional.relu(self.entry(hidden)))
        face, phones, voice = (read(hidden).float().transpose(1, 2) for read in (self.face, self.phone, self.voice))
        return Outputs(face * self.gain[style] + self.offset[style], phones, voice[..., 0], face[:1, :1, :1] * 0)


def _disturbed(features: Tensor) -> Tensor:
    """Add noise to features [batch, feature, frame], drop a fifth of the values, and zero one frame in ten."""
    noisy = functional.dropout(features + 0.25 * torch.randn_like(features), 0.2)
    return noisy.masked_fill(torch.rand(len(features), 1, features.shape[2]) < 0.1, 0)


class Deployed(nn.Module):
    """The mean of several heads at one fixed style, in final units."""

    style: Tensor

    def __init__(self, heads: Sequence[Head], style: int) -> None:
        super().__init__()
        self.heads = nn.ModuleList(heads)
        self.register_buffer("style", torch.tensor([style]))

    def forward(self, features: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return weights [1, frame, 52] and probabilities of phones and voice for features [1, frame, 512]."""
        said = [head(features.transpose(1, 2), self.style) for head in self.heads]
        weights, phones, voice = (
            torch.stack(parts).mean(0)
            for parts in (
                [one.weights for one in said],
                [one.phones.softmax(-1) for one in said],
                [one.voice.sigmoid() for one in said],
            )
        )
        return weights.clamp(0, 1), phones, voice
