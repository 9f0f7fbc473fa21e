"""A prediction that goes by words, as files and as what the extension lists."""

from pathlib import Path
from typing import Any

from audio2blend.align import Alignment
from audio2blend.align.files import write
from audio2blend.audio import Speech
from audio2blend.hybrid import Mode, with_alignment
from audio2blend.prediction import Prediction


def written(
    prediction: Prediction, alignment: Alignment, recording: Speech, *, mode: Mode, output: Path
) -> dict[str, Any]:
    """Write what becomes of a prediction by an alignment, and the alignment beside it.

    Returns "clip" and "alignment", the paths; "words" as [text, start, end, confidence], times in seconds; "phones" as
    [label, start, end]; and "problems", where text and sound disagree, as [start, sentence].
    """
    changed = with_alignment(prediction, alignment, recording, mode=mode)
    changed.write(output)
    beside = output.with_suffix(".json")
    write(alignment, beside)
    return {
        "clip": str(output),
        "alignment": str(beside),
        "words": [[word.text, word.start_s, word.end_s, word.confidence] for word in alignment.words],
        "phones": changed.phones,
        "problems": [[problem.start_s, str(problem)] for problem in alignment.problems],
    }
