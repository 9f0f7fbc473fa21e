"""A face by its text: the network's motion with the text's closures, or the articulation model alone."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Literal, get_args

import numpy as np

from . import ipa
from .align.alignment import SILENCE, Alignment
from .align.problems import DOUBTFUL
from .audio import Speech
from .audio.activity import envelope_db
from .channels import MOUTH
from .errors import InputError
from .intervals import Interval, to_text
from .phones import BILABIALS, LABIODENTALS, PHONES, classes, segments
from .prediction import Prediction
from .visemes import articulate

Mode = Literal["audio", "text", "hybrid"]
"""What moves the mouth: the network; the phones of the text; or the network, corrected by the text."""
MODES: Final[tuple[Mode, ...]] = get_args(Mode)
_MEETING_S: Final = 0.02
"""How long lips that are to be shut take to meet, and to part again, within their phone; measured on GRID."""
_SHUT_FRAMES: Final = 2
"""They are shut for so long at least, or a clip at a film's rate could miss it."""


def with_alignment(
    prediction: Prediction, alignment: Alignment, speech: Speech, *, mode: Mode = "hybrid"
) -> Prediction:
    """Return a prediction that goes by the words of an alignment as far as `mode` says.

    "hybrid" keeps the network's motion and is sure of the p, b, m, f and v of the text: lips close and meet the teeth
    where the alignment has them, besides where the network predicts them. "text" moves jaw and mouth by the
    articulation model alone, as loud as the voice is. "audio" changes nothing. Words that do not fit the sound are
    left to the network in every mode but "text".
    """
    if mode not in MODES:
        raise InputError(f"there is no mode {mode!r}; there are {', '.join(MODES)}")
    if mode == "audio":
        return prediction
    phones = _phones(alignment) if mode == "text" else _closing(_phones(alignment, DOUBTFUL), prediction)
    half_s = 0.5 / float(prediction.face.frame_rate)
    found = classes(phones, prediction.face.times_s + half_s)  # at the middle of each frame
    said = alignment.phones if mode == "text" else _said(alignment, prediction)
    face, metadata = prediction.face, {"mode": mode, "aligner": alignment.aligner, "phones": to_text(said)}
    probabilities = prediction.posteriors.probabilities.copy()
    columns = [prediction.posteriors.phones.index(PHONES[number]) for number in found]
    rows = np.arange(len(found))
    if mode == "text":
        level = envelope_db(speech, face.times_s)
        said = [phone for word in alignment.words for phone in word.phones if segments(phone.label)]
        model = articulate(said, duration_s=face.duration_s, loudness_db=level)
        face = face.with_channels({name: model[name] for name in model.channels if name in MOUTH})
        probabilities[:] = 0
        probabilities[rows, columns] = 1
    else:
        by_lips = found > 0
        probabilities[rows[by_lips], np.array(columns)[by_lips]] = 1
    posteriors = replace(prediction.posteriors, probabilities=probabilities)
    return replace(prediction, face=replace(face, metadata={**face.metadata, **metadata}), posteriors=posteriors)


def _phones(alignment: Alignment, least: float = 0.0) -> list[tuple[str, float, float]]:
    """Return the phones of an alignment as classes with their times, those of doubtful words as silence."""
    out = []
    for word in alignment.words:
        for phone in word.phones if word.confidence >= least else ():
            named = segments(phone.label)
            edges = np.linspace(phone.start_s, phone.end_s, len(named) + 1).tolist()
            out += [(_by_lips(label, name), *edges[n : n + 2]) for n, (label, name) in enumerate(named)]
    return out


def _said(alignment: Alignment, prediction: Prediction) -> list[Interval]:
    """Return the phones of the words that fit the sound, and of the rest those that the network detected."""
    words = [word for word in alignment.words if word.phones and word.confidence >= DOUBTFUL]
    out = [phone for word in words for phone in word.phones]
    starts, ends = ([getattr(word, edge) for word in words] for edge in ("start_s", "end_s"))
    for label, start, end in prediction.phones:
        after = bisect_right(starts, (start + end) / 2)
        first = max([start, *ends[max(0, after - 1) : after]])
        last = min([end, *starts[after : after + 1]])
        if label != SILENCE and first <= (start + end) / 2 < last:
            out.append(Interval(label, first, last))
    return sorted(out, key=lambda phone: phone.start_s)


def _by_lips(label: str, name: str) -> str:
    """Return the class of a phone, or another where its lips do something else than those of its class: β, ɱ and ɸ."""
    if name not in (*BILABIALS, *LABIODENTALS):
        return name
    phone = ipa.phones(label)[0]
    if phone.bites:
        return name if name in LABIODENTALS else "v"
    return name if phone.seals else "w"


def _closing(phones: Sequence[tuple[str, float, float]], prediction: Prediction) -> list[tuple[str, float, float]]:
    """Return the p, b and m as long as the lips are shut on them, and f and v."""
    out = []
    for name, start, end in phones:
        if name in BILABIALS:
            middle = (start + end) / 2
            half_s = max(_SHUT_FRAMES / float(prediction.face.frame_rate), end - start - 2 * _MEETING_S) / 2
            out.append((name, middle - half_s, middle + half_s))
        elif name in LABIODENTALS:
            out.append((name, start, end))
    return out
