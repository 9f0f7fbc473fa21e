"""Running the network on a recording; its prediction is kept in a file, so that settings can change later."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from audio2blend.hybrid import Mode
from audio2blend.pipeline import predict

from ..batch import network
from ..transcript import Transcript
from . import _consent, _files, _words
from .waveform import outline


def run(
    *,
    speech: str,
    output: str,
    part: Sequence[float] = (),
    quality: str = "best",
    device: str = "auto",
    weights: str = "",
    threads: int = 0,
    performance: bool = True,
    seed: int = 0,
    text: str = "",
    text_file: str = "",
    language: str = "",
    aligner: str = "builtin",
    mode: Mode = "hybrid",
    without_text: str = "",
    consent: Mapping[str, str] = MappingProxyType({}),
    progress: Callable[[int, int], None],
) -> dict[str, Any]:
    """Run the network on a recording and write its `audio2blend.prediction.Prediction`.

    Args:
        speech: a sound or video file.
        output: the .npz file to write.
        part: where in the recording to begin and to end, in seconds; 0 is its end, and nothing is all of it.
        quality: "best" or "live".
        device: "auto", "cpu" or "cuda".
        weights: a network in place of the shipped one of that quality.
        threads: the CPU's, 0 as many as there are cores.
        performance: add blinks, gaze, brows and head motion.
        seed: another number gives another performance.
        text: what is said …
        text_file: … or a file of it, or its alignment.
        language: a BCP 47 tag, of the text.
        aligner: what finds the words in the sound.
        mode: what moves the mouth, where there is a text.
        without_text: where there is one, the .npz file for the prediction that does not go by it.
        consent: what `_consent.permission` takes, and the "file" of the scene, which is logged as made of it.
        progress: called with the frames done and their total.

    Returns:
        "clip", the path that was written; "phones" as [label, start, end] in seconds; with a text what
        `_words.written` returns besides; and what `outline` returns.

    Raises:
        ConsentError: where the project requires consent and there is none.
        InputError: for what cannot be read, written or used.
        MissingDependencyError: for a device that is not there.
    """
    scene = [Path(consent["file"])] if consent.get("file") else []
    with _consent.permission(consent, [(Path(speech), scene)], language=language):
        recording = _files.recording(speech, part)
    opened = network(quality, Path(weights) if weights else None, device=device, threads=threads)
    prediction = predict(recording, network=opened, performance=performance, seed=seed, emotion=True, progress=progress)
    if not (text or text_file):
        prediction.write(Path(output))
        return {"clip": output, "phones": prediction.phones, **outline(recording)}
    said = Transcript(words=text, file=Path(text_file) if text_file else None, language=language, aligner=aligner)
    alignment = said.align(prediction.posteriors, recording)
    prediction.write(Path(without_text))
    by_words = _words.written(prediction, alignment, recording, mode=mode, output=Path(output))
    return {**by_words, "without_text": without_text, **outline(recording)}
