"""What the network hears in a recording: phone posteriors, which it gives beside the weights of the face."""

from fractions import Fraction
from typing import Final

import numpy as np

from audio2blend.audio import Speech
from audio2blend.network.network import WEIGHTS
from audio2blend.network.providers import open_session
from audio2blend.qa.heard import Heard

_STRIDE_FRAMES: Final = 6
_STRIDE_SAMPLES: Final = 1600
_CHUNK_STRIDES: Final = 300  # half a minute at a time, for memory


def hear(speech: Speech) -> Heard | None:
    """Return the phone posteriors at 60 frames a second, or None if the shipped network tells none."""
    session = open_session(WEIGHTS, "cpu")
    about = session.get_modelmeta().custom_metadata_map
    if "phones" not in {output.name for output in session.get_outputs()} or "phones" not in about:
        return None
    margin = -(-int(about["context_frames"]) // _STRIDE_FRAMES)
    n_frames = -(-len(speech.samples) * 60 // 16_000)
    n_strides = -(-n_frames // _STRIDE_FRAMES)
    padded = np.pad(
        speech.samples, (margin * _STRIDE_SAMPLES, (n_strides + margin) * _STRIDE_SAMPLES - len(speech.samples))
    )
    pieces = []
    for first in range(0, n_strides, _CHUNK_STRIDES):
        last = min(first + _CHUNK_STRIDES, n_strides)
        samples = padded[first * _STRIDE_SAMPLES : (last + 2 * margin) * _STRIDE_SAMPLES]
        (phones,) = session.run(["phones"], {"samples": samples[None]})
        skip = margin * _STRIDE_FRAMES
        pieces.append(np.asarray(phones[0, skip : skip + (last - first) * _STRIDE_FRAMES], np.float32))
    return Heard(
        probabilities=np.concatenate(pieces)[:n_frames],
        phones=tuple(about["phones"].split()),
        frame_rate=Fraction(60),
    )
