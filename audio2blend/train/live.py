"""The live network: inputs and outputs as those of `Model`, but causal, with a short look-ahead.

No layer looks ahead. Frame j is computed as soon as ceil(800 (j + 1) / 3) samples have arrived, from a window of the
last 25 ms, and is trained to be the face of `DELAY` frames earlier: that is all the look-ahead there is. The state goes
in and out as one tensor, so that one call with a whole recording gives the same as a stream of pieces.
"""

from collections.abc import Sequence
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..channels import ARKIT
from ..phones import PHONES
from .mel import N_MELS, WINDOW, fourier_kernel, mel_filters
from .model import Outputs
from .teacher_features import WIDTH

DELAY: Final = 3
"""Delay of the face in frames of 1/60 s: 50 ms."""
PHONE_DELAY: Final = 1
"""Delay of the phones in frames: less than the face's, so that lips can begin to close before a phone."""
LEVEL_FRAMES: Final = 240
"""Frames over which the loudness is averaged: the last 4 s."""


class Memory:
    """The state of a stream between calls; each layer takes its share in turn."""

    def __init__(self, state: Tensor) -> None:
        self._state = state
        self._at = 0
        self._kept: list[Tensor] = []

    def take(self, width: int) -> Tensor:
        """Return the next part of the state, [batch, width]."""
        self._at += width
        return self._state[:, self._at - width : self._at]

    def keep(self, values: Tensor) -> None:
        """Store values [batch, width] in place of those taken."""
        self._kept.append(values.float())

    def continued(self, new: Tensor, n_past: int) -> Tensor:
        """Return `new` [batch, channel, time] preceded by the last `n_past` time steps of earlier calls."""
        past = self.take(new.shape[1] * n_past).unflatten(1, (-1, n_past))
        whole = torch.cat([past.to(new.dtype), new], dim=2)
        self.keep(whole[:, :, -n_past:].flatten(1))
        return whole

    def state(self) -> Tensor:
        """Return the state for the next call."""
        return torch.cat(self._kept, dim=1)


class LiveFront(nn.Module):
    """Log-mel features at 60 Hz, relative to the mean power of the last 4 s; 0 is silence."""

    fourier: Tensor
    filters: Tensor
    state_width: Final = 1 + WINDOW + LEVEL_FRAMES - 1

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("fourier", torch.tensor(fourier_kernel().T))
        self.register_buffer("filters", torch.tensor(mel_filters().T))

    def forward(self, samples: Tensor, memory: Memory) -> Tensor:
        """Return features [batch, mel, frame] of samples [batch, n], which complete at least one frame."""
        clock = memory.take(1)
        came = clock[0, 0].round().long()  # samples of earlier calls, modulo 800
        end = came + samples.shape[1]
        memory.keep(torch.zeros_like(clock) + end % 800)
        first, last = came * 3 // 800, end * 3 // 800
        ends = (torch.arange(first, last, device=samples.device) * 800 + 802) // 3 - came
        sound = memory.continued(samples[:, None], WINDOW)[:, 0]
        windows = sound[:, ends[:, None] + torch.arange(WINDOW, device=samples.device)]
        real, imaginary = (windows @ self.fourier).chunk(2, dim=-1)
        mels = ((real * real + imaginary * imaginary) @ self.filters).transpose(1, 2)
        power = memory.continued(mels.mean(dim=1, keepdim=True), LEVEL_FRAMES - 1)
        # Frames of digital silence, as before the start of a stream, do not count towards the level.
        loud = functional.avg_pool1d((power > 1e-14).float(), LEVEL_FRAMES, 1)
        level = functional.avg_pool1d(power, LEVEL_FRAMES, 1) / loud.clamp_min(1 / LEVEL_FRAMES) + 1e-9
        return torch.log1p(mels / level * 1e5) / 4


class LiveBlock(nn.Module):
    """A causal residual convolution."""

    def __init__(self, width: int, kernel: int, dilation: int, dropout: float) -> None:
        super().__init__()
        self.n_past = (kernel - 1) * dilation
        self.conv = nn.Conv1d(width, width, kernel, dilation=dilation)
        self.norm = nn.BatchNorm1d(width)
        self.mix = nn.Conv1d(width, width, 1)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, memory: Memory) -> Tensor:
        inner = functional.relu(self.norm(self.conv(memory.continued(hidden, self.n_past))))
        mixed: Tensor = self.dropout(self.mix(inner))
        return hidden + mixed


class LiveModel(nn.Module):
    """A causal mel front end, a stack of dilated causal convolutions, and one linear head for each task.

    `style` is as in `Model`.
    """

    KERNEL: Final = 3

    def __init__(
        self,
        *,
        width: int = 256,
        dilations: Sequence[int] = (1, 2, 4, 8, 16, 1, 2, 4, 8),
        styles: int = 2,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.front = LiveFront()
        self.entry = nn.Conv1d(N_MELS, width, self.KERNEL)
        self.norm = nn.BatchNorm1d(width)
        self.blocks = nn.ModuleList([LiveBlock(width, self.KERNEL, dilation, dropout) for dilation in dilations])
        self.face = nn.Conv1d(width, len(ARKIT), 1)
        self.phone = nn.Conv1d(width, len(PHONES), 1)
        self.voice = nn.Conv1d(width, 1, 1)
        self.imitation = nn.Conv1d(width, WIDTH, 1)
        self.gain = nn.Parameter(torch.ones(styles, 1, len(ARKIT)))
        self.offset = nn.Parameter(torch.zeros(styles, 1, len(ARKIT)))
        self.arguments = {"width": width, "dilations": tuple(dilations), "styles": styles, "dropout": dropout}
        self.quality = "live"
        past = (self.KERNEL - 1) * N_MELS + sum(block.n_past for block in self.blocks) * width
        self.front_width, self.state_width = LiveFront.state_width, LiveFront.state_width + past

    def forward(self, samples: Tensor, style: Tensor) -> Outputs:
        """Return the outputs for whole recordings [batch, n], each in its style [batch]."""
        return self.read(self.features(samples), style)

    def features(self, samples: Tensor) -> Tensor:
        """Return the features [batch, mel, frame] of whole recordings [batch, n]."""
        return self.front(samples, Memory(samples.new_zeros(len(samples), self.front_width)))

    def read(self, features: Tensor, style: Tensor) -> Outputs:
        """Return the outputs, delays removed, for features of whole recordings; silence is taken to follow."""
        late, early = DELAY - 1, PHONE_DELAY - 1
        start = Memory(features.new_zeros(len(features), self.state_width - self.front_width))
        said = self.stream(functional.pad(features, (0, late)), style, start)
        phones = said.phones[:, early : early + features.shape[2]]
        return Outputs(said.weights[:, late:], phones, said.voice[:, late:], said.features[:, late:])

    def stream(self, features: Tensor, style: Tensor, memory: Memory) -> Outputs:
        """Return the outputs, with their delays, for features [batch, mel, frame] that continue earlier ones."""
        entered = self.entry(memory.continued(features, self.KERNEL - 1))
        hidden = functional.relu(self.norm(entered))
        for block in self.blocks:
            hidden = block(hidden, memory)
        weights, phones, voice, imitated = (
            head(hidden).float().transpose(1, 2) for head in (self.face, self.phone, self.voice, self.imitation)
        )
        return Outputs(weights * self.gain[style] + self.offset[style], phones, voice[..., 0], imitated)
