"""What those who take a file demand of it: rules about its facts, kept as data with a date and sources."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final, cast

from audio2blend.errors import InputError

from ..contents import Contents, Fact
from ..outcome import Finding, Outcome, Severity

_FOLDER: Final = Path(__file__).with_name("programs")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One demand: what a fact must be."""

    fact: str
    """Its name, see docs/validate.md."""
    severity: Severity
    says: str
    """What is wrong and how it is mended; {found} stands for what the fact is."""
    source: str
    """Where it is written."""
    suffixes: tuple[str, ...]
    """Those of the files that it is about; empty for all."""
    equals: Fact | None
    at_least: float | None
    at_most: float | None
    among: tuple[str, ...] | None
    """What each of several words must be one of."""

    def holds(self, found: Fact) -> bool:
        """Return whether a fact is as it should be."""
        if self.equals is not None and found != self.equals:
            return False
        if self.among is not None:
            words = found if isinstance(found, tuple) else (found,)
            return {*words} <= {*self.among}
        low = self.at_least is None or cast(float, found) >= self.at_least
        return low and (self.at_most is None or cast(float, found) <= self.at_most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Everything that one kind of program demands."""

    name: str
    title: str
    written: date
    """When its rules were written down."""
    suffixes: tuple[str, ...]
    """What it takes at all."""
    instead: str
    """Which file to write where it takes none of a kind."""
    rules: tuple[Rule, ...]

    def outcome(self, suffix: str, contents: Contents) -> Outcome:
        """Return what is wrong with a file of a suffix that holds `contents`."""
        return Outcome(name=f"{self.title} ({self.written})", findings=tuple(self._findings(suffix, contents)))

    def _findings(self, suffix: str, contents: Contents) -> Iterator[Finding]:
        if suffix not in self.suffixes:
            yield Finding("error", f"{self.title} takes no {suffix} files; {self.instead}", "suffix")
            return
        unknown = []
        for rule in self.rules:
            if rule.suffixes and suffix not in rule.suffixes:
                continue
            if rule.fact not in contents.facts:
                unknown.append(rule.fact)
            elif not rule.holds(found := contents.facts[rule.fact]):
                shown = ", ".join(found) if isinstance(found, tuple) else f"{found:g}" if _number(found) else found
                yield Finding(rule.severity, rule.says.format(found=shown), rule.fact, rule.source)
        if unknown:
            names = ", ".join(dict.fromkeys(unknown))
            yield Finding("info", f"not looked at, since nothing is known of it: {names}")


def _number(found: Fact) -> bool:
    return isinstance(found, int | float) and not isinstance(found, bool)


@cache
def profiles() -> tuple[str, ...]:
    """Return the names of all profiles."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def profile(name: str) -> Profile:
    """Return a profile by its name; raises InputError if there is none."""
    if name not in profiles():
        raise InputError(f"there is no profile '{name}'; there are {', '.join(profiles())}")
    about = tomllib.loads((_FOLDER / f"{name}.toml").read_text("utf-8"))
    return Profile(
        name=name,
        title=about["title"],
        written=about["written"],
        suffixes=tuple(about["suffixes"]),
        instead=about["instead"],
        rules=tuple(_rule(one, about["sources"]) for one in about["rule"]),
    )


def _rule(about: dict[str, Any], sources: dict[str, str]) -> Rule:
    equals = about.get("equals")
    return Rule(
        fact=about["fact"],
        severity=about["severity"],
        says=about["says"],
        source=sources[about["source"]],
        suffixes=tuple(about.get("suffixes", ())),
        equals=tuple(equals) if isinstance(equals, list) else equals,
        at_least=about.get("at_least"),
        at_most=about.get("at_most"),
        among=tuple(about["among"]) if "among" in about else None,
    )
