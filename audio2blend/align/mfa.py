"""The Montreal Forced Aligner as an aligner: an external program, which conda-forge has and PyPI has not.

M. McAuliffe, M. Socolof, S. Mihuc, M. Wagner, M. Sonderegger, *Montreal Forced Aligner: trainable text-speech alignment
using Kaldi*, Interspeech 2017.
"""

import os
import shutil
import subprocess
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

import soundfile

from ..audio import SAMPLE_RATE, Speech
from ..errors import InputError, MissingDependencyError
from ..posteriors import PhonePosteriors
from ..text import Script
from .alignment import Alignment
from .files import read

PROGRAM: Final = "AUDIO2BLEND_MFA"
"""The environment variable that names the program, where it is not on the path."""
_MODELS: Final = {
    "en": "english_mfa", "en-us": "english_us_mfa", "en-gb": "english_uk_mfa", "de": "german_mfa", "fr": "french_mfa",
    "es": "spanish_mfa", "it": "italian_mfa", "pt": "portuguese_mfa", "pt-br": "portuguese_brazil_mfa",
    "pl": "polish_mfa", "ru": "russian_mfa", "cs": "czech_mfa", "sv": "swedish_mfa", "uk": "ukrainian_mfa",
    "tr": "turkish_mfa", "ja": "japanese_mfa", "ko": "korean_mfa", "zh": "mandarin_mfa", "cmn": "mandarin_mfa",
    "vi": "vietnamese_mfa", "th": "thai_mfa", "hr": "croatian_mfa", "bg": "bulgarian_mfa", "sw": "swahili_mfa",
    "ha": "hausa_mfa", "ta": "tamil_cv",
}  # fmt: skip
"""The dictionary of each language in MFA's collection; the acoustic model has the same name without the region."""
_GET: Final = "conda create -n aligner -c conda-forge montreal-forced-aligner"


def mfa(script: Script, posteriors: PhonePosteriors, speech: Speech) -> Alignment:
    """Return what an installed Montreal Forced Aligner finds by `mfa align_one`; `posteriors` are not used.

    The models of the script's language must have been downloaded (`mfa model download acoustic german_mfa`).
    Raises MissingDependencyError if the program is not there, InputError if it has no model for the language or fails.
    """
    program = os.environ.get(PROGRAM) or shutil.which("mfa")
    if program is None:
        raise MissingDependencyError(
            f"the Montreal Forced Aligner is not installed; get it with `{_GET}` and start from that environment, or "
            f"name the program in {PROGRAM}"
        )
    dictionary, acoustic = _models(script.language)
    with tempfile.TemporaryDirectory() as folder:
        sound, text, grid = (Path(folder) / f"line{suffix}" for suffix in (".wav", ".txt", ".TextGrid"))
        soundfile.write(sound, speech.samples, SAMPLE_RATE)
        text.write_text(" ".join(word.text for word in script.words), encoding="utf-8")
        command = [program, "align_one", str(sound), str(text), dictionary, acoustic, str(grid)]
        try:
            done = subprocess.run(command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL)
        except OSError as error:
            raise MissingDependencyError(f"{program} cannot be started: {error.strerror}; correct {PROGRAM}") from None
        if done.returncode or not grid.is_file():
            said = (done.stderr or done.stdout).strip().splitlines() or ["it said nothing"]
            raise InputError(
                f"mfa align_one failed: {said[-1]}; are the models there? (mfa model download acoustic {acoustic}; "
                f"mfa model download dictionary {dictionary})"
            )
        found = read(grid, sound_s=speech.duration_s)
    return replace(found, aligner="mfa", language=script.language, duration_s=speech.duration_s)


def _models(language: str) -> tuple[str, str]:
    """Return MFA's dictionary and acoustic model for a BCP 47 tag."""
    tag = language.lower()
    dictionary = _MODELS.get(tag) or _MODELS.get(tag.partition("-")[0])
    if dictionary is None:
        known = ", ".join(sorted(_MODELS))
        raise InputError(f"no model of the Montreal Forced Aligner is known for {language!r}; there are {known}")
    return dictionary, dictionary.replace("_us_", "_").replace("_uk_", "_").replace("_brazil_", "_")
