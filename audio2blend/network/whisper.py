"""Hearing with the encoder of a Whisper model that lies in a folder of the user's own.

The folder is of the CTranslate2 kind: `model.bin`, `config.json` and a vocabulary. The features are those of Radford et
al., *Robust Speech Recognition via Large-Scale Weak Supervision*, 2022: the encoder looks at 30 s of log-mel at once
and gives features 50 times a second.
"""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .. import wording
from ..audio import SAMPLE_RATE
from ..errors import InputError, MissingDependencyError
from .providers import DEVICES

Floats = NDArray[np.float32]

RATE: Final = 50
"""Features a second; feature k is centred on (k + ½)/50 s."""
WIDTH: Final = 512
"""Numbers in a feature of Whisper base; no other size has as many."""
WINDOW: Final = 30 * RATE
"""Features that the encoder computes at once."""

_HOP: Final = SAMPLE_RATE // RATE
_OVERLAP: Final = 4 * RATE
_FADE: Final = np.clip((np.arange(_OVERLAP) - 1.5 * RATE) / RATE, 0, 1).astype(np.float32)[:, None]
"""How one window takes over from the one before in the four seconds that both cover: in the middle one."""

_SILENCE: Final = 2 * RATE

_N_FFT: Final = 400
_MEL_HOP: Final = 160
_N_MELS: Final = 80


