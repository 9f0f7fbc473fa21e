"""Score an animated line against its sound, optionally with a text and a reference."""

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..align.reading import Reading
from ..audio import Speech
from ..audio.activity import envelope_db, voice_activity
from ..clip import FRAME_RATE, Clip
from ..errors import InputError
from ..phones import BILABIALS
from ..posteriors import PhonePosteriors
from . import against_sound
from .against_reference import against_reference
from .against_sound import SURE
from .against_text import against_text
from .checks import CHECKS
from .measure import Measure
from .phone_closures import closes_on
from .sampled import MeasuredFace, Sampled

_SHORTEST_S: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Judgement:
    """All measures of a line, and the data that they were computed from."""

    measures: tuple[Measure, ...]
    times_s: NDArray[np.float64]
    clip: Sampled
    reference: Sampled | None
    speech: NDArray[np.bool_]
    """Where somebody speaks, shape (n_frames,)."""
    closing_phones_s: NDArray[np.float64]
    """Start and end in seconds of every p, b and m that was surely detected, shape (n, 2)."""
    posteriors: PhonePosteriors
    """The phone posteriors of the sound."""
    reading: Reading | None
    """The text aligned with the sound; None without a text, or if it cannot be read or is not what is spoken."""

    def closes(self, spans_s: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return for each interval, shape (n, 2) in seconds, whether the clip's lips close in it, shape (n,)."""
        return closes_on(self.clip.opening, spans_s - self.times_s[0], frame_rate=FRAME_RATE)

    def closings(self) -> list["Closing"]:
        """Return all expected closures: the p, b and m of the text, and others that are detected."""
        named = [
            (closure.start_s, closure.end_s, f"{closure.letter} of {word.text}")
            for word in (self.reading.words if self.reading else ())
            for closure in word.closures
        ]
        for start, end in self.closing_phones_s.tolist():
            if not any(first < end and start < last for first, last, _ in named):
                named.append((start, end, "p, b or m"))
        closed = self.closes(np.array([place[:2] for place in named], float).reshape(-1, 2))
        return sorted(Closing(*place, closed=bool(is_closed)) for place, is_closed in zip(named, closed, strict=True))


class Closing(NamedTuple):
    """An expected closure."""

    start_s: float
    end_s: float
    label: str
    """The phone, and its word where there is a text."""
    closed: bool
    """Whether the lips close."""


def judge(
    clip: Clip,
    speech: Speech,
    posteriors: PhonePosteriors,
    face: MeasuredFace,
    *,
    reference: Clip | None = None,
    text: str | None = None,
) -> Judgement:
    """Return the measures of `clip`, an animation of `speech`.

    Args:
        clip: ARKit weights at any rate.
        speech: its sound.
        posteriors: phone posteriors of `speech`.
        face: the face on which lips are measured.
        reference: a capture of the same line, at any rate.
        text: the words of the line.

    Raises InputError if clip, sound and reference overlap by less than half a second, or if a clip has no channel
    that moves the mouth.
    """
    times = _common_times(clip, speech, reference)
    level = envelope_db(speech, times)
    active = voice_activity(level, float(FRAME_RATE))
    take = Sampled.of(clip, times, face, name="the clip")
    other = None if reference is None else Sampled.of(reference, times, face, name="the reference")
    closing = posteriors.intervals(BILABIALS, at_least=SURE, min_frames=2)
    closing = closing[(closing[:, 0] >= times[0]) & (closing[:, 1] <= times[-1] + 1 / FRAME_RATE)]
    measures = [against_sound.coverage(clip, speech), *against_sound.alone(take, face, active)]
    measures += against_sound.closures(take, active, posteriors, closing - times[0], times)
    measures.append(against_sound.behind_loudness(take, level))
    if other is not None:
        measures += against_reference(take, other, face, active)
    reading = None
    if text is not None:
        reading, of_text = against_text(text, posteriors, take, times)
        measures += of_text
    order = list(CHECKS)
    return Judgement(
        measures=tuple(sorted(measures, key=lambda measure: order.index(measure.name))),
        times_s=times,
        clip=take,
        reference=other,
        speech=active,
        closing_phones_s=closing,
        posteriors=posteriors,
        reading=reading,
    )


def _common_times(clip: Clip, speech: Speech, reference: Clip | None) -> NDArray[np.float64]:
    spans = [("the clip", clip.start_s, clip.start_s + clip.duration_s), ("the sound", 0.0, speech.duration_s)]
    if reference is not None:
        spans.append(("the reference", reference.start_s, reference.start_s + reference.duration_s))
    start, end = max(span[1] for span in spans), min(span[2] for span in spans)
    if end - start < _SHORTEST_S:
        covered = ", ".join(f"{name} {begin:.2f} to {stop:.2f} s" for name, begin, stop in spans)
        raise InputError(f"these share less than half a second: {covered}; give files of the same line")
    first, last = int(np.ceil(start * FRAME_RATE - 1e-6)), int(np.ceil(end * FRAME_RATE - 1e-6))
    return np.arange(first, last) / float(FRAME_RATE)
