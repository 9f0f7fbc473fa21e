"""Reading the file of a job, whoever wrote it: what is wrong is one sentence, and no path leads out of its folder."""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from audio2blend.errors import InputError
from audio2blend.files import local

from .encode import profile
from .look import FarmLook
from .parts import Character, Consent, Delivery, Limits, Line, Speech
from .tables import filled, value

ROOTS: Final = "AUDIO2BLEND_FARM_ROOTS"
"""Environment variable: folders, besides the job's own, in which files of a job may lie. Whoever runs the machines
sets it, not who writes the job."""
MOST_SHOTS: Final = 1_000_000
_NAME: Final = re.compile(r"[^\W_][\w .()+-]{0,99}")
_TABLES: Final = ("look", "speech", "consent", "delivery", "limits")


def read(path: Path) -> dict[str, Any]:
    """Return the fields of the job in a TOML file, by an absolute path. Raises InputError for whatever is wrong."""
    table = _toml(path)
    known = ("name", "output", "sounds", "characters", "lines", *_TABLES)
    if unknown := next((key for key in table if key not in known), None):
        raise InputError(f"{path}: there is no {unknown!r} in a job; there are {', '.join(known)}")
    inside = _Inside(path)
    name = value(str, table.get("name", path.stem), f"{path}: name")
    if not name or len(name) > 128 or not name.isprintable() or {*"{}"} & {*name}:
        raise InputError(f"{path}: name {name!r} is not one to show; take up to 128 printable letters without {{}}")
    characters = tuple(_characters(table.get("characters", [{"name": "builtin"}]), inside))
    lines = tuple(_lines(table, {character.name for character in characters}, inside))
    if (count := sum(len(line.characters) or len(characters) for line in lines)) > MOST_SHOTS:
        raise InputError(f"{path}: {count} shots are more than {MOST_SHOTS}; split the job")
    output = inside.path(value(Path, table.get("output", "out"), f"{path}: output"), "output", exists=False)
    if output == path.parent:
        raise InputError(f"{path}: output is the job's own folder; name one of its own, such as 'out'")
    look = filled(FarmLook, table.get("look", {}), f"{path}: [look]")
    limits = filled(Limits, table.get("limits", {}), f"{path}: [limits]")
    speech = filled(Speech, table.get("speech", {}), f"{path}: [speech]")
    consent = filled(Consent, table.get("consent", {}), f"{path}: [consent]")
    delivery = _delivery(filled(Delivery, table.get("delivery", {}), f"{path}: [delivery]"), inside)
    _check_ranges(path, look, limits)
    return {
        "path": path, "name": name, "output": output, "characters": characters, "lines": lines,
        "look": look, "speech": speech, "consent": consent, "delivery": delivery, "limits": limits,
    }  # fmt: skip


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: the job cannot be read: {error.strerror}; check its name") from None
    except UnicodeDecodeError:
        raise InputError(f"{path}: the job is no text in UTF-8; save it as that") from None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        why = str(error) or "it has too many brackets"
        raise InputError(f"{path}: the job is no TOML: {why}; correct that place") from None


class _Inside:
    """Resolves the paths of a job, and refuses those that lead out of where its files may lie."""

    def __init__(self, path: Path) -> None:
        self.job = path
        named = [Path(root) for root in os.environ.get(ROOTS, "").split(os.pathsep) if root]
        self._roots = [root.resolve() for root in (path.parent, *named)]

    def path(self, given: Path, place: str, *, exists: bool = True) -> Path:
        """Return an absolute path. Raises InputError if it leads elsewhere or nothing is there."""
        found = self.job.parent / local(given)
        try:
            end = found.resolve()
            there = end.exists()
        except (OSError, RuntimeError):  # a name that is too long, links in a circle
            raise InputError(f"{self.job}: {place} {str(given)!r} is no usable path; correct it") from None
        if not any(end.is_relative_to(root) for root in self._roots):
            raise InputError(
                f"{self.job}: {place} {given} leads out of the job's folder; move it there, or have its folder "
                f"named in {ROOTS} on every machine"
            )
        if exists and not there:
            raise InputError(f"{self.job}: {place} {given} is not there; correct its path, relative to the job file")
        return Path(os.path.normpath(found))


def _delivery(said: Delivery, inside: _Inside) -> Delivery:
    """Return it with files of profiles where they lie. Raises InputError for a profile that is none."""
    found = []
    for name in dict.fromkeys(said.profiles):
        known = str(inside.path(Path(name), "[delivery] profiles")) if name.lower().endswith(".toml") else name
        try:
            profile(known)
        except InputError as error:
            raise InputError(f"{inside.job}: [delivery] profiles: {error}") from None
        found.append(known)
    return replace(said, profiles=tuple(found))


def _named(name: str, place: str, taken: set[str]) -> None:
    """Raise InputError for a name that is no folder's on some system, or is taken."""
    if not _NAME.fullmatch(name) or name.endswith((".", " ")) or name.lower() in ("farm", "con", "nul", "aux", "prn"):
        raise InputError(f"{place} {name!r} is no name for a folder; take letters, digits, space and _ . - + ( )")
    if name.casefold() in taken:
        raise InputError(f"{place} {name!r} is there twice; give each a name of its own")
    taken.add(name.casefold())


