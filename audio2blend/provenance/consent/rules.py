"""House rules: what a studio does not do, and what somebody must have looked at before something is published.

```toml
releases = 2              # how many members must have said yes: four eyes

[[rules]]
id = "no-politics"
text = "We make nothing for parties and candidates."
forbids = {purposes = ["politics"]}

[[rules]]
id = "script"
text = "Somebody who did not write the script has read it."    # without forbids: a question that reviewers answer
```
"""

import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from ...errors import InputError
from .. import use
from ..use import ANY, Use
from .terms import Terms, canonical

_LISTS: Final = {
    "purposes": use.purposes,
    "territories": use.territories,
    "languages": use.languages,
    "media": use.media,
}
_FLAGS: Final = ("minor", "deceased")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule: it forbids what fits all of `forbids`, or, without any, is a question that reviewers answer."""

    id: str
    text: str
    forbids: Mapping[str, Any]

    def broken_by(self, wanted: Use, terms: Terms) -> bool:
        """Return whether it forbids a use, or a part of it, under some terms."""
        there = {
            "purposes": [wanted.purpose],
            "territories": wanted.territories,
            "languages": wanted.languages,
            "media": wanted.media,
        }
        return bool(self.forbids) and all(
            getattr(terms, name) == value
            if name in _FLAGS
            else any(_meet(name, one, other) for one in there[name] for other in value)
            for name, value in self.forbids.items()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of a house."""

    rules: tuple[Rule, ...] = ()
    releases: int = 1
    """How many must have released something with no question left before it is published."""
    digest: str = ""
    """By which a release knows the rules that it was given under."""

    @property
    def questions(self) -> dict[str, str]:
        """The text of each question by its id."""
        return {rule.id: rule.text for rule in self.rules if not rule.forbids}

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return the rules in a file. Raises InputError, with its name, for what cannot be read or is no rule."""
        try:
            found = tomllib.loads(path.read_text("utf-8"))
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}; check the name and its rights") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise InputError(f"{path}: this is no TOML: {error}; correct it") from None
        releases, listed = found.pop("releases", 1), found.pop("rules", [])
        if found or not isinstance(listed, list) or type(releases) is not int or not 1 <= releases <= 9:
            raise InputError(f"{path}: a file of rules has releases, from 1 to 9, and a list of rules; correct it")
        rules = tuple(_rule(path, number, rule) for number, rule in enumerate(listed, 1))
        if len({rule.id for rule in rules}) < len(rules):
            raise InputError(f"{path}: two rules have one id; rename one")
        said = canonical([releases, [[rule.id, rule.text, rule.forbids] for rule in rules]])
        return cls(rules=rules, releases=releases, digest=hashlib.sha256(said.encode()).hexdigest())


def _rule(path: Path, number: int, found: object) -> Rule:
    name = f"{path}: rule {number}"
    if not isinstance(found, dict) or not {"id", "text"} <= {*found} <= {"id", "text", "forbids"}:
        raise InputError(f"{name} needs an id and a text, and may have forbids; correct it")
    if not isinstance(found["id"], str) or not isinstance(found["text"], str) or not found["id"]:
        raise InputError(f"{name}: id and text are texts in quotes; correct them")
    forbids = found.get("forbids", {})
    if not isinstance(forbids, dict) or not {*forbids} <= {*_LISTS, *_FLAGS} or ("forbids" in found and not forbids):
        raise InputError(f"{name}: forbids may name {', '.join([*_LISTS, *_FLAGS])}; correct it")
    checked: dict[str, Any] = {}
    for key, value in forbids.items():
        if key in _FLAGS and not isinstance(value, bool):
            raise InputError(f"{name}: {key} is {value!r}; write true or false")
        try:
            checked[key] = value if key in _FLAGS else list(_LISTS[key](value))
        except InputError as error:
            raise InputError(f"{name}: {error}") from None
    return Rule(id=found["id"], text=found["text"], forbids=checked)


def _meet(name: str, one: str, other: str) -> bool:
    """Return whether two words of a kind have something in common, as "DE" and "EU" do."""
    if name in ("territories", "languages"):
        lack = use.within if name == "territories" else use.spoken
        return not lack([one], [other]) or not lack([other], [one])
    return one == other or (name == "purposes" and ANY in (one, other))
