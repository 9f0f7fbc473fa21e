"""`Visemes`: what each phone wants of the mouth, and how firmly, read from TOML."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .. import ipa
from ..errors import InputError
from ..ipa import Phone
from ..phones import PHONES, class_of
from .by_features import kind, part_early_s, wants

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "jaw": ("jaw",),
    "lips": ("opening", "spread", "tuck", "tongue"),
    "round": ("pucker", "funnel"),
}
"""What is moved, by the part that moves it: each part shares its neighbours' shapes in its own way."""

VARIABLES: Final[tuple[str, ...]] = tuple(name for names in GROUPS.values() for name in names)
"""What a phone can want. `opening` is the gap of the inner lips beyond that of the face at rest, over the distance of
the outer eye corners; `jaw`, `pucker`, `funnel` and `tongue` are ARKit weights; `spread` stretches the corners;
`tuck` puts the lower lip to the upper teeth."""

_FOLDER: Final = Path(__file__).parent
_GREATEST_RATIO: Final = 2.0
"""How much more or less than by the rules a phone may want because another one does."""


class Target(NamedTuple):
    """What one phone wants."""

    values: NDArray[np.float64]
    """[variable] in the order of `VARIABLES`."""
    strength: NDArray[np.float64]
    """[group] in the order of `GROUPS`: how firmly a target is held against those of the neighbours."""
    part_early_s: float
    """How long before the end of the phone sealed lips part; NaN where they need not meet."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Visemes:
    """The targets of all phones and the timing of lips and jaw."""

    targets: NDArray[np.float64]
    """[phone, variable] in the order of `PHONES` and `VARIABLES`: those of the phones that the network knows."""
    strengths: Mapping[str, Sequence[float]]
    """By kind of phone, [group]."""
    timing: Mapping[str, float]
    """Seconds and shares by name; `table.toml` says what each is."""
    table: Mapping[str, Any]
    """The rules by which features become targets."""

    @classmethod
    def load(cls, calibration: Path | None = None) -> "Visemes":
        """Return the table that ships, or that with the numbers of another calibration in a TOML file.

        Raises InputError if the file is missing or is no such TOML.
        """
        return _load(_FOLDER / "calibrated.toml" if calibration is None else Path(calibration))

    def target(self, phone: Phone) -> Target:
        """Return what a phone of any language wants.

        Of those that the network knows, it is what the table and its calibration say. Of others it is what the rules
        say of their features, as much more or less as was found for the phone that the network takes them for.
        """
        return _target(self, phone)


@lru_cache(maxsize=4096)  # few phones are said again and again
def _target(visemes: Visemes, phone: Phone) -> Target:
    row = PHONES.index(class_of(phone.letter))
    values = visemes.targets[row]
    if phone.marked or phone.letter != PHONES[row]:
        by_rule = values_of(wants(known(PHONES[row]), visemes.table))
        ratio = np.divide(values, by_rule, out=np.ones(len(VARIABLES)), where=by_rule > 0)
        values = values_of(wants(phone, visemes.table)) * np.clip(ratio, 1 / _GREATEST_RATIO, _GREATEST_RATIO)
    return Target(values, np.array(visemes.strengths[kind(phone)]), part_early_s(phone))


def known(name: str) -> Phone:
    """Return one of the network's phones but silence; "ts" is one of them.

    >>> known("ts").manner
    'sibilant'
    """
    return replace(ipa.phones(name)[-1], letter=name)


def values_of(wanted: Mapping[str, float]) -> NDArray[np.float64]:
    """Return values by variable as an array, [variable]."""
    return np.array([wanted.get(variable, 0.0) for variable in VARIABLES])


@cache
def _load(calibration: Path) -> Visemes:
    return combined(read_table(), _read(calibration))


def read_table() -> dict[str, Any]:
    """Return the table written by hand, which every calibration starts from."""
    return _read(_FOLDER / "table.toml")


def combined(table: Mapping[str, Any], calibration: Mapping[str, Any]) -> Visemes:
    """Return the visemes of a table in which a calibration's numbers replace those of the same name."""
    kinds = {name: {**kind, **calibration.get("kinds", {}).get(name, {})} for name, kind in table["kinds"].items()}
    targets = np.zeros((len(PHONES), len(VARIABLES)))
    for row, name in enumerate(PHONES[1:], start=1):
        by_rule = wants(known(name), table)
        found = {**by_rule, **table["phones"].get(name, {}), **calibration.get("phones", {}).get(name, {})}
        targets[row] = values_of(found)
    targets.flags.writeable = False
    return Visemes(
        targets=targets,
        strengths={name: [kind[group] for group in GROUPS] for name, kind in kinds.items()},
        timing={**table["timing"], **calibration.get("timing", {})},
        table=table,
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"there is no calibration {path}; make one with: python -m audio2blend.train.calibrate"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no TOML: {error}; write it again or repair that place") from None