def _characters(found: object, inside: _Inside) -> Iterator[Character]:
    taken: set[str] = set()
    for place, table in _list(found, inside.job, "characters"):
        character = filled(Character, table, place)
        _named(character.name, f"{place} name", taken)
        rig = character.rig
        if rig != "builtin" and not rig.startswith("builtin:"):
            rig = str(inside.path(Path(rig), f"{place.rpartition(': ')[2]} rig"))
        at = place.rpartition(": ")[2]
        if character.animated and character.scene is None:
            raise InputError(f"{place} is animated, and no scene is named; add scene = …")
        yield Character(
            name=character.name,
            rig=rig,
            animated=character.animated,
            scene=None if character.scene is None else inside.path(character.scene, f"{at} scene"),
            map=None if character.map is None else inside.path(character.map, f"{at} map"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A line as it is written in a job: its name may follow from its sound."""

    name: str = ""
    sound: Path | None = None
    clip: Path | None = None
    text: str = ""
    captions: Path | None = None
    emotion: str = ""
    characters: tuple[str, ...] = ()


def _lines(table: Mapping[str, Any], known: set[str], inside: _Inside) -> Iterator[Line]:
    taken: set[str] = set()
    patterns = value(tuple[str, ...], table.get("sounds", []), f"{inside.job}: sounds")
    for pattern in patterns:
        for sound in _matches(pattern, inside):
            _named(sound.stem, f"{inside.job}: the line", taken)
            yield Line(name=sound.stem, sound=inside.path(sound, "sounds"))
    for place, one in _list(table.get("lines", []), inside.job, "lines", empty=bool(patterns)):
        at = place.rpartition(": ")[2]
        line = filled(_Written, one, place)
        source = line.sound or line.clip
        if source is None:
            raise InputError(f"{place} lacks sound; add sound = … or clip = …")
        name = line.name or source.stem
        _named(name, f"{place} name", taken)
        if stranger := next((who for who in line.characters if who not in known), None):
            raise InputError(f"{place} characters: there is no {stranger!r}; there are {', '.join(sorted(known))}")
        text = line.text
        if Path(text).suffix and (inside.job.parent / text).exists():
            text = str(inside.path(Path(text), f"{at} text"))
        paths = {
            key: None if (path := getattr(line, key)) is None else inside.path(path, f"{at} {key}")
            for key in ("sound", "clip", "captions")
        }
        characters = tuple(dict.fromkeys(line.characters))
        yield Line(name=name, text=text, emotion=line.emotion, characters=characters, **paths)


def _matches(pattern: str, inside: _Inside) -> list[Path]:
    """Return the recordings that a pattern such as lines/*.wav names, relative to the job."""
    parts = Path(pattern)
    if parts.is_absolute() or ".." in parts.parts:
        raise InputError(f"{inside.job}: sounds {pattern!r} leads out of the job's folder; move the recordings there")
    try:
        found = sorted(path.relative_to(inside.job.parent) for path in inside.job.parent.glob(pattern))
    except (ValueError, NotImplementedError):
        raise InputError(f"{inside.job}: sounds {pattern!r} is no pattern; write one such as lines/*.wav") from None
    if not found:
        raise InputError(f"{inside.job}: sounds {pattern!r} matches no file; correct it")
    return found


def _list(found: object, job: Path, key: str, *, empty: bool = False) -> Iterator[tuple[str, object]]:
    """Yield the place and the content of each table in a list of them."""
    if not isinstance(found, list) or not (found or empty):
        raise InputError(f"{job}: there are no {key}; write [[{key}]] and below it what one is made of")
    for number, one in enumerate(found, 1):
        yield f"{job}: {key}[{number}]", one


def _check_ranges(path: Path, look: FarmLook, limits: Limits) -> None:
    """Raise InputError for numbers that mean nothing."""
    ranges = {
        "[look] width": (look.width, 16, 16384),
        "[look] height": (look.height, 16, 16384),
        "[look] samples": (look.samples, 1, 65536),
        "[look] seed": (look.seed, 0, 2**31 - 1),
        "[limits] chunk": (limits.chunk, 0, 100_000),
        "[limits] attempts": (limits.attempts, 1, 100),
        "[limits] failures": (limits.failures, 1, 1_000_000),
        "[limits] priority": (limits.priority, 0, 100),
        "[limits] node_hours": (limits.node_hours, 0, 1e9),
        "[limits] price_per_node_hour": (limits.price_per_node_hour, 0, 1e9),
        "[limits] cores": (limits.cores, 0, 4096),
        "[limits] memory_mb": (limits.memory_mb, 0, 1 << 24),
        "[limits] gpu_memory_mb": (limits.gpu_memory_mb, 0, 1 << 24),
    }
    for place, (number, low, high) in ranges.items():
        if not low <= number <= high:
            raise InputError(f"{path}: {place} is {number:g}; choose from {low:g} to {high:g}")
    if look.device != "cpu" and look.engine != "cycles":
        raise InputError(f"{path}: [look] device is of cycles alone, and engine is {look.engine}; leave it out")
    if limits.deadline is not None and limits.deadline.tzinfo is None:
        raise InputError(f"{path}: [limits] deadline names no time zone; end it with Z or +01:00")
