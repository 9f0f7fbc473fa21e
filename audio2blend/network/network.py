"""Running the network over recordings of any length."""

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..audio import SAMPLE_RATE, Speech
from ..channels import ARKIT
from ..clip import Clip
from ..errors import InputError
from ..heard import Heard
from .providers import open_session, provider_of

FRAME_RATE: Final = Fraction(60)
WEIGHTS: Final = Path(__file__).parent / "weights" / "audio2blend.onnx"
"""The network that ships with this package; docs/model-card.md says what it is."""

_STRIDE_FRAMES: Final = 6
_STRIDE_SAMPLES: Final = 1600
"""16 000 / 60 is no whole number, so the graph works in strides of six frames, which are 1600 samples."""
_OUTPUTS: Final = ("weights", "phones")


class Network:
    """An audio→face network in an onnxruntime session.

    The graph takes float32 samples [1, n] at 16 kHz and gives "weights" [1, frame, 52] at 60 frames a second,
    six for every 1600 samples begun. Its metadata says how many frames on either side can change a frame.
    """

    def __init__(self, session: Any, name: str) -> None:
        """Use `load` instead."""
        self._session = session
        self.context_frames = int(session.get_modelmeta().custom_metadata_map["context_frames"])
        """How many frames on either side of a frame can change it."""
        self._phone_names = tuple(session.get_modelmeta().custom_metadata_map["phones"].split())
        self.name = name
        """What the clips' metadata call the network."""

    @classmethod
    def load(cls, path: Path | None = None, *, device: str = "auto") -> "Network":
        """Return the network in `path`, or the one that ships with the package.

        `device` is "cpu", "cuda", or "auto": a GPU where there is one that works; `provider` says what it came to.
        Raises InputError if the file is missing or is no such network, and MissingDependencyError if "cuda" cannot
        be had.
        """
        path = WEIGHTS if path is None else Path(path)
        if not path.is_file():
            raise InputError(f"there is no network {path}; name an .onnx file that audio2blend.train has exported")
        session = open_session(path, device)
        outputs = {output.name for output in session.get_outputs()}
        found = session.get_modelmeta().custom_metadata_map
        whole = {*_OUTPUTS} <= outputs and {"context_frames", "phones"} <= set(found)
        if not whole or found.get("channels") != " ".join(ARKIT):
            raise InputError(f"{path} is no audio2blend network; make one with: python -m audio2blend.train export")
        return cls(session, f"{path.stem} {found.get('version', '')}".strip())

    @property
    def provider(self) -> str:
        """What computes it, read back from the session: "CPUExecutionProvider" or "CUDAExecutionProvider"."""
        return provider_of(self._session)

    def run(
        self,
        speech: Speech,
        *,
        chunk_s: float = 30.0,
        progress: Callable[[int, int], None] | None = None,
    ) -> Clip:
        """Return the 52 ARKit weights in [0, 1] at 60 frames a second: the face of what `listen` returns."""
        return self.listen(speech, chunk_s=chunk_s, progress=progress)[0]

    def listen(
        self,
        speech: Speech,
        *,
        chunk_s: float = 30.0,
        progress: Callable[[int, int], None] | None = None,
    ) -> tuple[Clip, Heard]:
        """Return the face that says a recording, and the phones that are heard in it, both at 60 frames a second.

        There is a frame for every 1/60 s begun: ceil(60 · duration). The sound is computed in chunks of `chunk_s`
        seconds, each with as much sound around it as can matter, so the length of a chunk changes memory and
        nothing else. `progress` is told the frames done and their total after each chunk.
        """
        n_frames = -(-len(speech.samples) * 60 // SAMPLE_RATE)
        step = max(1, round(chunk_s * 60 / _STRIDE_FRAMES)) * _STRIDE_FRAMES
        weights = np.zeros((n_frames, len(ARKIT)), np.float32)
        phones = np.zeros((n_frames, len(self._phone_names)), np.float32)
        for first in range(0, n_frames, step):
            frames = slice(first, min(first + step, n_frames))
            weights[frames], phones[frames] = self._frames(speech.samples, frames)
            if progress is not None:
                progress(frames.stop, n_frames)
        face = Clip(values=weights, channels=ARKIT, frame_rate=FRAME_RATE, metadata={"model": self.name})
        return face, Heard(probabilities=phones, phones=self._phone_names, frame_rate=FRAME_RATE)

    def _frames(self, samples: NDArray[np.float32], frames: slice) -> list[NDArray[np.float32]]:
        """Return weights and phones of some frames, the first of which is a multiple of a stride.

        Before and after the recording there is silence.
        """
        strides = -(-self.context_frames // _STRIDE_FRAMES)
        start = frames.start // _STRIDE_FRAMES - strides
        end = -(-frames.stop // _STRIDE_FRAMES) + strides
        padded = np.zeros((1, (end - start) * _STRIDE_SAMPLES), np.float32)
        offset = start * _STRIDE_SAMPLES
        low, high = max(0, offset), min(len(samples), end * _STRIDE_SAMPLES)
        padded[0, low - offset : high - offset] = samples[low:high]
        skip = strides * _STRIDE_FRAMES
        found = self._session.run(list(_OUTPUTS), {"samples": padded})
        return [values[0, skip : skip + frames.stop - frames.start] for values in found]
