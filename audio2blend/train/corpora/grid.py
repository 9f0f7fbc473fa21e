"""GRID, talker s1: lips tracked in films at 25 fps (Cooke et al. 2006, CC BY 4.0)."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from numpy.typing import NDArray

from ...channels import ARKIT
from ...qa import Lips
from ..lips import load_lips
from .fitting import funnelled, parted, spread
from .sample import Sample, frame_times

FPS: Final = 25
HELD_OUT_SHARE: Final = 1 / 6

MOUTH: Final = tuple(name for name in ARKIT if name.startswith(("jaw", "mouth")))
"""The channels that the tracker and the landmarks measure."""


@dataclass(frozen=True, slots=True, eq=False)
class Tracks:
    """The tracked face, 75 frames a sentence."""

    ids: tuple[str, ...]
    opening: NDArray[np.float32]
    """[sentence, frame] gap of the inner lips over the distance of the outer eye corners, from landmarks."""
    width: NDArray[np.float32]
    """[sentence, frame] distance of the mouth corners over that of the outer eye corners, from landmarks."""
    scores: NDArray[np.float32]
    """[sentence, frame, 52] the tracker's ARKit scores in the order of `ARKIT`."""
    speech: tuple[tuple[float, float], ...]
    """Start of the first word and end of the last in seconds."""
    words: tuple[tuple[tuple[str, float, float], ...], ...]


def held_out(sentence: str) -> bool:
    """Return whether a sentence is held out of training, by a hash of its name."""
    return int(hashlib.sha256(sentence.encode()).hexdigest()[:8], 16) / 2**32 < HELD_OUT_SHARE


@cache
def load_tracks(data: Path) -> Tracks:
    """Return the tracked faces."""
    with np.load(data / "grid" / "tracks.npz") as stored:
        ids = tuple(str(name) for name in stored["ids"])
        names = [str(name) for name in stored["blendshape_names"]]
        raw = stored["blendshapes"].astype(np.float32)
        points = stored["landmarks"].astype(np.float32) / 64
        index = [int(number) for number in stored["landmark_index"]]
        texts = [str(text) for text in stored["words"]]
    scores = np.zeros((*raw.shape[:2], len(ARKIT)), np.float32)
    for column, name in enumerate(ARKIT):
        if name in names:
            scores[..., column] = raw[..., names.index(name)]

    def distance(first: int, second: int) -> NDArray[np.float32]:
        return np.asarray(
            np.linalg.norm((points[:, :, index.index(first)] - points[:, :, index.index(second)])[..., :2], axis=-1),
            np.float32,
        )

    eyes = distance(33, 263)
    words = tuple(tuple(_words(text)) for text in texts)
    return Tracks(
        ids=ids,
        opening=distance(13, 14) / eyes,
        width=distance(61, 291) / eyes,
        scores=scores,
        speech=tuple((said[0][1], said[-1][2]) for said in words),
        words=words,
    )


def _words(text: str) -> Iterator[tuple[str, float, float]]:
    for line in text.splitlines():
        start, end, word = line.split()
        if word not in ("sil", "sp"):
            yield word, int(start) / 25_000, int(end) / 25_000


def fit_weights(tracks: Tracks, lips: Lips) -> NDArray[np.float32]:
    """Return weights [sentence, frame, 52] under which the mesh's lips open as far as the landmarks.

    The tracker's scores, relative to those of a face at rest, give the motion of jaw and lips; its mouthClose is not
    reliable and is dropped. It underestimates rounding and stretching: where the landmarks' mouth is narrower or wider
    than usual at such scores, mouthPucker or stretch and smile are added. It hardly detects protruded lips (its
    mouthFunnel stays below 0.03), and neither do the landmarks: given opening and width, the depth of the lips
    correlates with the tracker's rounding at |r| <= 0.2, and separates rounded words from others no better than they do
    (area under the curve 0.82 against 0.81). So a narrow mouth is a funnel where it is open and a pucker where it is
    not, which is how lips round for "o" and for "w". Finally, where jaw and lips would open the mouth too far,
    mouthClose is added; where not far enough, the lower lip is lowered, the upper lip raised and the jaw opened.
    """
    n_frames = tracks.opening.shape[1]
    times = np.arange(n_frames) / FPS
    after = np.stack([times > end + 0.3 for _, end in tracks.speech])
    rest = np.median(tracks.scores[after & (tracks.opening < 0.01)], axis=0)
    flat = np.clip((tracks.scores - rest) / (1 - rest), 0, 1).reshape(-1, len(ARKIT))
    keep = np.array([name in MOUTH and name != "mouthClose" for name in ARKIT])
    flat = flat * keep
    speech = np.stack([(times >= start) & (times < end) for start, end in tracks.speech]).reshape(-1)
    at_rest = np.median(tracks.width[after])
    wider = tracks.width.reshape(-1) / at_rest - lips.width(flat) / lips.width(0 * flat[:1])
    wider = wider - np.median(wider[speech])
    gap = tracks.opening.reshape(-1)
    flat = funnelled(spread(flat, wider, lips), gap, lips)
    return parted(flat, gap, lips).reshape(tracks.scores.shape)


def at_60(curve: NDArray[np.float32], times_s: NDArray[np.float64]) -> NDArray[np.float32]:
    """Interpolate curves [frame, channel] at 25 fps linearly at other times."""
    source = np.arange(len(curve)) / FPS
    return np.stack([np.interp(times_s, source, column) for column in curve.T], axis=1).astype(np.float32)


def load(data: Path, *, held: bool) -> Iterator[Sample]:
    """Yield the held-out sentences, or the training sentences."""
    tracks = load_tracks(data)
    weights = fit_weights(tracks, load_lips(data / "ict_facekit" / "lip_vertices.npz"))
    for sentence, curves, (start, end) in zip(tracks.ids, weights, tracks.speech, strict=True):
        if held_out(sentence) != held:
            continue
        samples, _ = soundfile.read(data / "grid" / "audio" / f"{sentence}.flac", dtype="float32")
        times = frame_times(len(samples))
        # He opens his mouth to breathe before the first word; a mouth at rest is closed.
        awake = np.interp(times, [start - 0.15, start - 0.03, end + 0.05, end + 0.2], [0, 1, 1, 0])
        voice = np.where((times >= start) & (times < end), 1.0, 0.0)
        yield Sample(
            name=sentence,
            corpus="grid",
            language="en-gb",
            speaker="s1",
            samples=samples,
            weights=(at_60(curves, times) * awake[:, None]).astype(np.float32),
            phones=np.where(voice > 0, -1, 0).astype(np.int64),
            voice=voice.astype(np.float32),
        )
