"""An alignment without a text: what a Whisper model of the user's own makes of the sound, aligned by ours."""

from dataclasses import replace
from itertools import accumulate

from ..audio import Speech
from ..network.transcribe import Transcription
from ..posteriors import PhonePosteriors
from ..text import Script, words
from .aligners import aligner
from .alignment import Alignment, Problem


def transcribed(
    transcription: Transcription, posteriors: PhonePosteriors, speech: Speech, *, by: str = "builtin"
) -> Alignment:
    """Return the words of a transcription with their phones and times.

    Args:
        transcription: what `network.transcribe.transcribe` returns for the speech.
        posteriors: what the network predicts for it.
        speech: the recording.
        by: the aligner that finds the words, more exactly than Whisper's attention does.

    The confidence of a word is the lower one of the aligner's and Whisper's. Raises what the aligner raises, and
    MissingDependencyError without the extra `text`.
    """
    script = words(transcription.text, transcription.language)
    if not script.words:
        nobody = Problem(start_s=0.0, end_s=speech.duration_s, text="no words were recognised in the sound")
        return Alignment(
            words=(),
            duration_s=speech.duration_s,
            aligner="whisper",
            language=transcription.language,
            problems=(nobody,),
        )
    found = aligner(by)(script, posteriors, speech)
    sure = _sure(transcription, script)
    surest = tuple(
        replace(word, confidence=min(word.confidence, limit)) for word, limit in zip(found.words, sure, strict=True)
    )
    return replace(found, words=surest, aligner="whisper", language=transcription.language)


def _sure(transcription: Transcription, script: Script) -> list[float]:
    """Return how sure Whisper was of each word of the script, by where the words begin in the text."""
    space = len(transcription.text) > sum(len(word.text) for word in transcription.words)
    ends = list(accumulate(len(word.text) + space for word in transcription.words))
    out = []
    at = 0
    for word in script.words:
        while at + 1 < len(ends) and word.place >= ends[at]:
            at += 1
        out.append(transcription.words[at].confidence)
    return out
