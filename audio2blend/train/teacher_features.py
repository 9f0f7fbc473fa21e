"""The teacher's features of all recordings, reduced to principal components and stored in a file."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..files import draft
from ..network.encoder import at_60
from .corpora import Sample

WIDTH: Final = 192
"""Number of principal components of the teacher's features, which the network learns to predict."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Basis:
    """The principal components of the teacher's features."""

    mean: Floats
    """[feature]"""
    components: Floats
    """[feature, component]; features have unit variance in each."""

    @classmethod
    def of(cls, features: Sequence[NDArray[np.float16]]) -> "Basis":
        """Return the basis of features [n, feature], computed from every seventh frame."""
        frames = np.concatenate([rows[::7] for rows in features]).astype(np.float32)
        mean = frames.mean(axis=0)
        variances, vectors = np.linalg.eigh(np.cov((frames - mean).T))
        order = np.argsort(-variances)[:WIDTH]
        return cls(mean, (vectors[:, order] / np.sqrt(variances[order])).astype(np.float32))

    def __call__(self, features: NDArray[np.float16]) -> NDArray[np.float16]:
        """Return components [n, component] of features [n, feature]."""
        return np.asarray((features.astype(np.float32) - self.mean) @ self.components, np.float16)


@dataclass(frozen=True, slots=True, eq=False)
class Listening:
    """The teacher's features of each recording, [n, component]."""

    heard: dict[str, NDArray[np.float16]]
    """By `key`."""
    phones: dict[str, NDArray[np.int8]] = field(default_factory=dict)
    """By `key`: pseudo-labels [frame] of unlabelled recordings, −1 where uncertain."""

    @staticmethod
    def key(sample: Sample) -> str:
        """Return the name of a recording, unique across corpora and languages."""
        return f"{sample.corpus}/{sample.language}/{sample.name}"

    def save(self, path: Path) -> None:
        """Write a file that `load` reads."""
        with draft(path) as target, target.open("wb") as file:
            np.savez(
                file,
                names=np.array(list(self.heard)),
                ends=np.cumsum([len(rows) for rows in self.heard.values()]),
                components=np.concatenate(list(self.heard.values())),
                spelled=np.array(list(self.phones)),
                phone_ends=np.cumsum([len(row) for row in self.phones.values()], dtype=np.int64),
                phones=np.concatenate([np.empty(0, np.int8), *self.phones.values()]),
            )

    @classmethod
    def load(cls, path: Path) -> "Listening":
        """Return what `save` wrote. Raises InputError if there is no such file, or one by an earlier version."""
        if not path.is_file():
            raise InputError(f"there is no file {path}; make one with: python -m audio2blend.train listen")
        with np.load(path) as stored:
            if "phones" not in stored:
                raise InputError(f"{path} has no phones; make it again with: python -m audio2blend.train listen")
            heard = np.split(stored["components"], stored["ends"][:-1])
            phones = np.split(stored["phones"], stored["phone_ends"])[:-1]
            return cls(
                dict(zip(map(str, stored["names"]), heard, strict=True)),
                dict(zip(map(str, stored["spelled"]), phones, strict=True)),
            )

    def of(self, sample: Sample) -> NDArray[np.float16]:
        """Return the features of a recording. Raises InputError if the teacher has none."""
        try:
            return self.heard[self.key(sample)]
        except KeyError:
            raise InputError(
                f"the teacher has no features of {sample.name} of {sample.corpus}; "
                "run python -m audio2blend.train listen on the same data"
            ) from None

    def frames(self, sample: Sample, first: int = 0, end: int | None = None) -> Floats:
        """Return the features of the frames [first, end) of a recording, [frame, component] at 60 a second.

        Raises InputError if the teacher has none of it.
        """
        last = len(sample.phones) if end is None else min(end, len(sample.phones))
        return at_60(self.of(sample), np.arange(first, last))

    def spelled(self, samples: Iterable[Sample]) -> list[Sample]:
        """Return the samples, with pseudo-labels where phones are unknown."""
        return [
            replace(s, phones=np.where(s.phones < 0, told, s.phones))
            if (told := self.phones.get(self.key(s))) is not None
            else s
            for s in samples
        ]

    def to_imitate(self, samples: Sequence[Sample]) -> list[Sample]:
        """Return the samples with the teacher's features as a training target."""
        return [replace(s, features=self.frames(s).astype(np.float16)) for s in samples]
