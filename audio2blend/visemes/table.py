"""`Visemes`: what each phone wants of the mouth, and how firmly, read from TOML."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..phones import PHONES

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Visemes:
    """The targets of all phones and the timing of lips and jaw."""

    targets: NDArray[np.float64]
    """[phone, variable] in the order of `PHONES` and `VARIABLES`."""
    strength: NDArray[np.float64]
    """[phone, group] in the order of `GROUPS`: how firmly a target is held against those of the neighbours."""
    part_early_s: NDArray[np.float64]
    """[phone] how long before the end of the phone sealed lips part; NaN where they need not meet."""
    timing: Mapping[str, float]
    """Seconds and shares by name; `table.toml` says what each is."""

    @classmethod
    def load(cls, calibration: Path | None = None) -> "Visemes":
        """Return the table that ships, or that with the numbers of another calibration in a TOML file.

        Raises InputError if the file is missing or is no such TOML.
        """
        return _load(_FOLDER / "calibrated.toml" if calibration is None else Path(calibration))


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
    strength = np.zeros((len(PHONES), len(GROUPS)))
    part_early_s = np.full(len(PHONES), np.nan)
    for row, name in enumerate(PHONES):
        wanted = {**table["phones"][name], **calibration.get("phones", {}).get(name, {})}
        kind = kinds[wanted["kind"]]
        targets[row] = [wanted.get(variable, 0.0) for variable in VARIABLES]
        strength[row] = [kind[group] for group in GROUPS]
        part_early_s[row] = wanted.get("part_early_s", np.nan)
    for array in (targets, strength, part_early_s):
        array.flags.writeable = False
    timing = {**table["timing"], **calibration.get("timing", {})}
    return Visemes(targets=targets, strength=strength, part_early_s=part_early_s, timing=timing)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(
            f"there is no calibration {path}; make one with: python -m audio2blend.train.calibrate"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path} is no TOML: {error}; write it again or repair that place") from None
