"""The main job: speech in, an animated face out."""

from collections.abc import Callable
from dataclasses import replace

from . import wording
from .audio import Speech
from .clip import Clip
from .emotion import NEUTRAL, EmotionTrack
from .errors import InputError
from .network import Network
from .performance import performance as performance_of
from .post import AUTO, Controls, Style
from .prediction import Prediction


def animate(
    speech: Speech,
    *,
    network: Network | None = None,
    quality: str = "best",
    device: str = "auto",
    strength: float = 1.0,
    jaw: float = 1.0,
    lips: float = 1.0,
    smooth_ms: float = 0.0,
    lead_ms: float = 0.0,
    emotion: str = NEUTRAL,
    blinks: float = 1.0,
    gaze: float = 1.0,
    head: float = 1.0,
    brows: float = 1.0,
    style: Style | None = None,
    performance: bool = True,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Clip:
    """Return the face that says `speech`: 52 ARKit weights and, with `performance`, nine rotations, at 60 fps.

    Args:
        speech: what `audio2blend.load` returns.
        network: a loaded network to use again over many lines; by default the one of `quality` that is shipped.
        quality: "best", or "live" for what `audio2blend.stream.Animator` gives while somebody speaks.
        device: "auto", "cpu" or "cuda", for a network that is loaded here.
        strength: how far jaw, lips and tongue move, from 0 to 10; 1 is as the network says, 0 still.
        jaw: how far the jaw moves on top of that; lips that are closed over it stay closed.
        lips: how far the lips move on top of that; no control opens a closure.
        smooth_ms: how much of the time around a frame is averaged, up to 200 ms; closures stay.
        lead_ms: by how much the mouth is early, up to 200 ms.
        emotion: what the face shows, such as "joy=0.7,surprise=0.2" or "0:joy 2.5:neutral"; "auto" asks the voice.
        blinks: how far the lids fall, from 0 to 10; 1 changes nothing.
        gaze: how far the eyes move.
        head: how far the head moves.
        brows: how far the voice raises the brows.
        style: how one person moves the mouth, such as `Style.read("anna.toml")`.
        performance: add blinks, gaze, raised brows and head motion.
        seed: another number gives another performance; the same gives the same.
        progress: called with frames done and frames in all.

    Raises InputError for a control, emotion or seed out of range, an unknown quality and speech without samples,
    MissingDependencyError for a device that is not there.
    """
    motion = Controls(
        strength=strength, jaw=jaw, lips=lips, smooth_ms=smooth_ms, lead_ms=lead_ms,
        emotion=emotion, blinks=blinks, gaze=gaze, head=head, brows=brows, style=style or Style(),
    )  # fmt: skip
    prediction = predict(
        speech, network=network, quality=quality, device=device, performance=performance, seed=seed,
        emotion=emotion == AUTO, progress=progress,
    )  # fmt: skip
    return prediction.to_clip(motion)


def predict(
    speech: Speech,
    *,
    network: Network | None = None,
    quality: str = "best",
    device: str = "auto",
    performance: bool = True,
    seed: int = 0,
    emotion: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Prediction:
    """Return what `animate` knows before any control is applied: `predict(speech).to_clip(Controls())` is its clip.

    Arguments and errors are those of `animate`, but for `emotion`: whether the voice is asked what it feels.
    """
    if len(speech.samples) == 0:
        raise InputError("the speech has no samples; load or record some")
    if seed < 0:
        raise InputError(f"{wording.current().setting('seed', seed)} is negative; give a whole number from 0 on")
    network = network or Network.load(quality=quality, device=device)
    face, posteriors = network.predict(speech, progress=progress)
    about = {"source": _text(speech.source.name) if speech.source else "", "seed": str(seed)}
    return Prediction(
        face=replace(face, metadata={**face.metadata, **about}),
        posteriors=posteriors,
        performance=performance_of(face, speech, seed=seed) if performance else None,
        emotion=_emotion_of(speech) if emotion else EmotionTrack(),
    )


def _emotion_of(speech: Speech) -> EmotionTrack:
    from .emotion.voice import voice_emotion  # only who asks for it waits for it

    return voice_emotion(speech).track


def _text(name: str) -> str:
    """Return a file's name as text that any format can hold: what of it is no Unicode is escaped."""
    return name.encode("utf-8", "backslashreplace").decode()
