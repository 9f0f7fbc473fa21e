"""`Preset`: what is known about one way to name the shapes or bones of a face, as a map that ships."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from .maps import parse_map
from .retarget import BONE_CHANNEL, Retarget
from .spelling import key

_FOLDER: Final = Path(__file__).parent / "presets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A map from ARKit onto names that many rigs share, and how to recognise them.

    A preset is a map like any other, with a table [preset] that maps of one rig do not need.
    """

    stem: str
    """Name of the file, such as "oculus"."""
    retarget: Retarget
    needs: int
    """How many of the names a rig must have to be taken for one of these."""
    unless: Mapping[str, tuple[str, ...]]
    """Stand-ins: a target that is used only where the rig has none of the targets named here."""
    keys: Mapping[str, str]
    """Target by the key of each of its spellings; of a bone, the bone's name."""
    spellings: Mapping[str, tuple[str, ...]]
    """All names of a target, the one that is preferred first."""


@cache
def presets() -> tuple[Preset, ...]:
    """Return all presets that ship, in the order of their files' names."""
    return tuple(_load(path) for path in sorted(_FOLDER.glob("*.toml")))


def _load(path: Path) -> Preset:
    text = path.read_text(encoding="utf-8")
    retarget = parse_map(text, path.name)
    about = tomllib.loads(text)["preset"]
    names = dict.fromkeys(
        found["bone"] if (found := BONE_CHANNEL.fullmatch(target.name)) and target.kind == "bone" else target.name
        for target in retarget.targets
    )
    also = about.get("also", {})
    spellings = {name: (*also.get(name, ()), name) for name in names}
    return Preset(
        stem=path.stem,
        retarget=retarget,
        needs=about["needs"],
        unless={name: tuple(others) for name, others in about.get("unless", {}).items()},
        keys={key(spelling): name for name, given in spellings.items() for spelling in given},
        spellings=spellings,
    )
