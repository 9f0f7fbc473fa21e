"""`Profile`: how a film is encoded; named ones are dated data in profiles.toml, and anybody's file is another."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Final, Literal

from audio2blend.errors import InputError
from audio2blend.files import local

from ..tables import filled

SUFFIXES: Final = (".mp4", ".mov", ".webm", ".mkv")


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Codecs, size, level and safe area of a film."""

    name: str
    title: str
    suffix: Literal[".mp4", ".mov", ".webm", ".mkv"]
    """Of the file: its container."""
    pixels: str
    """ffmpeg's name of the pixel format; one with "yuva" keeps alpha."""
    video: tuple[str, ...]
    """Arguments for ffmpeg that choose the picture's codec and its rate."""
    sound: tuple[str, ...]
    """The same for the sound."""
    captions: Literal["mov_text", "webvtt", "srt"] = "mov_text"
    """How captions are muxed."""
    size: tuple[int, ...] = ()
    """Width and height in pixels; empty for those of the frames."""
    keyframe_s: float = 0.0
    """Seconds between keyframes; 0 where each frame is one."""
    lufs: float | None = None
    """Integrated loudness, ±0.2 LU; None leaves the level as it is."""
    dbtp: float = -1.0
    """Greatest true peak in dB."""
    safe: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)
    """What players cover, in shares of the picture: from the top, right, bottom and left."""
    checked: str = ""
    """The day when `source` was last looked at, ISO 8601."""
    source: str = ""
    """Why it is so."""

    @property
    def has_alpha(self) -> bool:
        """Whether what is transparent stays so."""
        return self.pixels.startswith("yuva")

    @property
    def is_deep(self) -> bool:
        """Whether it holds more than 8 bits a channel."""
        return "10" in self.pixels or "12" in self.pixels


def names() -> tuple[str, ...]:
    """Return the names of the profiles that come with the project."""
    return tuple(_shipped())


def profile(name: str | Path) -> Profile:
    """Return a profile by its name, or from a .toml file. Raises InputError if there is none or it is wrong."""
    if str(name) in _shipped():
        return _made(str(name), _shipped()[str(name)], "profiles.toml")
    path = local(name)
    if path.suffix.lower() != ".toml":
        raise InputError(
            f"there is no profile {str(name)!r}; there are {', '.join(names())}, and files ending in .toml"
        )
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise InputError(f"{path}: the profile cannot be read: {error.strerror}; check its name") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: the profile is no TOML: {error}; correct that place") from None
    return _made(path.stem, table, str(path))


@cache
def _shipped() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files(__package__).joinpath("profiles.toml").read_text("utf-8"))


def _made(name: str, table: dict[str, Any], place: str) -> Profile:
    place = f"{place}: [{name}]"
    values = _whole(table, place)
    if isinstance(values.get("checked"), date):
        values["checked"] = values["checked"].isoformat()
    made = filled(Profile, values, place, given={"name": name})
    if len(made.size) not in (0, 2) or any(not 16 <= side <= 8192 or side % 2 for side in made.size):
        raise InputError(f"{place} size {list(made.size)} is none; write two even numbers from 16 to 8192")
    top, right, bottom, left = made.safe if len(made.safe) == 4 else (1.0, 1.0, 1.0, 1.0)
    if min(top, right, bottom, left) < 0 or top + bottom > 0.95 or left + right > 0.95:
        raise InputError(f"{place} safe {list(made.safe)} leaves no picture; write four shares from top to left")
    if made.lufs is not None and not -40 <= made.lufs <= -5:
        raise InputError(f"{place} lufs {made.lufs:g} is no loudness for a film; write one from -40 to -5")
    if not -12 <= made.dbtp <= 0 or not 0 <= made.keyframe_s <= 60:
        raise InputError(f"{place}: dbtp lies from -12 to 0, and keyframe_s from 0 to 60; correct them")
    return made


def _whole(table: dict[str, Any], place: str) -> dict[str, Any]:
    """Return a table with what it takes from another."""
    seen = []
    values = dict(table)
    while (like := values.pop("like", None)) is not None:
        if like not in _shipped() or like in seen:
            raise InputError(f"{place} like {like!r} is no profile to begin with; there are {', '.join(names())}")
        seen.append(like)
        values = {**_shipped()[like], **values}
        if "like" in _shipped()[like]:
            values["like"] = _shipped()[like]["like"]
    return values
