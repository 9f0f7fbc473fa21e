"""The teacher's third layer: the features that the network learns to predict, and faces are regressed from.

The encoder of Whisper base has six layers. A regression from the third to one filmed speaker's lips predicts those of
strangers better than from any other (docs/model-experiments.md): later layers know the words, and leave the mouth
behind. CTranslate2 gives the last layer alone, so the first three are computed here, from the same file.
"""

import struct
from pathlib import Path
from typing import IO, Any, Final

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from ..audio import SAMPLE_RATE
from ..network.whisper import RATE, WIDTH, log_mel, model_file

LAYER: Final = 3

_HEADS: Final = 8
_LONGEST: Final = 28 * RATE
"""Features that are computed at once; the encoder knows positions of 30 s."""
_SILENCE: Final = 2 * RATE
"""Silence that follows a recording, in features."""
_HOP: Final = SAMPLE_RATE // RATE
_TYPES: Final = (np.float32, np.int8, np.int16, np.int32, np.float16)
"""The kinds of number in a CTranslate2 file, by their index there."""


class TeacherLayer:
    """Whisper base's encoder up to its third layer."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        """Use `open` instead."""
        self._weights = weights

    @classmethod
    def open(cls, folder: Path) -> "TeacherLayer":
        """Return that of the Whisper model in a CTranslate2 folder. Raises InputError if there is none."""
        with model_file(folder).open("rb") as file:
            return cls({name.removeprefix("encoder/"): torch.tensor(a.astype(np.float32)) for name, a in _read(file)})

    def __call__(self, samples: NDArray[np.float32]) -> NDArray[np.float16]:
        """Return the features [n, 512] of samples (n,) of any length, 50 for every second begun."""
        step = _LONGEST * _HOP
        pieces = [self._piece(samples[first : first + step]) for first in range(0, max(1, len(samples)), step)]
        return np.concatenate(pieces)

    def _piece(self, samples: NDArray[np.float32]) -> NDArray[np.float16]:
        length = -(-len(samples) // _HOP)
        sound = np.zeros((length + _SILENCE) * _HOP, np.float32)
        sound[: len(samples)] = samples
        with torch.no_grad():
            features = self._encoded(torch.from_numpy(log_mel(sound)))[:length]
        return np.asarray(features.numpy(), np.float16)

    def _encoded(self, mels: Tensor) -> Tensor:
        """Return features [n, 512] of mels [mel, 2 · n]."""
        of = self._weights
        hidden = functional.gelu(functional.conv1d(mels[None], of["conv1/weight"], of["conv1/bias"], padding=1))
        hidden = functional.conv1d(hidden, of["conv2/weight"], of["conv2/bias"], stride=2, padding=1)
        rows = functional.gelu(hidden)[0].T
        rows = rows + of["position_encodings/encodings"][: len(rows)]
        for layer in range(LAYER):
            attention, feed = f"layer_{layer}/self_attention", f"layer_{layer}/ffn"
            queries = self._linear(f"{attention}/linear_0", self._normed(f"{attention}/layer_norm", rows))
            parts = [part.unflatten(1, (_HEADS, -1)).transpose(0, 1) for part in queries.chunk(3, dim=1)]
            attended = functional.scaled_dot_product_attention(*parts).transpose(0, 1).flatten(1)
            rows = rows + self._linear(f"{attention}/linear_1", attended)
            inner = functional.gelu(self._linear(f"{feed}/linear_0", self._normed(f"{feed}/layer_norm", rows)))
            rows = rows + self._linear(f"{feed}/linear_1", inner)
        return rows

    def _linear(self, name: str, rows: Tensor) -> Tensor:
        return functional.linear(rows, self._weights[f"{name}/weight"], self._weights[f"{name}/bias"])

    def _normed(self, name: str, rows: Tensor) -> Tensor:
        gain, offset = self._weights[f"{name}/gamma"], self._weights[f"{name}/beta"]
        return functional.layer_norm(rows, (WIDTH,), gain, offset)


def _read(file: IO[bytes]) -> list[tuple[str, NDArray[Any]]]:
    """Return the encoder's arrays of a CTranslate2 model, by name.

    The file holds a version and a kind, then for each array a name, a shape, a type and its numbers, as CTranslate2's
    `python/ctranslate2/specs/model_spec.py` writes them.
    """

    def number(kind: str) -> int:
        return int(struct.unpack(f"<{kind}", file.read(struct.calcsize(kind)))[0])

    def text() -> str:
        return file.read(number("H")).rstrip(b"\0").decode()

    number("I"), text(), number("I")
    arrays = []
    for _ in range(number("I")):
        name = text()
        shape = [number("I") for _ in range(number("B"))]
        kind = _TYPES[number("B")]
        arrays.append((name, np.frombuffer(file.read(number("I")), kind).reshape(shape)))
    return [(name, array) for name, array in arrays if name.startswith("encoder/")]
