"""The network: raw sound in, face weights, phones and voice activity out, at 60 frames a second.

16 000 / 60 is not an integer, so features are computed in six passes with a stride of 1600 samples, each at its own
offset: frame k is centred on k/60 s to within 0.02 ms. The hidden layers run at half the frame rate, and each head
predicts both frames of a pair. The graph takes any number of samples and returns six frames for every 1600 samples
begun.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..channels import ARKIT
from ..phones import PHONES
from .mel import N_MELS, WINDOW, fourier_kernel, mel_filters
from .teacher_features import WIDTH

STRIDE: Final = 1600
"""Samples in six frames."""
PHASES: Final = (0, 267, 533, 800, 1067, 1333)
"""Samples on which the six frames in a stride are centred."""
LEVEL_FRAMES: Final = 241
"""Frames over which the loudness is averaged: ±2 s."""


class Front(nn.Module):
    """Log-mel features at 60 Hz, relative to the mean power within ±2 s."""

    fourier: Tensor
    filters: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("fourier", torch.tensor(fourier_kernel()[:, None]))
        self.register_buffer("filters", torch.tensor(mel_filters()[:, :, None]))

    def forward(self, samples: Tensor) -> Tensor:
        """Return features [batch, mel, frame] of samples [batch, n]."""
        half = WINDOW // 2
        padded = functional.pad(samples[:, None], (half, half - 1 + PHASES[-1]))
        frames = []
        for phase in PHASES:
            spare = PHASES[-1] - phase
            shifted = padded[:, :, phase : -spare if spare else None]
            real, imaginary = functional.conv1d(shifted, self.fourier, stride=STRIDE).chunk(2, dim=1)
            frames.append(real * real + imaginary * imaginary)
        power = torch.stack(frames, dim=-1).flatten(2)  # [batch, bin, frame]
        mels = functional.conv1d(power, self.filters)
        level = functional.avg_pool1d(mels.mean(dim=1, keepdim=True), LEVEL_FRAMES, 1, LEVEL_FRAMES // 2)
        # 1e-9 is noise at about -80 dBFS: a floor, below which silence is not amplified any further.
        level = level + 1e-9
        return torch.log(mels / level + 1e-5) / 4.0 + 1.0


class Block(nn.Module):
    """A residual convolution over time."""

    def __init__(self, width: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.conv = nn.Conv1d(width, width, kernel, padding=dilation * (kernel // 2), dilation=dilation)
        self.norm = nn.BatchNorm1d(width)
        self.mix = nn.Conv1d(width, width, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor) -> Tensor:
        inner = functional.relu(self.norm(self.conv(hidden)))
        return hidden + self.dropout(self.mix(inner))


class Outputs(NamedTuple):
    """The outputs of a network, at 60 frames a second."""

    weights: Tensor
    """[batch, frame, 52], not clamped to [0, 1]."""
    phones: Tensor
    """Logits, [batch, frame, phone]."""
    voice: Tensor
    """Logits of voice activity, [batch, frame]."""
    features: Tensor
    """Predicted teacher features, [batch, frame, feature]; for training only."""


class Model(nn.Module):
    """A mel front end, a stack of dilated convolutions, and one linear head for each task.

    `style` selects the filmed corpus to imitate: each has its own gain and offset for every channel of the shared face
    head, so that differences between speakers and rigs need not be averaged.
    """

    def __init__(
        self,
        *,
        width: int = 384,
        kernel: int = 3,
        dilations: Sequence[int] = (1, 2, 4, 8, 1, 2, 4, 8, 1, 1),
        styles: int = 2,
        dropout: float = 0.15,
    ) -> None:
        super().__init__()
        self.front = Front()
        self.entry = nn.Conv1d(N_MELS, width, 6, stride=2, padding=2)
        self.blocks = nn.Sequential(*[Block(width, kernel, dilation, dropout) for dilation in dilations])
        self.face = nn.Conv1d(width, 2 * len(ARKIT), 3, padding=1)
        self.phone = nn.Conv1d(width, 2 * len(PHONES), 1)
        self.voice = nn.Conv1d(width, 2, 1)
        self.imitation = nn.Conv1d(width, 2 * WIDTH, 1)
        self.gain = nn.Parameter(torch.ones(styles, 1, len(ARKIT)))
        self.offset = nn.Parameter(torch.zeros(styles, 1, len(ARKIT)))
        self.arguments = {
            "width": width,
            "kernel": kernel,
            "dilations": tuple(dilations),
            "styles": styles,
            "dropout": dropout,
        }
        layers = 1 + sum(dilations) * (kernel // 2)
        self.context_frames = LEVEL_FRAMES // 2 + 4 + 2 * layers
        """Receptive field: the number of frames on either side that a frame depends on."""
        self.quality = "best"

    def forward(self, samples: Tensor, style: Tensor) -> Outputs:
        """Return the outputs for samples [batch, n], each row in its style [batch]."""
        return self.read(self.features(samples), style)

    def features(self, samples: Tensor) -> Tensor:
        """Return the features [batch, mel, frame] of samples [batch, n]."""
        features: Tensor = self.front(samples)
        return features

    def read(self, features: Tensor, style: Tensor) -> Outputs:
        """Return the outputs for features [batch, mel, frame], each row in its style [batch]."""
        hidden = self.blocks(functional.relu(self.entry(features)))
        return Outputs(
            weights=_pairs(self.face(hidden)) * self.gain[style] + self.offset[style],
            phones=_pairs(self.phone(hidden)),
            voice=_pairs(self.voice(hidden))[..., 0],
            features=_pairs(self.imitation(hidden)),
        )


def _pairs(halves: Tensor) -> Tensor:
    """Return [batch, 2 · frame, channel] of [batch, 2 · channel, frame]."""
    both = halves.float().unflatten(1, (2, -1))
    return both.permute(0, 3, 1, 2).flatten(1, 2)
