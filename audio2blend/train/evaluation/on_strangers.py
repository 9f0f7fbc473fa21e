"""Short films of people who are not in the training data, against their tracked lips."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import soundfile

from ...qa import correlation
from .baselines import Contender
from .compare import Scores
from .motion import Curve, MouthMotion, Samples


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """A film of somebody speaking, for evaluation only."""

    samples: Samples
    target: MouthMotion
    """The tracked lips at the film's own frame rate; `jaw` is the tracker's jawOpen."""
    speech: Curve
    """Shape (n,): the times in seconds of the frames within speech."""
    sound_late_s: float
    """By how much the sound lags the picture in the file."""


@cache
def films(data: Path) -> tuple[Film, ...]:
    """Return the clips in `data`/strangers."""
    with np.load(data / "strangers" / "tracks.npz") as stored:
        ends = np.cumsum(stored["n_frames"])
        jaw = stored["arkit"][:, [str(name) for name in stored["arkit_names"]].index("jawOpen")]
        out = []
        for k, name in enumerate(stored["ids"]):
            rows = slice(ends[k] - stored["n_frames"][k], ends[k])
            times = np.arange(stored["n_frames"][k]) / float(stored["fps"][k])
            curves = (stored["opening"][rows], stored["width"][rows], jaw[rows])
            out.append(
                Film(
                    samples=soundfile.read(data / "strangers" / f"{name}.flac", dtype="float32")[0],
                    target=MouthMotion(times, *(curve.astype(float) for curve in curves)),
                    speech=times[stored["speech"][rows]],
                    sound_late_s=float(stored["sound_late_s"][k]),
                )
            )
    return tuple(out)


def on_strangers(data: Path, contender: Contender) -> Scores:
    """Return means over the clips, within speech.

    - r of lip opening and width: Pearson's correlation at zero lag; "in sync" with the film's A/V offset removed.
    - size of opening and width: standard deviation, predicted over true; median over the clips.
    """
    clips = films(data)
    found: dict[str, list[float]] = {}
    for film, motion in zip(clips, contender.motions([film.samples for film in clips]), strict=True):
        target = film.target.at(film.speech)
        pred, in_sync = motion.at(film.speech), motion.at(film.speech + film.sound_late_s)
        for name, value in {
            "lip opening r": correlation(pred.opening, target.opening),
            "lip opening r, in sync": correlation(in_sync.opening, target.opening),
            "width r": correlation(pred.width, target.width),
            "size of opening": pred.opening.std() / target.opening.std(),
            "size of width": pred.width.std() / target.width.std(),
        }.items():
            found.setdefault(name, []).append(float(value))
    return {name: float((np.median if "size" in name else np.mean)(values)) for name, values in found.items()}
