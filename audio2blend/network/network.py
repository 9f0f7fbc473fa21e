"""Running the network over recordings of any length."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from ..audio import SAMPLE_RATE, Speech
from ..channels import ARKIT
from ..clip import FRAME_RATE, Clip
from ..errors import InputError
from ..posteriors import PhonePosteriors
from .listener import Floats, Listener
from .providers import open_session, provider_of

_FOLDER: Final = Path(__file__).parent / "weights"
WEIGHTS: Final = {"best": _FOLDER / "audio2blend.onnx", "live": _FOLDER / "audio2blend-live.onnx"}
"""The networks that ship with this package; docs/model-card.md says what they are."""

_STRIDE_FRAMES: Final = 6
_STRIDE_SAMPLES: Final = 1600
"""16 000 / 60 is no whole number, so the graph works in strides of six frames, which are 1600 samples."""
_OUTPUTS: Final = ("weights", "phones")


class Network:
    """An audio→face network in an onnxruntime session.

    The graph takes float32 samples [1, n] at 16 kHz and gives "weights" [1, frame, 52] at 60 frames a second. There
    are two kinds. `best` gives six frames for every 1600 samples begun; its metadata say how many frames on either
    side can change a frame. `live` uses past samples only, and gives its frames late: see `Listener`.
    """

    def __init__(self, session: Any, name: str) -> None:
        """Use `load` instead."""
        self._session = session
        about = session.get_modelmeta().custom_metadata_map
        self.quality = "live" if "delay_frames" in about else "best"
        """"best" or "live"."""
        self.context_frames = int(about.get("context_frames", 0))
        """How many frames on either side of a frame can change it; 0 for a live network, which uses all the past."""
        self.phones = tuple(about["phones"].split())
        """What the phones are called."""
        self.name = name
        """What the clips' metadata call the network."""

    @classmethod
    def load(
        cls, path: Path | None = None, *, quality: str = "best", device: str = "auto", threads: int = 0
    ) -> "Network":
        """Return the network in `path`, or the one of a quality that ships with the package.

        `quality` is "best", which looks 2 s ahead, or "live", which looks 50 ms ahead and can process streams; it does
        not matter where there is a path. `device` is "cpu", "cuda", or "auto": a GPU where there is one that works;
        `provider` says what it came to. `threads` are those of the CPU, 0 as many as there are cores. Raises
        InputError if the file is missing or is no such network or there is no such quality, and
        MissingDependencyError if "cuda" cannot be had.
        """
        if quality not in WEIGHTS:
            raise InputError(f"there is no quality '{quality}'; choose best or live")
        path = WEIGHTS[quality] if path is None else Path(path)
        if not path.is_file():
            raise InputError(f"there is no network {path}; name an .onnx file that audio2blend.train has exported")
        session = open_session(path, device, threads=threads)
        outputs = {output.name for output in session.get_outputs()}
        found = session.get_modelmeta().custom_metadata_map
        best = "context_frames" in found
        live = {"delay_frames", "phone_delay_frames"} <= set(found) and "next_state" in outputs
        whole = {*_OUTPUTS} <= outputs and "phones" in found and (best or live)
        if not whole or found.get("channels") != " ".join(ARKIT):
            raise InputError(f"{path} is no audio2blend network; make one with: python -m audio2blend.train export")
        return cls(session, f"{path.stem} {found.get('version', '')}".strip())

    def listener(self) -> Listener:
        """Return the beginning of a stream. Raises InputError if the network is not made for streams."""
        if self.quality != "live":
            raise InputError("this network needs 2 s of sound ahead; for a stream load one of quality live")
        return Listener(self._session)

    @property
    def provider(self) -> str:
        """What computes it, read back from the session: "CPUExecutionProvider" or "CUDAExecutionProvider"."""
        return provider_of(self._session)

    def run(
        self,
        speech: Speech,
        *,
        chunk_s: float = 60.0,
        progress: Callable[[int, int], None] | None = None,
    ) -> Clip:
        """Return the 52 ARKit weights in [0, 1] at 60 frames a second: the face of what `predict` returns."""
        return self.predict(speech, chunk_s=chunk_s, progress=progress)[0]

    def predict(
        self,
        speech: Speech,
        *,
        chunk_s: float = 60.0,
        progress: Callable[[int, int], None] | None = None,
    ) -> tuple[Clip, PhonePosteriors]:
        """Return the face that says a recording, and the phones in it, both at 60 frames a second.

        There is a frame for every 1/60 s begun: ceil(60 · duration). The sound is computed in chunks of `chunk_s`
        seconds, each with as much sound around it as can matter, so the length of a chunk changes memory and
        nothing else. `progress` is called with the frames done and their total after each chunk.
        """
        n_frames = -(-len(speech.samples) * FRAME_RATE // SAMPLE_RATE)
        step = max(1, round(chunk_s * FRAME_RATE / _STRIDE_FRAMES)) * _STRIDE_FRAMES
        weights = np.zeros((n_frames, len(ARKIT)), np.float32)
        phones = np.zeros((n_frames, len(self.phones)), np.float32)
        n_weights = n_phones = 0
        for new_weights, new_phones in self._pieces(speech.samples, n_frames, step):
            weights[n_weights : n_weights + len(new_weights)] = new_weights
            phones[n_phones : n_phones + len(new_phones)] = new_phones
            n_weights, n_phones = n_weights + len(new_weights), n_phones + len(new_phones)
            if progress is not None:
                progress(n_weights, n_frames)
        face = Clip(values=weights, channels=ARKIT, frame_rate=FRAME_RATE, metadata={"model": self.name})
        return face, PhonePosteriors(probabilities=phones, phones=self.phones, frame_rate=FRAME_RATE)

    def _pieces(self, samples: Floats, n_frames: int, step: int) -> Iterator[tuple[Floats, Floats]]:
        """Yield weights and phones of all frames in turn, about `step` at a time."""
        if self.quality == "live":
            listener = Listener(self._session)
            size = step // _STRIDE_FRAMES * _STRIDE_SAMPLES
            for start in range(0, len(samples), size):
                yield listener.push(samples[start : start + size])
            yield listener.flush()
        else:
            for first in range(0, n_frames, step):
                yield self._frames(samples, slice(first, min(first + step, n_frames)))

    def _frames(self, samples: Floats, frames: slice) -> tuple[Floats, Floats]:
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
        weights, phones = self._session.run(list(_OUTPUTS), {"samples": padded})
        kept = slice(skip, skip + frames.stop - frames.start)
        return weights[0, kept], phones[0, kept]