class Whisper:
    """The encoder of Whisper base, multilingual."""

    def __init__(self, model: Any) -> None:
        """Use `open` instead."""
        self.model = model
        """What CTranslate2 opened; its decoder may be there or not."""
        self._storage = import_module("ctranslate2").StorageView
        self.device: str = model.device
        """What computes it: "cpu" or "cuda"."""

    @classmethod
    def open(cls, folder: Path, *, device: str = "auto", threads: int = 0) -> "Whisper":
        """Return the encoder in `folder`.

        `device` is "cpu", "cuda", or "auto": a GPU where there is one that works. `threads` are those of the CPU, 0
        as many as there are cores. Raises InputError if there is no multilingual Whisper base in the folder, or no
        such device, and MissingDependencyError if CTranslate2 is not installed or "cuda" cannot be had.
        """
        if device not in DEVICES:
            raise InputError(f"there is no device '{device}'; choose auto, cpu or cuda")
        model_file(folder)
        try:
            ctranslate2 = import_module("ctranslate2")
        except ImportError:
            raise MissingDependencyError("an encoder needs CTranslate2; pip install 'audio2blend[encoder]'") from None
        n_gpus = ctranslate2.get_cuda_device_count()
        if device == "cuda" and not n_gpus:
            cure = wording.current().use_cpu
            raise MissingDependencyError(f"CTranslate2 finds no CUDA device for the encoder; {cure}")
        if n_gpus and device != "cpu":
            try:
                return cls._tried(folder, "cuda", "float16", threads)
            except InputError:
                raise
            except (RuntimeError, ValueError) as error:  # a library is not there, or the GPU too old for fp16
                if device == "cuda":
                    raise MissingDependencyError(
                        f"CTranslate2 cannot compute on this GPU: {error}; see to that, or {wording.current().use_cpu}"
                    ) from None
        try:
            return cls._tried(folder, "cpu", "int8", threads)
        except InputError:
            raise
        except (RuntimeError, ValueError) as error:
            raise InputError(f"{folder} holds no Whisper model that CTranslate2 can read: {error}") from None

    @classmethod
    def _tried(cls, folder: Path, device: str, numbers: str, threads: int) -> "Whisper":
        """Return the encoder after it has computed something: only then CTranslate2 looks for what a GPU needs.

        Raises InputError for another model than Whisper base, and whatever CTranslate2 raises.
        """
        models = import_module("ctranslate2").models
        model = models.Whisper(str(folder), device=device, compute_type=numbers, intra_threads=threads)
        encoder = cls(model)
        known = model.is_multilingual and model.n_mels == _N_MELS
        if not known or encoder._encode(np.zeros(RATE * _HOP, np.float32)).shape[1] != WIDTH:
            raise InputError(f"the Whisper model in {folder} is not the multilingual base, the only one that is known")
        return encoder

    def features(self, samples: Floats) -> Iterator[Floats]:
        """Yield the features [n, 512] of samples (n,) of any length, as they become known, 50 for every second begun.

        Windows of 30 s overlap by four, and one fades into the next.
        """
        return joined(samples, self.window)

    def window(self, samples: Floats) -> Floats:
        """Return the features [n, 512] of up to 30 s; shorter input is padded with two seconds of silence.

        More silence, to make 30 s as Whisper is given when it transcribes, takes ten times as long for a short line.
        """
        length = min(WINDOW, -(-len(samples) // _HOP) + _SILENCE)
        sound = np.zeros(length * _HOP, np.float32)
        sound[: len(samples)] = samples
        return self._encode(sound)

    def _encode(self, samples: Floats) -> Floats:
        return np.asarray(np.array(self.encoded(log_mel(samples), to_cpu=True), np.float32)[0])

    def encoded(self, mels: Floats, *, to_cpu: bool = False) -> Any:
        """Return the features of mels [mel, frame] as CTranslate2 keeps them, for its decoder."""
        return self.model.encode(self._storage.from_array(np.ascontiguousarray(mels[None])), to_cpu=to_cpu)


def joined(samples: Floats, encode: Callable[[Floats], Floats]) -> Iterator[Floats]:
    """Yield the features [n, width] of samples (n,) by an encoder of windows of up to 30 s.

    Windows overlap by four seconds, in the middle of which one fades into the next.
    """
    total = -(-len(samples) // _HOP)
    tail: Floats | None = None
    for first in range(0, max(1, total - _OVERLAP), WINDOW - _OVERLAP):
        features = encode(samples[first * _HOP : (first + WINDOW) * _HOP])[: total - first]
        if tail is not None:
            features[:_OVERLAP] = tail * (1 - _FADE) + features[:_OVERLAP] * _FADE
        settled = len(features) if first + WINDOW >= total else WINDOW - _OVERLAP
        tail = features[settled:]
        yield features[:settled]


def model_file(folder: Path) -> Path:
    """Return the weights of the model in `folder`. Raises InputError if there are none."""
    path = folder / "model.bin"
    if not path.is_file():
        raise InputError(
            f"there is no Whisper model in {folder}; name a folder with the model.bin that "
            "ct2-transformers-converter --model openai/whisper-base writes"
        )
    return path


def log_mel(samples: Floats) -> Floats:
    """Return what Whisper's encoder is given, [mel, frame]: a frame each 10 ms, none quieter than 80 dB below the peak.

    Raises ValueError for samples that make no whole frames.
    """
    if len(samples) % _MEL_HOP:
        raise ValueError(f"{len(samples)} samples are not a multiple of {_MEL_HOP}")
    half = _N_FFT // 2
    padded = np.pad(samples, (half, half), mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, _N_FFT)[::_MEL_HOP][:-1]
    window = np.hanning(_N_FFT + 1)[:-1].astype(np.float32)
    power = np.abs(np.fft.rfft(frames * window)) ** 2
    mels = np.log10(np.maximum(_mel_filters() @ power.T, 1e-10))
    return np.asarray((np.maximum(mels, mels.max() - 8) + 4) / 4, np.float32)


@cache
def _mel_filters() -> NDArray[np.float64]:
    """Return triangular filters [mel, bin] of unit area on Slaney's scale.

    It is linear below 1 kHz and logarithmic above: M. Slaney, *Auditory Toolbox*, 1998.
    """
    top = 15 + 27 * np.log(SAMPLE_RATE / 2 / 1000) / np.log(6.4)
    mels = np.linspace(0, top, _N_MELS + 2)
    edges = np.where(mels < 15, mels * 200 / 3, 1000 * np.exp((mels - 15) * np.log(6.4) / 27))
    bins = np.fft.rfftfreq(_N_FFT, 1 / SAMPLE_RATE)
    low, middle, high = (edges[k : k + _N_MELS, None] for k in range(3))
    triangles = np.maximum(0, np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)))
    return np.asarray(triangles * 2 / (high - low))
