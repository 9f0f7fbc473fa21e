"""The network that uses the user's Whisper model as encoder, with a small head of ours."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..audio import SAMPLE_RATE
from ..channels import ARKIT
from ..clip import FRAME_RATE
from ..errors import InputError
from .network import Network
from .providers import open_session
from .whisper import RATE, WIDTH, Floats, Whisper

HEAD: Final = Path(__file__).parent / "weights" / "audio2blend-encoder.onnx"
"""The head that ships with this package; docs/encoder.md says what it is."""


class EncoderNetwork(Network):
    """A head in an onnxruntime session on top of the encoder of Whisper base.

    The graph takes "features" [1, frame, 512] at 60 Hz and gives "weights" [1, frame, 52] and "phones" for each frame;
    its metadata say how many frames on either side can change a frame. It looks up to 30 s around and cannot stream.
    """

    def __init__(self, session: Any, name: str, encoder: Whisper) -> None:
        """Use `open` instead."""
        super().__init__(session, name)
        self.context_frames = int(session.get_modelmeta().custom_metadata_map["head_context_frames"])
        self._encoder = encoder

    @classmethod
    def open(cls, folder: Path, *, head: Path = HEAD, device: str = "auto", threads: int = 0) -> "EncoderNetwork":
        """Return the network with the Whisper model in `folder`.

        `head` is a graph that fits it. `device` is "cpu", "cuda", or "auto", for the encoder; `threads` are those of
        the CPU, 0 as many as there are cores. Raises InputError for a folder without multilingual Whisper base, a file
        that is no head and an unknown device; MissingDependencyError if CTranslate2 is not installed or "cuda" cannot
        be had.
        """
        if not head.is_file():
            raise InputError(f"there is no head {head}; make one with: python -m audio2blend.train head")
        session = open_session(head, "cpu", threads=threads)
        about = session.get_modelmeta().custom_metadata_map
        if "head_context_frames" not in about or about.get("channels") != " ".join(ARKIT):
            raise InputError(f"{head} is no head for an encoder; make one with: python -m audio2blend.train head")
        encoder = Whisper.open(folder, device=device, threads=threads)
        return cls(session, f"{head.stem} {about.get('version', '')}".strip(), encoder)

    @property
    def provider(self) -> str:
        """What computes the encoder, which is nearly all of the work."""
        return f"CTranslate2 ({self._encoder.device})"

    def _pieces(self, samples: Floats, n_frames: int, step: int) -> Iterator[tuple[Floats, Floats]]:
        """Yield weights and phones of all frames in turn, as many as a window of the encoder makes known."""
        total = -(-len(samples) * RATE // SAMPLE_RATE)
        features = np.zeros((total, WIDTH), np.float16)  # an hour of them is 184 MB
        known = first = 0
        for block in self._encoder.features(samples):
            features[known : known + len(block)] = block
            known += len(block)
            end = n_frames if known == total else max(first, (known - 1) * FRAME_RATE // RATE - self.context_frames)
            if end > first:
                yield self._frames_of(features[:known], slice(first, end))
                first = end

    def _frames_of(self, features: NDArray[np.float16], frames: slice) -> tuple[Floats, Floats]:
        """Return weights and phones of some frames; before the first feature and after the last it is as at them."""
        reach = self.context_frames
        around = at_60(features, np.arange(frames.start - reach, frames.stop + reach))
        weights, phones = self._session.run(["weights", "phones"], {"features": around[None]})
        kept = slice(reach, reach + frames.stop - frames.start)
        return weights[0, kept], phones[0, kept]


def at_60(features: NDArray[np.float16], frames: NDArray[np.int64]) -> Floats:
    """Return features [n, width] of the encoder's rate at frames (m,) of 60 a second, interpolated, [m, width]."""
    at = np.clip(frames / float(FRAME_RATE) * RATE - 0.5, 0, len(features) - 1)
    left = np.minimum(at.astype(int), max(0, len(features) - 2))
    mix = (at - left).astype(np.float32)[:, None]
    right = np.minimum(left + 1, len(features) - 1)
    return np.asarray(features[left] * (1 - mix) + features[right] * mix, np.float32)
