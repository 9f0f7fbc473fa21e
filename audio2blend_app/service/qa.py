"""How good a take is: measured against its sound and, if there is one, its text, with the lips of the built-in head."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from audio2blend.prediction import Prediction
from audio2blend.qa.checks import CHECKS
from audio2blend.qa.format import limits, shown
from audio2blend.qa.judge import judge
from rigs import builtin
from rigs.measure import face

from ..take import take as read_take
from . import _files


def run(
    *,
    take: str,
    clip: str,
    speech: str,
    part: Sequence[float] = (),
    text: str = "",
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Judge a take.

    Args:
        take: the motion as it is on the character, as `audio2blend_app.take` reads it.
        clip: the network's prediction, a file that `animate` wrote.
        speech: the recording.
        part: where in it the take begins and ends, in seconds, as `animate` has it.
        text: what is said; may be empty.
        progress: called with the steps done and their number.

    Returns:
        "measures": for each its "label", "value" and "wanted" as people read them, and "verdict": "pass", "fail" or
        "info". "open": [seconds, where] for every p, b and m on which the lips stay open.

    Raises:
        InputError: for files that cannot be read and lines that cannot be judged.
    """
    motion = read_take(Path(take)).arkit
    posteriors = Prediction.read(Path(clip)).posteriors
    found = judge(motion, _files.recording(speech, part), posteriors, face(builtin()), text=text or None)
    measures = [
        {
            "label": CHECKS[measure.name].label,
            "value": "–" if measure.value is None else shown(CHECKS[measure.name], measure.value),
            "wanted": measure.note or limits(CHECKS[measure.name]),
            "verdict": measure.verdict,
        }
        for measure in found.measures
    ]
    still_open = [[place.start_s, place.label] for place in found.closings() if not place.closed]
    return {"measures": measures, "open": still_open}
