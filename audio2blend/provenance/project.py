"""The project's file, `audio2blend.toml`: what holds for everything that is made below its folder.

```toml
consent = "required"           # the line that turns the gate on; "off" is the default
speaker = "narrator"           # who speaks, where a command does not say; {parent} and {stem} as in outputs' names
register = "consent.sqlite"    # beside this file

[use]                          # what is made here; what is left out counts as all there is
purpose = "advertising"
territories = ["DE", "AT"]
languages = ["de"]
```
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final, Self

from ..errors import InputError
from .use import Use

NAME: Final = "audio2blend.toml"
REGISTER: Final = "consent.sqlite"
"""What a register is called where a project names none."""
_CONSENT: Final = ("required", "off")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What a project's file says; without one, nothing is required."""

    path: Path | None = None
    consent: str = "off"
    """"required" where nothing may be made without consent, else "off"."""
    speaker: str = ""
    register: Path = Path(REGISTER)
    rules: Path | None = None
    """A file of house rules, where there are any."""
    use: Use = field(default_factory=Use)

    @classmethod
    def find(cls, *folders: Path) -> Self:
        """Return the project that a folder lies in: of several, the first that requires consent, else the first.

        Without any, nothing is required. Raises InputError as `read` does.
        """
        nearest = (_nearest(folder.absolute()) for folder in folders)
        found = [cls.read(file) for file in dict.fromkeys(file for file in nearest if file is not None)]
        return next((project for project in found if project.consent == "required"), found[0] if found else cls())

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what a file says. Raises InputError, with its name, for what cannot be read or is no setting."""
        try:
            found = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}; check the name and its rights") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError(f"{path}: this is no TOML: {error}; correct it") from None
        except RecursionError:
            raise InputError(f"{path}: its values lie too deep in each other; correct it") from None
        known = [one.name for one in fields(cls) if one.name != "path"]
        if unknown := sorted({*found} - {*known}):
            raise InputError(f"{path}: '{unknown[0]}' is no setting; there are {', '.join(known)}")
        if found.get("consent", "off") not in _CONSENT:
            raise InputError(f'{path}: consent is "required" or "off", not {found["consent"]!r}')
        for name in ("speaker", "register", "rules"):
            if not isinstance(found.get(name, ""), str):
                raise InputError(f"{path}: {name} is {found[name]!r}; write a text in quotes")
        values: dict[str, Any] = {"use": _use(path, found.get("use", {}))}
        for name in ("register", "rules"):
            if found.get(name) or name == "register":
                values[name] = path.parent / found.get(name, REGISTER)
        return cls(path=path, consent=found.get("consent", "off"), speaker=found.get("speaker", ""), **values)


def _nearest(folder: Path) -> Path | None:
    """Return the project's file in a folder or above it."""
    files = (above / NAME for above in (folder, *folder.parents))
    return next((file for file in files if os.path.isfile(file)), None)


def _use(path: Path, values: object) -> Use:
    known = {one.name for one in fields(Use)}
    if not isinstance(values, Mapping) or not {*values} <= known:
        raise InputError(f"{path}: [use] says {values!r}; it may hold {', '.join(sorted(known))}")
    if not isinstance(values.get("purpose", ""), str):
        raise InputError(f"{path}: [use] purpose is {values['purpose']!r}; write one word in quotes")
    try:
        return Use(**{name: value if name == "purpose" else _several(value) for name, value in values.items()})
    except InputError as error:
        raise InputError(f"{path}: [use] {error}") from None


def _several(value: object) -> Any:
    """Return a list for a text alone, and everything else as it is."""
    return [value] if isinstance(value, str) else value if isinstance(value, list) else [value]
