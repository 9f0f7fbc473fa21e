"""A face by its text: the network's motion with the text's closures, or the articulation model alone."""

from dataclasses import replace
from typing import Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from .align.alignment import Alignment
from .align.problems import DOUBTFUL
from .audio import Speech
from .audio.activity import envelope_db
from .channels import MOUTH
from .errors import InputError
from .intervals import to_text
from .phones import BILABIALS, LABIODENTALS, PHONES, classes, segments
from .prediction import Prediction
from .visemes import articulate

Mode = Literal["audio", "text", "hybrid"]
"""What moves the mouth: the network; the phones of the text; or the network, corrected by the text."""
MODES: Final[tuple[Mode, ...]] = get_args(Mode)


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
    found = _classes(alignment, prediction, least=0.0 if mode == "text" else DOUBTFUL)
    face, metadata = prediction.face, {"mode": mode, "aligner": alignment.aligner, "phones": to_text(alignment.phones)}
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
        by_lips = np.isin(found, [PHONES.index(name) for name in (*BILABIALS, *LABIODENTALS)])
        rows, columns = rows[by_lips], list(np.array(columns)[by_lips])
        probabilities[rows, columns] = 1
    posteriors = replace(prediction.posteriors, probabilities=probabilities)
    return replace(prediction, face=replace(face, metadata={**face.metadata, **metadata}), posteriors=posteriors)


def _phones(alignment: Alignment, least: float = 0.0) -> list[tuple[str, float, float]]:
    """Return the phones of an alignment as classes with their times, those of doubtful words as silence."""
    out = []
    for word in alignment.words:
        for phone in word.phones if word.confidence >= least else ():
            named = segments(phone.label)
            edges = np.linspace(phone.start_s, phone.end_s, len(named) + 1).tolist()
            out += [(name, *edges[n : n + 2]) for n, (_, name) in enumerate(named)]
    return out


def _classes(alignment: Alignment, prediction: Prediction, *, least: float) -> NDArray[np.int64]:
    """Return the phone class at the middle of each frame, shape (n_frames,)."""
    half_s = 0.5 / float(prediction.face.frame_rate)
    return classes(_phones(alignment, least), prediction.face.times_s + half_s)
