"""Learning how one person moves the mouth: a capture and its sound in, a style as a file out."""

from dataclasses import dataclass, field
from pathlib import Path

from audio2blend.audio import load
from audio2blend.channels import MOUTH
from audio2blend.errors import InputError
from audio2blend.files import local, spare
from audio2blend.network import Network
from audio2blend.pipeline import predict
from audio2blend.post import LipMotion, Style
from audio2blend.style_fit import fit_style
from usd_export.registry import read

from .film import SUFFIXES, lips_in

_MUCH_S = 20.0
"""Seconds of speech from which a style can be relied on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRequest:
    """Which capture to learn from, and the file to write."""

    reference: Path
    """An ARKit capture in any format that is read, or a film of a face."""
    speech: Path | None
    """What was said in it; None for a film's own sound."""
    output: Path
    """A .toml file."""
    tracker: Path | None = None
    """MediaPipe's face_landmarker.task, for films."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FitReport:
    """What was learned; its text is what a person reads."""

    output: str
    style: Style
    speech_s: float
    late_ms: float
    correlation: float
    exit_code: int = 0
    complaints: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        style = self.style
        return "\n".join(
            [
                f"{self.output}: {self.speech_s:.1f} s of speech; the capture lags by {self.late_ms:.0f} ms",
                f"  opening {style.opening:.2f}, width {style.width:.2f}, rounding {style.rounding:.2f}, "
                f"pauses {style.pauses:.2f}, left {style.left:.2f}, {len(style.rest)} weights at rest",
            ]
        )


def fit(request: FitRequest) -> FitReport:
    """Write the style of the person in a capture; raises InputError for what cannot be read or learned from."""
    output = local(request.output)
    if output.suffix.lower() != ".toml":
        raise InputError(f"{output}: a style is kept in a .toml file; name one, such as anna.toml")
    film = request.reference.suffix.lower() in SUFFIXES
    speech = request.speech or (request.reference if film else None)
    if speech is None:
        raise InputError(f"{request.reference} has no sound; name the recording that was made with it as well")
    spare([request.reference, speech], [output])
    if film and request.tracker is None:
        raise InputError(f"{request.reference} is a film; name MediaPipe's face_landmarker.task to track it with")
    weights = None
    if film and request.tracker is not None:
        seen = lips_in(request.reference, request.tracker)
    else:
        clip = read(request.reference)
        if "jawOpen" not in clip:
            raise InputError(f"{request.reference} has no jawOpen; a capture needs curves by ARKit's names")
        weights = clip.select([name for name in clip.channels if name in MOUTH])
        seen = LipMotion.of(weights)
    prediction = predict(load(speech), network=Network.load(), performance=False)
    try:
        found = fit_style(prediction, seen, weights)
    except InputError as error:
        raise InputError(f"{request.reference}: {error}") from None
    found.style.write(output, about=f"learned from {request.reference.name}, {found.speech_s:.0f} s of speech")
    few = [f"{output}: {found.speech_s:.1f} s of speech say little; half a minute or more gives a style to rely on"]
    return FitReport(
        output=str(output),
        style=found.style,
        speech_s=found.speech_s,
        late_ms=found.late_ms,
        correlation=found.correlation,
        complaints=few if found.speech_s < _MUCH_S else [],
    )
