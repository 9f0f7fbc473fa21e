"""Retarget maps as TOML files that a person can read and edit."""

import difflib
import json
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from audio2blend import wording
from audio2blend.channels import CHANNELS
from audio2blend.errors import InputError
from audio2blend.files import draft, local

from .retarget import BONE_CHANNEL, KINDS, Kind, Retarget, Target

SECTIONS: Final[Mapping[str, Kind]] = {f"{kind}s": kind for kind in KINDS}
_INTRODUCTION: Final[Mapping[Kind, str]] = {
    "shape": "a shape is the sum of ARKit channels times gains; also offset = 0.0 and limits = [0.0, 1.0]",
    "pose": "a pose looks like these ARKit weights; every frame is the nearest mix of the poses",
    "bone": "degrees or metres at weight 1, about the face's axes: x to its own left, y up, z forward",
}
_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")
_HEADER: Final = re.compile(r"\s*\[\s*(shapes|poses|bones)\s*\]\s*(#.*)?")
_OPTIONS: Final = ("offset", "limits")


def read(path: Path) -> Retarget:
    """Return the map in a TOML file.

    Raises InputError, naming file, line and cure, if there is no such file or it is no map.
    """
    try:
        text = local(path).read_text(encoding="utf-8-sig")  # as Windows may save it
    except FileNotFoundError:
        raise InputError(f"there is no map {path}; {wording.current().make_map(path)}") from None
    except UnicodeDecodeError:
        raise InputError(f"{path} is no text in UTF-8; save it again in that encoding") from None
    except OSError as error:
        raise InputError(f"cannot read the map {path}: {error.strerror}; name a readable file") from None
    return parse_map(text, str(path))


def write(retarget: Retarget, path: Path) -> Path:
    """Write a map as TOML, one line a target, and return its path.

    Raises InputError if the file cannot be written.
    """
    with draft(path) as target:
        target.write_text(format_map(retarget), encoding="utf-8", newline="\n")
    return path


def format_map(retarget: Retarget) -> str:
    """Return a map as TOML.

    >>> smile = Target(name="Smile", sources={"mouthSmileLeft": 0.5, "mouthSmileRight": 0.5}, comment="both sides")
    >>> print(format_map(Retarget(name="robot", targets=(smile,))).splitlines()[-1])
    Smile = { mouthSmileLeft = 0.5, mouthSmileRight = 0.5 } # both sides
    """
    lines = [
        "# How ARKit channels drive a rig's own. Edit freely: names on the left are the rig's.",
        f"name = {_quoted(retarget.name)}",
        f"mirror = {str(retarget.mirror).lower()}  # true swaps left and right",
    ]
    if retarget.solve:
        lines.append("solve = true  # each frame is the nearest face within limits whose lips shut where ours do")
    for section, kind in SECTIONS.items():
        targets = [target for target in retarget.targets if target.kind == kind]
        if not targets:
            continue
        lines += ["", f"[{section}]  # {_INTRODUCTION[kind]}"]
        keys = [target.name if _BARE_KEY.fullmatch(target.name) else _quoted(target.name) for target in targets]
        width = min(40, max(map(len, keys)))
        for key, target in zip(keys, targets, strict=True):
            comment = f" # {target.comment}" if target.comment else ""
            lines.append(f"{key:<{width}} = {_value(target)}{comment}")
    return "\n".join(lines) + "\n"


def _value(target: Target) -> str:
    """Return the right-hand side of a target: the bare name of a source where that says all."""
    entries = [f"{_key(source)} = {gain!r}" for source, gain in target.sources.items()]
    if target.offset:
        entries.append(f"offset = {target.offset!r}")
    if target.limits is not None:
        entries.append(f"limits = [{target.limits[0]!r}, {target.limits[1]!r}]")
    if target.kind == "shape" and len(entries) == 1 and list(target.sources.values()) == [1.0]:
        return _quoted(next(iter(target.sources)))
    return f"{{ {', '.join(entries)} }}" if entries else "{}"


def _key(name: str) -> str:
    return name if _BARE_KEY.fullmatch(name) else _quoted(name)


