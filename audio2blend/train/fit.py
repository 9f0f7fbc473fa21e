"""Training in two steps: distil a trunk from the teacher, then fit the network to faces."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from . import corpora
from .corpora import Sample
from .lips import load_lips
from .loop import train
from .teach import LEADER, guided, ridges_of, with_faces
from .teacher_features import Listening

FACES: Final = frozenset({"grid", "facegood"})
"""The corpora with filmed faces. Trunks are trained without them, so that they stay valid when one is left out."""


def distil(
    data: Path,
    listening: Path,
    output: Path,
    *,
    quality: str = "best",
    device: str = "cpu",
    resume: bool = False,
    steps: int = 6_000,
    seed: int = 0,
) -> None:
    """Train a trunk on the recordings in `data` without filmed faces, and write its checkpoint to `output`.

    It learns to predict the teacher's features in the file `listening`, and phones and voice activity where known.
    """
    features = Listening.load(listening)
    samples = features.to_imitate(features.spelled(_counted(corpora.training(data, leave_out=FACES))))
    lips = load_lips(data / "ict_facekit" / "lip_vertices.npz")
    # Augmentation makes every crop different: there is nothing to memorise, and no need for dropout.
    train(samples, lips, output, quality=quality, device=device, resume=resume, steps=steps, seed=seed, dropout=0)


def fit(
    data: Path,
    listening: Path,
    output: Path,
    *,
    trunk: Path | None = None,
    leave_out: frozenset[str] = frozenset(),
    quality: str = "best",
    device: str = "cpu",
    resume: bool = False,
    steps: int = 6_000,
    seed: int = 0,
) -> None:
    """Train a network on the corpora in `data` except `leave_out`, and write its checkpoint to `output`.

    `trunk` is a checkpoint of `distil` to start from; `quality` is "best" or "live".
    """
    features = Listening.load(listening)
    known = features.spelled(_counted(corpora.training(data, leave_out=leave_out)))
    lips = load_lips(data / "ict_facekit" / "lip_vertices.npz")
    ridges = ridges_of(known, features, lips)
    filmed = guided(known, features, ridges) if quality == "live" else known
    samples = with_faces(filmed, features, ridges.get(LEADER) or next(iter(ridges.values())))
    train(
        features.to_imitate(samples),
        lips,
        output,
        quality=quality,
        trunk=trunk,
        device=device,
        resume=resume,
        steps=steps,
        seed=seed,
    )


def _counted(samples: Iterator[Sample]) -> list[Sample]:
    """Return the samples, and print their number and total length."""
    kept = list(samples)
    print(f"{len(kept)} recordings, {sum(len(s.samples) for s in kept) / 16_000 / 3600:.2f} h", flush=True)
    return kept
