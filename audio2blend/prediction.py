"""`Prediction`: the network's unprocessed output for a recording: ARKit weights and phone posteriors."""

import json
import zipfile
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from .channels import MOUTH
from .clip import Clip
from .emotion import EmotionTrack
from .errors import InputError
from .files import draft, write_arrays
from .intervals import Interval, runs, to_text
from .performance import performed, scaled
from .phones import PHONES, timed
from .post import AUTO, Controls, adjusted, expressive, lead_frames, led
from .posteriors import PhonePosteriors

_FEWEST_FRAMES = 2
"""A phone that is likeliest for fewer frames, of 17 ms each, is not listed."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prediction:
    """The network's prediction for a recording: controls turn it into clips without the network and without the sound.

    Raises ValueError for parts that do not fit together.
    """

    face: Clip
    """What the network said."""
    posteriors: PhonePosteriors
    """Its phones, frame by frame."""
    performance: Clip | None
    """Lids, gaze, brows and head at the face's frames, if there are to be any."""
    emotion: EmotionTrack = field(default_factory=EmotionTrack)
    """What the voice is taken to feel; neutral where nobody asked."""
    mouth_only: bool = False
    """Whether all but the mouth stays at rest."""

    def __post_init__(self) -> None:
        if unknown := {*self.posteriors.phones} - {*PHONES}:
            raise ValueError(f"phones of another kind: {' '.join(sorted(unknown))}")
        wanted = len(self.face), len(self.posteriors.phones)
        if self.posteriors.probabilities.shape != wanted:
            raise ValueError(f"phones of shape {self.posteriors.probabilities.shape} in place of {wanted}")
        if self.performance is not None and len(self.performance) != len(self.face):
            raise ValueError(f"a performance of {len(self.performance)} frames in place of {len(self.face)}")

    def to_clip(self, motion: Controls) -> Clip:
        """Return the clip that `audio2blend.animate` gives with these controls."""
        clip = adjusted(self.face, self.posteriors, motion)
        clip = replace(clip, values=led(clip.values, lead_frames(motion, float(clip.frame_rate))))
        emotion = self.emotion if motion.emotion == AUTO else EmotionTrack.parse(motion.emotion)
        clip = expressive(clip, emotion.at(clip.times_s))
        if self.performance is not None:
            parts = {"blinks": motion.blinks, "gaze": motion.gaze, "head": motion.head, "brows": motion.brows}
            clip = performed(clip, scaled(self.performance, **parts))
        if self.mouth_only:
            clip = clip.with_channels(_at_rest(clip))
        return replace(clip, metadata={"phones": to_text(self.phones), **clip.metadata, **motion.metadata})

    def only(self, *, performance: bool = True, mouth_only: bool = False) -> "Prediction":
        """Return it without lids, gaze and head where `performance` is off, and with `mouth_only` without all but
        the mouth: the channels stay, at 0."""
        kept = self.performance if performance and not mouth_only else None
        return replace(self, performance=kept, mouth_only=mouth_only)

    def moving(self, least: float) -> frozenset[str]:
        """Return the channels that are farther than `least` from 0 in some frame."""
        clips = [self.face] if self.performance is None else [self.face, self.performance]
        names = {name for clip in clips for name in clip.channels if np.abs(clip[name]).max(initial=0) > least}
        return frozenset(names & {*MOUTH} if self.mouth_only else names)

    @property
    def phones(self) -> list[Interval]:
        """The phone that is likeliest at each time, with its start and end in seconds; silence is "sil"."""
        found = np.array([PHONES.index(name) for name in self.posteriors.phones])[
            self.posteriors.probabilities.argmax(axis=1)
        ]
        for phone in np.unique(found):
            for start, end in runs(found == phone):
                if end - start < _FEWEST_FRAMES:
                    found[start:end] = -1
        return timed(found, float(self.posteriors.frame_rate))

    def write(self, path: Path) -> None:
        """Keep it as an .npz archive. Raises InputError if the file cannot be written."""
        arrays = {
            "face": self.face.values,
            "channels": np.array(self.face.channels, np.str_),
            "heard": self.posteriors.probabilities,
            "phones": np.array(self.posteriors.phones, np.str_),
            "frame_rate": np.array(str(self.face.frame_rate)),
            "metadata": np.array(json.dumps(self.face.metadata)),
        }
        if self.performance is not None:
            arrays["performance"] = self.performance.values
            arrays["performed"] = np.array(self.performance.channels, np.str_)
        if not self.emotion.is_neutral:
            arrays["emotion"] = np.array(self.emotion.text)
        with draft(path) as target:
            write_arrays(target, arrays)

    @classmethod
    def read(cls, path: Path) -> "Prediction":
        """Return what `write` wrote. Raises InputError if the file is missing or something else."""
        try:
            with np.load(path, allow_pickle=False) as arrays:
                rate = Fraction(str(arrays["frame_rate"]))
                channels = tuple(str(name) for name in arrays["channels"])
                metadata = json.loads(str(arrays["metadata"]))
                face = Clip(values=arrays["face"], channels=channels, frame_rate=rate, metadata=metadata)
                phones = tuple(str(name) for name in arrays["phones"])
                performance = None
                if "performance" in arrays:
                    performed = tuple(str(name) for name in arrays["performed"])
                    performance = Clip(values=arrays["performance"], channels=performed, frame_rate=rate)
                posteriors = PhonePosteriors(probabilities=arrays["heard"], phones=phones, frame_rate=rate)
                emotion = EmotionTrack.parse(str(arrays["emotion"])) if "emotion" in arrays else EmotionTrack()
                return cls(face=face, posteriors=posteriors, performance=performance, emotion=emotion)
        except FileNotFoundError:
            raise InputError(f"there is no {path}; animate the line again") from None
        except (KeyError, ValueError, TypeError, ArithmeticError, EOFError, OSError, zipfile.BadZipFile) as error:
            raise InputError(f"{path} is damaged or no prediction ({error}); animate the line again") from None


def _at_rest(clip: Clip) -> dict[str, NDArray[np.float32]]:
    """Return all channels but the mouth's at 0."""
    return {name: np.zeros(len(clip), np.float32) for name in clip.channels if name not in MOUTH}