def _quoted(text: str) -> str:
    text = text.encode("utf-8", "replace").decode()  # a rig is called as its file, whose name need not be UTF-8
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def parse_map(text: str, origin: str) -> Retarget:
    """Return the map that `text` holds; `origin` is what errors call it, such as its path.

    Raises InputError, naming the line and the cure, if it is no map.

    >>> parse_map('[shapes]\\nMouth_Open = "jawOpn"', "hero.toml")
    Traceback (most recent call last):
    audio2blend.errors.InputError: hero.toml, line 2, [shapes] Mouth_Open: there is no channel 'jawOpn'; write jawOpen
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{origin} is no TOML: {error}; repair that place") from None
    if unknown := sorted(table.keys() - {"name", "mirror", "solve", "preset", *SECTIONS}):
        raise InputError(f"{origin}: a map has no '{unknown[0]}'; it has name, mirror, solve and {', '.join(SECTIONS)}")
    name, mirror, solve = table.get("name", origin), table.get("mirror", False), table.get("solve", False)
    if not isinstance(name, str):
        raise InputError(f"{origin}: name must be a text in quotes; correct that line")
    if not isinstance(mirror, bool) or not isinstance(solve, bool):
        raise InputError(f"{origin}: mirror and solve must be true or false; correct that line")
    lines = _lines(text)
    targets: dict[str, Target] = {}
    for section, kind in SECTIONS.items():
        entries = table.get(section, {})
        if not isinstance(entries, dict):
            raise InputError(f"{origin}: '{section}' must be a table; begin it with a line [{section}]")
        for key, value in entries.items():
            line, comment = lines.get((section, key), (None, ""))
            place = f"{origin}, " + (f"line {line}, " if line else "") + f"[{section}] {key}"
            if key in targets:
                raise InputError(f"{place}: the name stands in two sections; keep one")
            targets[key] = _target(key, kind, value, comment, place)
    return Retarget(name=name, targets=tuple(targets.values()), mirror=mirror, solve=solve)


def _target(name: str, kind: Kind, value: Any, comment: str, place: str) -> Target:
    value = {value: 1.0} if isinstance(value, str) else value
    if not isinstance(value, dict):
        raise InputError(f"{place}: write the name of a channel in quotes, or {{ jawOpen = 0.5 }}")
    if kind == "bone" and not BONE_CHANNEL.fullmatch(name):
        raise InputError(f"{place}: a bone's channel must look like 'jaw.rotation.x' or 'jaw.translation.z'; rename it")
    sources = {key: gain for key, gain in value.items() if key not in _OPTIONS}
    for channel in sources:
        if channel not in CHANNELS:
            near = difflib.get_close_matches(channel, CHANNELS, n=1)
            cure = f"write {near[0]}" if near else "write one of ARKit's, such as jawOpen"
            raise InputError(f"{place}: there is no channel '{channel}'; {cure}")
    limits = value.get("limits")
    if limits is not None and not (isinstance(limits, list) and len(limits) == 2 and all(map(_number, limits))):
        raise InputError(f"{place}: limits must be two numbers; write limits = [0.0, 1.0]")
    offset = value.get("offset", 0.0)
    for key, number in {**sources, "offset": offset}.items():
        if not _number(number):
            raise InputError(f"{place}: {key} must be a number, not {number!r}; write such as {key} = 0.5")
    try:
        return Target(
            name=name,
            kind=kind,
            sources=sources,
            offset=offset,
            limits=None if limits is None else (limits[0], limits[1]),
            comment=comment,
        )
    except (ValueError, OverflowError) as error:
        raise InputError(f"{place}: {error}; correct the number") from None


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _lines(text: str) -> dict[tuple[str, str], tuple[int, str]]:
    """Return the number and the comment of every line that holds one entry, by section and key."""
    found = {}
    section = ""
    for number, line in enumerate(text.split("\n"), 1):
        if header := _HEADER.fullmatch(line):
            section = header[1]
        elif line.lstrip()[:1] == "[":
            section = ""
        elif section and (entry := _parsed(line)):
            comment = next((line[at + 1 :] for at, letter in enumerate(line) if letter == "#"
                            and _parsed(line[:at]) == entry), "")  # fmt: skip
            found[section, next(iter(entry))] = (number, comment.strip())
    return found


def _parsed(line: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(line)
    except tomllib.TOMLDecodeError:
        return None
